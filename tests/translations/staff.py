"""A walk over the pages of those who work here."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from referrals.models import Referral
from tests.browser.pages import tell_all_kinds
from tests.factories import ANSWERS, CALL, PROFESSIONAL, UserFactory, attach, refer, register
from tests.referrals.desk import Desk
from tests.translations.assessment import walk_assessment
from tests.translations.courses import walk_courses
from tests.translations.family import walk_case, walk_checks, walk_hidden, walk_trust
from tests.translations.given import walk_given
from tests.translations.journal import walk_journal
from tests.translations.measures import walk_measures
from tests.translations.readers import speaking, submitted_but_stopped
from tests.translations.routing import walk_rules
from tests.translations.screening import walk_screening
from tests.translations.typed import BAD_FILES
from tibir.audit.record import CLOCK
from tibir.core.models import JobRun
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents.models import Attachment
from tibir.notifications.models import Notification


def walk_staff(client, place, language, monkeypatch):
    """(where, html) of the pages of those who work here, with something on each of them."""
    user = UserFactory(coordinates=place.intake_unit, is_staff=True, is_superuser=True)
    speaking(client, language).force_login(user)

    def got(response):
        assert response.status_code in (200, 403), response
        return response.wsgi_request.path, response.content.decode()

    yield got(client.get("/"))
    yield got(client.get(reverse("referrals:list")))
    shielded = {**ANSWERS, "deg": {**ANSWERS["deg"], "protection": "yes"}}
    referral = refer(place, answers=shielded, received_at=timezone.now() - timedelta(days=15))
    young = {**ANSWERS, "barnet": {**ANSWERS["barnet"], "birth_date": "2025-01-01"}}
    kinds = [refer(place, answers=each) for each in (young, CALL, PROFESSIONAL)]
    for one in (referral, *kinds):
        yield got(client.get(one.get_absolute_url()))
    add = reverse("referrals:attach", args=[referral.pk])
    yield got(client.post(add, {}))
    for name, content in BAD_FILES:
        file = SimpleUploadedFile(name, content)
        yield got(client.post(add, {"file": file, "whole": "ja"}, follow=True))
    for state in Attachment.State:
        attach(referral, "brev.pdf", state=state)
    yield got(client.get(referral.get_absolute_url()))
    stopped = submitted_but_stopped(place, monkeypatch)
    yield got(client.get(stopped.get_absolute_url()))
    yield got(client.get(reverse("referrals:list")))
    yield from walk_reconciled(client, user, got)
    contact = reverse(
        "referrals:confirm_contact", args=[referral.pk, referral.case.people.get().pk]
    )
    yield got(client.get(contact))
    yield got(client.post(contact, {"phone": "1", "email": "x"}))
    sure = {"how": "called", "responsibility": "yes", "safe_phone": "no", "safe_email": "no"}
    yield got(
        client.post(contact, {**sure, "phone": "99000001", "email": "a@b.example"}, follow=True)
    )
    yield got(client.post(stopped.get_absolute_url(), follow=True))
    yield got(client.get("/"))
    yield from walk_at_the_desk(client, user, got)
    client.force_login(UserFactory(clerks_in=place.intake_unit))
    yield got(client.get(reverse("referrals:registered", args=[register(place).pk])))
    client.force_login(user)
    yield got(client.get(reverse("operations:health")))
    inbox = reverse("home:notifications")
    yield got(client.get(inbox))
    tell_all_kinds(user, [referral])
    Notification.objects.filter(stage="owner").update(read_at=timezone.now())
    yield got(client.get(inbox))
    newest = Notification.objects.latest("pk").pk
    yield got(client.post(reverse("home:read_all"), {"newest": newest}, follow=True))
    yield got(client.get(inbox, {"vis": "uleste"}))
    yield from walk_assessment(client, place, language, got)
    yield from walk_case(client, place, language, got)
    yield from walk_screening(client, place, user, language, got)
    yield from walk_journal(client, place, user, got)
    yield from walk_courses(client, place, user, language, got)
    yield from walk_trust(client, place, user, got)
    yield from walk_given(client, place, user, got)
    yield from walk_measures(client, place, user, got)
    yield from walk_rules(client, place, got)
    yield from walk_hidden(client, place, user, got)
    yield from walk_checks(client, place, got)
    client.force_login(UserFactory())
    yield got(client.get("/"))
    yield got(client.get(reverse("referrals:list")))
    yield got(client.post(reverse("logout"), follow=True))


def walk_reconciled(client, user, got):
    """The line of the inbox that says what was found: much, nothing, and that nobody knows."""
    unit = user.memberships.get().unit
    for referral in Referral.objects.all():
        about = {"unit": unit, "on": referral.received_on}
        deadlines.begin(Due.DISCREPANCY, referral, by=CLOCK, **about)
        dispatch = referral.case.people.order_by("pk").first()  # something without a reference
        deadlines.begin(Due.DISCREPANCY, dispatch, by=CLOCK, **about)
    now = timezone.now()
    run = JobRun.objects.create(job="reconciliation", finished_at=now, outcome="9")
    for outcome, succeeded_at in (("9", now), ("feilet: X", now), ("feilet: X", None)):
        JobRun.objects.filter(pk=run.pk).update(outcome=outcome, succeeded_at=succeeded_at)
        yield got(client.get(reverse("referrals:list")))
    Deadline.objects.filter(kind=Due.DISCREPANCY).update(closed_reason="x")
    JobRun.objects.filter(pk=run.pk).update(outcome="0")
    yield got(client.get(reverse("referrals:list")))
    run.delete()


def walk_at_the_desk(client, user, got):
    desk = Desk(client, user)
    page = desk.open()
    yield got(page.response)
    yield got(desk.press(page, **dict.fromkeys(page.names() - {"token", "people"}, "x")))
    yield got(client.get(desk.press(page, **{"henviser-who": "gp"}).url))
    yield got(desk.press(page, **{"henviser-who": "ppt"}))
    address = reverse("referrals:discuss")
    yield got(client.get(address))
    yield got(client.post(address, {"minutes": "x"}))
    today = timezone.localdate()
    day = {f"held_on_{n}": part for n, part in enumerate((today.day, today.month, today.year))}
    counted = {"caller_kind": "school", "topic": "behaviour", "minutes": "9", **day}
    yield got(client.post(address, counted, follow=True))
