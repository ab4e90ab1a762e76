"""What was said of a child goes where the child's case is."""

from django.db import transaction

from tibir.cases.models import ChildView, Complaint, ConsentDecision, DutyReport
from tibir.family.actions.consent import settle


@transaction.atomic
def follow(opened, into, *, by):
    """The people have moved to the other case; so does what stands in this one by itself."""
    for model in (ChildView, ConsentDecision, DutyReport):
        model.objects.filter(case=opened).update(case=into)
    Complaint.objects.filter(case=opened).update(case=into, unit=into.unit)
    settle(into, by=by)
