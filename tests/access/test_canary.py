"""A strictly protected family full of canaries: every door is tried, and none of them sings."""

import base64
import itertools
import json
import logging
import re
from datetime import timedelta

import pytest
from django.contrib.admin.sites import site as admin_site
from django.db.models import Q
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from interventions import actions as interventions
from interventions.models import (
    Call,
    Course,
    Goal,
    Meeting,
    Note,
    PlannedMeasure,
    Report,
    SafetyCheck,
)
from referrals import actions as referrals
from referrals.models import RuleSet
from referrals.routing.editing import remove
from tests.access.test_matrix import RULE_BUTTONS, RULES, names
from tests.factories import (
    ANSWERS,
    MunicipalityFactory,
    UnitFactory,
    UserFactory,
    attach,
    confirm,
    refer,
)
from tests.instruments.paper import answered
from tests.interventions.courses import course_of, in_state, planned
from tests.interventions.journals import counselling_of, counsellor, goal, sign
from tests.interventions.screenings import held, meet, qualify, screener, signed
from tibir.accounts.models import Session
from tibir.audit.models import Event
from tibir.audit.record import CLOCK
from tibir.calendar.oslo import week_of
from tibir.cases.models import (
    Case,
    CaseMember,
    Consent,
    Disqualification,
    DutyReport,
    Grade,
    StandIn,
)
from tibir.core import doorbell
from tibir.core.middleware import Discreet
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.deadlines.sweep import tell
from tibir.documents import tasks
from tibir.documents.models import Attachment, Dispatch, Document
from tibir.family import actions as family
from tibir.home.search import look_up
from tibir.notifications import actions as notifications
from tibir.notifications import schedule
from tibir.notifications.kinds import Kind as Message
from tibir.notifications.models import Delivery, Notification
from tibir.operations.health import signs

pytestmark = pytest.mark.django_db

BIRD = "anarifugl"
SONG = [BIRD, "99 00 00 77", "+4799000077", "14881987622"]
SAID = {
    **ANSWERS,
    "deg": {"name": "Kari Kanarifugl", "relation": "mother", "protection": "no"},
    "kontakt": {
        **ANSWERS["kontakt"],
        "phone": "+4799000077",
        "email": "kanarifugl@post.example",
        "when": "etter Kanarifugl",
    },
    "barnet": {
        **ANSWERS["barnet"],
        "first_name": "Kanarifugl",
        "last_name": "Kanarifuglen",
        "national_id": "14881987622",
        "address": "Kanarifuglveien 1",
        "place": "Kanarifugl skole",
    },
    "familien": {
        "responsibility": "yes",
        "lives_with": "yes",
        "people": [{"name": "Ola Kanarifugl", "relation": "father", "phone": "+4799000077"}],
    },
    "bekymringen": {**ANSWERS["bekymringen"], "examples": "Kanarifuglen"},
    "onsker": {"hopes": "Kanarifugl", "format": "", "practical": "Kanarifugl"},
    "barnets-mening": {"told": "yes", "view": "Kanarifugl"},
}
WHO = [
    "coordinator", "disqualified", "leader", "clerk", "practitioner", "member", "cleared",
    "let in before", "leader with access", "other municipality", "regional", "superuser",
]  # fmt: skip


@pytest.fixture
def place():
    return MunicipalityFactory()


class Family:
    """A referral that has come far, and was hidden in the middle of it."""

    def __init__(self, place, group):
        self.place, self.group = place, group
        unit = place.intake_unit
        coordinator = UserFactory(coordinates=unit)
        self.referral = referral = refer(place, answers=SAID)
        self.case = referral.case
        confirm(referral, by=coordinator)
        referrals.take(referral, by=coordinator)
        self.person = referral.case.people.select_related("person", "case").get(is_sender=True)
        self.person.person.address = "Kanarifuglveien 1"
        self.person.person.save()
        self.inquiry = referrals.ask(
            referral, by=coordinator, how="letter", question="Kanarifugl?", people=[self.person]
        )
        tasks.render(Document.objects.get(kind="inquiry").pk)
        self.attachment = attach(referral, "kanarifugl.pdf", by=coordinator)
        self.correction = referrals.propose_correction(
            referral,
            by=coordinator,
            becomes=referral.received_on - timedelta(days=1),
            reason="Kanarifugl",
        )
        self.measured = answered(self.person, by=coordinator)
        self.sibling = refer(place, answers=SAID)
        self.link = family.link(self.case, self.sibling.case, by=coordinator, reason="Kanarifugl")
        self.rules, self.tried = self._recommended(coordinator)
        self.screen(unit, coordinator)
        self.people = self._people(unit, coordinator)
        for user in self.people.values():
            notifications.tell(Message.TASK, referral, by=CLOCK, user=user, case=self.case)
            deadlines.begin(
                Due.DOCUMENT_FAILED,
                referral,
                by=CLOCK,
                unit=unit,
                case=self.case,
                on=referral.received_on,
                owner=coordinator,
            )
        family.protect(self.case.child, self.case, by=CLOCK, grade=Grade.STRICT, group=group)

    def screen(self, unit, coordinator):
        """Somebody meets the family, writes of it, and is worried."""
        practitioner = screener(unit)
        course = interventions.plan_screening(
            self.referral, by=coordinator, practitioner=practitioner
        )
        _meeting, note = held(course, place="Kanarifuglveien 1")
        meet(course, days=0, hour=9, place="Kanarifuglveien 1", is_at_ours=True)
        interventions.write_call(
            course,
            by=practitioner,
            person=self.person,
            called_at=timezone.now(),
            minutes=5,
            text="Kanarifugl",
        )
        self.secret = interventions.open_calendar(practitioner, by=practitioner)
        signed(note, "Kanarifugl")
        interventions.check_safety(course, by=practitioner, is_worried=True, words="Kanarifugl")
        given = in_state(planned(self.place, case=self.case, by=coordinator), "paused")
        given.pauses.update(reason="Kanarifugl")
        self.asked = interventions.ask_for_more(
            given, by=given.practitioner, count=2, reason="Kanarifugl"
        )
        therapy = course_of(self.case, practitioner=practitioner, begun=1)
        report = interventions.begin_report(
            self.case, by=practitioner, recipient=self.person, course=therapy
        )
        said = {"parts": report.parts, "assessment": "Kanarifugl", "next_steps": "Kanarifugl"}
        interventions.save_report(report, by=practitioner, version=0, **said)
        self.follow(unit, practitioner)

    def follow(self, unit, practitioner):
        """Somebody follows a goal with the family, and writes of it as one in training."""
        unit.requires_cosigning = True
        unit.save()
        qualify(practitioner, "counsellor", supervisor=counsellor(unit))
        course = counselling_of(self.case, practitioner)
        aim = goal(course, words="Kanarifugl")
        end = {"occasion": "end", "reached": "yes", "words": "Kanarifugl"}
        interventions.evaluate_goal(aim, by=practitioner, **end)
        said = {"person": self.person, "suited": "yes", "useful": "Kanarifugl"}
        interventions.give_feedback(course, by=practitioner, **said)
        note = interventions.open_note(course, by=practitioner)
        people = [self.person]
        sign(
            note, "Kanarifugl", ratings=[(aim, self.person, 3)],
            assignment=("Kanarifugl", people), summary=("Kanarifugl", people),
        )  # fmt: skip

    def _people(self, unit, coordinator):
        kept_out = UserFactory(cleared_in=self.place, works_with=self.case)
        family.keep_out(self.case, by=coordinator, user=kept_out, reason="close")
        let_in = UserFactory(practises_in=UnitFactory(municipality=self.place))
        self.used = family.open_in_emergency(
            self.case, by=let_in, reason="danger", text="Kanarifugl"
        )
        leader = UserFactory(leads=unit)
        family.open_for_leader(self.case, by=leader, reason="complaint", text="Kanarifugl", days=3)
        return {
            "coordinator": coordinator,
            "leader": UserFactory(leads=unit),
            "clerk": UserFactory(clerks_in=unit),
            "practitioner": UserFactory(practises_in=unit),
            "member": UserFactory(practises_in=unit, works_with=self.case),
            "cleared": UserFactory(cleared_in=self.place, coordinates=unit),
            "disqualified": kept_out,
            "let in before": let_in,
            "leader with access": leader,
            "other municipality": UserFactory(coordinates=MunicipalityFactory()),
            "regional": UserFactory(coordinates_region=self.place.region),
            "superuser": UserFactory(is_staff=True, is_superuser=True),
        }

    def _recommended(self, coordinator):
        """Something that a new version of the rules would have said differently."""
        about = {"by": coordinator, "referral": self.referral}
        said = referrals.recommend(self.case, {"serious": True}, **about)
        referrals.choose(said, by=coordinator, services=["screening"], reason="Kanarifugl")
        shipped = RuleSet.objects.get(municipality=None)
        draft = referrals.copy_rules(shipped, by=coordinator, municipality=self.place)
        table = remove(draft.table, "r3")
        referrals.change_rules(draft, by=coordinator, table=table, edition=draft.edition)
        tried = referrals.try_rules(draft, by=coordinator, today=timezone.localdate())
        assert tried.changed_count == 1
        return [shipped, draft], tried

    def addresses(self):
        """Each address there is, with everything of this family that it could be about."""
        of_case = {"case": [self.case.pk, self.sibling.case_id]}
        numbers = {
            "referrals": [self.referral.pk, self.sibling.pk],
            "interventions": [self.referral.pk, self.sibling.pk, self.case.pk],
            "deadlines": list(Deadline.objects.values_list("pk", flat=True)),
            "home": list(Case.objects.values_list("pk", flat=True)),
        }
        documents = list(Document.objects.values_list("pk", flat=True))
        dispatches = list(Dispatch.objects.values_list("pk", flat=True))
        kept_out = list(Disqualification.objects.values_list("pk", flat=True))
        special = {
            "documents:document": documents,
            "home:read": list(Notification.objects.values_list("pk", flat=True)),
            "referrals:submission": [self.referral.submission_id],
            "referrals:registered": [self.referral.submission_id],
            "family:review": [self.used.pk],
            "family:part": [self.link.pk],
            **{
                f"instruments:{name}": [self.measured.pk]
                for name in ("measurement", "second", "strike")
            },
            "family:control": [self.place.intake_unit.pk],
            "family:let_in_again": kept_out,
            **{name: [each.pk for each in self.rules] for name in [*RULES, *RULE_BUTTONS]},
            "interventions:extension": [self.asked.pk],
            "referrals:rules": [],
            "referrals:activate_rules": [each.pk for each in self.rules],
            "referrals:try_out": [self.tried.pk],
        }
        last_week = week_of(timezone.localdate()).previous
        others = {
            "year": [last_week.year],
            "person": [self.person.pk],
            "other": [self.referral.pk, self.sibling.pk, *(each.pk for each in self.rules)],
            "inquiry": [self.inquiry.pk],
            "correction": [self.correction.pk],
            "attachment": [self.attachment.public_id],
            "municipality": [self.place.slug],
            "public_id": [self.referral.submission.public_id],
            "slug": ["barnet"],
            "key": ["kommunen", "r2"],
            "place": ["1", "imot"],
            "number": [1, last_week.number],
            "mark": ["0" * 32],
            "part": ["hvem", "kontakt", "forhold"],
            "code": ["ecbi", "pss"],
            "secret": [self.secret.lower()],
            **{
                name: list(model.objects.values_list("pk", flat=True))
                for name, model in (
                    ("consent", Consent),
                    ("report", DutyReport),
                    ("paper", Report),
                    ("stand_in", StandIn),
                    ("course", Course),
                    ("meeting", Meeting),
                    ("note", Note),
                    ("call", Call),
                    ("check", SafetyCheck),
                    ("goal", Goal),
                    ("planned", PlannedMeasure),
                )
            },
        }
        for name in names():
            room = name.partition(":")[0]
            pks = special.get(name) or numbers.get(room) or dispatches
            yield from _filled(name, {"pk": pks, **of_case, **others}, self.case.pk)


def _filled(name, values, case):
    """What is in a case is looked for in the hidden one alone: the sibling's has nothing."""
    for keys in _parameters(name):
        if len(keys) > 1:
            values = values | {"pk": [case] if case in values["pk"] else values["pk"]}
            values = values | {"case": [case]}
        for chosen in itertools.product(*(values[key] for key in keys)):
            try:
                yield reverse(name, kwargs=dict(zip(keys, chosen, strict=True)))
            except NoReverseMatch:
                continue


def _parameters(name):
    room, _colon, page = name.rpartition(":")
    if room == "admin":
        return
    resolver = get_resolver()
    for part in filter(None, room.split(":")):
        resolver = resolver.namespace_dict[part][1]
    for possibilities, *_rest in resolver.reverse_dict.getlist(page):
        for _path, keys in possibilities:
            yield [key for key in keys if key != "namespace"]


def sings(text):
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    return [note for note in SONG if note in text]


@pytest.fixture
def logged(caplog):
    """Every line as it is written in production."""
    caplog.set_level(logging.DEBUG)
    formatter = Discreet("{levelname} {name} {message}", style="{")
    return lambda: "\n".join(formatter.format(each) for each in caplog.records)


def tried_by(client, addresses):
    """(address, what it said) of all that answered with a canary, GET and POST."""
    found = []
    for address in addresses:
        for ask in (client.get, client.post):
            answer = ask(address)
            body = b"".join(answer) if answer.streaming else answer.content
            head = str(dict(answer.headers))
            if sings(body.decode(errors="replace") + head):
                found.append((ask.__name__, address))
    return found


@pytest.mark.prove
@pytest.mark.parametrize("who", WHO)
def test_nobody_outside_the_named_group_hears_a_canary(
    client, place, logged, mailoutbox, rings, who
):
    group = [UserFactory(cleared_in=place) for _number in range(2)]
    hidden = Family(place, group)
    user = hidden.people[who]
    tell(timezone.localdate() + timedelta(days=20))
    client.force_login(user)
    before = Case.objects.count()
    addresses = sorted(set(hidden.addresses()) - {reverse("logout")})
    assert len(addresses) > 60

    assert tried_by(client, addresses) == []

    if user.is_superuser:
        for model in admin_site._registry:
            label = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            assert not sings(client.get(reverse(label)).content.decode())
    for typed in ("kanarifugl", hidden.referral.reference, "14881987622"):
        assert look_up(user, typed)[1] == []
        client.post(reverse("home:search"), {"q": typed})
    schedule.tick()
    rings.answer()
    sessions = [str(session.get_decoded()) for session in Session.objects.all()]
    mails = [message.message().as_string() for message in mailoutbox]
    assert not sings("\n".join([*sessions, *mails, logged()]))
    assert not sings("\n".join(str((each.codes, each.verb)) for each in Event.objects.all()))
    notes = Notification.objects.filter(user=user, kind="deadline_notice", case=hidden.case)
    assert not notes.exists()
    assert not Notification.objects.visible_to(user).filter(case=hidden.case).exists()
    assert not Delivery.objects.filter(notification__person__isnull=False, state="sent").exists()
    assert Case.objects.count() == before


def test_the_named_group_hears_them(client, place):
    """So that the silence of the others means something."""
    group = [UserFactory(cleared_in=place) for _number in range(2)]
    hidden = Family(place, group)
    client.force_login(group[0])
    page = client.get(hidden.referral.get_absolute_url()).content.decode()
    assert BIRD in page
    assert "Kanarifuglveien" not in page
    assert "Kanarifugl skole" not in page
    sealed = Document.objects.get(kind="inquiry", seal__isnull=False)
    answer = client.get(reverse("documents:document", args=[sealed.pk]))
    assert answer.content.startswith(b"%PDF")
    assert Dispatch.objects.visible_to(group[0]).filter(channel="handed_over").exists()


@pytest.mark.parametrize("trait", ["coordinates", "leads"])
def test_no_figure_counts_the_hidden_family(client, place, trait):
    Family(place, [UserFactory(cleared_in=place) for _number in range(2)])
    client.force_login(UserFactory(**{trait: place.intake_unit}))
    start = client.get("/").context
    assert (start["open"], start["overdue"], start["soon"]) == (0, 0, 0)
    for page in ("referrals:list", "deadlines:list"):
        views = client.get(reverse(page)).context["views"]
        assert {view["count"] for view in views} == {"0"}, page
    assert client.get(reverse("home:start")).context["unread"]() == ""


def test_no_figure_of_the_machine_counts_the_hidden_family(place):
    """All that can go wrong goes wrong, and nobody is left who may be told."""
    hidden = Family(place, [])
    CaseMember.objects.all().delete()
    long_ago = timezone.now() - timedelta(days=1)
    receipts = [each.submission.receipt_id for each in (hidden.referral, hidden.sibling)]
    of_family = Document.objects.filter(Q(case__grade=Grade.STRICT) | Q(pk__in=receipts))
    of_family.exclude(state="ready").update(state="failed")
    Document.objects.filter(pk=receipts[0]).update(state="queued", created_at=long_ago)
    Attachment.objects.filter(pk=hidden.attachment.pk).update(state="damaged")
    Delivery.objects.update(state="waiting", next_try_at=long_ago)
    Delivery.objects.filter(pk=Delivery.objects.order_by("pk")[0].pk).update(state="failed")
    told = tell(timezone.localdate() + timedelta(days=20))
    assert (told.written, told.untold) == (0, 0)
    figures = {str(sign.label): sign.value for sign in signs()}
    for label in (
        "Dokumenter som har ventet over to minutter",
        "Dokumenter som ikke ble laget",
        "Meldinger som har ventet over to minutter",
        "Meldinger som ikke kom fram",
        "Vedlegg som er skadet",
    ):
        assert figures[label] == "0", label
    # They are there to be counted, so that the silence means something.
    Case.objects.update(grade=Grade.CONFIDENTIAL)
    assert tell(timezone.localdate() + timedelta(days=20)).written
    assert sum(figures[str(sign.label)] != sign.value for sign in signs()) == 5


def test_redis_holds_numbers_alone(place, broker):
    Family(place, [UserFactory(cleared_in=place) for _number in range(2)])
    for task in (tasks.render, tasks.check):
        doorbell._put(task, (1,))
    assert doorbell.drain(10)
    kept = [broker.dump(key) for key in broker.keys("*")]
    assert kept
    everything = b"".join([*broker.keys("*"), *kept]).decode(errors="replace")
    assert not sings(everything)
    for message in broker.lrange("celery", 0, -1):
        assert re.fullmatch(r"[0-9, \]\[{}]+", _arguments(message))


def _arguments(message):
    body = base64.b64decode(json.loads(message)["body"])
    return json.dumps(json.loads(body)[:2])


def test_an_error_says_nothing_of_the_family(client, place, monkeypatch, logged):
    group = [UserFactory(cleared_in=place) for _number in range(2)]
    hidden = Family(place, group)
    client.force_login(group[0])
    client.raise_request_exception = False

    def breaks(*_args):
        raise ValueError(f"cannot show {hidden.case.child.name}")

    monkeypatch.setattr("referrals.views.staff.sections", breaks)
    answer = client.get(hidden.referral.get_absolute_url())
    assert answer.status_code == 500
    assert not sings(answer.content.decode())
    assert "ValueError" in logged()
    assert not sings(logged())


# --- F31, F32: in the middle of a session, with messages waiting ------------------------------


@pytest.mark.parametrize("flip", ["grade", "membership", "disqualification"])
def test_the_next_request_and_the_next_message_obey(client, place, mailoutbox, flip):
    referral = refer(place)
    case = referral.case
    member = UserFactory(practises_in=place.intake_unit, works_with=case)
    client.force_login(member)
    assert client.get(referral.get_absolute_url()).status_code == 200
    told = notifications.tell(Message.EMERGENCY_ACCESS, referral, by=CLOCK, user=member, case=case)
    assert told.deliveries.get().state == Delivery.State.WAITING

    if flip == "grade":
        family.protect(case.child, case, by=CLOCK, grade=Grade.STRICT)
    elif flip == "membership":
        CaseMember.objects.filter(user=member).update(ended_on="2021-01-01")
    else:
        family.keep_out(case, by=member, user=member, reason="close")

    assert client.get(referral.get_absolute_url()).status_code == 404
    schedule.tick()
    assert [mail for mail in mailoutbox if mail.to == [member.email]] == []
    assert told.deliveries.get().state == Delivery.State.STOPPED
    assert client.post(reverse("home:read", args=[told.pk])).status_code == 404


def test_addresses_name_nobody(place):
    """What stands in an address stands in logs and histories: numbers, and codes of our own."""
    hidden = Family(place, [UserFactory(cleared_in=place)])
    assert not sings("\n".join(hidden.addresses()))
    assert all(re.fullmatch(r"[a-z0-9/-]+(\.ics)?", address) for address in hidden.addresses())
