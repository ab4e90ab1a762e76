"""Where staff may log in instead of here: Entra, Ansattporten. Read from the environment.

One entry is {"key", "name", "issuer", "client_id", "client_secret", "acr_values"}, and if wanted
"acr_claim", "ask", "scope", "municipality" (its slug) and "link_by_email".
"""

import json
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Provider:
    """One place to log in.

    acr_values     the levels that are as good as our two steps; any of them will do
    acr_claim      where the level stands in the answer: «acr», or «acrs» at Entra
    ask            what is sent along to ask for that level, as pairs
    municipality   the slug of the one municipality whose staff it is for; empty: everybody
    link_by_email  the first time, a verified e-mail address that equals a user's is enough
    """

    key: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    acr_values: tuple[str, ...]
    acr_claim: str = "acr"
    ask: tuple[tuple[str, str], ...] | None = None
    scope: str = "openid email"
    municipality: str = ""
    link_by_email: bool = False

    @property
    def asked(self) -> dict:
        if self.ask is None:
            return {"acr_values": " ".join(self.acr_values)}
        return dict(self.ask)


def providers(text: str, *, strict: bool) -> dict[str, Provider]:
    """Those that the JSON in `text` lists, by key; none when it is empty.

    Raises ValueError, saying what is wrong, and never what stood there. Each must be asked by
    HTTPS; one on this very machine by HTTP too, unless `strict`.
    """
    if not text.strip():
        return {}
    try:
        entries = json.loads(text)
        found = [_provider(entry) for entry in entries]
    except (TypeError, AttributeError, json.JSONDecodeError):
        raise ValueError("must be a list of providers in JSON") from None
    for provider in found:
        if not provider.acr_values:
            raise ValueError(f"must say which acr_values are enough for «{provider.key}»")
        if not provider.issuer.startswith("https://") and (strict or not _is_here(provider.issuer)):
            raise ValueError(f"must have an https:// issuer for «{provider.key}»")
        if not provider.key.isalnum():
            raise ValueError("must have keys of letters and digits")
    if len({provider.key for provider in found}) < len(found):
        raise ValueError("must have a key of its own for each")
    return {provider.key: provider for provider in found}


def _is_here(issuer):
    there = urlsplit(issuer)
    return there.scheme == "http" and there.hostname in LOOPBACK


def _provider(entry):
    known = {field.name for field in fields(Provider)}
    if entry.keys() - known:
        raise ValueError(f"does not know {', '.join(sorted(entry.keys() - known))}")
    values = entry | {"acr_values": tuple(entry.get("acr_values", ()))}
    if "ask" in entry:
        values["ask"] = tuple(entry["ask"].items())
    try:
        return Provider(**values)
    except TypeError:
        raise ValueError("lacks key, name, issuer, client_id or client_secret") from None
