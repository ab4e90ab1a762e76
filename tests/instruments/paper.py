"""Filled-in forms, and those who type them."""

from datetime import timedelta

from django.utils import timezone

from tests.factories import UserFactory
from tests.family.families import family
from tibir.instruments import actions
from tibir.instruments.models import Instrument

SHOWN = "%d.%m.%Y"


def instrument(code="ecbi"):
    return Instrument.objects.newest().get(code=code)


def cast(place=None, **people):
    """A case, its mother and others by relation, and a practitioner who works with it."""
    case, around = family(place, **people)
    return case, around, UserFactory(practises_in=case.unit, works_with=case)


def licensed(case, by, code="ecbi"):
    actions.confirm_licence(instrument(code), by=by, municipality=case.municipality)


def answered(informant, *, by, code="ecbi", each=4, days_ago=0, occasion="before", **about):
    """ECBI's intensity with the same answer everywhere, unless `answers` or `totals` are given."""
    if not {"answers", "totals"} & about.keys():
        about["answers"] = {"intensity": [each] * 36}
    if "answers" in about:
        licensed(informant.case, by, code)
    day = about.pop("taken_on", None) or timezone.localdate() - timedelta(days=days_ago)
    return actions.measure(
        informant, by=by, instrument=instrument(code), occasion=occasion, taken_on=day, **about
    )


def typed(informant, numbers, *, column="intensity", **about):
    """What a browser sends: `numbers` as strings, in the order of the paper."""
    said = {"informant": informant.pk, "occasion": "before"}
    said["taken_on"] = timezone.localdate().strftime(SHOWN)
    said |= {f"{column}-{item}": number for item, number in enumerate(numbers, 1)}
    return said | about
