"""Who may give a course, who plans it, and who writes of it."""

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from interventions.kinds import FAMILY_KINDS, ServiceKind
from interventions.models.course import Course, journal_of
from tibir.access.roles import Kind, roles_of, sees, units_where
from tibir.accounts.models import Membership, Qualification, Unit, User
from tibir.cases.models import STRICT, Case, CaseLink, CaseMember, Disqualification
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.family.rules.access import reading_basis
from tibir.family.rules.people import WORKS_WITH_FAMILIES, possible_members


def may_list(user) -> bool:
    """Those who may give a course, and those who watch over the courses of a unit."""
    return bool(roles_of(user) & {*WORKS_WITH_FAMILIES} or units_where(user, Kind.COURSE))


def may_plan(user, case) -> bool:
    """Say who gives a course to the family: the coordinator; of a case under strict protection,
    the named group."""
    return case.is_strict or sees(user, Kind.ASSESSMENT, case.unit_id)


def may_work(user, course) -> bool:
    """Meet the family and write of it: whoever gives the course, and who supervises them."""
    return course.is_given_by(user)


def may_end(user, course) -> bool:
    return may_work(user, course) or may_plan(user, course.case)


def basis(user, case) -> str:
    """On what ground somebody sees the courses of a case, as the log says it."""
    return reading_basis(user, case, Kind.COURSE)


def may_read_journal(user, course) -> bool:
    """What is written of it: as `journal_of` says of rows."""
    return Course.objects.filter(*journal_of(user, ""), pk=course.pk).exists()


def journal_basis(user, course) -> str:
    """On what ground somebody reads what is written of a course."""
    if may_work(user, course):
        return "member"
    return "profile" if sees(user, Kind.JOURNAL, course.unit_id) else "leader"


def possible_practitioners(case, service, day, unit=None):
    """Those who may be given the course on that day: qualified, or in training with a supervisor
    who is not disqualified; at work in the unit, and not disqualified themselves. Beside each
    stands how many open courses they have, wherever that is; none under strict protection."""
    held = Qualification.objects.on(day).filter(user=OuterRef("pk"), kind=service.qualification)
    kept_out = _kept_out(case, OuterRef("supervisor"))
    sound = held.filter(Q(status=Qualification.Status.QUALIFIED) | ~Exists(kept_out))
    found = possible_members(case, unit).filter(Exists(sound))
    load = Course.objects.open().filter(practitioner=OuterRef("pk"))
    load = load.exclude(case__grade__in=STRICT).order_by().values("practitioner")
    return found.annotate(
        trained_by=Subquery(sound.values("supervisor__name")[:1]),
        open_count=Coalesce(Subquery(load.annotate(count=Count("pk")).values("count")), 0),
    )


def why_not(case, service, practitioner, day, unit):
    """Why somebody is not given the service there on that day; nothing when they may be."""
    if possible_practitioners(case, service, day, unit).filter(pk=practitioner.pk).exists():
        return ""
    return _(
        "%(name)s kan ikke gi dette tiltaket: opplæringen mangler, eller hun eller han arbeider "
        "ikke i enheten eller er inhabil."
    ) % {"name": practitioner}


def unit_of(course):
    """The unit whose people may be given the course now: its own; or where somebody is waited
    for, which is another one when the case has got another since."""
    waits = Deadline.objects.about(course, Due.NEW_PRACTITIONER).open().select_related("unit")
    task = waits.first()
    return task.unit if task else course.unit


def unit_again(course):
    """The unit whose people go on with a course that was over: its own; that of the case when the
    case has got another meanwhile. What another unit gave, it gives still."""
    came_through = CaseMember.objects.filter(
        case=course.case_id, user=course.practitioner_id, unit=course.unit_id
    )
    return course.unit if came_through.exists() else course.case.unit


def units_that_give(case, service, day):
    """Units of the municipality where somebody is trained in it; the case's own comes first."""
    held = Qualification.objects.on(day).filter(kind=service.qualification)
    works = Membership.objects.current().filter(
        unit=OuterRef("pk"), role__in=WORKS_WITH_FAMILIES, user__in=held.values("user")
    )
    units = Unit.objects.filter(municipality=case.municipality_id)
    units = units.filter(Exists(works) | Q(pk=case.unit_id)).order_by("name")
    return sorted(units, key=lambda unit: unit.pk != case.unit_id)


def possible_beside(case, service):
    """What the parents of this child are given, or are to be, beside which this may be given."""
    if not service.needs_family_course:
        return Course.objects.none()
    return Course.objects.for_child(case).of_parents(service).open().order_by("pk")


def possible_siblings(case, service):
    """The cases of linked siblings, for a course of the parents."""
    if service.kind not in (*FAMILY_KINDS, ServiceKind.PARENT_GROUP):
        return Case.objects.none()
    links = CaseLink.objects.current().of(case).values_list("case", "other")
    others = {pk for pair in links for pk in pair} - {case.pk}
    return Case.objects.filter(pk__in=others, state=Case.State.OPEN).order_by("pk")


def _kept_out(case, user):
    return Disqualification.objects.current().filter(case=case, user=user)


def supervisor_of(user, service, day):
    """Who supervises somebody in training; nobody for who is qualified."""
    held = Qualification.objects.on(day).filter(user=user, kind=service.qualification)
    return User.objects.filter(pk__in=held.values("supervisor")).first()
