"""A kindergarten refers with the parents' consent: nothing is sent without it, nothing is lost."""

import re
from datetime import date, timedelta
from html import escape

import pytest
from django.test import Client as DjangoClient
from django.urls import reverse
from django.utils import timezone

from referrals.forms.answers import read
from referrals.models import Draft, Referral, Submission
from referrals.questions import PROFESSIONAL, ROLES, Ask
from referrals.states import State
from tests.documents import validators
from tests.factories import PROFESSIONAL as PROFESSIONALS_ANSWERS
from tests.factories import MunicipalityFactory, UserFactory, submit
from tests.referrals.parent import Page, Parent
from tests.referrals.professional import SECOND, SLUGS, TYPED, Professional
from tests.referrals.tables import tables_that_say
from tests.referrals.test_bad_input import EMAIL, NATIONAL_ID, PHONE
from tibir.audit.models import Event
from tibir.cases.models import Case, CasePerson, Grade
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents.pdf import render_pdf
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(client):
    return Professional(client, MunicipalityFactory())


def test_the_start_page_has_a_door_for_those_who_work_with_children(teacher):
    page = teacher.get(reverse("referrals:start", args=[teacher.municipality.slug]))
    doors = page.root.iterfind(".//main//form")
    values = [(b.get("name"), b.get("value")) for form in doors for b in form.iter("button")]
    assert values == [(None, None), ("door", "professional")]
    assert "Jeg er fagperson" in page.text


@pytest.mark.parametrize("door", ["", "desk", "call_me", "PROFESSIONAL", "x\x00"])
def test_there_are_no_other_doors(teacher, door):
    start = reverse("referrals:begin", args=[teacher.municipality.slug])
    assert teacher.post(start, {"door": door}).status_code == 404
    assert not Draft.objects.exists()


def test_the_whole_form_becomes_a_referral_with_its_parents(teacher):
    summary = teacher.walk(foreldrene=SECOND)
    receipt = Page(teacher.press(summary), teacher.client)

    assert receipt.heading == "Vi har fått henvisningen"
    referral = Referral.objects.get()
    submission = referral.submission
    assert (submission.channel, referral.sender) == ("professional", "kindergarten")
    assert referral.situations == ["bedtime", "meals"]
    assert referral.child_age == 7
    assert (referral.due_on - referral.received_on).days == 14
    sender, mother, father = referral.case.people.order_by("pk")
    assert sender.is_sender
    assert (str(sender), sender.relation) == (
        "Frøydis Henviser (ansatt i barnehage eller skole)",
        CasePerson.Relation.TEACHER,
    )
    assert (sender.responsibility, sender.lives_with) == ("no", "no")
    assert (sender.person.phone, sender.person.email) == (
        "+4775000021",
        "froydis.kanari@kommune.example",
    )
    assert (mother.relation, mother.responsibility, mother.lives_with) == ("mother", "yes", "yes")
    assert (mother.safe_phone, mother.safe_email) == ("yes", "yes")
    assert (mother.person.language, mother.person.interpreter) == ("dari", True)
    assert (father.safe_phone, father.safe_email, father.person.interpreter) == ("no", "no", False)
    assert not any(person.is_sender or person.is_verified for person in (mother, father))
    tasks = Deadline.objects.open().filter(kind=Due.CONFIRM_CONTACT, case=referral.case)
    assert set(tasks.values_list("target_id", flat=True)) == {sender.pk, mother.pk, father.pk}


@pytest.mark.parametrize("role", [key for key, _label in ROLES])
def test_each_role_is_a_sender_with_a_relation(teacher, role):
    teacher.refer(fagperson={"role": role})
    referral = Referral.objects.get()
    assert referral.sender == role
    assert referral.get_sender_display() != role
    relation = referral.case.people.get(is_sender=True).relation
    assert relation == ("teacher" if role in ("kindergarten", "school") else "professional")


def test_the_parents_are_never_called_you(teacher):
    teacher.begin()
    for slug in SLUGS:
        page = teacher.open(slug)
        main = " ".join(page.root.find(".//main").itertext())
        assert not re.search(r"\b(dere|dere[sr])\b", main, re.IGNORECASE), (slug, main)
        teacher.fill_in(slug)


# --- The agreement ------------------------------------------------------------------------

NOT_YET = "Henvisningen kan ikke sendes før minst én som har foreldreansvar, har sagt ja."
REFUSED = "Henvisningen kan ikke sendes når en som har foreldreansvar, har sagt nei."


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param({"person-0-agrees": "not_asked"}, 0, NOT_YET, id="nobody is asked"),
        pytest.param({"person-0-agrees": ""}, 0, NOT_YET, id="nobody has answered"),
        pytest.param({"person-0-agrees": "no"}, 0, REFUSED, id="the only one has said no"),
        pytest.param(
            {"person-0-responsibility": "no"}, 0, NOT_YET, id="only one without responsibility"
        ),
        pytest.param(
            {"person-0-responsibility": "unknown"}, 0, NOT_YET, id="only one of whom it is unknown"
        ),
        pytest.param(SECOND | {"person-1-agrees": "no"}, 1, REFUSED, id="the other has said no"),
    ],
)
def test_without_agreement_nothing_is_sent_and_nothing_is_lost(teacher, typed, field, sentence):
    summary = teacher.fill_in_all()
    page = Page(teacher.press(teacher.open("foreldrene"), typed=typed))

    assert page.faults() == {f"person-{field}-agrees": sentence}
    for advice in ("Snakk med foreldrene igjen.", "uten å si hvem barnet er", "§ 13-2"):
        assert advice in page.text
    assert teacher.municipality.phone in page.text
    assert page.fields()["person-0-name"] == ["Turid Barnesen"]

    changed = Page(teacher.press(summary), teacher.client)
    assert changed.path == teacher.address("foreldrene")
    assert Submission.objects.count() == 0
    summary = teacher.open("oppsummering")
    assert "§ 13-2" in summary.text
    assert "Kanarieksempel" in summary.text
    assert Page(teacher.press(summary), teacher.client).path == teacher.address("foreldrene")
    assert Submission.objects.count() == 0

    made_good = {"person-0-agrees": "yes", "person-0-responsibility": "yes", "people": "1"}
    teacher.press(teacher.open("foreldrene"), typed=made_good)
    teacher.press(teacher.open("oppsummering"))
    assert Submission.objects.get().answers["bekymringen"]["examples"].startswith("Kanari")


@pytest.mark.parametrize("agrees", ["not_asked", ""])
def test_a_second_parent_who_is_not_asked_is_a_remark_and_no_refusal(teacher, agrees):
    teacher.refer(foreldrene=SECOND | {"person-1-agrees": agrees})
    referral = Referral.objects.get()
    teacher.client.force_login(UserFactory(coordinates=teacher.municipality.intake_unit))
    page = teacher.get(referral.get_absolute_url())
    assert "Ole Annenforelder er ikke spurt." in page.text
    assert "Ole Annenforelder er ikke informert." in page.text
    assert "Kanarigrunn: vi når ham ikke" in page.text
    assert "Turid Barnesen er ikke" not in page.text
    assert "Ingen med foreldreansvar er skrevet opp med et ja." not in page.text


def test_one_without_responsibility_stops_nothing_by_a_no_but_the_coordinator_sees_it(teacher):
    teacher.refer(
        foreldrene=SECOND | {"person-1-responsibility": "unknown", "person-1-agrees": "no"}
    )
    referral = Referral.objects.get()
    teacher.client.force_login(UserFactory(coordinates=teacher.municipality.intake_unit))
    page = teacher.get(referral.get_absolute_url())
    assert "Ole Annenforelder har sagt nei." in page.text
    assert "Det er ikke kjent om Ole Annenforelder har foreldreansvar." in page.text


def test_what_was_said_of_the_parents_is_not_shown_where_a_parent_asks(client):
    parent = Parent(client, MunicipalityFactory())
    parent.refer()
    client.force_login(UserFactory(coordinates=parent.municipality.intake_unit))
    page = parent.get(Referral.objects.get().get_absolute_url())
    assert "Er foreldrene informert" not in page.text


def test_there_is_always_room_for_one_parent(teacher):
    teacher.begin()
    page = teacher.open("foreldrene")
    assert page.fields()["people"] == ["1"]
    assert ("action", "remove-0") not in page.buttons()
    two = Page(teacher.press(page, "add"), teacher.client)
    assert two.fields()["people"] == ["2"]
    one = Page(teacher.press(two, "remove-1"), teacher.client)
    assert one.fields()["people"] == ["1"]
    nobody = Page(teacher.press(one, typed={"people": "0"}))
    assert nobody.faults() == {
        "person-0-name": "Skriv et svar på «Navn».",
        "person-0-agrees": NOT_YET,
    }


# --- Protection ---------------------------------------------------------------------------

PLACES = {"address", "place", "workplace"}


@pytest.mark.parametrize("answer", ["yes", "talk", ""])
def test_only_a_no_asks_where_the_child_is_and_where_the_sender_works(teacher, answer):
    teacher.begin()
    teacher.press(teacher.open("fagperson"), typed=TYPED["fagperson"] | {"protection": answer})
    for slug in ("kontakt", "foreldrene", "barnet"):
        assert teacher.open(slug).names() & PLACES == set()
        teacher.fill_in(slug, "later")
    assert teacher.municipality.phone in teacher.open("barnet").text
    assert tables_that_say("Kanari barnehage") == set()


def test_no_address_is_asked_before_protection():
    asked = [q.key for step in PROFESSIONAL.steps for q in (*step.questions, *step.each)]
    before = asked[: asked.index("protection")]
    assert PLACES & set(before) == set()
    assert set(asked) >= PLACES


def test_a_later_yes_takes_back_the_places_and_makes_the_case_confidential(teacher):
    teacher.fill_in_all()
    assert "Kanari barnehage" in str(Draft.objects.get().payload)
    teacher.press(teacher.open("fagperson"), typed={"protection": "yes"})
    assert "Kanari barnehage" not in str(Draft.objects.get().payload)
    teacher.press(teacher.open("oppsummering"))

    submission = Submission.objects.get()
    for place in ("Kanariveien", "Kanari barnehage"):
        assert place not in str(submission.answers)
        assert place not in str(submission.receipt.data)
    assert Case.objects.get().grade == Grade.CONFIDENTIAL
    assert submission.referral.asked_for_protection


# --- Bad input ----------------------------------------------------------------------------

WRITTEN = {Ask.TEXT, Ask.LONG, Ask.PHONE, Ask.EMAIL, Ask.NATIONAL_ID}
CHOSEN = {Ask.ONE, Ask.MANY}


def asked(slug, asks):
    step = PROFESSIONAL.step(slug)
    own = [(question.key, question) for question in step.questions]
    others = [(f"person-0-{question.key}", question) for question in step.each]
    return [(field, question) for field, question in own + others if question.ask in asks]


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if asked(slug, WRITTEN)])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("x" * 6000, "Kort det ned til", id="too long"),
        pytest.param("a\x00b", "tegn som ikke kan leses", id="NUL"),
    ],
)
def test_what_cannot_be_read_is_refused_in_every_field_and_stays(teacher, slug, text, sentence):
    teacher.begin()
    teacher.hurry_through("fagperson")
    typed = {field: text for field, _question in asked(slug, WRITTEN)}
    page = Page(teacher.press(teacher.open(slug), typed=typed))
    faults = page.faults()
    assert typed.keys() <= faults.keys()
    for field, question in asked(slug, WRITTEN):
        assert f"«{question.label}»" in faults[field]
        assert sentence in faults[field]
        assert Draft.objects.get().typed(slug)[field] == [text]
        assert escape(text) in page.html


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if asked(slug, CHOSEN)])
@pytest.mark.parametrize("choice", ["finnes ikke", "yes\x00", "<b>🙂"])
def test_only_what_can_be_chosen_is_an_answer(teacher, slug, choice):
    teacher.begin()
    teacher.hurry_through("fagperson")
    typed = {field: [choice] for field, _question in asked(slug, CHOSEN)}
    faults = Page(teacher.press(teacher.open(slug), typed=typed)).faults()
    for field, question in asked(slug, CHOSEN):
        assert faults[field].startswith("Velg ")
        assert f"«{question.label}»" in faults[field]


@pytest.mark.parametrize(
    ("slug", "field", "text", "sentence"),
    [
        ("kontakt", "phone", "ring meg", PHONE),
        ("kontakt", "email", "froydis@", EMAIL),
        ("foreldrene", "person-0-phone", "12", PHONE),
        ("foreldrene", "person-0-email", "turid", EMAIL),
        ("barnet", "national_id", "12345678901", NATIONAL_ID),
    ],
)
def test_numbers_and_addresses_are_looked_at(teacher, slug, field, text, sentence):
    teacher.begin()
    teacher.hurry_through("fagperson")
    page = teacher.open(slug)
    wrong = Page(teacher.press(page, typed=TYPED[slug] | {field: text}))
    assert wrong.faults() == {field: sentence}
    assert wrong.fields()[field] == [text]


def test_an_empty_form_says_what_is_missing_in_each_step(teacher):
    teacher.begin()
    missing = {slug: Page(teacher.press(teacher.open(slug))).faults() for slug in SLUGS}
    assert {slug: list(faults) for slug, faults in missing.items() if faults} == {
        "fagperson": ["name", "role", "protection"],
        "kontakt": ["phone"],
        "foreldrene": ["person-0-name", "person-0-agrees"],
        "barnet": ["first_name"],
        "bekreft": ["consent", "notice_read"],
    }
    assert missing["kontakt"]["phone"] == (
        "Skriv telefonnummeret eller e-postadressen du har på jobb, så vi kan nå deg."
    )


@pytest.mark.parametrize("reached", ["phone", "email"])
def test_one_way_to_be_reached_is_enough(teacher, reached):
    teacher.begin()
    teacher.hurry_through("fagperson")
    typed = dict.fromkeys(("phone", "email"), "") | {reached: TYPED["kontakt"][reached]}
    assert teacher.fill_in("kontakt", **typed).url == teacher.address("foreldrene")


# --- Drafts -------------------------------------------------------------------------------


def test_the_steps_of_the_other_door_are_not_there(teacher):
    teacher.begin()
    for slug in ("deg", "familien", "samtykke", "henviser"):
        assert teacher.client.get(teacher.address(slug)).status_code == 404
        assert teacher.post(teacher.address(slug), {"name": "x"}).status_code == 404


def test_two_tabs_never_overwrite_each_other(teacher):
    teacher.begin()
    teacher.hurry_through("fagperson")
    first, second = teacher.open("kontakt"), teacher.open("kontakt")
    teacher.press(first, typed=TYPED["kontakt"])
    shown = Page(teacher.press(second, typed={"phone": "75 00 00 99"}))
    assert "Du har endret dette steget i en annen fane" in shown.text
    assert shown.fields()["phone"] == ["75 00 00 99"]
    assert Draft.objects.get().typed("kontakt")["phone"] == ["75 00 00 21"]


def test_a_draft_goes_on_where_it_was_left_on_another_device(teacher):
    teacher.begin()
    teacher.hurry_through("fagperson")
    code = next(m.value for m in teacher.client.cookies.values() if "utkast" in m.key)
    other = Professional(type(teacher.client)(), teacher.municipality)
    other.id = teacher.id
    opened = other.press(other.open("fortsett"), typed={"code": code})
    assert opened.url == teacher.address("kontakt") + "#innhold"
    assert other.open("fagperson").fields()["name"] == ["Frøydis Henviser"]


def test_what_is_typed_in_a_draft_that_is_gone_comes_back(teacher):
    teacher.begin()
    teacher.hurry_through("fagperson")
    work, parents = teacher.open("kontakt"), teacher.open("foreldrene")
    Draft.objects.all().delete()
    page = Page(teacher.press(work, typed=TYPED["kontakt"]))
    assert (page.status, page.heading) == (410, "Dette ble ikke lagret")
    for words in ("Kanari barnehage", "kanarileder", "+47 75 00 00 21"):
        assert words in page.text
    page = Page(teacher.press(parents, typed=TYPED["foreldrene"]))
    assert "Ja, jeg har snakket med personen" in page.text


def test_the_language_changes_in_the_middle_and_nothing_is_lost(teacher):
    teacher.begin()
    page = teacher.open("fagperson")
    changed = Page(teacher.speak(page, "en", {"name": "Frøydis"}), teacher.client)
    assert (changed.language, changed.fields()["name"]) == ("en", ["Frøydis"])


def test_a_double_click_gives_the_same_receipt(teacher):
    summary = teacher.fill_in_all()
    assert len({teacher.press(summary).url for _click in range(3)}) == 1
    assert Submission.objects.count() == Referral.objects.count() == 1


# --- Receipt and status -------------------------------------------------------------------


def status_of(receipt):
    link = next(link for link in receipt.links() if "/status/" in link)
    return link.removeprefix("http://testserver").partition("#")[0]


def test_the_receipt_and_the_status_promise_nothing_but_dates(teacher):
    receipt = Page(teacher.refer(), teacher.client)
    status = teacher.get(status_of(receipt))
    referral = Referral.objects.get()
    for page in (receipt, status):
        assert referral.reference in page.text
        assert teacher.municipality.phone in page.text
        assert "senest" not in page.text
        assert "Odin" not in page.text
    assert "Besvart ikke ennå" in status.text
    data = referral.submission.receipt.data
    assert (data["answer_by"], data["for_professional"]) == ("", True)
    assert "Kanarieksempel" in str(data["sections"])  # the PDF is a copy of what they sent


def test_nothing_that_happens_to_the_referral_shows_on_the_status_page(teacher):
    address = status_of(Page(teacher.refer(), teacher.client))
    referral = Referral.objects.get()
    before = teacher.get(address).text
    earlier = Referral.objects.get(pk=referral.pk)

    def after(**changes):
        Referral.objects.filter(pk=referral.pk).update(**changes)
        return teacher.get(address).text

    day = referral.due_on - timedelta(days=5)
    assert after(state=State.ASSESSING) == before
    assert after(due_on=day) == before  # a merge takes the earlier day
    assert after(state=State.WITHDRAWN, reason="Trukket av foreldrene") == before
    assert (
        after(
            state=State.DECIDED,
            outcome="not_target_group",
            reason="Utenfor målgruppen",
            decided_on=timezone.localdate(),
        )
        == before
    )
    Professional(DjangoClient(), teacher.municipality).refer()
    assert after(state=State.DUPLICATE, outcome="", reason="x", duplicate_of=earlier) == before


def test_the_day_it_was_answered_shows_when_there_is_one(teacher, monkeypatch):
    address = status_of(Page(teacher.refer(), teacher.client))
    monkeypatch.setattr(Referral, "answered_on", date(2026, 12, 3), raising=False)
    with_answer = teacher.get(address).text
    assert "Besvart 3. desember 2026" in with_answer
    assert "ikke ennå" not in with_answer


def test_a_status_never_says_what_was_written_or_of_whom(teacher):
    address = status_of(Page(teacher.refer(), teacher.client))
    page = teacher.get(address)
    for silent in ("Odin", "Barnesen", "Turid", "Frøydis", "anari", "99000001", "2019"):
        assert silent not in page.text


def test_a_confirmed_professional_is_sent_nothing_about_the_answer(teacher, client):
    teacher.refer()
    referral = Referral.objects.get()
    sender = referral.case.people.get(is_sender=True)
    client.force_login(UserFactory(coordinates=teacher.municipality.intake_unit))
    confirmed = {
        "how": "called", "responsibility": "no", "phone": "75000021", "safe_phone": "yes",
        "email": "froydis.kanari@kommune.example", "safe_email": "yes",
    }  # fmt: skip
    address = reverse("referrals:confirm_contact", args=[referral.pk, sender.pk])
    assert "nøytral bekreftelse" not in teacher.get(address).text
    assert client.post(address, confirmed).status_code == 302
    sender.refresh_from_db()
    assert sender.is_verified
    assert not Notification.objects.exists()


def test_the_log_knows_the_door(teacher):
    teacher.refer()
    received = Event.objects.get(verb="submission.received")
    assert received.codes == {"channel": "professional"}


def test_every_answer_is_read_back_as_it_was_typed(teacher):
    teacher.fill_in_all()
    answers, wrong = read(Draft.objects.get())
    assert wrong == []
    (mother,) = answers["foreldrene"]["people"]
    assert mother["agrees"] == "yes"
    assert answers["barnets-mening"]["told_by"] == "kanarivenn"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_receipt_on_paper_is_accessible_and_promises_nothing(language):
    submission = submit(answers=PROFESSIONALS_ANSWERS, language=language)
    data = submission.receipt.data
    file = render_pdf("documents/receipt.html", data, language=language, title="Kvittering")
    assert validators.complaints(file) == []
    text = validators.text(file)
    assert submission.reference in text
    assert "Åse-Lill Ødegård" in text
    assert not re.search(r"senest|seinast|no later than|mangler", text)
