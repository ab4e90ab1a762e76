"""Logging in elsewhere, by OpenID Connect: authorization code with PKCE, state and nonce.

Authlib carries the messages and checks the signature. What the answer must say is checked here,
in plain sight, whatever a library does by itself.
"""

import hmac
import time
from functools import lru_cache

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from joserfc.errors import JoseError

LEEWAY = 60  # seconds between their clock and ours


class Refused(Exception):
    """The answer does not open. The word says why: it is for the log."""


class Down(Exception):
    """Nobody answers there."""


class Straight(OAuth2Session):
    """Goes where it is configured to go, and nowhere that an answer sends it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.max_redirects = 0


class Client(DjangoOAuth2App):
    client_cls = Straight


@lru_cache(maxsize=32)
def _client(provider):
    """One for each provider: it remembers where things are, and the keys."""
    return OAuth().register(
        provider.key,
        client_cls=Client,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": provider.scope,
            "code_challenge_method": "S256",
            "default_timeout": settings.STAFF_OIDC_TIMEOUT,
        },
    )


def start(request, provider, answer_to):
    """The way to the provider; what the answer is held against lies in the session."""
    try:
        _load(provider)
        return _client(provider).authorize_redirect(request, answer_to, **provider.asked)
    except (requests.RequestException, RuntimeError, ValueError, KeyError) as error:
        raise Down from error


def _load(provider):
    said = _client(provider).load_server_metadata()
    if said.get("issuer") != provider.issuer:
        raise Down
    return said


def claims(request, provider):
    """What the provider says of whoever came back, after every check. Raises Refused or Down."""
    client = _client(provider)
    state = client.framework.get_state_data(request.session, request.GET.get("state"))
    if not state:
        raise Refused("state")
    try:
        _load(provider)
        token = client.authorize_access_token(
            request,
            claims_options={"iss": {"essential": True, "value": provider.issuer}},
            leeway=LEEWAY,
        )
    except requests.RequestException as error:
        raise Down from error
    except (AuthlibBaseError, JoseError, ValueError) as error:
        raise Refused(_word(error)) from error
    found = token.get("userinfo") or {}
    check(found, provider, state.get("nonce", ""), time.time())
    return found


def _word(error):
    return str(getattr(error, "error", "") or type(error).__name__)[:40]


def check(found, provider, nonce, now):
    """Raises Refused unless these claims are for us, for this login, now, and of that level."""
    if not found.get("sub") or not isinstance(found["sub"], str):
        raise Refused("sub")
    if found.get("iss") != provider.issuer:
        raise Refused("iss")
    audience = found.get("aud")
    audience = audience if isinstance(audience, list) else [audience]
    if provider.client_id not in audience:
        raise Refused("aud")
    if len(audience) > 1 and found.get("azp") != provider.client_id:
        raise Refused("azp")
    if not _is_number(found.get("exp")) or found["exp"] + LEEWAY < now:
        raise Refused("exp")
    if not _is_number(found.get("iat")) or found["iat"] - LEEWAY > now:
        raise Refused("iat")
    if not nonce or not hmac.compare_digest(str(found.get("nonce", "")), nonce):
        raise Refused("nonce")
    level = found.get(provider.acr_claim)
    levels = level if isinstance(level, list) else [level]
    if not set(provider.acr_values) & {each for each in levels if isinstance(each, str)}:
        raise Refused("acr")


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)
