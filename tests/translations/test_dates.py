"""Dates and times as each language says them."""

from datetime import date, datetime

import pytest
from django.utils import timezone
from django.utils.translation import override

from tibir.core.dates import clock_time, long_date, short_date, weekday_date
from tibir.demo.clock import at


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nb", ["mandag 7. desember 2026", "7. desember 2026", "7. desember", "14.30"]),
        ("nn", ["måndag 7. desember 2026", "7. desember 2026", "7. desember", "14.30"]),
        ("en", ["Monday 7 December 2026", "7 December 2026", "7 December", "14:30"]),
    ],
)
def test_dates_are_said_as_the_reader_says_them(speak, language, said):
    speak()
    moment = datetime(2026, 12, 7, 14, 30, tzinfo=timezone.get_current_timezone())
    with at(date(2026, 11, 22)), override(language):
        days = [say(date(2026, 12, 7)) for say in (weekday_date, long_date, short_date)]
        assert [*days, clock_time(moment)] == said
