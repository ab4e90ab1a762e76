"""Staff who log in elsewhere: a provider that says all the wrong things, and the right one."""

import base64
import hmac
import html
import json
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.urls import reverse
from oidc_provider_mock import User as Somebody
from oidc_provider_mock import run_server_in_thread

from tests.conftest import Client
from tests.factories import MunicipalityFactory, UserFactory
from tests.logins import LOGIN, employed, log_in, prove
from tibir.accounts.models import User
from tibir.audit.models import Event
from tibir.staff import oidc
from tibir.staff.models import Identity
from tibir.staff.providers import Provider, providers

pytestmark = [
    pytest.mark.django_db,
    # The provider runs in this process, and is behind its own library.
    pytest.mark.filterwarnings("ignore:authlib.jose module is deprecated"),
    pytest.mark.filterwarnings("ignore:get_jwt_config"),
]

BEGIN, ANSWER = "/logg-inn/med/entra/", "/logg-inn/med/entra/svar/"
EMAIL = "kari@kommune.example"
HIGH = {"acr": "high", "email": EMAIL, "email_verified": True}


@pytest.fixture(scope="module")
def there():
    """A provider on loopback, with people of every kind."""
    people = [
        Somebody(sub="kari", claims=HIGH),
        Somebody(sub="low", claims=HIGH | {"acr": "substantial"}),
        Somebody(sub="none", claims={"email": EMAIL, "email_verified": True}),
        Somebody(sub="list", claims=HIGH | {"acr": ["p1", "high"]}),
        Somebody(sub="unverified", claims=HIGH | {"email_verified": False}),
        Somebody(sub="nonce", claims=HIGH | {"nonce": "of somebody else"}),
        Somebody(sub="aud", claims=HIGH | {"aud": "another-client"}),
        Somebody(sub="iss", claims=HIGH | {"iss": "https://ond.example"}),
        Somebody(sub="exp", claims=HIGH | {"exp": int(time.time()) - 3600}),
    ]
    with run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def provider(there, settings):
    def provider(**about):
        made = Provider(
            **{
                "key": "entra",
                "name": "Entra",
                "issuer": there,
                "client_id": "tibir",
                "client_secret": "hemmelig",
                "acr_values": ("high",),
            }
            | about
        )
        settings.STAFF_OIDC = {made.key: made}
        oidc._client.cache_clear()
        return made

    provider()
    return provider


@pytest.fixture
def user():
    user = UserFactory(email=EMAIL)
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def linked(user, there):
    Identity.objects.create(user=user, issuer=there, subject="kari")
    return user


def as_(sub, address):
    """What somebody's browser is sent back with."""
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
    return answer.headers["Location"]


def begin(client, *, next="", address=BEGIN):
    """The address that the press leads to."""
    page = client.post(address, {"next": next}).content.decode()
    (there,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    return html.unescape(there)


def come_back(client, sub, *, next=""):
    there = begin(client, next=next)
    back = urlsplit(as_(sub, there))
    return client.get(f"{back.path}?{back.query}"), there, back


def is_inside(client):
    return client.get("/min-innlogging/").status_code == 200


def refused(why):
    event = Event.objects.filter(verb="user.oidc_refused").latest("pk")
    assert event.codes["why"] == why, event.codes


def test_a_login_elsewhere_on_a_high_level_counts_as_both_steps(client, provider, linked):
    answer, there, _back = come_back(client, "kari", next="/varsler/")
    assert answer.url == "/varsler/"
    assert is_inside(client)
    asked = parse_qs(urlsplit(there).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["acr_values"] == ["high"]
    assert asked["response_type"] == ["code"]
    assert all(len(asked[name][0]) >= 20 for name in ("nonce", "state", "code_challenge"))
    event = Event.objects.get(verb="user.logged_in")
    assert (event.actor_id, event.codes["way"]) == (linked.pk, "oidc entra")


@pytest.mark.parametrize(("sub", "why"), [("low", "acr"), ("none", "acr")])
def test_a_level_that_is_too_low_does_not_open(client, provider, user, there, sub, why):
    Identity.objects.create(user=user, issuer=there, subject=sub)
    answer, _there, _back = come_back(client, sub)
    assert answer.status_code == 403
    assert "ikke er sikkert nok" in answer.content.decode()
    assert not is_inside(client)
    refused(why)


def test_a_level_among_several_is_enough(client, provider, user, there):
    Identity.objects.create(user=user, issuer=there, subject="list")
    come_back(client, "list")
    assert is_inside(client)


def test_no_token_of_the_provider_is_kept(client, provider, linked):
    come_back(client, "kari")
    assert is_inside(client)
    kept = str(client.session.items()) + str(client.cookies)
    assert "token" not in kept.replace("csrftoken", "")
    assert "eyJ" not in kept  # how each of them begins


def test_only_a_press_here_begins_a_login_there(client, provider):
    """A link from elsewhere does nothing, and neither does a form of another site."""
    assert client.get(BEGIN).status_code == 405
    assert "oidc_then" not in client.session
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(BEGIN, headers={"Origin": "https://ond.example"}).status_code == 403


def test_no_more_is_asked_for_than_who_it_is(client, provider):
    asked = parse_qs(urlsplit(begin(client)).query)
    assert asked["scope"] == ["openid email"]
    assert asked.keys() == {
        "response_type", "client_id", "redirect_uri", "scope", "state", "nonce",
        "code_challenge", "code_challenge_method", "acr_values",
    }  # fmt: skip


@pytest.mark.parametrize("asked", ["acr_values=low", "auth_params=acr_values%3Dlow", "acr=low"])
def test_nobody_lowers_the_level_by_the_address(client, provider, linked, asked):
    there = begin(client, address=f"{BEGIN}?{asked}")
    assert parse_qs(urlsplit(there).query)["acr_values"] == ["high"]


def test_an_answer_opens_once(client, provider, linked):
    answer, _there, back = come_back(client, "kari")
    assert answer.status_code == 302
    client.post("/logg-ut/")
    again = client.get(f"{back.path}?{back.query}")
    assert again.status_code == 403
    assert "alt brukt" in again.content.decode()
    refused("state")


def test_a_code_does_not_open_twice_under_a_new_state(client, provider, linked):
    _answer, _there, back = come_back(client, "kari")
    client.post("/logg-ut/")
    fresh = parse_qs(urlsplit(begin(client)).query)["state"][0]
    code = parse_qs(back.query)["code"][0]
    again = client.get(ANSWER, {"code": code, "state": fresh})
    assert again.status_code == 403
    assert not is_inside(client)


def test_an_answer_opens_only_where_it_was_asked_for(client, provider, linked):
    there = begin(client)
    back = urlsplit(as_("kari", there))
    other = type(client)()
    assert other.get(f"{back.path}?{back.query}").status_code == 403
    assert not is_inside(other)


def test_whoever_says_no_there_is_told_so_here(client, provider):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = client.get(ANSWER, {"error": "access_denied", "state": state})
    assert answer.status_code == 403
    refused("access_denied")


WRONG = {
    "nonce": {"nonce": "of somebody else"},
    "aud": {"aud": "another-client"},
    "azp": {"aud": ["tibir", "another"], "azp": "another"},
    "iss": {"iss": "https://ond.example"},
    "exp": {"exp": 1_600_000_000, "iat": 1_600_000_000},
    "iat": {"iat": 4_000_000_000, "exp": 4_000_003_600},
    "sub": {"sub": ""},
}
RIGHT = {
    "sub": "kari",
    "iss": "https://entra.example",
    "aud": "tibir",
    "exp": 2_000_000_300,
    "iat": 2_000_000_000,
    "nonce": "n" * 20,
    "acr": "high",
}


@pytest.fixture
def strict():
    return Provider("entra", "Entra", "https://entra.example", "tibir", "x", ("high",))


def test_right_claims_pass(strict):
    oidc.check(RIGHT, strict, "n" * 20, 2_000_000_100)
    oidc.check(RIGHT | {"aud": ["tibir"]}, strict, "n" * 20, 2_000_000_100)


@pytest.mark.parametrize("why", [*WRONG, "acr"])
def test_each_wrong_claim_is_refused_by_our_own_check(strict, why):
    wrong = WRONG.get(why, {"acr": "low"})
    if why == "iat":
        wrong = {"iat": 2_000_000_900, "exp": 2_000_003_600}
    with pytest.raises(oidc.Refused, match=why):
        oidc.check(RIGHT | wrong, strict, "n" * 20, 2_000_000_100)


@pytest.mark.parametrize("missing", RIGHT)
def test_each_missing_claim_is_refused(strict, missing):
    claims = {name: value for name, value in RIGHT.items() if name != missing}
    with pytest.raises(oidc.Refused, match=missing):
        oidc.check(claims, strict, "n" * 20, 2_000_000_100)


@pytest.mark.parametrize("value", [None, 7, True, {}, [], [7], "HIGH", "high "])
def test_a_level_that_only_looks_right_is_refused(strict, value):
    with pytest.raises(oidc.Refused, match="acr"):
        oidc.check(RIGHT | {"acr": value}, strict, "n" * 20, 2_000_000_100)


@pytest.mark.parametrize("sub", ["nonce", "aud", "iss", "exp"])
def test_a_signed_answer_that_is_wrong_is_refused_with_a_plain_sentence(
    client, provider, user, there, sub
):
    Identity.objects.create(user=user, issuer=there, subject=sub)
    answer, _there, _back = come_back(client, sub)
    assert answer.status_code == 403
    assert "Begynn på nytt" in answer.content.decode()
    assert not is_inside(client)


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _altered(token):
    head, claims, signature = token.split(".")
    return f"{head}.{claims}.{signature[:-9]}{'A' if signature[-9] != 'A' else 'B'}{signature[-8:]}"


def _unsigned(token):
    return f"{_part({'alg': 'none'})}.{token.split('.')[1]}."


def _signed_with_our_secret(token):
    head = f"{_part({'alg': 'HS256'})}.{token.split('.')[1]}"
    signature = hmac.digest(b"hemmelig", head.encode(), "sha256")
    return f"{head}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.parametrize("forge", [_altered, _unsigned, _signed_with_our_secret])
def test_an_answer_that_the_provider_did_not_sign_is_refused(client, provider, linked, forge):
    there = oidc._client(provider())
    fetch = there.fetch_access_token

    def forged(*args, **kwargs):
        token = fetch(*args, **kwargs)
        return token | {"id_token": forge(token["id_token"])}

    there.fetch_access_token = forged
    answer, _there, _back = come_back(client, "kari")
    assert answer.status_code == 403
    assert not is_inside(client)


# --- Who it is ------------------------------------------------------------------------------


def test_nobody_is_made_a_user(client, provider):
    answer, _there, _back = come_back(client, "kari")
    assert answer.status_code == 403
    assert "Vi finner ingen bruker her" in answer.content.decode()
    assert not User.objects.exists()


def test_an_email_links_only_where_that_is_allowed(client, provider, user):
    come_back(client, "kari")
    assert not is_inside(client)
    provider(link_by_email=True)
    come_back(client, "kari")
    assert is_inside(client)
    assert Identity.objects.get().user == user
    assert Event.objects.filter(verb="user.linked", target_id=user.pk).exists()


def test_an_email_that_is_not_verified_links_nobody(client, provider, user):
    provider(link_by_email=True)
    come_back(client, "unverified")
    assert not is_inside(client)
    assert not Identity.objects.exists()


def test_somebody_else_with_the_same_email_does_not_take_over(client, provider, linked):
    provider(link_by_email=True)
    come_back(client, "list")
    assert not is_inside(client)


def test_a_deactivated_user_does_not_come_in(client, provider, linked):
    User.objects.filter(pk=linked.pk).update(is_active=False)
    answer, _there, _back = come_back(client, "kari")
    assert answer.status_code == 403


def test_a_provider_of_one_municipality_is_for_its_own_staff(client, provider, linked):
    place = MunicipalityFactory(slug="fjordvik")
    provider(municipality="fjordvik")
    come_back(client, "kari")
    assert not is_inside(client)
    linked.memberships.create(role="coordinator", unit=place.intake_unit, started_on="2020-01-01")
    come_back(client, "kari")
    assert is_inside(client)


def test_whoever_is_logged_in_links_it_themselves(client, provider, there, rings):
    user = employed(UserFactory())
    log_in(client, user)
    assert client.post(BEGIN).url == reverse("staff:proof")
    prove(client, user)
    elsewhere = Client()
    log_in(elsewhere, user)
    answer, _there, _back = come_back(client, "kari")
    assert answer.url == reverse("staff:own")
    assert is_inside(client)
    assert not is_inside(elsewhere)
    assert Identity.objects.get().user == user
    client.post("/logg-ut/")
    come_back(client, "kari")
    assert is_inside(client)


def test_what_belongs_to_one_is_not_linked_to_another(client, provider, linked):
    user = employed(UserFactory())
    log_in(client, user)
    prove(client, user)
    answer, _there, _back = come_back(client, "kari")
    assert answer.status_code == 409
    assert Identity.objects.get().user == linked


# --- When nobody answers --------------------------------------------------------------------


def test_when_nobody_answers_there_one_logs_in_here(client, provider):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    provider(issuer=f"http://127.0.0.1:{port}")
    answer = client.post(BEGIN)
    assert answer.status_code == 503
    assert "Entra svarer ikke nå" in answer.content.decode()
    page = client.get(LOGIN).content.decode()
    assert f'action="{BEGIN}"' in page
    log_in(client, employed(UserFactory()))
    assert is_inside(client)


def test_a_provider_that_is_another_than_it_should_be_is_not_asked(client, provider, there):
    provider(issuer=f"{there}/")
    assert client.post(BEGIN).status_code == 503


def test_an_unknown_provider_is_not_there(client, provider):
    assert client.post("/logg-inn/med/andre/").status_code == 404
    assert client.get("/logg-inn/med/andre/svar/").status_code == 404


# --- What is configured ---------------------------------------------------------------------

ONE = {
    "key": "entra",
    "name": "Entra",
    "issuer": "https://entra.example",
    "client_id": "tibir",
    "client_secret": "hemmelig",
    "acr_values": ["high"],
}


def test_providers_are_read_from_the_environment():
    assert providers("", strict=True) == {}
    one = providers(json.dumps([ONE | {"acr_claim": "acrs", "ask": {"claims": "{}"}}]), strict=True)
    assert one["entra"].acr_values == ("high",)
    assert one["entra"].asked == {"claims": "{}"}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"acr_values": []}, "acr_values"),
        ({"issuer": "http://entra.example"}, "https://"),
        ({"key": "en/tra"}, "letters and digits"),
        ({"nøkkel": "x"}, "does not know nøkkel"),
    ],
)
def test_a_provider_that_is_configured_wrongly_stops_the_start(changed, says):
    with pytest.raises(ValueError, match=says):
        providers(json.dumps([ONE | changed]), strict=True)


HTTP = ["http://127.0.0.1:9400", "http://localhost:9400", "http://[::1]:9400"]
FAR = ["http://entra.example", "http://127.0.0.1.example", "http://127.0.0.1@entra.example", ""]


@pytest.mark.parametrize("issuer", HTTP)
def test_one_on_this_machine_may_be_asked_by_http_where_that_is_allowed(issuer):
    text = json.dumps([ONE | {"issuer": issuer}])
    assert providers(text, strict=False)["entra"].issuer == issuer
    with pytest.raises(ValueError, match="https://"):
        providers(text, strict=True)


@pytest.mark.parametrize("issuer", FAR)
def test_one_elsewhere_may_never_be_asked_by_http(issuer):
    with pytest.raises(ValueError, match="https://"):
        providers(json.dumps([ONE | {"issuer": issuer}]), strict=False)


@pytest.mark.parametrize("text", ["{", "7", '["x"]', "[{}]"])
def test_what_is_no_list_of_providers_is_told_so_without_its_secrets(text):
    with pytest.raises(ValueError, match=r"must|lacks"):
        providers(text, strict=True)


def test_an_answer_that_sends_us_elsewhere_is_not_followed(client, provider, there):
    """Not for what is known of the provider, and not for a token either."""
    elsewhere = []

    class Sends(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path.startswith("/elsewhere"):
                elsewhere.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/elsewhere/.well-known/openid-configuration")
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Sends)
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    try:
        provider(issuer=f"http://127.0.0.1:{server.server_port}")
        assert client.post(BEGIN).status_code == 503
    finally:
        server.shutdown()
        server.server_close()
    assert elsewhere == []
    assert oidc._client(provider())._get_session().max_redirects == 0
