"""Who says yes to more meetings, and what is said of how many there are."""

from django.db.models import Q
from django.utils.translation import gettext as _

from tibir.access.roles import Kind, sees
from tibir.accounts.models import Membership, Role, Unit, User
from tibir.cases.models import Disqualification, named_group

ANSWERS = [Role.COORDINATOR, Role.LEADER]


def possible_answerers(course, unit, asked_by=None):
    """Coordinators and leaders of the unit who do not give the course and are not disqualified.
    Under strict protection the rest of the named group."""
    if course.case.is_strict:
        found = named_group(course.case)
    else:
        kept_out = Disqualification.objects.current().filter(case=course.case)
        held = Membership.objects.current().filter(
            Q(unit=unit) | Q(municipality=unit.municipality_id), role__in=ANSWERS
        )
        found = User.objects.filter(pk__in=held.values("user"), is_active=True)
        found = found.exclude(pk__in=kept_out.values("user"))
    out = {course.practitioner_id, course.supervisor_id, asked_by and asked_by.pk} - {None}
    return found.exclude(pk__in=out).order_by("name", "pk")


def answering_unit(course, asked_by):
    """The course's own unit, or the case's; another where nobody else is in either. With nobody
    anywhere it waits in its own."""
    own = [course.unit, course.case.unit]
    others = Unit.objects.filter(municipality=course.unit.municipality_id).order_by("name")
    for unit in [*own, *others.exclude(pk__in=[each.pk for each in own])]:
        if possible_answerers(course, unit, asked_by).exists():
            return unit
    return course.unit


def may_answer_extension(user, asked) -> bool:
    """Somebody else than who asks and who gives it: of the unit that was asked."""
    unit = answering_unit(asked.course, asked.asked_by)
    return possible_answerers(asked.course, unit, asked.asked_by).filter(pk=user.pk).exists()


def knows_family(user, course) -> bool:
    """Whether the page may say whom it is about: in the course's unit or the case's."""
    units = {course.unit_id, course.case.unit_id}
    return course.case.is_strict or any(sees(user, Kind.COURSE, unit) for unit in units)


def numbers(course, held, planned):
    """What is said of how many meetings there are: `held` with a number, `planned` ahead."""
    service, most = course.service, course.most_meetings
    count = held + planned
    if count > most:
        yield _("Det er flere møter enn tiltaket har. Be om flere møter.")
    elif count == most and most > 1:
        yield _("Det er ikke plass til flere møter. Trengs det flere, må noen andre si ja.")
    if service.milestone_above is not None and held > service.milestone_above:
        yield _("Over %(many)d møter: evaluer sammen med familien før dere går videre.") % {
            "many": service.milestone_above
        }
    if service.reason_above is not None and held > service.reason_above:
        yield _("Over %(many)d møter: skriv i notatet hvorfor det trengs flere.") % {
            "many": service.reason_above
        }
    elif service.warn_above is not None and held > service.warn_above:
        yield _("Over %(many)d møter, som er det vanlige. Snakk om når dere skal avslutte.") % {
            "many": service.warn_above
        }
