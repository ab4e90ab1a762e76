"""Where a family lives is kept from those who must not know it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.accounts.models import Role, User
from tibir.audit.record import record
from tibir.cases.models import (
    STRICT,
    Case,
    CaseMember,
    Correction,
    Disqualification,
    Grade,
    GradeChange,
    Person,
    family_of,
    is_stricter,
    named_group,
    strictest,
)
from tibir.cases.places import without
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.family.rules.protection import ENOUGH, cleared_in
from tibir.notifications import actions as notifications


@transaction.atomic
def protect(person, case, *, by, grade, group=()):
    """Tighten, never loosen: the stricter of what was and what is said now.

    An import and a register may only come here. `group` are those who alone know of the case from
    now on, where it becomes strictly protected.
    """
    if is_stricter(grade, person.grade):
        person.grade = grade
        if grade in STRICT:
            person.address = ""
        person.save(update_fields=["grade", "address"])
        record("person.protected", person, by=by, case=case, grade=grade)
    regrade(case, by=by, group=group)


@transaction.atomic
def shelter(person, case, *, by):
    """At a crisis centre, or somewhere else for a while: kept as confidential for all of it."""
    if not person.temporary_stay:
        person.temporary_stay = True
        person.save(update_fields=["temporary_stay"])
        record("person.sheltered", person, by=by, case=case)
    regrade(case, by=by)


@transaction.atomic
def regrade(case, *, by, group=()):
    """The strictest of everybody in the family governs its case and the siblings', at once."""
    cases = _whole_family(case)
    grade = strictest([_asked_for(cases), *(each.grade for each in cases)])
    tightened = [each for each in cases if is_stricter(grade, each.grade)]
    for each in tightened:
        _set(each, grade, by=by)
    case.grade = grade
    if grade in STRICT:
        _hide(cases, tightened, by=by, group=group)


@transaction.atomic
def loosen(case, *, by, grade, reason):
    """Nobody in this case needs more than this any more. What a sibling needs still governs.

    What was cut does not come back, and what was sealed stays sealed.
    """
    if not is_stricter(case.grade, grade):
        raise DomainError(_("Velg en mildere adressesperre enn den som gjelder nå."))
    cases = _whole_family(case)
    for person in Person.objects.in_cases([case.pk]):
        if is_stricter(person.governing_grade, grade):
            person.grade = min(person.grade, grade, key=Grade.values.index)
            person.temporary_stay = person.temporary_stay and grade != Grade.OPEN
            person.save(update_fields=["grade", "temporary_stay"])
            record("person.loosened", person, by=by, case=case, grade=person.grade)
    left = _asked_for(cases)
    if not is_stricter(case.grade, left):
        raise DomainError(_("Et søsken har en strengere sperre. Den gjelder for hele familien."))
    for each in cases:
        if is_stricter(each.grade, left):
            _set(each, left, by=by, reason=reason, is_looser=True)
            if left not in STRICT:
                _ask_for_no_group(each, by)
    case.grade = left


@transaction.atomic
def join_group(case, *, by, people):
    """More of those who are cleared know of the family from now on."""
    for each in _whole_family(case):
        _let_in(each, people, by)
        look_after_group(each, by=by)


@transaction.atomic
def look_after_group(case, *, by):
    """Fewer than two who are cleared is a task until they are two again."""
    if not case.is_strict or case.state == Case.State.MERGED:
        return
    today = timezone.localdate()
    size = named_group(case).count()
    if size >= ENOUGH:
        deadlines.meet(Due.NAMED_GROUP, case, by=by, on=today)
        return
    deadlines.begin(Due.NAMED_GROUP, case, by=by, unit=case.unit, case=case, on=today)
    if not size:
        # Nobody at all may know of it, so that only somebody outside can see to it.
        notifications.alarm(f"named group {case.pk} {today}", by=by)


@transaction.atomic
def look_through(case, *, by):
    """Somebody has to read what was written freely: no program knows what tells where they are."""
    today = timezone.localdate()
    deadlines.begin(Due.SHIELDED, case, by=by, unit=case.unit, case=case, on=today)


# --- The whole family -----------------------------------------------------------------------


def _whole_family(case):
    """Held in the same order by everybody, so that two who tighten at once wait."""
    return list(Case.objects.select_for_update().filter(pk__in=family_of(case)).order_by("pk"))


def _asked_for(cases):
    people = Person.objects.in_cases([each.pk for each in cases]).only("grade", "temporary_stay")
    return strictest([person.governing_grade for person in people])


def _set(case, grade, *, by, reason="", is_looser=False):
    user = by if by.actor_kind == User.actor_kind else None
    GradeChange.objects.create(
        case=case, was=case.grade, becomes=grade, is_looser=is_looser, reason=reason, by=user
    )
    verb = "case.loosened" if is_looser else "case.protected"
    record(verb, case, by=by, grade=grade, was=case.grade)
    case.grade = grade
    case.save(update_fields=["grade"])


# --- Strict protection ----------------------------------------------------------------------


def _hide(cases, tightened, *, by, group):
    """All that could tell where they are, in the same transaction as the grade."""
    pks = [case.pk for case in cases]
    # Also without a new grade: a person may have been added, or another referral have joined.
    for person in Person.objects.in_cases(pks).exclude(address=""):
        person.address = ""
        person.save(update_fields=["address"])
        record("person.address_cut", person, by=by, case=cases[0])
    _forget_corrected(pks)
    for case in cases:
        case.reports.exclude(address="").update(address="")  # of a room above, as what was sent
    receipts = [receipt for case in cases for receipt in _cut_what_was_sent(case, by)]
    documents.hide([case.pk for case in tightened], by=by, receipts=receipts)
    notifications.hide(pks, by=by)
    known = _group_of(cases, group)
    for case in tightened:
        _let_in(case, known, by)
        _take_from_others(case, by)
        look_through(case, by=by)
        look_after_group(case, by=by)


def _forget_corrected(pks):
    """An address that was put right once is an address too; that it was put right stays."""
    corrections = Correction.objects.filter(person__in=Person.objects.in_cases(pks))
    for correction in corrections:
        if correction.was.pop("address", None) is not None:
            correction.save(update_fields=["was"])


def _cut_what_was_sent(case, by):
    """The raw copy loses what it says of where they are. The ids of its receipts.

    What was sent stands in a room above this one and is reached from its case: hiding a family
    must be whole in one place, whoever asks for it.
    """
    for referral in case.referrals.select_related("submission").order_by("pk"):
        submission, cut = referral.submission, without(referral.submission.answers)
        if cut != submission.answers:
            submission.answers = cut
            submission.save(update_fields=["answers"])
            record("submission.address_cut", submission, by=by, case=case)
        if submission.receipt_id:
            yield submission.receipt_id


def _group_of(cases, chosen):
    """Those who were chosen, and those who are cleared for a sibling; else all who can be."""
    known = {user for case in cases for user in named_group(case)} | set(chosen)
    return known or set(cleared_in(cases[0].municipality_id))


def _let_in(case, people, by):
    kept_out = Disqualification.objects.current().filter(case=case).values("user")
    for user in User.objects.filter(pk__in=[u.pk for u in people]).exclude(pk__in=kept_out):
        if not CaseMember.objects.current().filter(case=case, user=user).exists():
            member = CaseMember.objects.create(
                case=case, user=user, role=Role.CLEARED, started_on=timezone.localdate()
            )
            record("case.member_cleared", member, by=by, case=case, user=user.pk)


def _take_from_others(case, by):
    """What those had who know of it no more is nobody's, until one of the group takes it."""
    group = named_group(case).values("pk")
    mine = Deadline.objects.filter(case=case, owner__isnull=False).exclude(owner__in=group)
    taken = mine.update(owner=None)
    taken += case.referrals.exclude(owner=None).exclude(owner__in=group).update(owner=None)
    if case.responsible_id and not named_group(case).filter(pk=case.responsible_id).exists():
        case.responsible = None
        case.save(update_fields=["responsible"])
    record("case.taken_from_others", case, by=by, rows=taken)


def _ask_for_no_group(case, by):
    for kind in (Due.NAMED_GROUP, Due.SHIELDED):
        deadlines.close(kind, case, by=by, reason="loosened")
