"""How somebody gets in: a password, and a code from the telephone that we hold for them."""

import time

from django.urls import reverse

from tibir.staff import factors
from tibir.staff.factors import Authenticator, Type

PASSWORD = "fjorden er blank i dag"
LOGIN = "/logg-inn/"
ENOUGH = 2.5  # seconds to write a code in


def employed(user, *, password=PASSWORD, codes=True):
    """With a password, and a telephone that makes codes."""
    user.set_password(password)
    user.save()
    if codes:
        factors.keep_codes(user, factors.new_secret())
    return user


def secret_of(user):
    return factors._secret(Authenticator.objects.get(user=user, type=Type.TOTP))


def in_time():
    """As a person does, we wait for the next code when there is no time left to write this one."""
    left = factors.PERIOD - time.time() % factors.PERIOD
    if left < ENOUGH:
        time.sleep(left)


def code_of(user, later=0):
    """What the telephone shows now, or so many times half a minute later."""
    if not later:
        in_time()
    return factors._code_at(secret_of(user), int(time.time()) // factors.PERIOD + later)


def first_step(client, user, password=PASSWORD, **extra):
    then = extra.pop("next", "")
    typed = {"username": user.email, "password": password, "next": then}
    return client.post(LOGIN, typed, **extra)


def log_in(client, user, password=PASSWORD, **extra):
    """Both steps; the page that follows."""
    first_step(client, user, password, **extra)
    forget_last_code(user)
    return client.post(reverse("staff:code"), {"code": code_of(user)})


def prove(client, user, password=PASSWORD, **more):
    """Both steps once more, before something is changed that opens an account."""
    forget_last_code(user)
    typed = {"password": password, "code": code_of(user), **more}
    return client.post(reverse("staff:proof"), typed)


def forget_last_code(user):
    """As if half a minute had passed since the telephone was last used."""
    row = Authenticator.objects.get(user=user, type=Type.TOTP)
    row.data.pop("last_step", None)
    row.save()
