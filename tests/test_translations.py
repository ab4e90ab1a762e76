"""Bokmål stands in the code; nynorsk and English say all of it, and people meet no mixture."""

import os
import re
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta

import polib
import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.shortcuts import render
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override, pgettext

from referrals import actions
from referrals.models import ReceivedCorrection, Referral, Submission
from referrals.questions import DISCUSSION, DOORS
from tests import letters
from tests.browser.pages import disagreeing, tell_all_kinds
from tests.databases import ROOT
from tests.documents import corpus
from tests.factories import (
    ANSWERS,
    CALL,
    PROFESSIONAL,
    MunicipalityFactory,
    UnitFactory,
    UserFactory,
    attach,
    confirm,
    refer,
    register,
    submit,
)
from tests.family.families import BASIS, REASON, TAKER, join
from tests.html import parse
from tests.referrals.desk import TYPED as AT_THE_DESK_TYPED
from tests.referrals.desk import Desk
from tests.referrals.parent import SLUGS, TYPED, Parent
from tests.referrals.professional import TYPED as OF_PROFESSIONALS
from tests.referrals.professional import Professional
from tibir.accounts.models import Unit, User
from tibir.audit.record import CLOCK
from tibir.cases.models import LegalBasis, Person
from tibir.core.dates import clock_time, long_date, short_date, weekday_date
from tibir.core.errors import StaleState
from tibir.core.models import JobRun
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import tasks
from tibir.documents.kinds import TEMPLATES as DOCUMENTS
from tibir.documents.models import Attachment, Dispatch, Document
from tibir.documents.tasks import check
from tibir.notifications.kinds import RULES
from tibir.notifications.models import Notification

TRANSLATED = [code for code, _name in django_settings.LANGUAGES if code != "nb"]
in_each = pytest.mark.parametrize("language", TRANSLATED)


def catalogue(language, root=ROOT):
    return polib.pofile(root / "locale" / language / "LC_MESSAGES" / "django.po")


def texts(catalogue):
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue}


def forms(entry):
    """What the entry says, in each number it has."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


# --- The catalogues -------------------------------------------------------------------------


@pytest.fixture
def gathered(tmp_path):
    """A copy of the sources in which `make messages` has just been run."""
    root = tmp_path / "copy"
    left = shutil.ignore_patterns("[.]*", "node_modules", "static", "staticfiles", "tests")
    shutil.copytree(ROOT, root, ignore=left)
    (root / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "messages", root / ".ci")
    subprocess.run(
        ["sh", root / ".ci" / "messages"],
        env=os.environ | {"PYTHON": sys.executable},
        check=True,
        capture_output=True,
    )
    return root


def test_the_catalogues_have_every_text_of_the_sources_and_no_other(gathered):
    for language in TRANSLATED:
        found, known = texts(catalogue(language, gathered)), texts(catalogue(language))
        assert found - known == set(), f"new to {language}: run «make messages» and translate"
        assert known - found == set(), f"no longer said in {language}: run «make messages»"


@in_each
def test_every_text_is_translated_in_every_number(language):
    made = catalogue(language)
    numbers = int(re.search(r"nplurals=(\d)", made.metadata["Plural-Forms"])[1])
    for entry in made:
        assert not entry.obsolete, entry.msgid
        assert not entry.fuzzy, f"look at the suggestion for «{entry.msgid}»"
        assert all(forms(entry)), f"«{entry.msgid}» is not translated"
        assert len(forms(entry)) == (numbers if entry.msgid_plural else 1)
    assert len(made) == len(texts(made)) > 500


KEPT = re.compile(r"%\(\w+\)[a-z]|%[a-z]|</?(?:a|b|br|em|li|p|span|strong)\b[^>]*>")


@in_each
def test_a_translation_has_the_places_the_tags_and_the_ending_of_its_source(language):
    for entry in catalogue(language):
        sources = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
        for source, said in zip(sources, forms(entry), strict=True):
            assert sorted(KEPT.findall(said)) == sorted(KEPT.findall(source)), said
            ends = re.search(r"[.?!:…\s]*$", source)[0]
            # «kl.» is a word with a dot, not the end of a sentence.
            assert re.search(r"[.?!:…\s]*$", said)[0] == ends or source == "kl.", said
            assert said[:1].isspace() == source[:1].isspace(), said


# Words that are never nynorsk, and words that are never English.
BOKMÅL = re.compile(
    r"(?<![-/\w])(alene|allerede|annen|bare|ble|dem|deres?|en|ennå|ett?|flere|fortsett\w*|fra|"
    r"gjøre?|hele|henvis\w*|hjem|hjemme|hun|hva|hvem|hver|hvilke\w*|hvis|hvor\w*|ikke|jeg|mer|"
    r"mye|måned\w*|noen?|opplysninge\w*|sammen|selv|senere|senest|siden|sier|skole\w*|skrevet|"
    r"skriver|tilbud\w*|tjeneste\w*|uker?|uten|vet|videre|være|vært|åpen|åpn\w*)(?![-/\w])",
    re.IGNORECASE,
)
NORWEGIAN = re.compile(
    r"[æøå«»]|\b(av|barnet|deg|dere|det|du|eller|er|hjelp|hva|ikke|kan|med|og|som|vi)\b",
    re.IGNORECASE,
)
FOREIGN = {"nn": BOKMÅL, "en": NORWEGIAN}


@in_each
def test_no_other_language_is_left_in_a_translation(language):
    for entry in catalogue(language):
        for said in forms(entry):
            assert not FOREIGN[language].search(said), said


def test_the_foreign_words_are_seen():
    """Most texts of the code are bokmål beyond doubt, or else these checks see nothing."""
    sources = [entry.msgid for entry in catalogue("nn") if len(entry.msgid.split()) > 6]
    seen = {
        language: sum(map(bool, map(words.search, sources))) for language, words in FOREIGN.items()
    }
    assert min(seen.values()) > len(sources) * 0.7


def test_bokmål_needs_no_catalogue():
    assert not (ROOT / "locale" / "nb").exists()
    with override("nb"):
        for context, text, _plural in texts(catalogue("nn")):
            # Django has Norwegian of its own, and must not have it for words of ours.
            assert (pgettext(context, text) if context else gettext(text)) == text


# --- What people see ------------------------------------------------------------------------


@pytest.fixture
def speak(tmp_path, settings):
    """Read the catalogues as they are now, compiled or not, after `change` has had its say."""

    def speak(change=lambda entry: None):
        for language in TRANSLATED:
            made = catalogue(language)
            for entry in made:
                change(entry)
            folder = tmp_path / language / "LC_MESSAGES"
            folder.mkdir(parents=True)
            made.save_as_mofile(folder / "django.mo")
        settings.LOCALE_PATHS = [tmp_path]

    return speak


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nb", ["mandag 7. desember 2026", "7. desember 2026", "7. desember", "14.30"]),
        ("nn", ["måndag 7. desember 2026", "7. desember 2026", "7. desember", "14.30"]),
        ("en", ["Monday 7 December 2026", "7 December 2026", "7 December", "14:30"]),
    ],
)
def test_dates_are_said_as_the_reader_says_them(speak, language, said):
    speak()
    moment = datetime(2026, 12, 7, 14, 30, tzinfo=timezone.get_current_timezone())
    with override(language):
        days = [say(date(2026, 12, 7)) for say in (weekday_date, long_date, short_date)]
        assert [*days, clock_time(moment)] == said


# What is wrong in any field that has such a name.
WRONG = {
    "phone": "12", "email": "x", "birth_date_0": "40", "national_id": "1", "child_age": "x",
    "first_name": "", "name": "", "notice_read": "", "person-0-phone": "1", "safe_phone": "x",
}  # fmt: skip
ERRORS = ["400", "403", "403_csrf", "404", "405", "429", "500", "503"]


BAD_FILES = [
    ("tom.pdf", b""),
    ("bilde.png", corpus.svg()),
    ("bilde.exe", corpus.png()),
    ("stor.pdf", b"%PDF-" + bytes(10_000_000)),
    ("brev.pdf", corpus.locked()),
]


def speaking(client, language):
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
    return client


def walk(client, place, language):
    """(where, html) of every page a parent may come to, right and wrong."""
    parent = Parent(speaking(client, language), place)
    stranger = Parent(speaking(type(client)(), language), place)

    def got(response):
        assert response.status_code in (200, 404), response
        return response.wsgi_request.path, response.content.decode()

    yield got(client.get("/"))
    yield got(client.get("/finnes/ikke/"))
    yield got(client.get(reverse("login")))
    yield got(client.post(reverse("login"), {}))
    yield got(client.post(reverse("login"), {"username": "a@b.example", "password": "x"}))
    yield got(client.get(reverse("referrals:start", args=[place.slug])))
    yield got(client.get(reverse("referrals:call_me", args=[place.slug])))
    yield got(client.post(reverse("referrals:call_me", args=[place.slug]), WRONG, follow=True))
    parent.begin()
    for slug in SLUGS:
        page = parent.open(slug)
        yield got(page.response)
        wrong = {name: WRONG.get(name, "") for name in page.names()} | {"people": "1"}
        response = parent.press(page, typed=wrong | {"version": page.fields()["version"]})
        yield got(client.get(response.url) if response.status_code == 302 else response)
        yield got(parent.fill_in(slug, "later", version="0"))
        parent.fill_in(slug)
    yield got(client.get(parent.address("senere")))
    stranger.id = parent.id
    yield got(stranger.client.get(parent.address("fortsett")))
    yield got(stranger.client.post(parent.address("fortsett"), {"code": "XXXX"}))
    enclose = parent.address("vedlegg")
    yield got(client.get(enclose))
    for name, content in (*BAD_FILES, *[(f"{n}.pdf", corpus.pdf()) for n in range(4)]):
        file = SimpleUploadedFile(name, content)
        response = client.post(enclose, {"file": file, "whole": "ja"})
        yield got(client.get(enclose) if response.status_code == 302 else response)
    for attachment in Attachment.objects.all():
        check(attachment.pk)
    yield got(client.get(enclose))
    yield got(client.post(enclose, {"whole": "ja"}))
    summary = parent.open("oppsummering")
    yield got(summary.response)
    receipt = parent.press(summary).url
    yield got(client.get(receipt))
    yield got(stranger.client.get(receipt + "glem/"))
    status = receipt.replace("kvittering", "status")
    yield got(client.get(status))
    yield got(stranger.client.get(status))
    yield got(stranger.client.post(status, {"code": "XXXX"}))
    somebody = UserFactory(coordinates=place.intake_unit)
    actions.withdraw(Referral.objects.get(), by=somebody, reason="x")
    yield got(client.get(status))
    yield got(client.get(receipt))
    stranger.begin()
    yield got(stranger.client.post(stranger.address("slett")))
    yield from walk_as_a_professional(client, place, got)
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with override(language):
        for name in ERRORS:
            yield name, render(request, f"{name}.html").content.decode()


def walk_as_a_professional(client, place, got):
    teacher = Professional(client, place)
    teacher.begin()
    for slug in OF_PROFESSIONALS:
        page = teacher.open(slug)
        yield got(page.response)
        wrong = {name: WRONG.get(name, "") for name in page.names()}
        response = teacher.press(page, typed=wrong | {"version": page.fields()["version"]})
        yield got(client.get(response.url) if response.status_code == 302 else response)
        teacher.press(teacher.open(slug), typed=OF_PROFESSIONALS[slug])
    refused = {"person-0-agrees": "no"}
    yield got(teacher.press(teacher.open("foreldrene"), typed=refused))
    yield got(teacher.open("oppsummering").response)
    teacher.press(teacher.open("foreldrene"), typed=OF_PROFESSIONALS["foreldrene"])
    receipt = teacher.press(teacher.open("oppsummering")).url
    yield got(client.get(receipt))
    yield got(client.get(receipt.replace("kvittering", "status")))


def submitted_but_stopped(place, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("tibir.family.actions.add", None)
        return submit(place)


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
    yield from walk_trust(client, place, user, got)
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


def walk_case(client, place, language, got):
    """The case, its people and those who work with it: each form empty, wrong and right."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    client.force_login(user)
    case = refer(place, language=language).case
    mother = case.people.get()
    UserFactory(coordinates=UnitFactory(municipality=place, name=SERVICE))

    def at(name, *more):
        return reverse(f"family:{name}", args=[case.pk, *more])

    def form(address, **typed):
        yield got(client.get(address))
        yield got(client.post(address, {}))
        yield got(client.post(address, typed, follow=True))

    day, digits = f"{timezone.localdate():%d.%m.%Y}", ["15831999990", "15831999729"]
    yield got(client.get(reverse("home:case", args=[case.pk])))
    safe = {f"safe_{way}": "yes" for way in ("phone", "sms", "email", "post")}
    said = {"first_name": WHY, "relation": "child_welfare", "responsibility": "no"}
    yield from form(at("add_person"), **said, lives_with="no", **safe)
    service = case.people.order_by("pk").last()
    yield from form(
        at("verify_responsibility", mother.pk), responsibility="yes", source="register", on=day
    )
    part = at("correct_person", mother.pk, "hvem")
    about = {"first_name": WHY, "relation": "mother", "reason": WHY, "no_number": "withheld"}
    yield from form(part, **about, interpreter="yes")
    yield got(client.post(part, about | {"interpreter": "yes"}))
    part = at("correct_person", mother.pk, "kontakt")
    yield from form(part, **safe, preferred="phone", reason=WHY)
    yield got(client.post(part, safe | {"preferred": "sms", "safe_sms": "no", "reason": WHY}))
    part = at("correct_person", service.pk, "forhold")
    known = {"lives_with": "no", "right_to_information": "yes", "information_source": "decision"}
    decided = {"in_place_since": day, "in_place_reference": "26/1", "reason": WHY}
    wrong = {"contact_since": day, "right_to_information": "yes", "in_place_reference": "1"}
    yield got(client.post(part, wrong))
    yield got(client.post(part, {"in_place_since": day}))
    arranged = {"contact_arrangement": TOLD, "contact_since": day}
    yield from form(part, **known, **decided, **arranged)
    about = {"first_name": WHY, "relation": "other", "reason": WHY}
    yield got(client.post(at("correct_person", service.pk, "hvem"), about))
    child = {"first_name": WHY, "reason": WHY}
    yield from form(at("correct_child"), **child, national_id=digits[0], no_number="")
    for typed in (digits[1], "1", "x", "99999999999", "15831999991", "30108299920", digits[0]):
        typed = {"national_id": typed, "no_number": "unknown"}
        yield got(client.post(at("correct_child"), child | typed))
    also = {"national_id": digits[1], "former": "also"}
    yield got(client.post(at("correct_child"), child | also, follow=True))
    yield got(client.get(reverse("home:case", args=[case.pk])))
    yield got(client.post(at("end_person", mother.pk), {"on": "1.1.2050"}))
    yield from form(at("end_person", mother.pk), on=day, reason=WHY)
    yield got(client.get(at("people")))
    yield got(client.post(at("take_back", mother.pk), follow=True))
    yield from walk_members(client, case, user, at, form, got)


def walk_members(client, case, user, at, form, got):
    yield from form(at("add_member"), user=user.pk, role="coordinator", reason=WHY)
    yield from form(at("responsible"), to=user.pk)
    member = case.members.get()
    yield got(client.post(at("end_member", member.pk), {"last_day": "1.1.2020"}))
    yield got(client.get(reverse("home:give_unit", args=[case.pk])))
    yield from form(at("end_member", member.pk), reason=WHY)
    Deadline.objects.filter(case=case).open().update(met_on=timezone.localdate())
    yield from form(at("close"), reason=WHY)
    yield from form(at("reopen"), reason=WHY)
    unit = Unit.objects.exclude(pk=case.unit_id).get(municipality=case.municipality_id)
    give = reverse("home:give_unit", args=[case.pk])
    yield got(client.post(give, {"unit": unit.pk, "reason": WHY}, follow=True))


# What those who work here write in the walk below.
WRITTEN = WHY, TOLD, SERVICE, STREET = ["Turvallisuus.", "Keskustelu.", "Neuvola", "Katu"]
WRITTEN = [*WRITTEN, TAKER, BASIS, REASON]


def walk_trust(client, place, user, got):
    """Every way that parents can agree and disagree, a report, and complaints."""
    given = disagreeing(place, by=user, words=TOLD)
    mother, father = given.case.people.order_by("pk")[:2]
    join(given.case, "grandparent", "unknown")
    for name in ("consents", "consent_history", "duty_reports", "case_complaints"):
        yield got(client.get(reverse(f"family:{name}", args=[given.case.pk])))
    for name, ids in given.acts.items():
        page = reverse(f"family:{name}", args=ids)
        yield got(client.get(page))
        yield got(client.post(page, {"on": "x", "said_on": "1.1.2020", "receipt_on": "x"}))
    half = [
        ("say", {"purpose-cooperation": "given", "said_on": "1.1.2021", "expires_on": "1.1.2020"}),
        ("child_view", {"how": "talk"}),
        ("child_view", {"how": "not_asked"}),
        ("end_complaint", {"way": "forward"}),
        ("complain", {"received_on": "1.1.2020", "told_on": "2.1.2020"}),
        ("heard_from", {"receipt_on": "1.1.2020"}),
    ]
    for name, typed_in in half:
        yield got(client.post(reverse(f"family:{name}", args=given.acts[name]), typed_in))
    day = f"{timezone.localdate():%d.%m.%Y}"
    done = {
        "say": {"purpose-take_part": "given", "channel": "paper", "language": "nn"},
        "inform": {"how": "letter", "given_on": day, "language": "en"},
        "decide": {"outcome": "guide", "legal_basis": "§ 1", "reason": WHY},
        "child_view": {"how": "not_asked", "talked_on": day, "why_not": WHY},
        "end_stand_in": {"on": day},
        "stand_in": {"people": [father.pk], "name": SERVICE, "legal_basis": "§", "started_on": day},
        "withdraw": {"channel": "phone"},
        "release": {"reason": WHY},
        "heard_from": {"feedback_on": day, "feedback": TOLD},
        "end_complaint": {"way": "forward", "to": SERVICE, "has_file": "on", "explanation": WHY},
        "case_complain": {"sort": "health", "told_on": "1.1.2020"},
        "complain": {"sort": "service", "unit": place.intake_unit.pk},
        "report": {"grounds": ["trafficking"], "concern": TOLD, "sent_to": SERVICE},
    }
    also = {"on": day, "said_on": day, "received_on": day, "reported_on": day}
    also |= {"channel": "phone", "complainant": SERVICE, "about": TOLD}
    LegalBasis.objects.create(municipality=place, text="§ 2")
    yield got(client.get(reverse("family:decide", args=given.acts["decide"])))
    for name, typed_in in done.items():
        page = reverse(f"family:{name}", args=given.acts[name])
        if name == "withdraw":
            given_now = mother.consents.about("take_part").newest_first().first()
            page = reverse("family:withdraw", args=[given.case.pk, given_now.pk])
        yield got(client.post(page, also | typed_in, follow=True))
    empty = refer(place, answers=CALL).case
    names = ("consents", "duty_reports", "case_complaints", "consent_history", "child_view")
    for name in names:
        yield got(client.get(reverse(f"family:{name}", args=[empty.pk])))
    yield got(client.get(reverse("family:complaints")))
    yield got(client.get(reverse("family:complaints"), {"vis": "alle"}))


def walk_assessment(client, place, language, got):
    """From a referral that somebody takes to letters that did not arrive."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    colleague = UserFactory(coordinates=place.intake_unit)
    day = f"{timezone.localdate():%d.%m.%Y}"

    def new():
        referral = refer(place, language=language)
        client.post(at("take", referral))
        return referral

    def at(name, referral, *more):
        return reverse(f"referrals:{name}", args=[referral.pk, *more])

    def form(address, **typed):
        """The page, the page with mistakes, and what comes after it."""
        yield got(client.get(address))
        yield got(client.post(address, dict.fromkeys(typed, "")))
        yield got(client.post(address, typed, follow=True))

    one, again, other = new(), new(), new()
    yield got(client.get(one.get_absolute_url()))
    yield got(client.get(at("compare", again, other.pk)))
    yield got(client.post(at("triage", again, other.pk), {"verdict": "merged"}, follow=True))
    yield got(client.get(again.get_absolute_url()))
    confirm(one, by=user)
    yield from form(at("ask", one), how="phone", question=WHY)
    yield from form(at("told", one, one.inquiries.get().pk), answer=TOLD)
    yield from form(at("ask", one), how="letter", question=WHY)
    yield from form(at("preliminary", one), why=WHY, when="01.01.2050")
    yield got(client.post(at("preliminary", one), {"why": WHY, "when": "1.1.2020"}))
    yesterday = timezone.localdate() - timedelta(days=1)
    yield from form(at("correct", one), becomes=f"{yesterday:%d.%m.%Y}", reason=WHY)
    yield got(client.post(at("correct", one), {"becomes": "1.1.2050", "reason": WHY}))
    yield got(client.post(at("correct", one), {"becomes": "1.1.1950", "reason": WHY}))
    speaking(client, language).force_login(colleague)
    yield got(client.get(one.get_absolute_url()))
    proposed = ReceivedCorrection.objects.get(referral=one)
    settle = at("settle_correction", one, proposed.pk)
    yield got(client.post(settle, {"action": "approve"}, follow=True))
    yield from form(at("give", one), to=str(user.pk))
    yield from walk_answer(client, one, got)
    one.refresh_from_db()
    assert one.state == "decided"
    yield from form(at("forwarded", one), on=day)
    yield got(client.get(reverse("documents:letters")))
    for document in Document.objects.filter(case=one.case):
        tasks.render(document.pk)
    yield from walk_letters(client, day, got)
    yield got(client.get("/"))
    yield got(client.get(reverse("referrals:list")))
    yield from form(at("reopen", one), reason=WHY)
    yield from form(at("withdraw", one), reason=WHY)


def walk_answer(client, referral, got):
    address = reverse("interventions:answer", args=[referral.pk])
    yield got(client.get(address))
    yield got(client.post(address, {"outcome": "waitlist", "action": "send"}))
    yield got(client.post(address, {"outcome": "referred_on", "action": "send"}))
    sender = referral.case.people.get(verified_at__isnull=False)
    way, home = f"way-{sender.pk}", f"address-{sender.pk}"
    typed = {"reason": WHY, "action": "preview", way: "post", home: STREET}
    yield got(client.post(address, {**typed, way: "none"}))
    yield got(client.post(address, {**typed, home: "1\n2\n3\n4"}))
    yield got(client.post(address, {**typed, home: ""}))
    weeks = [
        key for key, _label in client.get(address).context["form"].fields["first_week"].choices
    ]
    first, last = {"first_week": weeks[4]}, {"last_week": weeks[9]}
    shown = [
        ("waitlist", {**first, "last_week": weeks[2]}),
        ("waitlist", {**first, **last}),
        ("screening", {}),
        ("direct_offer", {}),
        ("not_target_group", {}),
        ("referred_on", {"referred_to": SERVICE, "consent": "no"}),
        ("referred_on", {"referred_to": SERVICE, "consent": "yes"}),
    ]
    for outcome, more in shown:
        yield got(client.post(address, {**typed, "outcome": outcome, **more}))
    sent = {**typed, "outcome": outcome, **more, "action": "send"}
    yield got(client.post(address, sent, follow=True))


def walk_letters(client, day, got):
    letters = reverse("documents:letters")
    yield got(client.get(letters))
    for name in ("print", "posted"):
        yield got(client.post(reverse(f"documents:{name}"), {"on": day}, follow=True))
    by_post = Dispatch.objects.filter(channel="post").get()
    client.post(reverse("documents:print"), {"letter": by_post.pk})
    yield got(client.get(letters))
    yield got(
        client.post(reverse("documents:posted"), {"letter": by_post.pk, "on": day}, follow=True)
    )
    by_hand = Dispatch.objects.exclude(channel="post").order_by("pk").first()
    for dispatch, name, typed in (
        (by_hand, "done", {"on": day}),
        (by_post, "failed", {"why": WHY}),
        (by_post, "again", {"channel": "handed_over"}),
    ):
        address = reverse(f"documents:{name}", args=[dispatch.pk])
        yield got(client.get(letters))
        yield got(client.get(address))
        yield got(client.post(address, {}))
        yield got(client.post(address, typed, follow=True))


def said_by(html):
    """Everything that is seen or heard on a page, but for the addresses and codes on it."""
    root = parse(html)
    for element in list(root.iter()):
        if "t-secret" in element.get("class", ""):
            element.clear()
    named = ("aria-label", "title", "alt", "placeholder", "data-copied")
    labels = [element.get(name) for element in root.iter() for name in named if element.get(name)]
    return "\n".join([*root.itertext(), *labels])


CODES = {
    code
    for step in (*(step for door in DOORS for step in door.steps), DISCUSSION)
    for q in (*step.questions, *step.each)
    for code, _label in q.choices
}


def typed():
    """What somebody wrote in their own words, in every walk here."""
    steps = (TYPED, OF_PROFESSIONALS, ANSWERS, CALL, PROFESSIONAL, {"": AT_THE_DESK_TYPED})
    parents = PROFESSIONAL["foreldrene"]["people"]
    for fields in (*(fields for each in steps for fields in each.values()), *parents):
        yield from (text for text in fields.values() if isinstance(text, str) and len(text) > 2)


def without_names(text, place):
    """The text without what is not ours to translate: names, what was typed, what is theirs."""
    names = {place.name, place.intake_unit.name, "TIBIR"}
    names |= {name for _code, name in django_settings.LANGUAGES}
    names |= {user.name for user in User.objects.all()}
    names |= {submission.reference for submission in Submission.objects.all()}
    names |= {attachment.shown_name for attachment in Attachment.objects.all()}
    for person in Person.objects.all():
        names |= {person.name, person.initials, person.email} - {""}
    names |= (set(typed()) - CODES) | set(WRITTEN)
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    return text


def unmarked(text):
    """What stands outside every ⟦ ⟧."""
    depth, outside = 0, []
    for letter in text:
        depth += {"⟦": 1, "⟧": -1}.get(letter, 0)
        if not depth and letter != "⟧":
            outside.append(letter)
    return "".join(outside)


def mark(entry):
    if entry.msgid_plural:
        entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, f"⟦{entry.msgid}⟧")
    else:
        entry.msgstr = f"⟦{entry.msgid}⟧"


LETTERS = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture
def place(db):
    return MunicipalityFactory()


def assert_all_is_marked(pages, place):
    for where, html in pages:
        left = without_names(unmarked(said_by(html)), place)
        assert not LETTERS.search(left), f"{where} says this in bokmål only: {left.split()}"


def test_every_word_of_the_public_pages_comes_out_of_the_catalogue(client, place, speak):
    speak(mark)
    assert_all_is_marked(walk(client, place, "en"), place)


def test_every_word_of_the_staff_pages_comes_out_of_the_catalogue(
    client, place, speak, monkeypatch
):
    speak(mark)
    assert_all_is_marked(walk_staff(client, place, "en", monkeypatch), place)


@pytest.mark.prove
@in_each
def test_staff_pages_speak_one_language(client, place, speak, monkeypatch, language):
    speak()
    for where, html in walk_staff(client, place, language, monkeypatch):
        left = FOREIGN[language].search(without_names(said_by(html), place))
        assert not left, f"{where} says «{left[0]}»"


def test_a_word_that_is_not_marked_is_seen():
    assert LETTERS.findall(unmarked("⟦Hei, ⟦Kari⟧.⟧ Ring ⟦oss⟧")) == ["Ring"]
    assert "Hovedmeny" in said_by('<nav aria-label="Hovedmeny"></nav>')


@pytest.mark.prove
@in_each
def test_public_pages_speak_one_language(client, place, speak, language):
    speak()
    for where, html in walk(client, place, language):
        assert f'<html lang="{language}"' in html, where
        left = FOREIGN[language].search(without_names(said_by(html), place))
        assert not left, f"{where} says «{left[0]}»"


@in_each
def test_letters_and_messages_speak_the_language_of_the_sender(
    client, place, speak, rings, mailoutbox, language
):
    speak()
    referral = refer(place, language=language)
    document = referral.submission.receipt
    with override(language):
        letter = {**document.data, "title": document.title, "language": language}
        html = render_to_string(DOCUMENTS[document.kind].path, letter)
    client.force_login(UserFactory(coordinates=place.intake_unit))
    sure = {"how": "called", "responsibility": "yes", "safe_phone": "yes", "safe_email": "yes"}
    person = referral.case.people.get()
    client.post(
        reverse("referrals:confirm_contact", args=[referral.pk, person.pk]),
        {**sure, "phone": "99000001", "email": "aaselill@post.example"},
    )
    for task, ids in rings:
        if task.name == "notifications.send":
            task(*ids)
    (message,) = mailoutbox
    for said in (said_by(html), message.subject, message.body):
        left = FOREIGN[language].search(without_names(said, place))
        assert not left, f"«{left[0]}» in: {said}"


def walk_letters_of(place, language):
    """(name, html) of every letter that somebody writes to a family."""
    referral = refer(place, language=language)
    by = UserFactory(coordinates=place.intake_unit)
    for name in letters.NAMES:
        kind, words = letters.write(name, referral, by=by, address=STREET)
        with override(language):
            about = {**words, "title": words["heading"], "language": language}
            yield name, render_to_string(DOCUMENTS[kind].path, about)


def test_every_word_of_the_letters_comes_out_of_the_catalogue(place, speak):
    speak(mark)
    assert_all_is_marked(walk_letters_of(place, "en"), place)


@in_each
def test_every_letter_speaks_the_language_of_the_family(place, speak, language):
    speak()
    for name, html in walk_letters_of(place, language):
        left = FOREIGN[language].search(without_names(said_by(html), place))
        assert not left, f"{name} says «{left[0]}»"


@in_each
def test_every_message_speaks_the_language_of_its_reader(place, speak, language):
    speak()
    words = {"municipality": place, "count": 2, "site": "", "stage": ""}
    words |= {"reference": "", "answer_by": ""}
    words |= {"kind": "first", "secret": "", "until": "", "what": "codes"}
    with override(language):
        for rule in RULES.values():
            said = [str(rule.subject), render_to_string(rule.template, words)]
            said += [render_to_string(rule.sms, words)] if rule.sms else []
            for text in said:
                left = FOREIGN[language].search(without_names(text, place))
                assert not left, f"«{left[0]}» in: {text}"


@in_each
def test_a_refusal_says_why_in_the_language_of_the_reader(
    client, place, speak, language, monkeypatch
):
    speak()
    speaking(client, language).force_login(UserFactory(coordinates=place.intake_unit))
    stopped = submitted_but_stopped(place, monkeypatch)

    def changed_meanwhile(submission, *, by):
        raise StaleState(gettext("«%(thing)s» er endret av noen andre.") % {"thing": submission})

    monkeypatch.setattr("referrals.actions.read_in", changed_meanwhile)
    response = client.post(stopped.get_absolute_url())

    assert response.status_code == 409
    said = said_by(response.content.decode())
    with override(language):
        assert gettext("«%(thing)s» er endret av noen andre.") % {"thing": stopped} in said
    assert not FOREIGN[language].search(without_names(said, place))
