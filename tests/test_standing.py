"""A scene that stands for all the tests of a module is to each of them as it was made."""

import pytest

from tests.factories import MunicipalityFactory
from tibir.accounts.models import Municipality

pytestmark = pytest.mark.django_db


def make_scene():
    return MunicipalityFactory(name="Fjordvik")


@pytest.mark.parametrize("_again", [1, 2])
def test_what_a_test_writes_is_gone_in_the_next(scene, _again):
    assert Municipality.objects.get() == scene
    assert scene.name == Municipality.objects.get().name == "Fjordvik"
    scene.name = "Blåfjell"
    scene.save()
    MunicipalityFactory()
    assert Municipality.objects.count() == 2
