"""Nobody hears nothing for three weeks: from the last contact there is a day for the next one."""

from django.db import transaction

from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline


@transaction.atomic
def ask_for_contact(course, *, by, since):
    """`since` is the day of the last contact; the three weeks are counted from it."""
    about = {"unit": course.unit, "case": course.case, "owner": course.practitioner}
    return deadlines.begin(Due.CONTACT, course, by=by, on=since, **about)


@transaction.atomic(savepoint=False)
def been_in_touch(course, *, by, on):
    """The family was met or called that day. What was written down late is not a later contact."""
    asked = Deadline.objects.about(course, Due.CONTACT).open().filter(begun_on__lt=on)
    if asked.exists():
        deadlines.meet(Due.CONTACT, course, by=by, on=on)
