"""Complaints, from the day they came until they are answered or sent on."""

from django.db import transaction
from django.utils.translation import gettext as _

from tibir.audit.record import record
from tibir.cases.models import Complaint
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due


@transaction.atomic
def complain(unit, *, by, sort, channel, received_on, complainant, about, told_on=None, case=None):
    """Somebody complains: it has a last day from the moment it came, and an owner when taken."""
    complaint = Complaint.objects.create(
        municipality_id=unit.municipality_id,
        unit=unit,
        case=case,
        sort=sort,
        channel=channel,
        received_on=received_on,
        complainant=complainant,
        about=about,
        told_on=told_on if sort in Complaint.WEEKS else None,
        due_on=Complaint.due_after(sort, received_on),
        recorded_by=by,
    )
    record("complaint.received", complaint, by=by, sort=sort)
    deadlines.begin(
        Due.COMPLAINT,
        complaint,
        by=by,
        unit=unit,
        case=case,
        on=received_on,
        due_on=complaint.due_on,
    )
    return complaint


@transaction.atomic
def answer(complaint, *, by, on, outcome, explanation):
    _end(complaint, by, on, Complaint.State.ANSWERED, outcome=outcome, explanation=explanation)


@transaction.atomic
def forward(complaint, *, by, on, to, explanation):
    """Sent on with the whole file; a complaint of the service alone is nobody else's to answer."""
    if complaint.sort == Complaint.Sort.SERVICE:
        raise DomainError(_("En serviceklage svarer vi på selv."))
    _end(complaint, by, on, Complaint.State.FORWARDED, forwarded_to=to, explanation=explanation)


@transaction.atomic
def drop(complaint, *, by, on, explanation):
    """Whoever complained does not any more."""
    _end(complaint, by, on, Complaint.State.WITHDRAWN, explanation=explanation)


def _end(complaint, by, on, state, **changes):
    complaint.move_to(state, ended_on=on, **changes)
    record(f"complaint.{state}", complaint, by=by, sort=complaint.sort)
    if state == Complaint.State.WITHDRAWN:
        deadlines.close(Due.COMPLAINT, complaint, by=by, reason="withdrawn")
    else:
        deadlines.meet(Due.COMPLAINT, complaint, by=by, on=on)
