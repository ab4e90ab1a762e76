from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tibir.audit.record import CLOCK, record
from tibir.core import fields
from tibir.core.attempts import address_of, note, too_many


class LoginForm(AuthenticationForm):
    """E-mail and password. A guesser is slowed down by account and by address."""

    username = fields.EmailField(
        label=_("E-postadresse"),
        required=True,
        attrs={"autocomplete": "username", "autofocus": True},
    )

    error_messages = {
        "invalid_login": _("E-postadressen eller passordet stemmer ikke. Prøv igjen."),
        "inactive": _("E-postadressen eller passordet stemmer ikke. Prøv igjen."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        password = self.fields["password"]
        password.label = _("Passord")
        password.error_messages["required"] = _("Skriv passordet ditt.")

    def clean_username(self):
        return self.cleaned_data["username"].lower()

    def clean(self):
        account, address = self.cleaned_data.get("username", ""), address_of(self.request)
        # Strict on one address at one account; a stranger elsewhere must not lock its owner out.
        keys = {
            ("login", f"{account} {address}"): settings.LOGIN_TRIES,
            ("login from", address): settings.LOGIN_TRIES * 5,
            ("login to", account): settings.LOGIN_TRIES * 20,
        }
        for (kind, key), limit in keys.items():
            if too_many(kind, key, limit=limit, window=settings.LOGIN_WINDOW):
                raise ValidationError(_("Det er prøvd for mange ganger. Vent et kvarter."))
        try:
            return super().clean()
        except ValidationError:
            for kind, key in keys:
                note(kind, key)
            record("user.login_refused", by=CLOCK)
            raise

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        record("user.logged_in", user, by=user)
