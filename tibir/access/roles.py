"""Who sees which kind of thing: the one table, role × kind. No superuser stands above it."""

from enum import StrEnum

from tibir.accounts.models import Role


class Kind(StrEnum):
    CASE = "case"  # that it exists: its place, its people's names, its dates
    CONTACT = "contact"  # confirm who people are and how they may be reached
    MEMBER = "member"  # who works with the family, is disqualified, or has access for a time
    PROTECTION = "protection"  # tighten the address protection, link and unlink siblings
    LOOSENING = "loosening"  # take address protection away again, with a reason
    REVIEW = "review"  # say whether an emergency access was justified
    CASE_ACCESS = "case_access"  # read one case for a time, for a stated purpose
    EMERGENCY = "emergency"  # ask for emergency access to a case elsewhere in the municipality
    REFERRAL_LIST = "referral_list"  # rows with initials, clock and state
    REFERRAL = "referral"  # what the sender wrote
    ASSESSMENT = "assessment"  # take, give, ask, decide and answer a referral
    REGISTER = "register"  # type in what came by telephone or on paper; its reference and dates
    STAFF = "staff"  # who has which role in the unit, and since when
    DISCUSSION = "discussion"  # register anonymous discussions and see how many there were
    COURSE = "course"  # which services a family is given, by whom, their states and dates
    JOURNAL = "journal"  # notes of meetings and screenings: those who give the course alone
    MEASURE = "measure"  # what was measured, and what came of it
    LETTER = "letter"  # what is written to a family, and that it is on its way
    MESSAGE = "message"  # what the family and we write to each other
    CONSENT = "consent"  # what each has agreed to, the child's view, and who decides on a conflict
    DUTY_REPORT = "duty_report"  # what others have reported to barnevern
    COMPLAINT = "complaint"  # what somebody complains of, and what came of it
    DEADLINE = "deadline"  # what the unit must do by when, and who has it
    LOG = "log"  # who opened or changed one case
    ROUTING = "routing"  # the rules of what is recommended, and how it would have gone
    LOG_CHECK = "log_check"  # a week of who has read in a unit, and that somebody looked at it
    STATISTICS = "statistics"  # figures that show nobody
    TRAINING = "training"  # candidates' progress, attendance and certificates


SEES = {
    Kind.CASE: {Role.COORDINATOR, Role.LEADER, Role.CLERK},
    Kind.CONTACT: {Role.COORDINATOR},
    Kind.MEMBER: {Role.COORDINATOR, Role.LEADER},
    Kind.PROTECTION: {Role.COORDINATOR},
    Kind.LOOSENING: {Role.LEADER},
    Kind.REVIEW: {Role.LEADER},
    Kind.CASE_ACCESS: {Role.LEADER},
    Kind.EMERGENCY: {Role.COORDINATOR, Role.LEADER, Role.PRACTITIONER},
    Kind.REFERRAL_LIST: {Role.COORDINATOR, Role.LEADER},
    Kind.REFERRAL: {Role.COORDINATOR},
    Kind.ASSESSMENT: {Role.COORDINATOR},
    Kind.REGISTER: {Role.COORDINATOR, Role.CLERK},
    Kind.STAFF: {Role.LEADER},
    Kind.DISCUSSION: {Role.COORDINATOR, Role.LEADER, Role.PRACTITIONER},
    Kind.COURSE: {Role.COORDINATOR, Role.LEADER},
    Kind.JOURNAL: set(),
    Kind.MEASURE: set(),
    Kind.LETTER: {Role.COORDINATOR, Role.CLERK},
    Kind.MESSAGE: {Role.COORDINATOR},
    Kind.CONSENT: {Role.COORDINATOR},
    Kind.DUTY_REPORT: {Role.COORDINATOR},
    Kind.COMPLAINT: {Role.COORDINATOR, Role.LEADER},
    Kind.DEADLINE: {Role.COORDINATOR, Role.LEADER},
    Kind.LOG: {Role.COORDINATOR, Role.LEADER},
    Kind.ROUTING: {Role.COORDINATOR, Role.LEADER},
    Kind.LOG_CHECK: {Role.LEADER},
    Kind.STATISTICS: {Role.COORDINATOR, Role.LEADER},
    Kind.TRAINING: {Role.SUPERVISOR, Role.REGIONAL_COORDINATOR, Role.REGIONAL_CONSULTANT},
}

# What a child welfare unit may let its own leader read always: a setting of the unit, else off.
STANDING = {Kind.REFERRAL, Kind.JOURNAL, Kind.MEASURE}


def held_by(user):
    """The user's memberships of today, as (role, membership)."""
    if not user.is_authenticated or not user.is_active:
        return []
    return user.memberships_today


def roles_of(user):
    return {membership.role for membership in held_by(user)}


def units_where(user, kind):
    """Ids of the units in which a role of this user sees things of this kind."""
    return _units_of(user, [m for m in held_by(user) if _gives(m, kind)])


def _gives(membership, kind):
    if membership.role in SEES[kind]:
        return True
    leads = kind in STANDING and membership.role == Role.LEADER and membership.unit_id
    return bool(leads and membership.unit.leader_reads)


def workplaces(user):
    """Ids of the units in which this user is anything at all."""
    return _units_of(user, held_by(user))


def _units_of(user, held):
    units = {m.unit_id for m in held if m.unit_id}
    return units.union(*(user.units_today[m.municipality_id] for m in held if m.municipality_id))


def municipalities_where(user, kind):
    """Ids of the municipalities in which a role of this user sees things of this kind."""
    held = [m for m in held_by(user) if m.role in SEES[kind]]
    whole = {m.municipality_id for m in held if m.municipality_id}
    return whole | {m.unit.municipality_id for m in held if m.unit_id}


def sees(user, kind, unit_id):
    return unit_id in units_where(user, kind)


def has_role(user, role):
    return role in roles_of(user)
