from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.accounts.models import User
from tibir.audit.record import record
from tibir.core.codes import TOKEN_BITS, digest, new_secret
from tibir.core.dates import clock_time, long_date
from tibir.core.errors import DomainError
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message
from tibir.staff import rules
from tibir.staff.actions.own import tell_of_change
from tibir.staff.models import Forgotten, Link

LASTS = {
    Link.Kind.FIRST: settings.FIRST_LINK_LASTS,
    Link.Kind.FORGOTTEN: settings.LINK_LASTS,
}


@transaction.atomic
def send_link(user, *, by, kind):
    """A new one, by e-mail. Those that were sent before open nothing any more."""
    if not user.is_active:
        raise DomainError(_("Brukeren er ikke aktiv. Gjør brukeren aktiv først."))
    now = timezone.now()
    Link.objects.filter(user=user, used_at=None).update(used_at=now)
    secret, until = new_secret(TOKEN_BITS), now + LASTS[kind]
    link = Link.objects.create(
        user=user, kind=kind, digest=digest(Link.PURPOSE, secret), expires_at=until
    )
    local = timezone.localtime(until)
    said = f"{long_date(local.date())} {clock_time(local)}"
    # The letter to come is sealed until it leaves; the row that is compared has the digest only.
    notifications.tell(
        Message.LOGIN_LINK,
        link,
        by=by,
        user=user,
        data={"kind": kind, "secret": secret, "until": said},
    )
    record("user.link_sent", user, by=by, kind=kind)
    return link


@transaction.atomic
def ask_for_link(email, *, by):
    """Written down whoever it is; found out afterwards."""
    record("user.link_asked_for", by=by)
    return Forgotten.objects.create(email=email)


@transaction.atomic
def answer_asked(asked, *, by):
    """Somebody who is known, and can use it, gets a link; anybody else gets nothing."""
    user = User.objects.filter(email=asked.email).first()
    asked.delete()
    if user and rules.may_get_link(user):
        send_link(user, by=by, kind=Link.Kind.FORGOTTEN)


@transaction.atomic
def choose_password(link, *, by, password, now):
    """The link opens once; every session of the user ends."""
    used = Link.objects.open(now).filter(pk=link.pk, user__is_active=True).update(used_at=now)
    if not used:
        raise DomainError(_("Lenken virker ikke lenger. Be om en ny, så får du den på e-post."))
    user = link.user
    user.set_password(password)
    user.session_round += 1
    user.save(update_fields=["password", "session_round"])
    record("user.password_chosen", user, by=by, kind=link.kind)
    if link.kind != Link.Kind.FIRST:
        tell_of_change(user, "password", by=by)
    return user
