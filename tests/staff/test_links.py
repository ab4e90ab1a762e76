"""A link by e-mail: the first password, and a forgotten one."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.conftest import after_commit
from tests.factories import UserFactory
from tests.logins import LOGIN, employed, first_step, log_in
from tibir.audit.models import Event
from tibir.notifications.models import Notification
from tibir.staff.models import Forgotten, Link
from tibir.staff.schedule import tick

pytestmark = pytest.mark.django_db

NEW = "havet er grått og bølgene høye"
FORGOTTEN, LINK, CHOOSE = "/logg-inn/glemt/", "/logg-inn/lenke/", "/logg-inn/passord/"


@pytest.fixture
def administrator():
    return employed(UserFactory(is_staff=True, is_superuser=True))


@pytest.fixture
def user():
    return employed(UserFactory(email="kari@kommune.example"))


def letters(rings):
    with after_commit():
        tick()
    rings.answer()
    return mail.outbox


def secret_in(letter):
    return re.search(r"/logg-inn/lenke/#(\S+)", letter.body)[1]


def choose(client, secret, password=NEW):
    opened = client.post(LINK, {"secret": secret})
    assert opened.url == CHOOSE
    return client.post(CHOOSE, {"password": password, "again": password})


def ask(client, email="kari@kommune.example"):
    return client.post(FORGOTTEN, {"email": email})


def make_user(client, administrator):
    log_in(client, administrator)
    typed = {"email": "Ny@Kommune.example", "name": "Ny Ansatt"}
    for name, value in (("TOTAL_FORMS", "0"), ("INITIAL_FORMS", "0")):
        typed[f"memberships-{name}"] = value
    made = client.post(reverse("admin:accounts_user_add"), typed)
    assert made.status_code == 302, made.context["errors"]
    client.post("/logg-ut/")


def test_whoever_is_made_a_user_chooses_a_password_by_a_link(client, administrator, rings):
    make_user(client, administrator)
    (letter,) = letters(rings)
    assert letter.to == ["ny@kommune.example"]
    assert choose(client, secret_in(letter)).url == reverse("staff:enrol")
    assert client.get("/logg-inn/to-steg/").status_code == 200
    verbs = ["user.link_sent", "user.password_chosen"]
    assert Event.objects.filter(verb__in=verbs, target_type="accounts.user").count() == 2


def test_before_that_no_password_opens(client, administrator, rings):
    make_user(client, administrator)
    for password in ("", "!", "None"):
        answer = client.post(LOGIN, {"username": "ny@kommune.example", "password": password})
        assert answer.status_code == 200


def test_a_link_opens_once_and_for_a_while(client, user, rings):
    ask(client)
    (letter,) = letters(rings)
    secret = secret_in(letter)
    with time_machine.travel(timezone.now() + settings.LINK_LASTS + timedelta(seconds=1)):
        assert "virker ikke lenger" in client.post(LINK, {"secret": secret}).content.decode()
    assert choose(client, secret).url == reverse("staff:code")
    assert "virker ikke lenger" in client.post(LINK, {"secret": secret}).content.decode()


def test_the_page_behind_a_link_closes_with_it(client, user, rings):
    ask(client)
    (letter,) = letters(rings)
    client.post(LINK, {"secret": secret_in(letter)})
    Link.objects.update(used_at=timezone.now())
    typed = {"password": NEW, "again": NEW}
    assert client.post(CHOOSE, typed).url == LINK
    user.refresh_from_db()
    assert not user.check_password(NEW)


def test_a_new_link_closes_the_one_before(client, user, rings):
    for _time in range(2):
        ask(client)
        letters(rings)
    first, second = mail.outbox
    assert "virker ikke" in client.post(LINK, {"secret": secret_in(first)}).content.decode()
    assert choose(client, secret_in(second)).status_code == 302


def test_the_secret_is_nowhere_in_plain(client, user, rings):
    ask(client)
    (letter,) = letters(rings)
    link = Link.objects.get()
    secret = secret_in(letter)
    assert len(secret.replace("-", "")) * 5 >= 256
    assert secret not in str(vars(link)) + str(list(Event.objects.values()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM notifications_notification")
        assert all(secret.encode() not in bytes(data) for (data,) in cursor.fetchall())


def test_known_and_unknown_get_the_same_answer_and_the_same_work(client, user, rings):
    ask(client, "oppvarming@kommune.example")
    pages, work = [], []
    for email in ("kari@kommune.example", "hvem@kommune.example"):
        with CaptureQueriesContext(connection) as queries:
            page = ask(client, email).content.decode()
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
        work.append([query["sql"].split()[0] for query in queries])
    assert pages[0] == pages[1]
    assert work[0] == work[1]
    assert [letter.to for letter in letters(rings)] == [["kari@kommune.example"]]
    assert not Forgotten.objects.exists()


@pytest.mark.parametrize(
    "about",
    [
        pytest.param({"is_active": False}, id="somebody who has left"),
        pytest.param({"codes": False}, id="somebody without a second step"),
        pytest.param({"password": None}, id="somebody who logs in elsewhere"),
    ],
)
def test_an_email_alone_never_opens_an_account(client, rings, about):
    user = UserFactory(email="anna@kommune.example", is_active=about.pop("is_active", True))
    employed(user, **about)
    ask(client, user.email)
    assert letters(rings) == []


def test_a_forgotten_password_leaves_the_second_step_as_it_was(client, user, rings):
    ask(client)
    choose(client, secret_in(letters(rings)[0]))
    assert client.get("/min-innlogging/").url.startswith(LOGIN)
    client.get("/logg-inn/")
    assert first_step(client, user, NEW).url == "/logg-inn/kode/"


def test_a_new_password_ends_every_session_and_is_told(client, user, rings):
    log_in(client, user)
    other = type(client)()
    ask(other)
    choose(other, secret_in(letters(rings)[0]))
    assert client.get("/min-innlogging/").url.startswith(LOGIN)
    assert "Passordet ditt i TIBIR er endret" in letters(rings)[-1].body


def test_asking_again_and_again_is_slowed_down(client, user, rings):
    for _time in range(3):
        ask(client)
    refused = ask(client)
    assert (refused.status_code, refused["Retry-After"]) == (429, "300")


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("kort", "12"),
        ("kari@kommune.example", "E-post"),
        ("passwordpassword", ""),
    ],
)
def test_a_weak_password_is_refused_with_a_word_of_why(client, user, rings, password, says):
    ask(client)
    client.post(LINK, {"secret": secret_in(letters(rings)[0])})
    page = client.post(CHOOSE, {"password": password, "again": password})
    if says:
        assert page.status_code == 200
        assert page.context["form"].errors["password"]
        assert says.lower() in str(page.context["form"].errors["password"]).lower()


def test_two_that_differ_are_told_so(client, user, rings):
    ask(client)
    client.post(LINK, {"secret": secret_in(letters(rings)[0])})
    page = client.post(CHOOSE, {"password": NEW, "again": NEW + "."})
    assert "De to passordene er ikke like" in page.content.decode()


def test_notices_of_a_login_stand_in_no_inbox(client, user, rings):
    ask(client)
    letters(rings)
    assert Notification.objects.filter(user=user).exists()
    assert not Notification.objects.visible_to(user).exists()
