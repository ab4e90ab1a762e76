"""What somebody changes in their own login. Each change is told to them by e-mail."""

from django.db import transaction
from django.utils.translation import gettext as _

from tibir.audit.record import record
from tibir.core.errors import DomainError
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message
from tibir.staff import factors
from tibir.staff.devices import mark_of, sessions_of
from tibir.staff.models import Identity


@transaction.atomic
def keep_codes(user, *, by, secret):
    """Codes from a telephone; on paper too, if there are none. Those on paper are given back."""
    is_first = not factors.has_any(user)
    factors.keep_codes(user, secret)
    record("user.codes_kept", user, by=by)
    return _follow(user, is_first, "codes", by=by)


@transaction.atomic
def keep_passkey(user, *, by, name, answer):
    is_first = not factors.has_any(user)
    factors.keep_passkey(user, name, answer)
    record("user.passkey_kept", user, by=by)
    return _follow(user, is_first, "passkey", by=by)


def _follow(user, is_first, what, *, by):
    """The first time there is nothing to warn of: it is how the login is made."""
    if not is_first:
        _end_sessions(user)
        tell_of_change(user, what, by=by)
    return [] if factors.paper_codes_left(user) else factors.new_paper_codes(user)


@transaction.atomic
def renew_paper_codes(user, *, by):
    codes = factors.new_paper_codes(user)
    _end_sessions(user)
    record("user.paper_codes_made", user, by=by)
    tell_of_change(user, "paper", by=by)
    return codes


@transaction.atomic
def remove_passkey(user, *, by, pk):
    is_last = not factors.has_codes(user) and len(factors.passkeys(user)) == 1
    if is_last:
        raise DomainError(_("Dette er det eneste du logger inn med i steg to. Lag noe nytt først."))
    if factors.remove_passkey(user, pk):
        _end_sessions(user)
        record("user.passkey_removed", user, by=by)
        tell_of_change(user, "passkey_removed", by=by)


@transaction.atomic
def change_password(user, *, by, password):
    user.set_password(password)
    user.save(update_fields=["password"])
    record("user.password_changed", user, by=by)
    tell_of_change(user, "password", by=by)


@transaction.atomic
def link_identity(user, *, by, issuer, subject, way):
    """This login elsewhere is this user's from now on."""
    taken = Identity.objects.filter(issuer=issuer, subject=subject).exclude(user=user)
    if taken.exists():
        raise DomainError(_("Denne innloggingen hører til en annen bruker."))
    Identity.objects.update_or_create(user=user, issuer=issuer, defaults={"subject": subject})
    _end_sessions(user)
    record("user.linked", user, by=by, way=way)
    tell_of_change(user, "linked", by=by)


def _end_sessions(user):
    """All of them: the page that asked for it lets its own go on."""
    user.session_round += 1
    user.save(update_fields=["session_round"])


@transaction.atomic
def end_session(user, *, by, mark):
    """One of one's own, somewhere else."""
    for row in sessions_of(user):
        if mark_of(row.session_key) == mark:
            row.delete()
            record("user.sessions_ended", user, by=by)
            return True
    return False


@transaction.atomic
def tell_of_change(user, what, *, by):
    change = record("user.told_of_change", user, by=by, what=what)
    notifications.tell(
        Message.LOGIN_CHANGED, user, by=by, user=user, data={"what": what}, stage=f"{change.pk}"
    )
