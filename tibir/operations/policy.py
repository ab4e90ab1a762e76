"""What a browser says when it has refused something that our policy forbids."""

import json
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

DIRECTIVES = set(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
KINDS = {"inline", "eval", "data", "blob"}


def read(body, host):
    """(directive, what was refused, page): words of ours, whatever somebody sent.

    Raises ValueError when it is no report.
    """
    try:
        report = json.loads(body)["csp-report"]
        directive = str(report.get("effective-directive") or report["violated-directive"])
        refused, page = str(report["blocked-uri"]), str(report["document-uri"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no report") from error
    word = directive.split(" ")[0].removesuffix("-elem").removesuffix("-attr")
    return word if word in DIRECTIVES else "other", _kind(refused, host), _view(page)


def _kind(refused, host):
    if refused in KINDS or refused.split(":")[0] in KINDS:
        return refused.split(":")[0]
    return "something here" if urlsplit(refused).netloc == host else "something elsewhere"


def _view(page):
    """The name of the page, without the numbers in its address."""
    try:
        return resolve(urlsplit(page).path).view_name
    except Resolver404:
        return "no page"
