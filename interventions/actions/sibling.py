"""A course of the parents is for a sibling too, or is so no longer."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.models import CourseChild
from interventions.models.planning import held_course
from tibir.audit.record import record
from tibir.core.errors import DomainError, StaleState


@transaction.atomic
def share(course, *, by, case):
    """The course is for the child of this linked case too. It is still one course."""
    course = held_course(course)
    if not rules.possible_siblings(course.case, course.service).filter(pk=case.pk).exists():
        raise DomainError(_("Bare søsken som er knyttet sammen i TIBIR, kan dele et tiltak."))
    try:
        with transaction.atomic():
            child = CourseChild.objects.create(
                course=course, case=case, started_on=timezone.localdate(), by=by
            )
    except IntegrityError:
        raise StaleState(_("Barnet er med i tiltaket fra før.")) from None
    record("course.child_added", course, by=by, child=case.pk)
    record("course.child_added", course, by=by, case=case)
    return child


@transaction.atomic
def part(child, *, by):
    """The course is not for this sibling any more."""
    rows = CourseChild.objects.current().filter(pk=child.pk)
    if not rows.update(ended_on=timezone.localdate()):
        raise StaleState(_("Barnet er tatt ut fra før."))
    record("course.child_ended", child.course, by=by, child=child.case_id)
    record("course.child_ended", child.course, by=by, case=child.case)
