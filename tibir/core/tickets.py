"""A ticket is a cookie on one device: what it opens, and the secret that opens it.

Only the secret's digest is stored, so a copy of the database opens nothing.
"""

from django.conf import settings

MOST = 4


def _name(kind, public_id):
    return f"{settings.COOKIE_PREFIX}{kind}-{public_id}"


def give(response, kind, public_id, secret, lifetime=None):
    """Without a lifetime the ticket ends with the browser."""
    response.set_cookie(
        _name(kind, public_id),
        secret,
        max_age=lifetime,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def held(request, kind, public_id):
    return request.COOKIES.get(_name(kind, public_id), "")


def make_room(request, response, kind):
    """A browser that many use must not carry more than a server will read."""
    prefix = f"{settings.COOKIE_PREFIX}{kind}-"
    mine = [name for name in request.COOKIES if name.startswith(prefix)]
    for name in mine[: 1 - MOST]:
        take_back(response, kind, name.removeprefix(prefix))


def take_back(response, kind, public_id):
    response.set_cookie(
        _name(kind, public_id), "", max_age=0, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
