"""A scene that stands for all the tests of a module is to each of them as it was made."""

from copy import deepcopy

import pytest

from tests.factories import MunicipalityFactory
from tibir.accounts.models import Municipality

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _place(standing):
    with standing():
        return MunicipalityFactory(name="Fjordvik")


@pytest.fixture
def place(_place, db):
    return deepcopy(_place)


@pytest.mark.parametrize("_again", [1, 2])
def test_what_a_test_writes_is_gone_in_the_next(place, _again):
    assert Municipality.objects.get() == place
    assert place.name == Municipality.objects.get().name == "Fjordvik"
    place.name = "Blåfjell"
    place.save()
    MunicipalityFactory()
    assert Municipality.objects.count() == 2
