"""A login elsewhere that is on this machine: Ansattporten as a newcomer to the demo may try it.

The provider is oidc-provider-mock, which the tests log in at too. It is never in production.
"""

import importlib.util
import json
import os
import sys

from django.db import transaction
from django.db.models import F

from tibir.accounts.models import User
from tibir.demo.people import CAST, DEMO_USERS
from tibir.staff.models import Identity

KEY, NAME = "prove", "Ansattporten (prøve)"
LEVEL = "high"
PORTS = range(9400, 9451)
THE_REST = "Alt annet virker."
NOT_INSTALLED = f"«{NAME}» er ikke med: kjør «make setup». {THE_REST}"
NO_PORT = (
    f"Alle porter fra {PORTS[0]} til {PORTS[-1]} er opptatt, så «{NAME}» er ikke med. {THE_REST}"
)
PROVIDER = "oidc_provider_mock"


def is_wanted():
    """Whoever names providers of their own gets those, or none."""
    return "STAFF_OIDC" not in os.environ


def is_installed():
    return importlib.util.find_spec(PROVIDER) is not None


def address(listener):
    """Also what the provider calls itself."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def configuration(issuer):
    """What the web server has in STAFF_OIDC."""
    one = {
        "key": KEY,
        "name": NAME,
        "issuer": issuer,
        "client_id": "tibir",
        "client_secret": "kun-i-demoen",
        "acr_values": [LEVEL],
    }
    return json.dumps([one])


def command(listener):
    people = {user["email"]: user["label"] for user in DEMO_USERS}
    given = {"socket": listener.fileno(), "level": LEVEL, "people": people}
    return [sys.executable, "-m", "tibir.demo.provider", json.dumps(given)]


@transaction.atomic
def link(issuer):
    """Each of the cast is linked there; where another start had another port, no more."""
    cast = User.objects.filter(email__in=[email for email, *_rest in CAST])
    ours = Identity.objects.filter(user__in=cast, subject=F("user__email"))
    ours.filter(issuer__startswith="http://127.0.0.1:").exclude(issuer=issuer).delete()
    for user in cast.exclude(identities__issuer=issuer):
        Identity.objects.get_or_create(issuer=issuer, subject=user.email, defaults={"user": user})
