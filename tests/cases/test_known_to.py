"""Who is a member today is said twice: as a queryset, and in the words of the database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import MunicipalityFactory, UserFactory, refer
from tibir.accounts.models import Role
from tibir.cases.models import Case, CaseMember, Disqualification

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("started", "ended"),
    [(-2, None), (-2, -1), (-2, 0), (-2, 1), (0, None), (0, 0), (0, 1), (1, None), (1, 1)],
)
def test_a_case_is_known_on_the_days_on_which_one_is_its_member(started, ended):
    today = timezone.localdate()
    case = refer(MunicipalityFactory()).case
    user, other = UserFactory(practises_in=case.unit), UserFactory(practises_in=case.unit)
    CaseMember.objects.create(
        case=case,
        user=user,
        role=Role.PRACTITIONER,
        started_on=today + timedelta(days=started),
        ended_on=None if ended is None else today + timedelta(days=ended),
    )
    is_member = started <= 0 and (ended is None or ended >= 0)
    assert CaseMember.objects.current().filter(user=user, case=case).exists() == is_member
    assert Case.objects.visible_to(user).filter(pk=case.pk).exists() == is_member
    assert not Case.objects.visible_to(other).exists()


@pytest.mark.parametrize(
    ("started", "ended"),
    [(-2, None), (-2, -1), (-2, 0), (-2, 1), (0, None), (0, 0), (0, 1), (1, 1)],
)
def test_a_case_is_closed_on_the_days_on_which_one_is_disqualified(started, ended):
    today = timezone.localdate()
    case = refer(MunicipalityFactory()).case
    user, other = UserFactory(coordinates=case.unit), UserFactory(coordinates=case.unit)
    Disqualification.objects.create(
        case=case,
        user=user,
        reason="close",
        registered_by=other,
        started_on=today + timedelta(days=started),
        ended_on=None if ended is None else today + timedelta(days=ended),
        ended_by=None if ended is None else other,
    )
    is_kept_out = started <= 0 and (ended is None or ended > 0)
    assert Disqualification.objects.current().filter(user=user).exists() == is_kept_out
    assert Case.objects.visible_to(user).filter(pk=case.pk).exists() != is_kept_out
    assert Case.objects.visible_to(other).exists()
