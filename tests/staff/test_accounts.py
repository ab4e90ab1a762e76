"""What an administrator and the clock do with accounts."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.conftest import after_commit
from tests.factories import UserFactory
from tests.logins import LOGIN, employed, first_step, log_in, prove
from tibir.accounts.models import User
from tibir.audit.models import Event
from tibir.audit.record import CLOCK
from tibir.core.errors import DomainError
from tibir.notifications.models import Notification
from tibir.staff import factors
from tibir.staff.actions import accounts
from tibir.staff.models import FactorReset
from tibir.staff.schedule import lock_idle

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
USERS = "/admin/accounts/user/"


@pytest.fixture
def user():
    return employed(UserFactory(email="kari@kommune.example"))


@pytest.fixture
def administrator():
    return employed(UserFactory(is_staff=True, is_superuser=True))


@pytest.fixture
def colleague():
    return employed(UserFactory(is_staff=True, is_superuser=True))


def press(client, action, user, by):
    """Whoever opens others' accounts takes both steps once more first."""
    chosen = {"action": action, "_selected_action": [user.pk]}
    if "proved_at" not in client.session:
        assert client.post(USERS, chosen).url.startswith(reverse("staff:proof"))
        assert prove(client, by).status_code == 302
    return client.post(USERS, chosen, follow=True)


# --- Accounts that nobody uses --------------------------------------------------------------


@pytest.fixture
def wait(rings):
    """What the clock does so many days after today, and the letters that follow."""

    def wait(days):
        now = timezone.now() + days * DAY
        known = list(Notification.objects.values_list("pk", flat=True))
        with time_machine.travel(now, tick=False):
            with after_commit():
                lock_idle(now)
            rings.answer()
        # The database has its own clock, which no test moves.
        Notification.objects.exclude(pk__in=known).update(created_at=now)

    return wait


def test_an_account_that_nobody_uses_is_locked_after_a_warning(client, user, administrator, wait):
    wait(75)
    assert not Event.objects.filter(verb="notification.written").exists()
    wait(77)
    wait(78)
    assert sorted(to for letter in mail.outbox for to in letter.to) == sorted(
        [user.email, administrator.email]
    )
    wait(89)
    user.refresh_from_db()
    assert user.is_active
    wait(91)
    user.refresh_from_db()
    assert (user.is_active, user.locked_at is not None) == (False, True)
    assert Event.objects.filter(verb="user.locked", target_id=user.pk).count() == 1
    assert "stemmer ikke" in first_step(client, user).content.decode()


def test_whoever_was_never_warned_is_warned_first_however_late(user, wait):
    wait(120)
    user.refresh_from_db()
    assert user.is_active
    wait(133)
    user.refresh_from_db()
    assert user.is_active
    wait(135)
    user.refresh_from_db()
    assert not user.is_active


def test_whoever_logs_in_begins_anew(client, user, wait):
    wait(80)
    with time_machine.travel(timezone.now() + 85 * DAY):
        log_in(client, user)
    wait(100)
    user.refresh_from_db()
    assert user.is_active


def test_an_administrator_unlocks(client, user, administrator, wait):
    accounts.lock(user, by=CLOCK)
    log_in(client, administrator)
    press(client, "unlock", user, administrator)
    user.refresh_from_db()
    assert (user.is_active, user.locked_at) == (True, None)
    assert Event.objects.get(verb="user.unlocked").actor_id == administrator.pk
    wait(75)
    user.refresh_from_db()
    assert user.is_active


def test_a_lock_ends_the_session_at_once(client, user):
    log_in(client, user)
    accounts.lock(user, by=CLOCK)
    assert client.get("/min-innlogging/").url.startswith(LOGIN)


def test_the_database_has_no_locked_account_in_use(user):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(locked_at=timezone.now())


# --- A second step that is lost -------------------------------------------------------------


def test_two_administrators_reset_a_second_step_and_the_user_is_told(
    client, user, administrator, colleague, rings
):
    log_in(client, administrator)
    press(client, "ask_for_reset", user, administrator)
    press(client, "agree_to_reset", user, administrator)
    assert factors.has_any(user)
    client.post("/logg-ut/")

    log_in(client, colleague)
    press(client, "agree_to_reset", user, colleague)
    assert not factors.has_any(user)
    reset = FactorReset.objects.get()
    assert (reset.asked_by, reset.settled_by, reset.alone) == (administrator, colleague, False)
    rings.answer()
    assert [letter.to for letter in mail.outbox] == [[user.email]]
    assert "nullstilt" in mail.outbox[0].body
    assert Event.objects.filter(verb="user.factors_reset", actor_id=colleague.pk).exists()
    client.post("/logg-ut/")
    assert first_step(client, user).url == reverse("staff:enrol")


def test_the_only_administrator_does_it_alone_and_that_is_said(client, user, administrator):
    log_in(client, administrator)
    press(client, "ask_for_reset", user, administrator)
    assert not factors.has_any(user)
    assert FactorReset.objects.get().alone
    assert Event.objects.get(verb="user.factors_reset").codes == {"alone": True}


def test_nobody_resets_their_own(client, administrator, colleague):
    log_in(client, administrator)
    press(client, "ask_for_reset", administrator, administrator)
    assert not FactorReset.objects.exists()
    reset = accounts.ask_for_reset(administrator, by=colleague)
    with pytest.raises(DomainError):
        accounts.settle_reset(reset, by=administrator)


def test_a_reset_ends_the_sessions_of_the_user(client, user, administrator):
    log_in(client, user)
    accounts.ask_for_reset(user, by=administrator)
    assert client.get("/min-innlogging/").url.startswith(LOGIN)


def test_whoever_has_the_server_helps_the_last_administrator(administrator, rings):
    with after_commit():
        call_command("nullstill_innlogging", administrator.email, stdout=StringIO())
    assert not factors.has_any(administrator)
    event = Event.objects.get(verb="user.factors_reset")
    assert (event.actor_kind, event.target_id) == ("clock", administrator.pk)
    rings.answer()
    assert [letter.to for letter in mail.outbox] == [[administrator.email]]
    with pytest.raises(CommandError):
        call_command("nullstill_innlogging", "hvem@kommune.example")


def test_the_database_wants_two_where_there_are_two(user, administrator, colleague):
    reset = accounts.ask_for_reset(user, by=administrator)
    row = FactorReset.objects.filter(pk=reset.pk)
    for somebody in (administrator, user):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(settled_by=somebody, settled_at=timezone.now())


@pytest.mark.parametrize("action", ["send_link", "unlock", "ask_for_reset", "agree_to_reset"])
def test_a_while_after_they_said_so_an_administrator_is_asked_who_it_is(
    client, user, administrator, action
):
    log_in(client, administrator)
    prove(client, administrator)
    with time_machine.travel(timezone.now() + settings.PROOF_LASTS + DAY / 1440):
        answer = client.post(USERS, {"action": action, "_selected_action": [user.pk]})
    assert answer.url.startswith(reverse("staff:proof"))


def test_no_administrator_chooses_a_password_for_somebody(client, user, administrator):
    log_in(client, administrator)
    address = reverse("admin:auth_user_password_change", args=[user.pk])
    typed = {"password1": "en annen og lengre setning", "password2": "en annen og lengre setning"}
    assert client.post(address, typed).status_code == 403
    user.refresh_from_db()
    assert not user.check_password(typed["password1"])
