"""Whatever is typed: a sentence that says what to do, and nothing of it is lost."""

import re
from datetime import timedelta
from html import escape, unescape
from urllib.parse import urlencode

import pytest
from django.test import Client as DjangoClient
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from referrals.forms.answers import read
from referrals.models import Draft, Submission
from referrals.questions import PARENT, Ask
from tests.conftest import Client
from tests.factories import MunicipalityFactory
from tests.referrals.parent import SLUGS, TYPED, URLENCODED, Page, Parent

pytestmark = pytest.mark.django_db

WRITTEN = {Ask.TEXT, Ask.LONG, Ask.PHONE, Ask.EMAIL, Ask.NATIONAL_ID}
CHOSEN = {Ask.ONE, Ask.MANY}


def make_scene():
    parent = Parent(Client(), MunicipalityFactory())
    parent.begin()
    parent.hurry_through("deg")
    return parent.kept()


@pytest.fixture
def parent(client, scene):
    return Parent.go_on(client, scene)


def asked(slug, asks):
    """(field, question) for each question of these kinds, also about the first other person."""
    step = PARENT.step(slug)
    own = [(question.key, question) for question in step.questions]
    others = [(f"person-0-{question.key}", question) for question in step.each]
    return [(field, question) for field, question in own + others if question.ask in asks]


STEPS_THAT_ASK = [(slug, asks) for asks in (WRITTEN, CHOSEN) for slug in SLUGS if asked(slug, asks)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("x", "Kort det ned til", id="too long"),
        pytest.param("a\x00b", "tegn som ikke kan leses", id="NUL"),
        pytest.param("Odin\u202egninrav", "tegn som ikke kan leses", id="bidi override"),
    ],
)
@pytest.mark.parametrize("slug", [slug for slug, asks in STEPS_THAT_ASK if asks is WRITTEN])
def test_what_cannot_be_read_is_refused_in_every_field_that_is_written(
    parent, slug, text, sentence
):
    typed = {
        field: text * 6000 if len(text) == 1 else text for field, _question in asked(slug, WRITTEN)
    }
    page = press_with(parent, slug, typed)

    faults = page.faults()
    assert faults.keys() == typed.keys()
    for field, question in asked(slug, WRITTEN):
        assert f"«{question.label}»" in faults[field]
        assert sentence in faults[field]
    assert Submission.objects.count() == 0


def press_with(parent, slug, typed):
    """What comes back; what was typed is in it, and in the page as it is found later."""
    people = {"people": "1"} if PARENT.step(slug).each else {}
    response = parent.press(parent.open(slug), typed=people | typed)
    pages = [parent.open(slug), *([Page(response)] if response.status_code == 200 else [])]
    for field, text in typed.items():
        assert Draft.objects.get().typed(slug)[field] == [text]
        for page in pages:
            assert escape(text) in page.html, field
    return pages[-1]


@pytest.mark.parametrize("slug", [slug for slug, asks in STEPS_THAT_ASK if asks is CHOSEN])
@pytest.mark.parametrize("choice", ["finnes ikke", "yes\x00", "<b>🙂"])
def test_only_what_can_be_chosen_is_an_answer(parent, slug, choice):
    typed = {field: [choice] for field, _question in asked(slug, CHOSEN)}
    people = {"people": "1"} if PARENT.step(slug).each else {}

    page = Page(parent.press(parent.open(slug), typed=people | typed))

    faults = page.faults()
    assert faults.keys() - {"notice_read"} == typed.keys()
    for field, question in asked(slug, CHOSEN):
        assert faults[field].startswith("Velg ")
        assert f"«{question.label}»" in faults[field]


@pytest.mark.parametrize("slug", [slug for slug, asks in STEPS_THAT_ASK if asks is WRITTEN])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("👨‍👩‍👧 🙂 Åse-Lill Ødegård 日本語 עברית", id="emoji and other scripts"),
        pytest.param(
            "<script>alert('x')</script> & \" {{ 7|add:7 }} %(name)s {0} '; DROP TABLE x; --",
            id="code",
        ),
    ],
)
def test_every_text_of_a_person_is_an_answer(parent, slug, text):
    fields = [field for field, _question in asked(slug, {Ask.TEXT, Ask.LONG})]
    typed = dict.fromkeys(fields, text)
    page = press_with(parent, slug, typed)
    assert page.faults().keys() & typed.keys() == set()
    for html in (page.html, parent.open("oppsummering").html):
        assert "<script>alert" not in html
    if slug != "deg":  # there the name alone is no answer
        assert text in parent.open("oppsummering").text


@pytest.mark.parametrize("nothing", [" \t\u00a0\n ", "\u200b\u2060"], ids=["spaces", "no width"])
def test_what_cannot_be_seen_is_no_answer(parent, nothing):
    for slug in SLUGS:
        required = {
            field
            for field, question in asked(slug, {Ask.TEXT, Ask.ONE})
            if question.required and not field.startswith("person-")
        }
        typed = {field: nothing for field, question in asked(slug, WRITTEN)}
        page = Page(parent.press(parent.open(slug), typed=typed))
        assert required & typed.keys() <= page.faults().keys()
    assert Page(
        parent.press(parent.open("kontakt"), typed={"phone": "  ", "email": "  "})
    ).faults() == {"phone": "Skriv telefonnummeret eller e-postadressen din, så vi kan nå deg."}


def test_an_empty_form_says_what_is_missing_in_each_step(client):
    parent = Parent(client, MunicipalityFactory())
    parent.begin()
    missing = {slug: Page(parent.press(parent.open(slug))).faults() for slug in SLUGS}
    assert {slug: faults for slug, faults in missing.items() if faults} == {
        "deg": {
            "name": "Skriv et svar på «Hva heter du?».",
            "relation": "Velg et svar på «Hva er du for barnet?».",
            "protection": "Velg et svar på «Har noen i familien hemmelig adresse, eller må "
            "stedet de bor holdes skjult?».",
        },
        "kontakt": {
            "phone": "Skriv telefonnummeret eller e-postadressen din, så vi kan nå deg.",
        },
        "barnet": {"first_name": "Skriv et svar på «Barnets fornavn»."},
        "samtykke": {"notice_read": "Les informasjonen over, og kryss av for at du har lest den."},
    }


DATE_SENTENCE = "Skriv «Barnets fødselsdato» med dag, måned og år, for eksempel 22 11 2019."


@pytest.mark.parametrize(
    ("day", "month", "year", "sentence"),
    [
        ("31", "2", "2019", DATE_SENTENCE),
        ("29", "2", "2019", DATE_SENTENCE),
        ("0", "1", "2019", DATE_SENTENCE),
        ("32", "13", "2019", DATE_SENTENCE),
        ("14", "", "2019", DATE_SENTENCE),
        ("14", "3", "", DATE_SENTENCE),
        ("14", "mars", "2019", DATE_SENTENCE),
        ("-1", "3", "2019", DATE_SENTENCE),
        ("14", "3", "20190", DATE_SENTENCE),
        ("١٤", "٣", "٢٠١٩", DATE_SENTENCE),
        ("14\x00", "3", "2019", DATE_SENTENCE),
        ("<b>", "&", '"', DATE_SENTENCE),
        ("🙂", "🙂", "🙂", DATE_SENTENCE),
        ("9" * 5000, "3", "2019", DATE_SENTENCE),
        ("1", "1", "0005", DATE_SENTENCE),
        ("1", "1", "1900", "«Barnets fødselsdato» er for langt tilbake. Se over årstallet."),
        ("1", "1", "2999", "«Barnets fødselsdato» kan ikke være etter i dag. Se over årstallet."),
        ("1", "1", "99", "«Barnets fødselsdato» kan ikke være etter i dag. Se over årstallet."),
    ],
)
def test_a_day_that_cannot_be_a_birthday_is_refused(parent, day, month, year, sentence):
    typed = {
        "first_name": "Odin",
        "birth_date_0": day,
        "birth_date_1": month,
        "birth_date_2": year,
    }
    answered = Page(parent.press(parent.open("barnet"), typed=typed))
    found = parent.open("barnet")
    assert answered.faults() == {"birth_date_0": sentence}
    for text in (day, month, year):
        assert not text or f'value="{escape(text)}"' in answered.html
        assert not text or f'value="{escape(text)}"' in found.html


def test_a_child_is_born_today_at_the_latest(parent):
    def born(day):
        parts = {"birth_date_0": day.day, "birth_date_1": day.month, "birth_date_2": day.year}
        return parent.press(parent.open("barnet"), typed={"first_name": "Odin"} | parts)

    today = timezone.localdate()
    assert Page(born(today + timedelta(days=1))).faults().keys() == {"birth_date_0"}
    assert born(today).status_code == 302
    assert born(today.replace(year=today.year - 25, day=1)).status_code == 302
    assert Page(born(today.replace(year=today.year - 26, day=1))).faults()


@pytest.mark.parametrize("year", ["2019", "19"])
def test_a_year_may_be_written_short(parent, year):
    typed = TYPED["barnet"] | {"birth_date_0": " 14", "birth_date_1": "03", "birth_date_2": year}
    assert parent.press(parent.open("barnet"), typed=typed).status_code == 302
    assert "14. mars 2019" in parent.open("oppsummering").text


NATIONAL_ID = "Fødselsnummeret stemmer ikke. Se over de 11 sifrene, eller la feltet stå tomt."
PHONE = "Skriv telefonnummeret med 8 siffer, eller med landkode, for eksempel +46."
EMAIL = "Skriv e-postadressen slik: navn@eksempel.no."


@pytest.mark.parametrize(
    ("slug", "field", "text", "sentence"),
    [
        ("barnet", "national_id", "12345678901", NATIONAL_ID),
        ("barnet", "national_id", "00000000000", NATIONAL_ID),
        ("barnet", "national_id", "1234567890", NATIONAL_ID),
        ("barnet", "national_id", "odin", NATIONAL_ID),
        ("barnet", "national_id", "١٢٣٤٥٦٧٨٩٠١", NATIONAL_ID),
        ("kontakt", "phone", "12", PHONE),
        ("kontakt", "phone", "ring meg", PHONE),
        ("kontakt", "phone", "+", PHONE),
        ("kontakt", "phone", "99 00 00 01 99 00 00 01", PHONE),
        ("familien", "person-0-phone", "<b>", PHONE),
        ("kontakt", "email", "turid", EMAIL),
        ("kontakt", "email", "turid@", EMAIL),
        ("kontakt", "email", "turid@post", EMAIL),
        ("kontakt", "email", "turid @post.example", EMAIL),
        ("kontakt", "email", "a@b.example, c@d.example", EMAIL),
        ("kontakt", "email", "a@b.example\nBcc: c@d.example", EMAIL),
        ("familien", "person-0-email", "🙂@post.example", EMAIL),
    ],
)
def test_numbers_and_addresses_are_looked_at(parent, slug, field, text, sentence):
    page = press_with(
        parent, slug, {field: text} | ({"first_name": "O"} if slug == "barnet" else {})
    )
    assert page.faults() == {field: sentence}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("99 00 00 01", "+47 99 00 00 01"),
        ("+46 70 123 45 67", "+46 70 123 45 67"),
        ("004670 1234567", "+46 70 123 45 67"),
        ("(99) 00-00.01", "+47 99 00 00 01"),
    ],
)
def test_a_number_is_kept_so_that_it_can_be_called(parent, typed, shown):
    parent.press(parent.open("kontakt"), typed={"phone": typed})
    assert parent.open("kontakt").fields()["phone"] == [typed]
    answers, _wrong = read(Draft.objects.get())
    assert answers["kontakt"]["phone"] == shown.replace(" ", "")
    assert shown in parent.open("oppsummering").text


@pytest.mark.parametrize("people", ["", "x", "-5", "1e9", "²", "1.5", "1" * 5000, " 3", "\x00"])
def test_a_number_of_people_that_somebody_meddled_with_is_none(parent, people):
    fields = {"people": people, "person-0-name": "Anna"}
    assert parent.press(parent.open("familien"), typed=fields).status_code == 302
    assert "Person 1" not in parent.open("familien").text


@pytest.mark.parametrize("people", ["100", "999"])
def test_a_hundred_people_are_eight(parent, people):
    fields = {f"person-{n}-name": f"Person nummer {n}" for n in range(100)} | {"people": people}
    assert parent.press(parent.open("familien"), typed=fields).status_code == 302
    page = parent.open("familien")
    assert page.fields()["people"] == ["8"]
    assert "person-8-name" not in page.names()


def test_what_was_not_asked_is_not_kept(parent):
    strange = {
        "kanari": "x",
        "person-0-kanari": "x",
        "deg": "x",
        "payload": "x",
        "token": "x",
        "municipality": "999",
        "state": "decided",
        "phone_3": "x",
        "person-name": "x",
    }
    parent.press(parent.open("kontakt"), typed=TYPED["kontakt"] | strange)
    draft = Draft.objects.get()
    assert draft.typed("kontakt").keys() == TYPED["kontakt"].keys()
    assert draft.municipality == parent.municipality


def test_the_last_of_several_values_counts(parent):
    parent.press(parent.open("kontakt"), typed={"phone": ["12", "99000001"], "when": ["a", "b"]})
    assert parent.open("kontakt").fields()["when"] == ["b"]


# --- What no browser sends ----------------------------------------------------------------


def encoded(**fields):
    return urlencode({"version": "0", "phone": "99000001"} | fields).encode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(encoded() + b"&when=%ff%fe%80", id="escaped bytes"),
        pytest.param(encoded() + b"&when=\xff\xfe\x80", id="raw bytes"),
        pytest.param(encoded() + b"&when=%ed%a0%80", id="half a pair"),
        pytest.param(encoded() + b"&when=%zz%", id="broken escapes"),
        pytest.param(encoded() + b"&&=&=x&\xff=1&when", id="nameless"),
    ],
)
def test_bytes_that_are_no_text_are_no_crash(parent, body):
    response = parent.client.post(parent.address("kontakt"), body, content_type=URLENCODED)
    assert response.status_code == 302
    assert parent.open("kontakt").status == 200


MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"phone": 1}'),
        ("text/plain", b"phone=99000001"),
        ("", b"phone=99000001"),
        (URLENCODED + "; charset=utf-16", b"phone=99000001"),
        (URLENCODED + "; charset=finnes-ikke", b"phone=99000001"),
        ("multipart/form-data", b"phone=99000001"),
        (MULTIPART, b"--x\r\nContent-Disposition: form-data; name=phone\r\n\r\n12"),
        (MULTIPART, b"--x\r\nContent-Disposition: form-data\r\n\r\n12\r\n--x--\r\n"),
        (
            MULTIPART + "; charset=unicode_escape",
            b'--x\r\nContent-Disposition: form-data; name="when"\r\n\r\n\\ud800\r\n--x--\r\n',
        ),
        (
            MULTIPART + "; charset=utf-7",
            b'--x\r\nContent-Disposition: form-data; name="when"\r\n\r\n+2AA-\r\n--x--\r\n',
        ),
    ],
)
def test_a_body_in_another_language_is_no_crash(parent, content_type, body):
    parent.client.raise_request_exception = False
    response = parent.client.generic(
        "POST", parent.address("kontakt"), body, content_type=content_type
    )
    assert response.status_code in (200, 400)
    assert parent.open("kontakt").status == 200


@pytest.mark.parametrize("checked", [False, True], ids=["", "with the check for forged forms"])
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"when": "x" * 1_100_000}, id="a million characters"),
        pytest.param({f"person-{n}-name": "x" for n in range(500)}, id="five hundred fields"),
    ],
)
def test_too_much_at_once_is_a_page_that_says_so(parent, fields, checked):
    parent.open("kontakt")
    client = DjangoClient(enforce_csrf_checks=checked, raise_request_exception=False)
    client.cookies = parent.client.cookies
    response = client.post(parent.address("kontakt"), urlencode(fields), content_type=URLENCODED)
    assert response.status_code == 400
    assert "Gå tilbake og prøv en gang til." in Page(response).text


def test_much_in_one_field_is_said_and_shown_but_not_kept(parent):
    text = "Det tar to timer. " * 10_000
    page = Page(parent.press(parent.open("bekymringen"), typed={"examples": text}))
    assert page.faults().keys() == {"examples"}
    assert "Kort det ned til 5000 tegn." in page.faults()["examples"]
    assert page.fields()["examples"] == [text]
    assert Draft.objects.get().typed("bekymringen") is None


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(parent, method):
    for page in ("kontakt", "oppsummering", "fortsett", "senere", "slett"):
        assert getattr(parent.client, method)(parent.address(page)).status_code == 405


def test_an_unknown_step_is_not_there(parent):
    assert parent.client.get(parent.address("finnes-ikke")).status_code == 404


# --- Anything at all ----------------------------------------------------------------------

FIELDS = [
    (step.slug, field)
    for step in PARENT.steps
    for field, question in asked(step.slug, set(Ask))
    for field in ([f"{field}_{n}" for n in range(3)] if question.ask is Ask.DATE else [field])
]


@pytest.mark.prove
@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(field=st.sampled_from(FIELDS), text=st.text(st.characters(exclude_categories=["Cs"])))
@example(field=("kontakt", "phone"), text="+" + "1" * 300)
@example(field=("barnet", "national_id"), text="\ufeff12345678901")
@example(field=("bekymringen", "examples"), text="\r\n\r\n</textarea>\r")
@example(field=("barnet", "birth_date_2"), text="0" * 400)
def test_no_text_in_any_field_is_a_crash_or_is_lost(parent, field, text):
    slug, name = field
    parent.press(parent.open("deg"), typed=TYPED["deg"])  # what an example did to it
    page = parent.open(slug)
    people = {"people": "1"} if PARENT.step(slug).each else {}
    response = parent.press(page, typed=people | {name: text})

    assert response.status_code in (200, 302)
    as_sent = text.replace("\r\n", "\n")
    assert Draft.objects.get().typed(slug)[name] == [as_sent]
    if is_written(slug, name):
        shown = parent.open(slug).html
        assert escape(as_sent) in shown or as_sent in unescape(shown)


def is_written(slug, name):
    key = re.sub(r"^person-0-|_\d$", "", name)
    step = PARENT.step(slug)
    (question,) = {
        q for q in step.questions + step.each if q.key == key and q.ask not in CHOSEN
    } or [None]
    return question is not None and question.ask is not Ask.TICK
