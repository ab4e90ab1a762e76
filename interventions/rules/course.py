"""Who may give a course, who plans it, and who writes of it."""

from django.db.models import Exists, OuterRef, Q, Subquery

from tibir.access.roles import Kind, roles_of, sees, units_where
from tibir.accounts.models import Qualification, User
from tibir.cases.models import Disqualification
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


def may_write(user, note) -> bool:
    """A draft is its author's, also when somebody else gives the course since."""
    return note.author_id == user.pk


def may_end(user, course) -> bool:
    return may_work(user, course) or may_plan(user, course.case)


def basis(user, case) -> str:
    """On what ground somebody sees the courses of a case, as the log says it."""
    return reading_basis(user, case, Kind.COURSE)


def journal_basis(user, course) -> str:
    """On what ground somebody reads what is written of a course."""
    if may_work(user, course):
        return "member"
    return "profile" if sees(user, Kind.JOURNAL, course.unit_id) else "leader"


def possible_practitioners(case, service, day):
    """Those who may be given the course on that day: qualified, or in training with a supervisor
    who is not disqualified; at work in the unit, and not disqualified themselves."""
    held = Qualification.objects.on(day).filter(user=OuterRef("pk"), kind=service.qualification)
    kept_out = _kept_out(case, OuterRef("supervisor"))
    sound = held.filter(Q(status=Qualification.Status.QUALIFIED) | ~Exists(kept_out))
    found = possible_members(case).filter(Exists(sound))
    return found.annotate(trained_by=Subquery(sound.values("supervisor__name")[:1]))


def _kept_out(case, user):
    return Disqualification.objects.current().filter(case=case, user=user)


def supervisor_of(user, service, day):
    """Who supervises somebody in training; nobody for who is qualified."""
    held = Qualification.objects.on(day).filter(user=user, kind=service.qualification)
    return User.objects.filter(pk__in=held.values("supervisor")).first()
