"""The texts that people are asked by: written in the administration, and never changed."""

import pytest
from django.urls import reverse

from tests.factories import MunicipalityFactory, UserFactory
from tibir.audit.models import Event
from tibir.cases.models import INFORMATION, Purpose, Wording

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def test_every_purpose_comes_with_a_text_in_each_language(settings):
    shipped = set(Wording.objects.values_list("matter", "language"))
    matters = {INFORMATION, *Purpose.values}
    assert shipped == {(m, code) for m in matters for code, _name in settings.LANGUAGES}
    assert all(wording.is_starting_text for wording in Wording.objects.all())


def test_what_replaces_a_text_is_the_next_version(admin):
    place = MunicipalityFactory()
    typed = {"municipality": place.pk, "matter": "team", "language": "nn", "text": "Vår eigen."}
    for _again in range(2):
        assert admin.post(reverse("admin:cases_wording_add"), typed).status_code == 302
    own = Wording.objects.filter(municipality=place).order_by("version")
    assert [wording.version for wording in own] == [1, 2]
    in_use = Wording.objects.in_use(place, "nn").get(matter="team")
    assert (in_use.municipality, in_use.version) == (place, 2)
    assert Event.objects.filter(verb="configuration.added").count() == 2


def test_a_text_is_neither_changed_nor_removed_nor_shipped_from_here(admin):
    wording = Wording.objects.filter(matter="team").first()
    for name in ("change", "delete"):
        address = reverse(f"admin:cases_wording_{name}", args=[wording.pk])
        assert admin.post(address, {"text": "x", "post": "yes"}).status_code == 403
    typed = {"municipality": "", "matter": "team", "language": "nb", "text": "For alle."}
    assert admin.post(reverse("admin:cases_wording_add"), typed).status_code == 200
    assert not Wording.objects.filter(text="For alle.").exists()
