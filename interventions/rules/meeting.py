"""Who is expected at a meeting, whose presence counts, and what stops it."""

from tibir.cases.consensus import Answer
from tibir.cases.models import CasePerson, Purpose
from tibir.family.rules.consent import agreements

Relation = CasePerson.Relation
LIVES_THERE = {CasePerson.LivesWith.YES, CasePerson.LivesWith.PARTLY}
STOPS = {Answer.DISAGREE, Answer.REFUSED, Answer.STOPPED}
# Who comes because of what they do; they are asked to a meeting one by one.
OUTSIDE = {Relation.TEACHER, Relation.PROFESSIONAL, Relation.CHILD_WELFARE, Relation.SIBLING}


def possible_attendees(people):
    """Everybody who belongs to the case today may be asked to come."""
    return [each for each in people if not each.has_ended]


def expected(person) -> bool:
    """Both parents if they live with the child, a step-parent and a foster parent too."""
    if person.has_ended or person.relation in OUTSIDE:
        return False
    return person.has_responsibility or person.lives_with in LIVES_THERE


def counts(person) -> bool:
    """A meeting is numbered with a guardian there, or whoever is in the place of one."""
    is_carer = person.relation == Relation.FOSTER_PARENT
    return person.has_responsibility or person.is_in_the_guardians_place or is_carer


def stopped_by(case, today):
    """What those who decide for the child have said that stops it, in sentences; or nothing.

    That nobody has been asked yet stops nothing: they are asked at the first meeting.
    """
    stands = next(a for a in agreements(case, today) if a.purpose == Purpose.TAKE_PART)
    return stands.sentences if stands.answer in STOPS else []
