"""A walk over the pages that are open to all, right and wrong."""

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.shortcuts import render
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

from referrals import actions
from referrals.models import Referral
from tests.documents import corpus
from tests.factories import UserFactory
from tests.referrals.parent import SLUGS, Parent
from tests.referrals.professional import TYPED as OF_PROFESSIONALS
from tests.referrals.professional import Professional
from tests.translations.readers import speaking
from tests.translations.typed import BAD_FILES, WRONG
from tibir.documents.models import Attachment
from tibir.documents.tasks import check

ERRORS = ["400", "403", "403_csrf", "404", "405", "429", "500", "503"]


def walk(client, place, language):
    """(where, html) of every page a parent may come to, right and wrong."""
    parent = Parent(speaking(client, language), place)
    stranger = Parent(speaking(type(client)(), language), place)

    def got(response):
        assert response.status_code in (200, 404), response
        return response.wsgi_request.path, response.content.decode()

    yield got(client.get("/"))
    yield got(client.get("/finnes/ikke/"))
    yield got(client.get(reverse("login")))
    yield got(client.post(reverse("login"), {}))
    yield got(client.post(reverse("login"), {"username": "a@b.example", "password": "x"}))
    yield got(client.get(reverse("referrals:start", args=[place.slug])))
    yield got(client.get(reverse("referrals:call_me", args=[place.slug])))
    yield got(client.post(reverse("referrals:call_me", args=[place.slug]), WRONG, follow=True))
    parent.begin()
    for slug in SLUGS:
        page = parent.open(slug)
        yield got(page.response)
        wrong = {name: WRONG.get(name, "") for name in page.names()} | {"people": "1"}
        response = parent.press(page, typed=wrong | {"version": page.fields()["version"]})
        yield got(client.get(response.url) if response.status_code == 302 else response)
        yield got(parent.fill_in(slug, "later", version="0"))
        parent.fill_in(slug)
    yield got(client.get(parent.address("senere")))
    stranger.id = parent.id
    yield got(stranger.client.get(parent.address("fortsett")))
    yield got(stranger.client.post(parent.address("fortsett"), {"code": "XXXX"}))
    enclose = parent.address("vedlegg")
    yield got(client.get(enclose))
    for name, content in (*BAD_FILES, *[(f"{n}.pdf", corpus.pdf()) for n in range(4)]):
        file = SimpleUploadedFile(name, content)
        response = client.post(enclose, {"file": file, "whole": "ja"})
        yield got(client.get(enclose) if response.status_code == 302 else response)
    for attachment in Attachment.objects.all():
        check(attachment.pk)
    yield got(client.get(enclose))
    yield got(client.post(enclose, {"whole": "ja"}))
    summary = parent.open("oppsummering")
    yield got(summary.response)
    receipt = parent.press(summary).url
    yield got(client.get(receipt))
    yield got(stranger.client.get(receipt + "glem/"))
    status = receipt.replace("kvittering", "status")
    yield got(client.get(status))
    yield got(stranger.client.get(status))
    yield got(stranger.client.post(status, {"code": "XXXX"}))
    somebody = UserFactory(coordinates=place.intake_unit)
    actions.withdraw(Referral.objects.get(), by=somebody, reason="x")
    yield got(client.get(status))
    yield got(client.get(receipt))
    stranger.begin()
    yield got(stranger.client.post(stranger.address("slett")))
    yield from walk_as_a_professional(client, place, got)
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with override(language):
        for name in ERRORS:
            yield name, render(request, f"{name}.html").content.decode()


def walk_as_a_professional(client, place, got):
    teacher = Professional(client, place)
    teacher.begin()
    for slug in OF_PROFESSIONALS:
        page = teacher.open(slug)
        yield got(page.response)
        wrong = {name: WRONG.get(name, "") for name in page.names()}
        response = teacher.press(page, typed=wrong | {"version": page.fields()["version"]})
        yield got(client.get(response.url) if response.status_code == 302 else response)
        teacher.press(teacher.open(slug), typed=OF_PROFESSIONALS[slug])
    refused = {"person-0-agrees": "no"}
    yield got(teacher.press(teacher.open("foreldrene"), typed=refused))
    yield got(teacher.open("oppsummering").response)
    teacher.press(teacher.open("foreldrene"), typed=OF_PROFESSIONALS["foreldrene"])
    receipt = teacher.press(teacher.open("oppsummering")).url
    yield got(client.get(receipt))
    yield got(client.get(receipt.replace("kvittering", "status")))
