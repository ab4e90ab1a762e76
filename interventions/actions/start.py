"""A course begins, rests and goes on; and before that, it waits, is offered and accepted."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import rules
from interventions.actions.measure import plan_measures
from interventions.models import Course, Pause
from interventions.states import NOT_BEGUN, CourseState
from tibir.audit.record import record
from tibir.core.dates import long_date
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message


@transaction.atomic
def waitlist(course, *, by):
    """It is to be given, and nobody has time for it yet: it waits in line."""
    course = Course.objects.held(course.pk)
    course.move_to(CourseState.WAITLISTED)
    deadlines.close(Due.FIRST_MEETING, course, by=by, reason="waitlisted")
    record("course.waitlisted", course, by=by)


@transaction.atomic
def offer(course, *, by):
    """The family is offered a place, and has not answered."""
    course = Course.objects.held(course.pk)
    course.move_to(CourseState.OFFERED)
    record("course.offered", course, by=by)


@transaction.atomic
def accept(course, *, by, on):
    """The family says yes to it. From now on something may go beside it."""
    course = Course.objects.held(course.pk)
    _require_state(course, *NOT_BEGUN)
    _require_day(on, course.planned_on, _("Tiltaket ble planlagt %(day)s. Se over datoen."))
    course.accepted_on = on
    course.save(update_fields=["accepted_on"])
    record("course.accepted", course, by=by)


@transaction.atomic
def start(course, *, by, on, beside=None):
    """It has begun. `beside` is what the parents are given meanwhile, where nobody has said so."""
    course = Course.objects.held(course.pk)
    _require_no_screening(course)
    _require_day(on, course.planned_on, _("Tiltaket ble planlagt %(day)s. Se over datoen."))
    if beside is not None and beside.pk != course.beside_id:
        possible = rules.possible_beside(course.case, course.service)
        if not possible.filter(pk=beside.pk).exists():
            raise DomainError(
                _("Velg et tiltak som foreldrene til dette barnet har, eller skal ha.")
            )
        course.beside = beside
        course.save(update_fields=["beside"])
    begin(course, by=by, on=on)
    return course


@transaction.atomic
def begin(course, *, by, on):
    """By the first meeting, or because somebody says so: nothing that it needs is lacking."""
    _require_state(course, CourseState.PLANNED, CourseState.OFFERED)
    if not course.is_screening:
        if course.beside_id:
            course.beside = Course.objects.held(course.beside_id)
        # Both then and now: the database asks as of its first day, and nobody begins late what has
        # been stopped since.
        days = dict.fromkeys([on, timezone.localdate()])
        lacking = dict.fromkeys(str(each) for day in days for each in rules.lacking(course, day))
        if lacking:
            raise DomainError(" ".join(lacking))
    course.move_to(CourseState.RUNNING, started_on=on)
    deadlines.meet(Due.FIRST_MEETING, course, by=by, on=timezone.localdate())
    record("course.begun", course, by=by)
    plan_measures(course, by=by)


@transaction.atomic
def pause(course, *, by, on, reason):
    """It rests, and why. What is agreed stands until somebody moves it."""
    course = Course.objects.held(course.pk)
    _require_no_screening(course)
    _require_state(course, CourseState.RUNNING)
    _require_day(on, course.started_on, _("Tiltaket begynte %(day)s. Se over datoen."))
    _require_day(on, course.went_on_from, _("Tiltaket gikk videre %(day)s. Se over datoen."))
    course.move_to(CourseState.PAUSED)
    Pause.objects.create(course=course, started_on=on, reason=reason, by=by)
    deadlines.close(Due.CONTACT, course, by=by, reason="paused")
    record("course.paused", course, by=by)
    ask_of_parallels(course, by=by)


@transaction.atomic
def resume(course, *, by, on):
    """It goes on after a pause; so does what goes beside it."""
    course = Course.objects.held(course.pk)
    _require_state(course, CourseState.PAUSED)
    rest = course.pauses.running().first()
    if rest:
        _require_day(on, rest.started_on, _("Pausen begynte %(day)s. Se over datoen."))
    course.move_to(CourseState.RUNNING)
    course.pauses.running().update(ended_on=on)
    for parallel in course.parallels.open():
        deadlines.close(Due.PARALLEL, parallel, by=by, reason="resumed")
    record("course.resumed", course, by=by)


@transaction.atomic(savepoint=False)
def ask_of_parallels(course, *, by):
    """What goes beside it has lost what it rests on."""
    parallels = course.parallels.open().select_related("unit", "case", "practitioner")
    for each in parallels.order_by("pk"):
        ask_whether_it_goes_on(each, by=by)


@transaction.atomic(savepoint=False)
def ask_whether_it_goes_on(course, *, by):
    """Nothing is given beside it: whoever gives it decides within five working days."""
    about = {"unit": course.unit, "case": course.case, "owner": course.practitioner}
    task = deadlines.begin(Due.PARALLEL, course, by=by, on=timezone.localdate(), **about)
    if course.practitioner != by:
        told = {"user": course.practitioner, "stage": f"parallel-{task.round}"}
        notifications.tell(Message.TASK, task, by=by, **told)


def _require_state(course, *states):
    if course.state not in states:
        raise DomainError(
            _("Det går ikke: tiltaket er «%(state)s».") % {"state": course.get_state_display()}
        )


def _require_day(day, earliest, why):
    if day < earliest:
        raise DomainError(why % {"day": long_date(earliest)})
    if day > timezone.localdate():
        raise DomainError(_("Datoen er ikke kommet ennå. Se over den."))


def _require_no_screening(course):
    if course.is_screening:
        raise DomainError(_("En kartlegging begynner med det første møtet, og har ingen pause."))
