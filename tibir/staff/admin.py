"""Users, as an administrator has them. Nobody here chooses a password for somebody else."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tibir.accounts.admin import Logged, MembershipInline
from tibir.accounts.models import User
from tibir.audit.record import record
from tibir.core.errors import DomainError
from tibir.staff import entry, factors, rules
from tibir.staff.actions import accounts, links
from tibir.staff.models import FactorReset, Link

# What opens somebody's account is nobody's to look at.
admin.site.unregister(EmailAddress)
admin.site.unregister(Authenticator)


class NewUserForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["email", "name"]

    def clean_email(self):
        return self.cleaned_data["email"].lower()


@admin.register(User)
class PersonAdmin(Logged, UserAdmin):
    add_form = NewUserForm
    list_display = ["name", "email", "is_active", "is_staff", "last_login", "has_second_step"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["name", "email"]
    ordering = ["name"]
    inlines = [MembershipInline]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["email", "name"]}),
        (None, {"fields": ["is_active", "is_staff", "is_superuser", "last_login", "locked_at"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name"]})]
    readonly_fields = ["last_login", "locked_at"]
    actions = ["send_link", "unlock", "ask_for_reset", "agree_to_reset"]

    @admin.display(boolean=True, description=_("innlogging i to steg"))
    def has_second_step(self, user):
        return factors.has_any(user)

    def save_model(self, request, user, form, change):
        if not change:
            user.set_unusable_password()
        elif "is_active" in form.changed_data and user.is_active:
            user.locked_at, user.active_from = None, timezone.now()
            record("user.unlocked", user, by=request.user)
        super().save_model(request, user, form, change)
        if not change:
            links.send_link(user, by=request.user, kind=Link.Kind.FIRST)

    def save_formset(self, request, form, formset, change):
        """Who was given or lost which role, where and by whom is in the log for good."""
        formset.save()
        for verb, memberships in (
            ("membership.added", formset.new_objects),
            ("membership.changed", [membership for membership, _fields in formset.changed_objects]),
            ("membership.removed", formset.deleted_objects),
        ):
            for membership in memberships:
                record(
                    verb,
                    membership.user,
                    by=request.user,
                    role=membership.role,
                    unit=membership.unit_id,
                    municipality_scope=membership.municipality_id,
                    region=membership.region_id,
                )

    def user_change_password(self, request, id, form_url=""):
        """A link by e-mail is how others get a password; one's own is under «Min innlogging»."""
        raise PermissionDenied

    @admin.action(description=_("Send lenke for å velge passord"))
    def send_link(self, request, users):
        return self._each(request, users, _("Lenken er sendt."), self._send_link)

    def _send_link(self, user, *, by):
        links.send_link(user, by=by, kind=Link.Kind.FIRST)

    @admin.action(description=_("Lås opp"))
    def unlock(self, request, users):
        return self._each(request, users, _("Låst opp."), accounts.unlock)

    @admin.action(description=_("Be om å nullstille innlogging i to steg"))
    def ask_for_reset(self, request, users):
        return self._each(
            request,
            users,
            _("Nullstilt, eller venter på at en annen administrator godkjenner."),
            self._ask_for_reset,
        )

    def _ask_for_reset(self, user, *, by):
        if not rules.may_reset(by, user):
            raise DomainError(_("Din egen innlogging må en annen nullstille."))
        accounts.ask_for_reset(user, by=by)

    @admin.action(description=_("Godkjenn nullstilling som en annen har bedt om"))
    def agree_to_reset(self, request, users):
        return self._each(request, users, _("Nullstilt. Brukeren får e-post."), self._agree)

    def _agree(self, user, *, by):
        if not rules.may_reset(by, user):
            raise DomainError(_("Din egen innlogging må en annen nullstille."))
        reset = FactorReset.objects.open().filter(user=user).first()
        if reset is None:
            raise DomainError(_("Ingen har bedt om å nullstille denne innloggingen."))
        accounts.settle_reset(reset, by=by)

    def _each(self, request, users, done, action):
        """Whoever opens others' accounts says once more who they are."""
        if not entry.has_proved(request):
            return redirect(reverse("staff:proof", query={"next": request.path}))
        for user in users:
            try:
                action(user, by=request.user)
            except DomainError as error:
                messages.error(request, f"{user}: {error}")
            else:
                messages.success(request, f"{user}: {done}")
        return None
