from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django.utils.translation import override


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ at|long_date }}", "23. november 2026"),
        ("{{ at|clock_time }}", "00.30"),
        ("{{ at|moment }}", "23. november 00.30"),
        ("{{ day|weekday_date }}", "fredag 4. desember 2026"),
        ("{{ day|short_date }}", "4. desember"),
    ],
)
def test_dates_are_said_in_oslo_and_in_words(template, expected):
    made = engines["django"].from_string("{% load ui %}" + template)
    context = {"at": datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "day": date(2026, 12, 4)}
    with override("nb"):
        assert made.render(context) == expected
