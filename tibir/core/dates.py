"""Dates and times as people say them, in the language of the page."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext


def weekday_date(day):
    """«fredag 4. desember 2026», so that nobody has to look in a calendar."""
    return date_format(day, pgettext("datoformat", "l j. F Y"))


def long_date(day):
    """«4. desember 2026»"""
    return date_format(day, pgettext("datoformat", "j. F Y"))


def short_date(day):
    """«4. desember»"""
    return date_format(day, pgettext("datoformat", "j. F"))


def clock_time(moment):
    """«14.30», in Oslo"""
    return hour_and_minute(timezone.localtime(moment))


def hour_and_minute(time):
    return date_format(time, pgettext("datoformat", "H.i"))
