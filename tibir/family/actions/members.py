"""Who works with a family, who answers for the case, and which unit has it."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.accounts.models import User
from tibir.audit.record import record
from tibir.cases.models import Case, CaseChange, CaseMember, CasePerson
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.models import Deadline
from tibir.documents import actions as documents
from tibir.family import rules
from tibir.family.actions.merge import follow
from tibir.family.actions.protection import look_after_group, look_through, protect
from tibir.family.actions.siblings import carry_over
from tibir.notifications.models import Notification

ONE_DAY = timedelta(days=1)


@transaction.atomic
def add_member(case, *, by, user, role, reason, started_on=None, unit=None, wider_basis=""):
    """Somebody works with the family from this day, and knows of the case from then on.

    Through a course of another `unit` one sees services, dates and contacts; `wider_basis` is the
    consent or the law that lets one see more.
    """
    if not rules.possible_members(case, unit).filter(pk=user.pk).exists():
        raise DomainError(_("%(name)s kan ikke arbeide med denne saken.") % {"name": user})
    try:
        with transaction.atomic():
            member = CaseMember.objects.create(
                case=case,
                user=user,
                role=role,
                reason=reason,
                started_on=started_on or timezone.localdate(),
                unit=unit,
                wider_basis=wider_basis,
            )
    except IntegrityError:
        raise DomainError(_("%(name)s arbeider med saken allerede.") % {"name": user}) from None
    through = {"unit": unit.pk, "sees_more": bool(wider_basis)} if unit else {}
    record("case.member_added", case, by=by, user=user.pk, role=role, **through)
    look_after_group(case, by=by)
    return member


@transaction.atomic
def end_member(member, *, by, reason, last_day=None):
    """From the day after the last one; at once when there is none."""
    member.ended_on = last_day or timezone.localdate() - ONE_DAY
    if member.started_on > member.ended_on + ONE_DAY:  # was to begin on a day to come
        member.ended_on = member.started_on - ONE_DAY
    member.end_reason = reason
    member.save(update_fields=["ended_on", "end_reason"])
    record("case.member_ended", member.case, by=by, user=member.user_id)
    look_after_group(member.case, by=by)
    if last_day is None and member.case.responsible_id == member.user_id:
        _make_responsible(member.case, None, by, str(member.user))


@transaction.atomic
def entrust(case, *, by, to):
    """One person answers for the case; whoever had it before does no longer."""
    case = _held(case)
    before = str(case.responsible or "")
    _make_responsible(case, to, by, before)


def _make_responsible(case, to, by, before):
    Case.objects.filter(pk=case.pk).update(responsible=to)
    case.responsible = to
    _note(case, CaseChange.Kind.ENTRUSTED, by, was=before, becomes=str(to or ""))
    record("case.entrusted", case, by=by, to=to.pk if to else None)


@transaction.atomic
def close(case, *, by, reason):
    """Nothing more is to be done. What is still due must be finished first."""
    case = _held(case)
    if Deadline.objects.filter(case=case).open().exists():
        raise DomainError(_("Saken har frister som ikke er ferdige. Gjør dem ferdige først."))
    if case.courses.open().exists():
        raise DomainError(_("Et tiltak i saken er ikke avsluttet. Avslutt det først."))
    case.move_to(Case.State.CLOSED, closed_on=timezone.localdate())
    _note(case, CaseChange.Kind.CLOSED, by, reason=reason)
    record("case.closed", case, by=by)


@transaction.atomic
def reopen(case, *, by, reason):
    case = _held(case)
    case.move_to(Case.State.OPEN, closed_on=None)
    _note(case, CaseChange.Kind.REOPENED, by, reason=reason)
    record("case.reopened", case, by=by)


@transaction.atomic
def merge(opened, *, into, by):
    """The child has a case already: all of it moves there, and the opened one points to it.

    What the log says of the opened case stays where it was written. Deadlines, papers and people
    go along; a referral is moved by whoever has it.
    """
    into = _held(into)
    Deadline.objects.filter(case=opened).update(case=into, unit=into.unit)
    CasePerson.objects.filter(case=opened).update(case=into)
    Notification.objects.filter(case=opened).update(case=into)
    documents.move(opened, by=by, into=into, unit=into.unit)
    there = CaseMember.objects.filter(case=into, ended_on=None).values("user")
    CaseMember.objects.filter(case=opened).exclude(user__in=there).update(case=into)
    opened.move_to(Case.State.MERGED, merged_into=into, closed_on=None)
    # From here on they are one family: what hides the one hides all that came with the other.
    protect(into.child, into, by=by, grade=opened.grade)
    if into.is_strict:
        look_through(into, by=by)  # what came with the other has been read by nobody
    carry_over(opened, into, by=by)
    follow(opened, into, by=by)
    _note(opened, CaseChange.Kind.MERGED, by, becomes=str(into.pk))
    record("case.merged", opened, by=by, into=into.pk)
    record("case.joined", into, by=by, other=opened.pk)
    if into.state == Case.State.CLOSED:
        into.move_to(Case.State.OPEN, closed_on=None)
        _note(into, CaseChange.Kind.REFERRED, by)
        record("case.reopened", into, by=by)


@transaction.atomic
def move(case, *, by, unit, reason):
    """Another unit has the case from now on, with all that is due in it and all its papers.

    Who does not work there works with the case no longer. Returns those who were taken out.
    """
    case = _held(case)
    if unit.municipality_id != case.municipality_id or unit.pk == case.unit_id:
        raise DomainError(_("Velg en annen enhet i kommunen."))
    before = case.unit
    Case.objects.filter(pk=case.pk).update(unit=unit)
    case.unit = unit
    keepers = rules.possible_members(case)
    deadlines.move(case, by=by, unit=unit, keepers=keepers)
    documents.move(case, by=by, unit=unit)
    left = list(rules.left_behind(case))
    for member in left:
        end_member(member, by=by, reason=reason[:200])
    responsible = case.responsible_id
    if responsible and not User.objects.filter(pk=responsible, pk__in=keepers).exists():
        _make_responsible(case, None, by, str(case.responsible))
    _note(case, CaseChange.Kind.MOVED, by, was=before.name, becomes=unit.name, reason=reason)
    record("case.moved", case, by=by, was=before.pk, unit=unit.pk)
    return left


def _held(case):
    """Locked, and as it is now."""
    found = Case.objects.select_for_update(of=["self"])
    return found.select_related("unit", "responsible", "child").get(pk=case.pk)


def _note(case, kind, by, **said):
    user = by if isinstance(by, User) else None
    CaseChange.objects.create(case=case, kind=kind, by=user, **said)
