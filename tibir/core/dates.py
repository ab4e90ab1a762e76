"""Dates and times as people say them, in the language of the page."""

import datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext

HALF_A_YEAR = datetime.timedelta(days=183)


def weekday_date(day):
    """«fredag 4. desember 2026», so that nobody has to look in a calendar."""
    return date_format(day, pgettext("datoformat", "l j. F Y"))


def long_date(day):
    """«4. desember 2026»"""
    return date_format(day, pgettext("datoformat", "j. F Y"))


def short_date(day):
    """«4. desember»; with its year where more than half a year is between it and today."""
    date = day.date() if isinstance(day, datetime.datetime) else day
    if abs(date - timezone.localdate()) > HALF_A_YEAR:
        return long_date(day)
    return date_format(day, pgettext("datoformat", "j. F"))


def brief_date(day):
    """«4. des 2026», where there is little room and the year matters: a long list has many."""
    return _brief(day, pgettext("datoformat", "j. b Y"), get_language())


@lru_cache(maxsize=5000)
def _brief(day, wanted, _language):
    return date_format(day, wanted)


def clock_time(moment):
    """«14.30», in Oslo"""
    return hour_and_minute(timezone.localtime(moment))


def hour_and_minute(time):
    return _clock(time.hour, time.minute, pgettext("datoformat", "H.i"), get_language())


@lru_cache(maxsize=5000)
def _clock(hour, minute, wanted, _language):
    return date_format(datetime.time(hour, minute), wanted)
