import logging
import math
from datetime import timedelta

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tibir.audit.record import CLOCK, record
from tibir.core import fields
from tibir.staff import factors, limits

log = logging.getLogger(__name__)
MINUTE = timedelta(minutes=1)


def in_words(wait):
    """«15 sekunder», «2 minutter»: never less than it is."""
    if wait < MINUTE:
        seconds = math.ceil(wait.total_seconds())
        return ngettext("%(n)d sekund", "%(n)d sekunder", seconds) % {"n": seconds}
    minutes = math.ceil(wait / MINUTE)
    return ngettext("%(n)d minutt", "%(n)d minutter", minutes) % {"n": minutes}


class Limited:
    """What every form that can be guessed at does: it asks whether it is time for another try."""

    wait = timedelta(0)

    def allow(self, tries):
        self.wait = tries.wait()
        if self.wait:
            seconds = math.ceil(self.wait.total_seconds())
            log.warning("made to wait: %s for %d seconds", type(self).__name__, seconds)
            raise ValidationError(
                _("Det er prøvd for mange ganger. Vent %(wait)s, og prøv igjen.")
                % {"wait": in_words(self.wait)}
            )


class LoginForm(Limited, AuthenticationForm):
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
        tries = limits.of_password(self.request, self.cleaned_data.get("username", ""))
        self.allow(tries)
        try:
            cleaned = super().clean()
        except ValidationError:
            tries.note()
            record("user.login_refused", by=CLOCK)
            raise
        tries.forgive()
        return cleaned


def code_field(label, **attrs):
    attrs |= {"autocomplete": "one-time-code", "inputmode": "numeric"}
    return fields.TextField(label=label, max_length=20, required=True, attrs=attrs)


def too_late():
    return _(
        "Koden er byttet ut. Skriv den som appen viser nå. Skjer det igjen, går klokken på "
        "telefonen feil: slå på automatisk tid."
    )


class CodeForm(Limited, forms.Form):
    """A code from the telephone or from the paper, or a passkey's answer."""

    code = code_field(_("Kode"), autofocus=True)
    passkey = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.way = ""
        self.fields["code"].required = not self.data.get("passkey")

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        code, answer = cleaned["code"], cleaned["passkey"]
        tries = limits.of_code(self.user)
        self.allow(tries)
        if answer:
            self.way = "webauthn" if factors.passkey_opens(self.user, answer) else ""
        else:
            self.way = factors.opens(self.user, code)
        if self.way:
            tries.forgive()
            return cleaned
        if not answer and factors.was_code(self.user, code):
            self.add_error("code", too_late())  # no guess: it opens nothing any more
            return cleaned
        tries.note()
        record("user.code_refused", self.user, by=self.user)
        if answer:
            raise ValidationError(_("Vi kjente ikke igjen passnøkkelen. Prøv igjen."))
        self.add_error("code", _("Koden stemmer ikke. Vent på en ny kode, og skriv den."))
        return cleaned


class KeepCodesForm(forms.Form):
    """The first code shows that the telephone has the secret."""

    code = code_field(_("Koden som appen viser"))

    def __init__(self, *args, secret, **kwargs):
        super().__init__(*args, **kwargs)
        self.secret = secret

    def clean_code(self):
        code = self.cleaned_data["code"]
        if not factors.is_code(self.secret, code):
            raise ValidationError(
                _("Koden stemmer ikke. Vent på en ny kode i appen, og skriv den.")
            )
        return code


class KeepPasskeyForm(forms.Form):
    """What the browser made."""

    name = fields.TextField(
        label=_("Hva vil du kalle den?"),
        help_text=_("For eksempel «jobbtelefonen» eller «nøkkelen i skuffen»."),
        max_length=40,
    )
    passkey = forms.JSONField(required=False, widget=forms.HiddenInput)

    def clean_name(self):
        return self.cleaned_data["name"] or str(_("passnøkkel"))

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("passkey"):
            self._errors.pop("passkey", None)  # a field that nobody sees
            self.was_not_made()
        return cleaned

    def was_not_made(self):
        self.add_error(
            None, _("Passnøkkelen ble ikke laget. Prøv igjen, eller velg kode i stedet.")
        )


class EmailForm(Limited, forms.Form):
    email = fields.EmailField(
        label=_("E-postadresse"), required=True, attrs={"autocomplete": "username"}
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            tries = limits.of_letters(self.request, cleaned["email"])
            self.allow(tries)
            tries.note()
        return cleaned


class LinkForm(Limited, forms.Form):
    secret = fields.TextField(
        label=_("Koden i e-posten"),
        max_length=200,
        attrs={"autocomplete": "off", "spellcheck": "false"},
    )

    def __init__(self, *args, request, found, **kwargs):
        super().__init__(*args, **kwargs)
        self.request, self.found = request, found
        self.link = None

    def clean(self):
        cleaned = super().clean()
        tries = limits.of_links(self.request)
        self.allow(tries)
        self.link = self.found(cleaned.get("secret", ""))
        if self.link is None:
            tries.note()
            self.add_error(
                "secret", _("Lenken virker ikke lenger. Be om en ny, så får du den på e-post.")
            )
        return cleaned


def password_field(label, autocomplete, **kwargs):
    widget = forms.PasswordInput({"autocomplete": autocomplete})
    required = {"required": _("Skriv passordet.")}
    return forms.CharField(
        label=label, widget=widget, strip=False, error_messages=required, **kwargs
    )


class PasswordForm(forms.Form):
    """A new password. Length is what counts: no rules of signs and digits."""

    email = forms.CharField(required=False, widget=forms.HiddenInput({"autocomplete": "username"}))
    password = password_field(
        _("Nytt passord"),
        "new-password",
        help_text=_("Minst 12 tegn. En setning du husker, på 15 tegn eller mer, er best."),
    )
    again = password_field(_("Det samme passordet en gang til"), "new-password")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.initial["email"] = user.email

    def clean_password(self):
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self):
        cleaned = super().clean()
        again = cleaned.get("again")
        if "password" in cleaned and again and cleaned["password"] != again:
            self.add_error("again", _("De to passordene er ikke like. Skriv dem på nytt."))
        return cleaned


def know_again(form, field, request):
    """Is this the password of whoever is logged in here? Guesses wait as they do at the login."""
    user = request.user
    tries = limits.of_password(request, user.email)
    form.allow(tries)
    if user.check_password(form.cleaned_data[field]):
        tries.forgive()
        return True
    tries.note()
    record("user.proof_refused", user, by=user)
    form.add_error(field, _("Passordet stemmer ikke. Prøv igjen."))
    return False


class ChangePasswordForm(Limited, PasswordForm):
    """A new password for whoever knows the old one."""

    current = password_field(_("Passordet du har nå"), "current-password")
    field_order = ["email", "current"]

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, user=request.user, **kwargs)
        self.request = request

    def clean(self):
        cleaned = super().clean()
        if "current" in cleaned:
            know_again(self, "current", self.request)
        return cleaned


class ProofForm(CodeForm):
    """Both steps again, before something is changed that opens the account."""

    password = password_field(_("Passordet ditt"), "current-password")
    field_order = ["password"]

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, user=request.user, **kwargs)
        self.request = request
        if not self.user.has_usable_password():
            del self.fields["password"]
        if not factors.has_any(self.user):
            del self.fields["code"], self.fields["passkey"]
        elif "password" in self.fields:
            del self.fields["code"].widget.attrs["autofocus"]  # the password is first

    def clean(self):
        if not self.fields:
            raise ValidationError(
                _("Logg ut og inn igjen. Da kan du endre innloggingen i ti minutter.")
            )
        if self.errors:
            return self.cleaned_data
        if "password" in self.fields and not know_again(self, "password", self.request):
            return self.cleaned_data
        return super().clean() if "code" in self.fields else self.cleaned_data


KEEP, END = "keep", "end"


class ReviewForm(forms.Form):
    """Each role in the unit: is it still right?"""

    def __init__(self, *args, memberships, **kwargs):
        super().__init__(*args, **kwargs)
        self.memberships = {f"membership-{m.pk}": m for m in memberships}
        for name, membership in self.memberships.items():
            self.fields[name] = fields.ChoiceField(
                label=f"{membership.user.name}, {membership.get_role_display()}",
                choices=[(KEEP, _("Behold")), (END, _("Fjern fra i dag"))],
                required=True,
            )

    def clean(self):
        cleaned = super().clean()
        chosen = [(m, cleaned.get(name)) for name, m in self.memberships.items()]
        cleaned["kept"] = [m for m, choice in chosen if choice == KEEP]
        cleaned["ended"] = [m for m, choice in chosen if choice == END]
        return cleaned
