"""Many who take the same hours of one person in the same moment."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from interventions.models import Busy, Meeting, free
from tests.databases import at_once
from tests.factories import MunicipalityFactory
from tests.interventions.screenings import meet, screening
from tibir.accounts.models import User

pytestmark = pytest.mark.usefixtures("committed")


@pytest.mark.parametrize("times", [4, pytest.param(20, marks=pytest.mark.prove)])
def test_one_of_many_gets_the_hour_and_the_others_are_told(times):
    place = MunicipalityFactory()
    first = screening(place)
    courses = [first, *(screening(place, practitioner=first.practitioner) for _one in range(3))]
    queue = iter([(courses[number % 4], 9 + number % 2, 90) for number in range(times)])

    def plan():
        course, hour, minutes = next(queue)
        return meet(course, days=3, hour=hour, minutes=minutes)

    outcomes = at_once(plan, times=times)
    made = [each for each in outcomes if isinstance(each, Meeting)]
    assert [type(each) for each in outcomes if each not in made] == [Busy] * (times - 1)
    (meeting,) = made
    assert Meeting.objects.get() == meeting
    assert meeting.staff.get().ends_at - meeting.staff.get().starts_at == timedelta(minutes=90)


def test_who_logs_in_does_not_wait_for_somebody_who_takes_their_time():
    user = screening(MunicipalityFactory()).practitioner

    def log_in():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        return User.objects.filter(pk=user.pk).update(last_login=timezone.now())

    with free(user):
        assert at_once(log_in, times=1) == [1]
