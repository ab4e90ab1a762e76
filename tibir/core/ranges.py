"""Expressions for constraints that keep two rows from holding at once.

`btree_gist` is not among what the embedded PostgreSQL ships, so that «the same» is said with
ranges, too: from a value until itself. `wordrange` is a type of our own, made by a migration.
"""

from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
)
from django.core.exceptions import ValidationError
from django.db.models import CharField, Func, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

BOTH_ENDS = Value("[]")


def same_number(column):
    """Overlaps with that of another row when the numbers are equal."""
    return Func(
        column, column, BOTH_ENDS, function="int8range", output_field=BigIntegerRangeField()
    )


def same_or_none(column):
    """The same for a column that may be empty: empty is equal to empty."""
    number = Coalesce(column, Value(0))
    return Func(
        number, number, BOTH_ENDS, function="int8range", output_field=BigIntegerRangeField()
    )


def same_word(column):
    return Func(column, column, BOTH_ENDS, function="wordrange", output_field=CharField())


def days(first, last):
    """From the first day to the last, both included; no last day is no end."""
    return Func(first, last, BOTH_ENDS, function="daterange", output_field=DateRangeField())


def moments(start, end):
    """From a moment until another, so that one may begin when the other ends."""
    return Func(start, end, function="tstzrange", output_field=DateTimeRangeField())


def refuse_backwards(row):
    """For the `clean` of a row with `days`: a last day before the first is no range at all, which
    the database says before any constraint can say it in words."""
    if row.started_on and row.ended_on and row.ended_on < row.started_on:
        raise ValidationError({"ended_on": _("Sluttdatoen kan ikke være før startdatoen.")})
