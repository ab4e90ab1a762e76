"""The note of a meeting as a therapist fills it in: what is typed is kept, all of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interventions import actions
from interventions.models import Assignment, Meeting, Note, NoteMove, Rating
from tests.factories import MunicipalityFactory, UserFactory
from tests.family.families import join
from tests.html import parse, told_beside
from tests.interventions.journals import counselling, counsellor, goal, joins, parents, sign
from tests.interventions.screenings import held, meet
from tests.referrals.parent import Page
from tibir.accounts.models import Absence
from tibir.audit.models import Event
from tibir.core.errors import DomainError
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions as family

pytestmark = pytest.mark.django_db

TEXT = "Vi øvde på gode beskjeder."


def make_scene():
    place = MunicipalityFactory()
    return place, counselling(place)


@pytest.fixture
def place(scene):
    return scene[0]


@pytest.fixture
def course(scene):
    return scene[1]


@pytest.fixture
def note(course):
    return held(course)[1]


def address(note, name="note"):
    return reverse(f"interventions:{name}", args=[note.case_id, note.pk])


def typed(client, note, **more):
    """What the page holds, as somebody sends it who has typed more."""
    there = Page(client.get(address(note))).fields()
    several = {"components", "assignment_to", "sheets", "readers"}
    there = {name: it if name in several else it[0] for name, it in there.items()}
    return there | {"despite": "on"} | more  # whatever day it is


def test_a_normal_note_is_one_page_and_signing_it_agrees_the_next_meeting(client, course):
    mother, father = parents(course)
    goals = [goal(course, person=mother, words="Hennes"), goal(course, words="Felles")]
    first = held(course, days=-8, people=[mother])[1]
    sign(first, assignment=("Ros hver dag.", [mother]), agreements="Ta med skjemaet.")
    _meeting, note = held(course, people=[mother])
    client.force_login(note.author)
    page = client.get(address(note)).content.decode()
    for words in ("Ros hver dag.", "Ta med skjemaet.", "sovner med en sang"):
        assert words in page
    (given,) = Assignment.objects.all()
    ahead = timezone.localdate() + timedelta(days=6)
    said = typed(
        client, note,
        **{f"tried-{given.pk}": "partly", f"how-{given.pk}": "To kvelder av fem."},
        **{f"rating-{each.pk}-{mother.pk}": str(number) for number, each in enumerate(goals, 6)},
        components=["directions", "encouragement"], role_play="on", internal=TEXT,
        assignment="Gi én beskjed om gangen.", sheets=["reminder"], sheet_names="Gode beskjeder",
        agreements="Ringe onsdag.", summary="Dere øvde.", again="on", action="sign",
    )  # fmt: skip
    assert said["readers"] == [str(mother.pk)]
    assert (said["starts"], said["ends"]) == ("09.00", "10.00")
    assert not any(name.endswith(f"-{father.pk}") for name in said)
    assert client.post(address(note), said).url == course.get_absolute_url()
    note = Note.objects.get(pk=note.pk)
    assert (note.is_signed, note.typed, note.role_play) == (True, {}, True)
    assert note.components == ["directions", "encouragement"]
    assert note.tried.get().words == "To kvelder av fem."
    assert [each.value for each in Rating.objects.for_list()] == [6, 7]
    assert {each.person for each in note.summary.readers.all()} == {mother}
    assert note.assignments.get().person == mother
    agreed = Meeting.objects.planned().get()
    assert (agreed.day, agreed.place) == (ahead, "Rom 2")
    assert {each.person for each in agreed.attendances.all()} == {mother, father}
    read = client.get(address(note)).content.decode()
    for words in ("To kvelder av fem.", "6 av 10", "huskelapp", "Ringe onsdag.", "rollespill"):
        assert words.lower() in read.lower()


def test_one_press_says_that_all_came_and_leads_to_the_note(client, course):
    mother, father = parents(course)
    meeting = meet(course, days=-1)
    client.force_login(course.practitioner)
    page = reverse("interventions:hold", args=[course.case_id, meeting.pk])
    assert "Alle kom: skriv notat" in client.get(page).content.decode()
    client.post(page, {"everybody": "1"})
    meeting.refresh_from_db()
    assert (meeting.state, meeting.minutes_used) == (Meeting.State.HELD, 60)
    came = meeting.attendances.filter(state="attended")
    assert {each.person for each in came} == {mother, father}
    assert meeting.note.author == course.practitioner


WRONG = [
    ("rating", "11", "med et tall fra 0 til 10."),
    ("rating", "fem", "med et tall fra 0 til 10."),
    ("internal", " ", "Notatet er tomt."),
    ("assignment_to", [], "Velg hvem som skal prøve hjemmeoppgaven."),
    ("readers", [], "Velg hvem som kan lese oppsummeringen."),
    ("day", "1.1.2020", "kan ikke være før"),
    ("day", "32.13.2026", "med dag, måned og år"),
    ("ends", "8", "Møtet må slutte etter at det begynner."),
    ("starts", "", "Skriv et svar på «Begynner klokken»."),
    ("how", "Bra.", "Velg om oppgaven ble gjort."),
]


def test_what_is_wrong_is_said_beside_it_and_all_of_it_is_saved(client, course):
    mother, _father = parents(course)
    wanted = goal(course, person=mother)
    sign(held(course, days=-8)[1], assignment=("Ros.", [mother]))
    note = held(course)[1]
    client.force_login(note.author)
    ahead = timezone.localdate() + timedelta(days=6)
    given = Assignment.objects.get()
    names = {"rating": f"rating-{wanted.pk}-{mother.pk}", "how": f"how-{given.pk}"}
    right = typed(
        client, note, internal=TEXT, assignment="Lek.", summary="Hei.", action="sign",
        day=f"{ahead:%d.%m.%Y}",
    )  # fmt: skip
    for field, value, sentence in WRONG:
        name = names.get(field, field)
        note.refresh_from_db()
        said = right | {name: value, "version": note.version}
        answer = client.post(address(note), said)
        assert answer.status_code == 200, field
        errors = answer.context["form"].errors
        beside = f"tried-{given.pk}" if field == "how" else name
        assert [key for key in errors if sentence in str(errors[key])] == [beside]
        assert sentence in told_beside(answer.content.decode(), beside)
        note.refresh_from_db()
        assert (note.is_signed, note.typed["summary"]) == (False, "Hei.")
        if name in note.typed:
            assert note.typed[name] == value
    assert "Lek." in client.get(address(note)).content.decode()


def test_an_open_page_keeps_every_field_and_a_draft_opens_with_all_of_them(client, note):
    client.force_login(note.author)
    said = typed(
        client, note, internal=TEXT, summary="Halv", components=["limits"], day="31.", starts="x"
    )  # fmt: skip
    assert client.post(address(note, "save_note"), said).json()["version"] == 1
    shown = typed(client, note)
    for name in ("internal", "summary", "components", "day", "starts", "readers"):
        assert shown[name] == said[name], name
    # A page of before that never asked the rest leaves it as it is.
    assert client.post(address(note, "save_note"), {"internal": "Mer", "version": 1}).json()
    note.refresh_from_db()
    assert (note.internal, note.typed["summary"]) == ("Mer", "Halv")
    for bad in ({"version": "x"}, {"version": "1" * 5000}):
        assert client.post(address(note, "save_note"), shown | bad).status_code == 400


UNKEPT = [
    ("summary", "\x07", "har tegn som ikke kan leses"),
    ("summary", "x" * 5001, "er 5001 tegn. Kort det ned til 5000 tegn."),
    ("internal", "x" * 50_001, "er 50001 tegn."),
    ("starts", "en stund etter lunsj", "Kort det ned til 10 tegn."),
]


@pytest.mark.parametrize(("field", "text", "why"), UNKEPT)
def test_of_what_cannot_be_kept_the_older_stays_and_all_else_is_kept(
    client, note, field, text, why
):
    client.force_login(note.author)
    first = typed(client, note, **{field: "Før"})
    client.post(address(note), first)
    bad = typed(client, note, agreements="Ringe.", **{field: text})
    said = client.post(address(note, "save_note"), bad).json()
    assert list(said["unkept"]) == [field]
    assert why in said["unkept"][field]
    note.refresh_from_db()
    assert (note.version, said["version"]) == (2, 2)
    assert note.typed["agreements"] == "Ringe."
    assert {**note.typed, "internal": note.internal}[field] == "Før"

    for action in ("save", "throw_away"):
        note.refresh_from_db()
        pressed = {"version": note.version, "action": action, "agreements": f"Ved {action}."}
        answer = client.post(address(note), bad | pressed)
        page = answer.content.decode()
        assert list(answer.context["form"].errors) == [field]
        assert why in told_beside(page, field)
        assert "Resten av notatet er lagret." in page
        note.refresh_from_db()
        assert note.typed["agreements"] == pressed["agreements"]
    mended = Page(answer).fields() | {field: "Nå", "version": note.version}
    assert client.post(address(note, "save_note"), mended).json()["unkept"] == {}


def test_a_draft_that_would_only_be_empty_without_what_cannot_be_kept_is_not_thrown_away(
    client, course
):
    client.force_login(course.practitioner)
    note = actions.open_note(course, by=course.practitioner)
    typed_too_much = typed(client, note, internal="x" * 50_001, action="throw_away")
    assert "Kort det ned" in client.post(address(note), typed_too_much).content.decode()
    assert Note.objects.filter(pk=note.pk).exists()


def test_of_a_choice_only_what_can_be_chosen_is_kept_and_each_once(client, course):
    mother, _father = parents(course)
    sign(held(course, days=-8)[1], assignment=("Ros.", [mother]))
    note = held(course)[1]
    tried = f"tried-{Assignment.objects.get().pk}"
    client.force_login(note.author)
    both, odd = [str(mother.pk)] * 2, {tried: "\0", "role_play": "\0", "again": "\0"}
    several = {"readers": both, "assignment_to": both, "components": ["limits"] * 2}
    about = {"internal": TEXT, "assignment": "Lek.", "summary": "Hei."}
    there = typed(client, note, **several, **about)
    assert client.post(address(note, "save_note"), there | odd).status_code == 200
    note.refresh_from_db()
    assert tried not in note.typed
    assert (note.typed["role_play"], note.typed["readers"]) == ("on", both[:1])
    client.post(address(note), there | {"version": note.version, "action": "sign"})
    note.refresh_from_db()
    assert (note.is_signed, note.components) == (True, ["limits"])
    assert {each.person for each in note.summary.readers.all()} == {mother}


def test_two_tabs_show_each_part_that_is_not_the_same(client, note):
    client.force_login(note.author)
    first = typed(client, note, summary="Fra den ene", agreements="Like")
    second = first | {"summary": "Fra den andre"}
    client.post(address(note), first)
    late = client.post(address(note), second)
    assert late.status_code == 409
    assert [text for _what, text in late.context["stored"]] == ["Fra den ene"]
    assert "Fra den andre" in late.content.decode()
    client.post(address(note), Page(late).fields() | {"action": "save"})
    note.refresh_from_db()
    assert note.typed["summary"] == "Fra den andre"


def test_signed_twice_it_is_signed_once_and_what_came_late_is_shown(client, note):
    client.force_login(note.author)
    said = typed(client, note, internal=TEXT, action="sign")
    assert client.post(address(note), said).status_code == 302
    again = client.post(address(note), said | {"summary": "Kom for sent"})
    assert again.context["typed_too_late"] == ["Kom for sent"]
    assert Event.objects.filter(verb="note.signed").count() == 1


def test_a_next_meeting_that_is_agreed_is_shown_and_not_asked_for(client, course, note):
    ahead = meet(course, days=5)
    client.force_login(note.author)
    page = client.get(address(note))
    assert "day" not in page.context["form"].fields
    assert reverse("interventions:change_meeting", args=[note.case_id, ahead.pk]) in (
        page.content.decode()
    )


def test_a_meeting_that_nobody_told_of_is_not_the_next_one(client, course, note):
    forgotten = meet(course, days=-4)
    client.force_login(note.author)
    assert "day" in client.get(address(note)).context["form"].fields
    page = client.get(course.get_absolute_url())
    assert (page.context["ahead"], forgotten.is_planned) == (None, True)
    ahead = meet(course, days=5)
    assert client.get(course.get_absolute_url()).context["ahead"] == ahead
    assert client.get(address(note)).context["before"].next_meeting == ahead


def test_a_time_that_is_taken_is_said_beside_the_hour_and_nothing_is_signed(client, place, note):
    other = counselling(place, practitioner=note.author)
    taken = meet(other, days=4, hour=9)
    client.force_login(note.author)
    said = typed(client, note, internal=TEXT, day=f"{taken.day:%d.%m.%Y}", action="sign")
    answer = client.post(address(note), said)
    assert "er opptatt da" in str(answer.context["form"].errors["starts"])
    note.refresh_from_db()
    assert (note.is_signed, note.internal) == (False, TEXT)


def test_a_next_meeting_on_a_day_off_is_agreed_only_when_it_is_meant(client, note):
    off = timezone.localdate() + timedelta(days=6)
    Absence.objects.create(user=note.author, first_on=off, last_on=off)
    client.force_login(note.author)
    said = typed(client, note, internal=TEXT, day=f"{off:%d.%m.%Y}", action="sign")
    del said["despite"]
    for _again in range(2):  # it is saved as a draft meanwhile, and asked about still
        note.refresh_from_db()
        answer = client.post(address(note), said | {"version": note.version})
        page = answer.content.decode()
        assert "fravær" in told_beside(page, "day")
        assert 'name="despite"' in page
    assert "despite" not in note.typed
    note.refresh_from_db()
    client.post(address(note), said | {"version": note.version, "despite": "on"})
    note.refresh_from_db()
    assert note.is_signed
    assert note.course.meetings.planned().get().day == off


def test_a_teacher_who_came_is_no_reader_and_a_parent_who_stayed_away_can_be_chosen(client, course):
    mother, father = parents(course)
    teacher = family.add(
        course.case, by=course.practitioner, relation="teacher", responsibility="no",
        lives_with="no", safe_phone="unknown", safe_email="unknown", first_name="Lars",
        last_name="Lærer",
    )  # fmt: skip
    note = held(course, people=[mother, teacher])[1]
    client.force_login(note.author)
    form = client.get(address(note)).context["form"]
    assert [pk for pk, _name in form.fields["readers"].choices] == [str(mother.pk), str(father.pk)]
    assert form["readers"].value() == [str(mother.pk)]
    assert form["assignment_to"].value() == [str(mother.pk)]


def test_in_a_screening_there_is_neither_assignment_nor_component(client, place):
    from tests.interventions.screenings import screening

    note = held(screening(place))[1]
    client.force_login(note.author)
    fields = client.get(address(note)).context["form"].fields
    assert {"internal", "summary", "readers", "agreements"} <= fields.keys()
    assert not {"components", "assignment", "sheets"} & fields.keys()


def test_a_note_without_a_meeting_is_begun_with_a_button(client, course):
    client.force_login(course.practitioner)
    begun = client.post(reverse("interventions:begin_note", args=[course.case_id, course.pk]))
    note = Note.objects.get()
    assert (begun.url, note.meeting) == (address(note), None)
    said = typed(client, note, internal=TEXT, action="sign")
    assert client.post(address(note), said).status_code == 302


def test_a_note_without_a_meeting_is_begun_once_until_something_is_written(client, course):
    client.force_login(course.practitioner)
    begin = reverse("interventions:begin_note", args=[course.case_id, course.pk])
    assert client.post(begin).url == client.post(begin).url
    first = Note.objects.get()
    assert Deadline.objects.filter(kind=Due.NOTE).open().count() == 1
    client.post(address(first), typed(client, first, agreements="Ringe.", action="save"))
    assert client.post(begin).url != address(first)
    assert Note.objects.count() == 2


def test_a_draft_in_which_nothing_is_written_is_thrown_away(client, course):
    client.force_login(course.practitioner)
    note = actions.open_note(course, by=course.practitioner)
    said = typed(client, note, action="throw_away")
    assert "Forkast utkastet" in client.get(address(note)).content.decode()
    gone = client.post(address(note), said, follow=True)
    assert "Utkastet er forkastet." in gone.content.decode()
    assert not Note.objects.exists()
    assert Deadline.objects.get(kind=Due.NOTE).closed_reason == "thrown_away"
    assert Event.objects.filter(verb="note.thrown_away", target_id=note.pk).count() == 1
    assert client.post(address(note), said).status_code == 404


@pytest.mark.parametrize("field", ["internal", "agreements", "summary"])
def test_what_is_written_is_saved_and_not_thrown_away(client, course, field):
    client.force_login(course.practitioner)
    note = actions.open_note(course, by=course.practitioner)
    refused = client.post(address(note), typed(client, note, action="throw_away", **{field: TEXT}))
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Bare et tomt utkast kan forkastes." in page
    assert "Forkast utkastet" not in page
    note.refresh_from_db()
    assert TEXT in (note.internal, *note.typed.values())
    assert Deadline.objects.filter(kind=Due.NOTE).open().exists()


def test_the_note_of_a_meeting_and_one_that_was_moved_are_not_thrown_away(client, place, note):
    client.force_login(note.author)
    assert "Forkast utkastet" not in client.get(address(note)).content.decode()
    client.post(address(note), typed(client, note, action="throw_away"))
    right = counselling(place, practitioner=note.author)
    empty = actions.open_note(note.course, by=note.author)
    actions.move_note(empty, by=note.author, to=right, reason="To faner.")
    with pytest.raises(DomainError, match="flyttet"):
        actions.throw_away(empty, by=note.author)
    assert Note.objects.count() == 2


def test_a_signed_note_says_who_came_and_who_did_not(client, place, course):
    mother, father = parents(course)
    teacher = join(course.case, "teacher", "no")
    meeting = meet(course, days=-1)
    asked = {"attended": [mother, course.case.child], "excused": [father]}
    note = sign(actions.hold(meeting, by=course.practitioner, **asked))
    client.force_login(note.author)
    assert who_came(client, note) == [
        ("Var med", f"{mother.person}, {course.case.child}"),
        ("Meldte forfall", str(father.person)),
        ("Kom ikke", str(teacher.person)),
    ]
    without = sign(actions.open_note(course, by=course.practitioner))
    assert who_came(client, without) == []
    actions.move_note(
        note, by=note.author, to=counselling(place, practitioner=note.author), reason="To faner."
    )
    assert who_came(client, note) == []
    assert str(father.person) not in client.get(address(note)).content.decode()


def who_came(client, note):
    note = Note.objects.get(pk=note.pk)
    said = parse(client.get(address(note)).content.decode()).xpath("//main//dl/div")
    pairs = [[part.text_content() for part in each] for each in said]
    return [(how, who) for how, who in pairs if how in ("Var med", "Meldte forfall", "Kom ikke")]


def test_what_is_added_twice_within_a_minute_stands_once(client, note, monkeypatch):
    sign(note)
    client.force_login(note.author)
    added = {"text": "Far var med.", "reason": "Glemt."}
    for _press in range(2):
        assert client.post(address(note, "add_to_note"), added).url == address(note)
    assert note.addenda.count() == 1
    client.post(address(note, "add_to_note"), added | {"reason": "Feil."})
    client.post(address(note, "add_to_note"), added | {"text": "Far var ikke med."})
    assert note.addenda.count() == 3
    monkeypatch.setattr("interventions.actions.note.TWICE", timedelta(0))
    client.post(address(note, "add_to_note"), added)
    assert note.addenda.count() == 4


# --- Who signs, and the wrong case ------------------------------------------------------------


def test_it_is_written_by_one_and_signed_by_another(client, place, course):
    supervisor = counsellor(place.intake_unit)
    course.supervisor = supervisor
    course.save()
    joins(course.case, supervisor)
    note = actions.open_note(course, by=supervisor)
    client.force_login(supervisor)
    client.post(address(note, "write_for"), {"user": course.practitioner.pk})
    said = typed(client, note, internal=TEXT)
    assert 'value="sign"' not in client.get(address(note)).content.decode()
    refused = client.post(address(note), said | {"action": "sign"})
    assert "skal signere det" in refused.content.decode()
    assert "Skriv ferdig og signer" not in client.get(course.get_absolute_url()).content.decode()
    client.force_login(course.practitioner)
    assert "Skriv ferdig og signer" in client.get(course.get_absolute_url()).content.decode()
    assert TEXT in client.get(address(note)).content.decode()
    assert client.get(address(note, "write_for")).status_code == 403
    assert client.post(address(note), typed(client, note, action="sign")).status_code == 302
    note.refresh_from_db()
    assert note.signed_by == course.practitioner


def test_a_second_signature_is_one_press_for_whoever_is_asked(client, place):
    place.intake_unit.requires_cosigning = True
    place.intake_unit.save()
    supervisor = counsellor(place.intake_unit)
    colleague = counsellor(place.intake_unit)
    course = counselling(place, supervisor=supervisor)
    joins(course.case, colleague)
    note = held(course)[1]
    client.force_login(course.practitioner)
    client.post(address(note), typed(client, note, internal=TEXT, action="sign"))
    assert client.post(address(note, "cosign")).status_code == 403
    client.force_login(colleague)
    assert client.get(address(note)).status_code == 404
    client.force_login(course.practitioner)
    assert client.post(address(note, "ask_to_cosign"), {"user": colleague.pk}).status_code == 302
    client.force_login(colleague)
    assert "Medsigner" in client.get(address(note)).content.decode()
    assert client.post(address(note, "cosign")).status_code == 302
    assert client.post(address(note, "cosign")).status_code == 403
    assert "Medsignert av" in client.get(address(note)).content.decode()
    assert Event.objects.filter(verb="note.read", actor_id=colleague.pk, basis="member").exists()


def test_a_note_is_moved_to_a_course_one_gives_and_is_gone_from_where_it_stood(
    client, place, course
):
    right = counselling(place, practitioner=course.practitioner)
    stranger = counselling(place)
    mother, _father = parents(course)
    note = sign(held(course)[1], "Kanarinotat", assignment=("Kanarioppgave", [mother]))
    client.force_login(course.practitioner)
    move = address(note, "move_note")
    for wrong in ({"to": stranger.pk, "reason": "x"}, {"to": right.pk}, {"reason": "x"}):
        assert client.post(move, wrong).status_code == 200
    assert client.post(move, {"to": right.pk, "reason": "To faner."}).status_code == 302
    assert client.get(address(note)).status_code == 404
    page = client.get(course.get_absolute_url()).content.decode()
    assert "To faner." in page
    assert "Kanari" not in page
    note = Note.objects.get()
    read = client.get(address(note)).content.decode()
    assert "Kanarinotat" in read
    assert "Kanarioppgave" in read
    assert mother.person.name not in read
    assert NoteMove.objects.get().by == course.practitioner
    other = UserFactory(practises_in=place.intake_unit, works_with=course.case)
    client.force_login(other)
    assert "To faner." not in client.get(course.get_absolute_url()).content.decode()
