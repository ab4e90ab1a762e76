"""Who signs what is written of a meeting, who signs it too, and what is done in which state."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from interventions import actions, rules
from interventions.models import (
    Course,
    Note,
)
from interventions.rules.ending import notes_are_signed
from interventions.states import NoteState
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory
from tests.interventions.journals import counselling, counsellor, joins, sign
from tests.interventions.screenings import held, qualify
from tibir.accounts.models import Membership
from tibir.calendar.holidays import working_days_after
from tibir.calendar.oslo import start_of
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.deadlines.sweep import tell
from tibir.notifications import schedule
from tibir.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def course(place):
    return counselling(place)


@pytest.fixture
def supervisor(place):
    return counsellor(place.intake_unit)


@pytest.fixture
def trained(place, supervisor):
    """A course given by somebody in training, where notes are signed by two."""
    place.intake_unit.requires_cosigning = True
    place.intake_unit.save()
    return counselling(place, supervisor=supervisor)


def test_whoever_it_is_written_for_signs_it_and_nobody_else(course, supervisor):
    course.supervisor = supervisor
    course.save()
    joins(course.case, supervisor)
    note = actions.open_note(course, by=supervisor)
    actions.write_for(note, by=supervisor, user=course.practitioner)
    note.refresh_from_db()
    clock = Deadline.objects.get(kind=Due.NOTE)
    assert clock.owner == course.practitioner
    with pytest.raises(DomainError, match="skal signere"):
        sign(note, by=supervisor)
    with pytest.raises(DomainError, match="gir ikke"):
        actions.write_for(note, by=supervisor, user=UserFactory())
    for user in (supervisor, course.practitioner):
        assert rules.may_write(user, note)
    assert sign(note).signed_by == course.practitioner
    with pytest.raises(StaleState):
        actions.write_for(note, by=supervisor)


def test_what_somebody_in_training_signs_waits_for_a_qualified_colleague(trained, supervisor):
    _meeting, note = held(trained)
    sign(note)
    assert (note.state, note.awaits_cosigning, note.cosigner) == ("signed", True, supervisor)
    assert trained.notes.unsigned().get() == note
    clock = Deadline.objects.get(kind=Due.COSIGN)
    assert (clock.owner, clock.is_open) == (supervisor, True)
    assert Notification.objects.filter(user=supervisor, kind="task").exists()
    actions.cosign(note, by=supervisor)
    note.refresh_from_db()
    assert (note.cosigned_by, note.awaits_cosigning) == (supervisor, False)
    assert not trained.notes.unsigned().exists()
    clock.refresh_from_db()
    assert clock.met_on is not None
    with pytest.raises(StaleState):
        actions.cosign(note, by=supervisor)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Note.objects.update(cosigned_by=trained.practitioner)


def who_may_cosign(place, course):
    """(who, whether)"""
    unit = place.intake_unit
    colleague, stranger = counsellor(unit), counsellor(unit)
    joins(course.case, colleague)
    other = UserFactory(practises_in=unit, works_with=course.case)
    former = UserFactory(practises_in=unit, works_with=course.case)
    qualify(former, "counsellor", end=timezone.localdate() - timedelta(days=1))
    yield course.supervisor, True
    yield colleague, True
    yield stranger, False
    yield other, False
    yield former, False
    yield course.practitioner, False


def test_only_somebody_qualified_who_works_with_the_family_signs_it_too(trained, place):
    note = sign(held(trained)[1])
    for user, may in who_may_cosign(place, trained):
        assert rules.may_cosign(user, note, timezone.localdate()) == may
        if may:
            assert actions.ask_to_cosign(note, by=trained.practitioner, user=user).cosigner == user
            assert Note.objects.visible_to(user).exists()
            continue
        with pytest.raises(DomainError, match="ferdig opplært"):
            actions.cosign(note, by=user)
        with pytest.raises(DatabaseError), transaction.atomic():
            Note.objects.update(cosigned_by=user, cosigned_at=timezone.now())


@pytest.mark.parametrize(
    ("asks", "is_trainee", "waits"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_a_second_signature_is_asked_for_where_the_unit_says_so(
    place, supervisor, asks, is_trainee, waits
):
    place.intake_unit.requires_cosigning = asks
    place.intake_unit.save()
    course = counselling(place, supervisor=supervisor if is_trainee else None)
    assert sign(held(course)[1]).awaits_cosigning == waits
    assert Deadline.objects.filter(kind=Due.COSIGN).exists() == waits


def test_in_a_course_of_another_unit_those_who_work_there_sign_too(trained, supervisor):
    here = trained.unit
    elsewhere = UnitFactory(municipality=here.municipality, requires_cosigning=True)
    Membership.objects.filter(unit=here).update(unit=elsewhere)
    Course.objects.filter(pk=trained.pk).update(unit=elsewhere)
    trained.refresh_from_db()
    note = sign(held(trained)[1])
    assert note.cosigner == supervisor
    actions.cosign(note, by=supervisor)
    assert not trained.notes.unsigned().exists()


def test_without_a_colleague_who_can_those_who_watch_over_the_unit_are_told(
    client, trained, supervisor
):
    trained.case.members.filter(user=supervisor).update(ended_on="2021-01-01")
    note = sign(held(trained)[1])
    assert note.cosigner is None
    assert Deadline.objects.get(kind=Due.COSIGN).owner is None
    client.force_login(trained.practitioner)
    assert "Be noen om å medsignere" in client.get(trained.get_absolute_url()).content.decode()
    ask = reverse("interventions:ask_to_cosign", args=[trained.case_id, note.pk])
    assert "Be koordinatoren om å ta inn" in client.get(ask).content.decode()


def test_whoever_is_to_sign_too_is_led_there_and_the_ending_waits_for_it(client, trained):
    sign(held(trained)[1])
    client.force_login(trained.supervisor)
    assert "Les og medsigner notatet." in client.get(trained.get_absolute_url()).content.decode()
    check = notes_are_signed(trained)
    assert (check.is_blocked, "skal medsigneres" in check.what) == (True, True)


def test_whoever_has_not_signed_is_told_after_three_working_days_and_each_day_on(
    course, mailoutbox, time_machine
):
    _meeting, note = held(course, days=0, hour=0, minutes=1)
    clock = Deadline.objects.get(kind=Due.NOTE)
    assert clock.due_on == working_days_after(timezone.localdate(), 3)
    told = Notification.objects.filter(user=note.author, target_id=clock.pk)
    tell(clock.due_on - timedelta(days=1))
    assert not told.exists()
    tell(clock.due_on)
    assert [each.stage for each in told] == ["unsigned"]
    time_machine.move_to(start_of(clock.due_on) + timedelta(hours=12, minutes=30))
    schedule.tick()
    assert [note.author.email] in [each.to for each in mailoutbox]
    tell(working_days_after(clock.due_on, 1))
    assert told.all().count() == 2
    sign(note)
    tell(working_days_after(clock.due_on, 2))
    assert told.all().count() == 2


# --- Every state × action × role --------------------------------------------------------------

SIGNED, DRAFT, WAITING, DONE = "signed", "draft", "waits for a second", "signed by two"
ROLES = ["author", "for", "supervisor", "coordinator", "leader", "member", "stranger"]
ALL = set(ROLES)
# Who may do it in each state, and what becomes of the note.
TABLE = {
    "write": {DRAFT: {"author", "for"}},
    "sign": {DRAFT: {"for"}},
    "write for another": {DRAFT: {"author"}},
    "move": {key: {"author", "for", "supervisor"} for key in [DRAFT, SIGNED, WAITING, DONE]},
    "add": {key: {"author", "for", "supervisor"} for key in [SIGNED, WAITING, DONE]},
    "cosign": {WAITING: {"author", "supervisor"}},
    "ask another": {WAITING: {"for", "supervisor"}},
}  # fmt: skip


def in_state(state, place, supervisor):
    """A note by somebody who gave the course before, on behalf of who gives it now."""
    unit = place.intake_unit
    unit.requires_cosigning = state in (WAITING, DONE)
    unit.save()
    course = counselling(place, supervisor=supervisor)
    author = counsellor(unit)
    joins(course.case, author)
    note = actions.open_note(course, by=author)
    actions.write_for(note, by=author, user=course.practitioner)
    note = Note.objects.get(pk=note.pk)
    if state != DRAFT:
        sign(note)
    if state == DONE:
        actions.cosign(note, by=supervisor)
    people = {
        "author": author,
        "for": course.practitioner,
        "supervisor": supervisor,
        "coordinator": UserFactory(coordinates=unit),
        "leader": UserFactory(leads=unit),
        "member": UserFactory(practises_in=unit, works_with=course.case),
        "stranger": UserFactory(practises_in=unit),
    }
    return Note.objects.get(pk=note.pk), people


MAY = {
    "write": lambda user, note: not note.is_signed and rules.may_write(user, note),
    "sign": lambda user, note: not note.is_signed and rules.may_sign(user, note),
    "write for another": rules.may_write_for,
    "move": rules.may_move,
    "add": lambda user, note: note.is_signed and rules.may_add(user, note),
    "cosign": lambda user, note: rules.may_cosign(user, note, timezone.localdate()),
    "ask another": rules.may_ask_cosigner,
}


@pytest.mark.parametrize("state", [DRAFT, SIGNED, WAITING, DONE])
def test_every_state_and_action_has_its_roles(place, supervisor, state):
    note, people = in_state(state, place, supervisor)
    seen = {role for role, user in people.items() if Note.objects.visible_to(user).exists()}
    assert seen == {"author", "for", "supervisor"}
    for action, may in MAY.items():
        got = {role for role, user in people.items() if may(user, note)}
        assert got == TABLE[action].get(state, set()), action


@pytest.mark.parametrize("state", [SIGNED, WAITING, DONE])
def test_what_is_signed_is_refused_as_a_draft(place, supervisor, state):
    note, people = in_state(state, place, supervisor)
    by = people["for"]
    for act in (
        lambda: actions.save_note(note, by=by, version=note.version, internal="x"),
        lambda: actions.sign(note, by=by, version=note.version, internal="x"),
        lambda: actions.write_for(note, by=by),
    ):
        with pytest.raises(StaleState):
            act()
    assert Note.objects.get(pk=note.pk).state == NoteState.SIGNED
