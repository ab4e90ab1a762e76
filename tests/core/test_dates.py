from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django.utils.translation import override

from tibir.demo.clock import at as clock_at


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ at|long_date }}", "23. november 2026"),
        ("{{ at|clock_time }}", "00.30"),
        ("{{ at|moment }}", "23. november 00.30"),
        ("{{ day|weekday_date }}", "fredag 4. desember 2026"),
        ("{{ day|short_date }}", "4. desember"),
        ("{{ long_ago|short_date }}", "4. desember 2024"),
        ("{{ hour_long_ago|moment }}", "4. desember 2024 09.00"),
    ],
)
def test_dates_are_said_in_oslo_and_in_words(template, expected):
    made = engines["django"].from_string("{% load ui %}" + template)
    context = {
        "at": datetime(2026, 11, 22, 23, 30, tzinfo=UTC),
        "day": date(2026, 12, 4),
        "long_ago": date(2024, 12, 4),
        "hour_long_ago": datetime(2024, 12, 4, 8, tzinfo=UTC),
    }
    with clock_at(date(2026, 11, 22)), override("nb"):
        assert made.render(context) == expected
