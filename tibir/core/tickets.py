"""A ticket is a cookie on one device: what it opens, and the secret that opens it.

Only the secret's digest is stored, so a copy of the database opens nothing.
"""

from django.conf import settings


def _name(kind, public_id):
    return f"{settings.COOKIE_PREFIX}{kind}-{public_id}"


def give(response, kind, public_id, secret, lifetime):
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


def take_back(response, kind, public_id):
    response.set_cookie(
        _name(kind, public_id), "", max_age=0, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
