"""Which unit has a case, and so its referrals and its courses."""

from django.db import transaction
from django.utils import timezone

from interventions import rules
from interventions.models import Course
from referrals import actions as referrals
from tibir.audit.record import record
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due


@transaction.atomic
def move(case, *, by, unit, reason):
    """The case gets another unit, with all that is in it. Who gives a course and works there too
    goes on; else somebody there must take it. What a third unit gives, it gives still. Returns the
    members who were taken out."""
    before = case.unit_id
    left = referrals.move(case, by=by, unit=unit, reason=reason)
    case.refresh_from_db()
    today = timezone.localdate()
    open_now = Course.objects.open().filter(case=case, unit=before).select_related("service")
    for course in open_now.select_for_update(of=["self"]).order_by("pk"):
        possible = rules.possible_practitioners(case, course.service, today)
        if possible.filter(pk=course.practitioner_id).exists():
            course.unit, course.assigned_on = unit, today
            course.save(update_fields=["unit", "assigned_on"])
            record("course.moved", course, by=by, unit=unit.pk)
        else:
            about = {"unit": unit, "case": case, "on": today}
            deadlines.begin(Due.NEW_PRACTITIONER, course, by=by, **about)
    return left
