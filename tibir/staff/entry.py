"""The one place where somebody becomes logged in. Nobody is before both steps are taken."""

from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from tibir.accounts.models import User
from tibir.audit.record import record
from tibir.staff import factors
from tibir.staff.devices import DEVICE, device_of

PENDING, PROVED, THEN = "first_step", "proved_at", "then"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin(request, user, *, then=""):
    """The first step is taken. What the session held before, whoever's it was, is gone."""
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": timezone.now().timestamp(),
        "then": then,
    }


def waiting(request):
    """Whoever has taken the first step here, lately, and may still take the second; else None."""
    step = request.session.get(PENDING)
    if not step:
        return None
    user = User.objects.filter(pk=step["user"], is_active=True).first()
    age = timezone.now().timestamp() - step["at"]
    is_same = user and constant_time_compare(step["hash"], user.get_session_auth_hash())
    if not is_same or age > settings.LOGIN_STEP.total_seconds():
        del request.session[PENDING]
        return None
    return user


def complete(request, user, *, way):
    """Logged in. Where they were on their way to; the session has a new name."""
    step = request.session.pop(PENDING, {})
    login(request, user, backend=BACKEND)
    request.session[DEVICE] = device_of(request)
    if not user.has_usable_password() and not factors.has_any(user):
        prove(request)  # nothing else could be asked for here
    record("user.logged_in", user, by=user, way=way)
    return step.get("then", "")


def prove(request):
    request.session[PROVED] = timezone.now().timestamp()


def has_proved(request):
    """Lately enough to change what opens this account."""
    age = timezone.now().timestamp() - request.session.get(PROVED, 0)
    return age < settings.PROOF_LASTS.total_seconds()


def stay(request, user):
    """This session goes on under a new name, while every other one of the user ends."""
    update_session_auth_hash(request, user)
