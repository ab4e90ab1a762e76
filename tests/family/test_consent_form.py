"""The form that somebody signs: as it comes out of the printer, and what it is worth afterwards."""

import io

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone

from tests.documents import validators
from tests.documents.test_pdf import LANGUAGES
from tests.factories import LONG_AGO, UnitFactory, UserFactory
from tests.family.families import family
from tests.referrals.parent import Page
from tibir.cases.models import CaseMember, Consent, Purpose, Wording
from tibir.documents import tasks
from tibir.documents.kinds import TEMPLATES
from tibir.documents.models import Document
from tibir.documents.pdf import render_pdf
from tibir.family import actions

pytestmark = pytest.mark.django_db
SAID = {
    "nb": ("Samtykke", "Underskrift", "ansvarsgruppe"),
    "nn": ("Samtykke", "Underskrift", "ansvarsgruppe"),
    "en": ("Consent", "Signature", "team"),
}


@pytest.fixture
def mother():
    _case, (mother,) = family()
    return mother


@pytest.fixture
def practitioner(client, mother):
    user = UserFactory(practises_in=mother.case.unit, works_with=mother.case)
    client.force_login(user)
    return user


def make(mother, by, *, language="nb", purposes=tuple(Purpose), service="BUP"):
    return actions.ask_on_paper(
        mother, by=by, purposes=purposes, language=language, service=service
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_accessible_archivable_and_asks_of_every_purpose(mother, practitioner, language):
    made = make(mother, practitioner, language=language)
    path = TEMPLATES[made.kind].path
    file = render_pdf(path, made.data, language=language, title=made.title)
    assert validators.complaints(file) == []
    pages = pypdf.PdfReader(io.BytesIO(file)).pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    for said in (*SAID[language], mother.person.name, mother.case.child.name, "BUP"):
        assert said.lower() in text.lower(), said
    wordings = Wording.objects.in_use(mother.case.municipality, language)
    for wording in wordings.exclude(matter="information"):
        assert " ".join(wording.text.split()) in text
    assert len(made.data["purposes"]) == len(Purpose)
    assert "mangler" not in text


def test_it_is_printed_signed_and_registered_with_the_words_that_stood_on_it(
    client, mother, practitioner, rings
):
    case = mother.case
    page = reverse("family:paper", args=[case.pk, mother.pk])
    assert Page(client.post(page, {"purposes": [], "language": "nb"})).faults() == {
        "purposes": "Velg minst ett formål."
    }
    half = client.post(page, {"purposes": ["cooperation"], "language": "nb"})
    assert "service" in Page(half).faults()
    typed = {"purposes": ["team", "quality"], "language": "nn"}
    assert client.post(page, typed).url == reverse("family:consents", args=[case.pk])
    rings.answer()
    made = Document.objects.get(kind="consent_form")
    overview = client.get(reverse("family:consents", args=[case.pk])).content.decode()
    paper = reverse("documents:document", args=[made.pk])
    assert paper in overview
    assert client.get(paper).content.startswith(b"%PDF")

    was = Wording.objects.in_use(case.municipality, "nn").get(matter="team")
    Wording.objects.create(
        municipality=case.municipality, matter="team", language="nn", version=7, text="Nytt."
    )
    day = f"{timezone.localdate():%d.%m.%Y}"
    answer = {"channel": "paper", "said_on": day, "language": "nb", "purpose-team": "given"}
    say = reverse("family:say", args=[case.pk, mother.pk])
    assert client.post(say, answer | {"paper": str(made.pk)}).status_code == 302
    assert Consent.objects.filter(purpose="team").latest("pk").wording == was


def test_nobody_outside_the_case_opens_it(client, mother, practitioner):
    made = make(mother, practitioner)
    tasks.render(made.pk)
    paper = reverse("documents:document", args=[made.pk])
    for trait, status in (("practises_in", 404), ("leads", 404), ("clerks_in", 200)):
        client.force_login(UserFactory(**{trait: mother.case.unit}))
        assert client.get(paper).status_code == status, trait


def test_whoever_gives_a_course_of_another_unit_has_it_only_with_a_ground(
    client, mother, practitioner
):
    made = make(mother, practitioner)
    tasks.render(made.pk)
    paper = reverse("documents:document", args=[made.pk])
    elsewhere = UnitFactory(municipality=mother.case.municipality)
    guest = UserFactory(practises_in=elsewhere)
    member = CaseMember.objects.create(
        case=mother.case, user=guest, role="practitioner", unit=elsewhere, started_on=LONG_AGO
    )
    client.force_login(guest)
    assert client.get(paper).status_code == 404
    CaseMember.objects.filter(pk=member.pk).update(wider_basis="Samtykke fra mor 3. mars")
    assert client.get(paper).status_code == 200
