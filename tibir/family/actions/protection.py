"""Where a family lives is kept from those who must not know it."""

from django.db import transaction

from tibir.audit.record import record
from tibir.cases.models import Grade


@transaction.atomic
def protect(person, case, *, by, grade):
    """Tighten, never loosen: the stricter of what was and what is said now."""
    grades = Grade.values
    if grades.index(grade) > grades.index(person.grade):
        person.grade = grade
        person.save(update_fields=["grade"])
    if grades.index(grade) > grades.index(case.grade):
        case.grade = grade
        case.save(update_fields=["grade"])
        record("case.protected", case, by=by, grade=grade)
