"""Notes: what reached us is never lost, and what is signed never changes."""

from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interventions import actions, rules
from interventions.models import Addendum, Course, Note
from tests.factories import MunicipalityFactory, UserFactory
from tests.interventions.journals import counselling, goal
from tests.interventions.screenings import days_ago, held, screener, screening, signed
from tests.referrals.parent import Page
from tibir.accounts.models import User
from tibir.audit.models import Event
from tibir.cases.models import CaseMember, Disqualification
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family import actions as family

pytestmark = pytest.mark.django_db

TEXT = "Kanarinotat om kveldene."


def make_scene():
    place = MunicipalityFactory()
    return place, screening(place)


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


def test_a_note_is_saved_in_versions_and_an_older_one_overwrites_nothing(note):
    older = Note.objects.get(pk=note.pk)
    actions.save_note(note, by=note.author, version=0, internal="Først")
    with pytest.raises(StaleState):
        actions.save_note(older, by=note.author, version=0, internal="Sist")
    with pytest.raises(StaleState):
        actions.sign(older, by=note.author, version=0, internal="Sist")
    note.refresh_from_db()
    assert (note.internal, note.version, note.state) == ("Først", 1, "draft")


def test_a_signed_note_meets_its_deadline_and_never_changes(note):
    signed(note, TEXT)
    assert Deadline.objects.get(kind=Due.NOTE).met_on is not None
    rows = Note.objects.filter(pk=note.pk)
    for change in ({"internal": "x"}, {"state": "draft", "signed_by": None}, {"meeting": None}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        rows._raw_delete(rows.db)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE interventions_note CASCADE")
    with pytest.raises(StaleState):
        actions.save_note(note, by=note.author, version=note.version, internal="x")
    assert rows.get().internal == TEXT


def test_the_database_too_keeps_each_draft_that_says_something_or_is_of_a_meeting(course, note):
    own = actions.open_note(course, by=note.author)
    for pk, said in ((note.pk, {}), (own.pk, {"internal": "x"}), (own.pk, {"typed": {"a": "x"}})):
        rows = Note.objects.filter(pk=pk)
        rows.update(**said)
        with pytest.raises(DatabaseError, match="says nothing"), transaction.atomic():
            rows._raw_delete(rows.db)
        Note.objects.update(internal="", typed={})
    rows = Note.objects.filter(pk=own.pk)
    assert rows._raw_delete(rows.db) == 1


@pytest.mark.parametrize("empty", ["", "  \n\t "])
def test_an_empty_note_is_not_signed_in_the_database_either(note, empty):
    with pytest.raises(DomainError, match="tomt"):
        signed(note, empty)
    about = {"signed_by": note.author, "signed_at": note.saved_at, "typed": {}}
    with pytest.raises(DatabaseError, match="says_something"), transaction.atomic():
        Note.objects.update(state="signed", internal=empty, **about)


def test_what_is_added_has_a_reason_and_stands_beside(note):
    with pytest.raises(DomainError, match="ikke signert"):
        actions.add_to(note, by=note.author, text="x", reason="y")
    with pytest.raises(DatabaseError, match="written on"), transaction.atomic():
        Addendum.objects.create(note=note, by=note.author, text="x", reason="y")
    signed(note)
    added = actions.add_to(note, by=note.author, text="Far var med.", reason="Glemt.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Addendum.objects.filter(pk=added.pk).update(text="Far var ikke med.")
    assert "Glemt" not in str(list(Event.objects.values()))


# --- Through the pages ------------------------------------------------------------------------


def test_it_is_written_signed_and_added_to_through_the_pages(client, note):
    client.force_login(note.author)
    page = Page(client.get(address(note)))
    typed = page.fields() | {"internal": TEXT, "action": "sign"}
    assert client.post(address(note), typed).url == note.course.get_absolute_url()
    assert TEXT in client.get(address(note)).content.decode()
    said = {"text": "Far var med.", "reason": "Glemt."}
    assert client.post(address(note, "add_to_note"), said).url == address(note)
    assert "Far var med." in client.get(address(note)).content.decode()
    missing = client.post(address(note, "add_to_note"), {"text": "Mer.", "reason": ""})
    assert "Hvorfor kommer det nå?" in missing.content.decode()
    assert "Mer." in missing.content.decode()


def test_an_empty_note_is_refused_beside_the_field(client, note):
    client.force_login(note.author)
    page = client.post(address(note), {"internal": " ", "version": 0, "action": "sign"})
    assert page.context["form"].errors["internal"] == [
        "Notatet er tomt. Skriv noe før du signerer."
    ]


def test_two_tabs_lose_no_word(client, note):
    client.force_login(note.author)
    client.post(address(note), {"internal": "Fra den ene fanen", "version": 0})
    late = client.post(address(note), {"internal": "Fra den andre fanen", "version": 0})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Fra den ene fanen" in page
    assert "Fra den andre fanen" in page
    again = Page(late).fields()
    assert client.post(address(note), again | {"action": "save"}).status_code == 302
    note.refresh_from_db()
    assert note.internal == "Fra den andre fanen"


def test_what_is_typed_too_late_is_shown_to_be_added(client, note):
    client.force_login(note.author)
    signed(note, "Signert")
    page = client.post(address(note), {"internal": "Mer å si", "version": 0, "action": "save"})
    assert "Mer å si" in page.content.decode()
    note.refresh_from_db()
    assert note.internal == "Signert"


def test_an_open_page_saves_by_itself_and_is_told_when_it_is_older(client, note):
    client.force_login(note.author)
    save = address(note, "save_note")
    first = client.post(save, {"internal": "En", "version": 0})
    assert first.json()["version"] == 1
    assert client.post(save, {"internal": "To", "version": 0}).json() == {"stale": True}
    unread = client.post(save, {"internal": "\x07", "version": 1}).json()
    assert "tegn som ikke kan leses" in unread["unkept"]["internal"]
    note.refresh_from_db()
    assert note.internal == "En"
    assert client.post(save, {"internal": "To", "version": 2}).json()["version"] == 3


def test_only_those_who_give_the_course_read_what_is_written(client, place, course, note):
    signed(note, TEXT)
    unit = place.intake_unit
    readers = {
        course.practitioner: 200,
        UserFactory(coordinates=unit): 404,
        UserFactory(leads=unit): 404,
        UserFactory(clerks_in=unit): 404,
        UserFactory(practises_in=unit, works_with=course.case): 404,
        UserFactory(is_staff=True, is_superuser=True): 404,
        screener(unit): 404,
    }
    for user, status in readers.items():
        client.force_login(user)
        assert client.get(address(note)).status_code == status, user
        page = client.get(course.get_absolute_url()).content.decode()
        assert TEXT not in page
        assert ("Les notatet" in page) == (status == 200)


def test_a_leader_reads_it_with_access_to_the_case_and_writes_nothing(client, place, note):
    signed(note, TEXT)
    leader = UserFactory(leads=place.intake_unit)
    client.force_login(leader)
    assert client.get(address(note)).status_code == 404
    family.open_for_leader(
        note.course.case, by=leader, reason="complaint", text="En klage.", days=3
    )
    assert TEXT in client.get(address(note)).content.decode()
    assert Event.objects.get(verb="note.read", actor_id=leader.pk).basis == "leader"
    said = {"text": "x", "reason": "y"}
    assert client.post(address(note, "add_to_note"), said).status_code == 403


def test_an_emergency_opens_no_note(client, place, note):
    helper = UserFactory(practises_in=place.intake_unit)
    family.open_in_emergency(note.course.case, by=helper, reason="danger", text="Det haster.")
    client.force_login(helper)
    assert client.get(address(note)).status_code == 404
    assert client.get(note.course.get_absolute_url()).status_code == 404


def test_a_draft_is_its_authors_also_when_somebody_else_gives_the_course(
    client, place, course, note
):
    other = screener(place.intake_unit)
    actions.assign(course, by=UserFactory(coordinates=place.intake_unit), practitioner=other)
    client.force_login(other)
    assert client.get(address(note)).status_code == 403
    assert client.post(address(note, "save_note"), {"version": 0}).status_code == 403
    page = client.get(course.get_absolute_url()).content.decode()
    assert "Ta over notatet" not in page
    take = address(note, "write_for")
    assert client.post(take).status_code == 403
    client.force_login(UserFactory(coordinates=place.intake_unit))
    assert client.post(take).status_code == client.get(address(note)).status_code == 404
    client.force_login(note.author)
    typed = {"internal": TEXT, "version": 0, "action": "sign"}
    assert client.post(address(note), typed).status_code == 302
    note.refresh_from_db()
    assert note.is_signed


# --- What somebody has left -------------------------------------------------------------------


def taken_out(note):
    CaseMember.objects.filter(user=note.author).update(ended_on=days_ago(1))


def test_a_draft_is_left_by_who_is_taken_out_disqualified_or_locked_out(note):
    def is_left():
        return rules.is_left(Note.objects.get(pk=note.pk))

    assert not is_left()
    by = {"case": note.course.case, "registered_by": note.author}
    kept_out = Disqualification.objects.create(
        user=note.author, started_on=days_ago(0), reason="x", **by
    )
    assert is_left()
    kept_out.delete()
    User.objects.filter(pk=note.author_id).update(is_active=False)
    assert is_left()
    User.objects.filter(pk=note.author_id).update(is_active=True)
    assert not is_left()
    taken_out(note)
    assert is_left()
    signed(note)
    assert not is_left()


def test_a_draft_that_its_author_has_left_is_taken_over_unread_and_signed(
    client, place, course, note
):
    actions.save_note(note, by=note.author, version=0, internal=TEXT)
    other = screener(place.intake_unit)
    actions.assign(course, by=UserFactory(coordinates=place.intake_unit), practitioner=other)
    taken_out(note)
    take = address(note, "write_for")
    client.force_login(UserFactory(practises_in=place.intake_unit, works_with=course.case))
    assert [client.get(it).status_code for it in (address(note), take)] == [404, 404]
    client.force_login(other)
    page = client.get(course.get_absolute_url()).content.decode()
    assert f'href="{take}"' in page
    assert client.post(address(note, "save_note"), {"version": 1}).status_code == 403
    assert client.get(address(note)).url == take
    page = client.get(take).content.decode()
    assert note.author.name in page
    assert TEXT not in page
    assert not Event.objects.filter(verb="note.read", actor_id=other.pk).exists()
    assert client.post(take).url == address(note)
    assert TEXT in client.get(address(note)).content.decode()
    assert Deadline.objects.get(kind=Due.NOTE).owner == other
    assert Event.objects.filter(verb="note.given", actor_id=other.pk).exists()
    typed = {"internal": TEXT, "version": 1, "action": "sign"}
    assert client.post(address(note), typed).status_code == 302
    written = Note.objects.get()
    assert (written.author, written.signed_by) == (note.author, other)


def test_a_coordinator_reads_nothing_of_it_and_is_told_who_can_take_it_over(
    client, place, course, note
):
    actions.save_note(note, by=note.author, version=0, internal=TEXT)
    taken_out(note)
    client.force_login(UserFactory(coordinates=place.intake_unit))
    take = address(note, "write_for")
    assert [client.get(it).status_code for it in (address(note), take)] == [404, 404]
    assert client.post(take).status_code == 404
    end = reverse("interventions:end", args=[course.case_id, course.pk])
    for page in (client.get(end), client.get(course.get_absolute_url())):
        assert TEXT not in page.content.decode()
        assert take not in page.content.decode()
    assert "Den som gir tiltaket, kan ta det over." in client.get(end).content.decode()


def test_it_is_taken_over_once_and_stays_so_when_its_author_is_back(client, place, course, note):
    actions.save_note(note, by=note.author, version=0, internal=TEXT)
    other, late = screener(place.intake_unit), UserFactory(practises_in=place.intake_unit)
    actions.assign(course, by=UserFactory(coordinates=place.intake_unit), practitioner=other)
    taken_out(note)
    actions.write_for(note, by=other, user=other)
    with pytest.raises(StaleState, match="Noen andre"):
        actions.write_for(note, by=late, user=late)
    CaseMember.objects.update(ended_on=None)
    assert not rules.is_left(Note.objects.get())
    client.force_login(other)
    typed = {"internal": TEXT, "version": 1, "action": "sign"}
    assert client.post(address(note), typed).url == course.get_absolute_url()
    assert Note.objects.get().signed_by == other


def test_to_ask_whether_drafts_are_left_costs_the_same_at_one_and_at_three(place, course):
    other = screener(place.intake_unit)
    drafts = [held(course, days=-days)[1] for days in (1, 2, 3)]
    later = [drafts[0].pk, drafts[1].pk]
    Note.objects.filter(pk__in=later).update(course=screening(place))
    actions.assign(course, by=UserFactory(coordinates=place.intake_unit), practitioner=other)
    CaseMember.objects.filter(user=drafts[0].author).update(ended_on=days_ago(1))

    def asked():
        user, course = User.objects.get(pk=other.pk), Course.objects.get(practitioner=other)
        with CaptureQueriesContext(connection) as queries:
            left = rules.journal(user, course).left
        return len(left), len(queries)

    one, cost = asked()
    Note.objects.filter(pk__in=later).update(course=course)
    assert (one, *asked()) == (1, 3, cost)


# --- A course that is over --------------------------------------------------------------------


def all_that_is_written(course):
    """Each on its own."""
    mother, wanted = course.case.people.first(), goal(course)
    words = {"words": "x", "low": "x", "high": "x"}
    evaluated = {"occasion": "end", "reached": "yes", "words": "x"}
    call = {"person": mother, "called_at": timezone.now(), "minutes": 1, "text": "x"}
    return [
        partial(actions.open_note, course),
        partial(actions.write_call, course, **call),
        partial(actions.set_goal, course, **words),
        partial(actions.rate, course, ratings=[(wanted, mother, 3)]),
        partial(actions.evaluate_goal, wanted, **evaluated),
        partial(actions.change_goal, wanted, reason="x", **words),
        partial(actions.end_goal, wanted, ending="reached", reason="x"),
        partial(actions.share, course, case=course.case),
    ]


def test_nothing_is_written_from_a_page_that_was_opened_before_the_course_was_over(client, place):
    course = counselling(place)
    by = course.practitioner
    acts = all_that_is_written(course)
    Course.objects.update(state="completed", started_on=days_ago(9), ended_on=days_ago(0))
    for act in acts:
        with pytest.raises(DomainError, match="tiltaket er «fullført»"):
            act(by=by)
    client.force_login(by)
    begin = reverse("interventions:begin_note", args=[course.case_id, course.pk])
    assert "fullført" in client.post(begin, follow=True).content.decode()
    assert not Note.objects.exists()


def test_a_draft_is_moved_to_no_course_that_is_over_and_what_is_signed_is(client, place):
    note = held(counselling(place))[1]
    over = counselling(place, practitioner=note.author)
    Course.objects.filter(pk=over.pk).update(
        state="completed", started_on=days_ago(9), ended_on=days_ago(0)
    )
    client.force_login(note.author)
    move, there = address(note, "move_note"), {"to": over.pk, "reason": "To faner."}
    assert "Du gir ikke noe annet tiltak" in client.get(move).content.decode()
    assert client.post(move, there).status_code == 200
    with pytest.raises(DomainError, match="tiltaket er «fullført»"):
        actions.move_note(note, by=note.author, to=over, reason="x")
    signed(note)
    assert client.post(move, there).status_code == 302
