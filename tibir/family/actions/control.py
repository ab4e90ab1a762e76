"""Somebody has looked at what was read in a unit, and says what they saw."""

from django.db import transaction

from tibir.audit.record import record
from tibir.cases.models import LogCheck


@transaction.atomic
def check_log(unit, *, by, week, result, note):
    """One look at one week. A second is a new row; what the first one saw stays."""
    check = LogCheck.objects.create(unit=unit, week_of=week.monday, result=result, note=note, by=by)
    about = {"unit": unit.pk, "week": week.monday.isoformat(), "result": result}
    record("log.checked", check, by=by, municipality=unit.municipality, **about)
    return check
