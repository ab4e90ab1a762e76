import pytest

from tests.factories import MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db

EXPECTED = {
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


def addresses():
    slug = MunicipalityFactory().slug
    return ["/", "/logg-inn/", f"/{slug}/henvisning/", f"/{slug}/henvisning/ring-meg/", "/nei/"]


def test_every_page_carries_the_same_protection(client):
    pages = [client.get(address) for address in addresses()]
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    pages += [client.get(address) for address in ("/", "/drift/", "/admin/", "/henvisninger/")]
    for page in pages:
        where = page.request["PATH_INFO"]
        for name, value in EXPECTED.items():
            assert value in page.headers[name], (where, name)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, where
        assert "unsafe" not in policy, where
        assert "frame-ancestors 'none'" in policy, where
        assert page.headers["X-Request-Id"], where


def test_no_page_fetches_anything_from_elsewhere(client):
    for address in addresses():
        page = client.get(address).content.decode()
        for attribute in ('src="', 'href="'):
            for part in page.split(attribute)[1:]:
                target = part.split('"')[0]
                assert target.startswith(("/", "#", "tel:", "?")), (address, target)


BUTTONS_ONLY = "Her kan du ikke komme inn fra adresselinjen"


def test_what_only_a_button_opens_says_so_in_the_address_bar(client):
    begin = f"/{MunicipalityFactory().slug}/henvisning/begynn/"
    response = client.get(begin)
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert BUTTONS_ONLY in response.content.decode()
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert 'href="/"' in response.content.decode()

    assert client.head(begin).status_code == 405
    assert client.post(begin).status_code == 302


def test_staff_are_among_their_own_pages_there_too(client):
    client.force_login(UserFactory())
    response = client.get("/logg-ut/")
    assert response.status_code == 405
    assert set(response["Allow"].split(", ")) == {"POST", "OPTIONS"}
    assert BUTTONS_ONLY in response.content.decode()
    assert 'class="t-topbar"' in response.content.decode()
    assert client.get("/drift/").status_code == 403  # and is still logged in


@pytest.mark.parametrize("address", ["/helse/live/", "/helse/klar/"])
def test_health_tells_a_machine_that_pages_answer(client, address):
    assert client.get(address).status_code == 200


def test_health_is_red_until_the_clock_has_ticked_and_the_deadlines_are_swept(client):
    from tibir.deadlines.schedule import sweep
    from tibir.operations.schedule import tick

    assert client.get("/helse/").json() == {"clock": "late", "sweep": "late"}
    tick()
    assert client.get("/helse/").status_code == 503
    sweep()
    assert client.get("/helse/").status_code == 200
