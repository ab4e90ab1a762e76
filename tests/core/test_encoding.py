import pytest

from tests.factories import MunicipalityFactory

HALF = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n+2AA-\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("address", "field"),
    [("/{slug}/henvisning/ring-meg/", b"when"), ("/logg-inn/", b"username")],
)
def test_half_a_character_in_a_claimed_code_is_no_crash(client, address, field):
    place = MunicipalityFactory()
    response = client.generic(
        "POST",
        address.format(slug=place.slug),
        HALF % field,
        content_type="multipart/form-data; boundary=x; charset=utf-7",
    )
    shown = client.get(response.url) if response.status_code == 302 else response
    assert shown.status_code == 200
