"""The second step of a login: codes from a telephone, passkeys, and codes on paper for a bad day.

django-allauth keeps them and does the arithmetic. That a code opens once is kept in the row here,
because its own memory of that is a cache of each process.
"""

import base64
import re
import secrets
import time
from dataclasses import dataclass

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

Type = Authenticator.Type
PERIOD = 30
PAPER_CODES = 10
PAPER_DIGITS = 8  # the first says which of them it is, so that one hash is compared, not ten
# A code from a list is guessed as little as a password: few tries, and a hash with a salt.
_paper = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
SPACED = 4


class NoAnswer(Exception):
    """What came is no answer to what this browser was asked."""


@dataclass(frozen=True)
class Passkey:
    pk: int
    name: str
    made_at: object
    used_at: object


def has_any(user):
    return _of(user).exclude(type=Type.RECOVERY_CODES).exists()


def has_codes(user):
    return _of(user).filter(type=Type.TOTP).exists()


def passkeys(user):
    rows = _of(user).filter(type=Type.WEBAUTHN).order_by("pk")
    return [Passkey(row.pk, row.data["name"], row.created_at, row.last_used_at) for row in rows]


def _of(user):
    return Authenticator.objects.filter(user_id=user.pk)


# --- Codes from a telephone -----------------------------------------------------------------


def new_secret():
    """A random secret of 160 bits, as base 32."""
    return totp.generate_totp_secret()


def written(secret):
    """As somebody types it: in groups."""
    return " ".join(secret[at : at + SPACED] for at in range(0, len(secret), SPACED))


def picture(user, secret):
    """The secret as something to photograph, and as an address that an image may have."""
    adapter = get_adapter()
    drawing = adapter.build_totp_svg(adapter.build_totp_url(user, secret)).encode()
    return "data:image/svg+xml;base64," + base64.b64encode(drawing).decode()


def _step(now):
    return int(now) // PERIOD


def _code_at(secret, step):
    return totp.format_hotp_value(totp.hotp_value(secret, step))


def _step_of(secret, code):
    """The step that the code belongs to: this half minute's; None when it is no such code.

    In the demo the page shows the code, and whoever reads it may take a while.
    """
    here = _step(time.time())
    steps = (here, here - 1) if settings.SHOW_CODES else (here,)
    return next((step for step in steps if _code_at(secret, step) == code), None)


def was_code(user, code):
    """It was right half a minute ago: whoever wrote it is slow, or has a clock that is."""
    row = _of(user).filter(type=Type.TOTP).first()
    return bool(row) and _code_at(_secret(row), _step(time.time()) - 1) == _digits(code)


def is_code(secret, code):
    return _step_of(secret, _digits(code)) is not None


def _digits(code):
    return "".join(code.split()).replace("-", "")


def keep_codes(user, secret):
    """From now on codes of this secret, and no older one's, open."""
    _of(user).filter(type=Type.TOTP).delete()
    totp.TOTP.activate(user, secret)


def shown_code(user):
    """For the demo alone: what the telephone of this invented person would show."""
    row = _of(user).filter(type=Type.TOTP).first() if settings.SHOW_CODES else None
    return _code_at(_secret(row), _step(time.time())) if row else ""


def _secret(row):
    return get_adapter().decrypt(row.data["secret"])


@transaction.atomic
def opens(user, code):
    """«totp» or «recovery_codes», whichever the code is one of; empty if none. It opens once."""
    code = _digits(code)
    rows = {row.type: row for row in _of(user).select_for_update(of=["self"]).order_by("pk")}
    if Type.TOTP in rows and _takes(rows[Type.TOTP], code):
        return Type.TOTP.value
    paper = rows.get(Type.RECOVERY_CODES)
    if paper and _takes_paper(paper, code):
        return Type.RECOVERY_CODES.value
    return ""


def _takes(row, code):
    step = _step_of(_secret(row), code)
    if step is None or (step <= row.data.get("last_step", -1) and not settings.SHOW_CODES):
        return False
    row.data["last_step"] = step
    row.last_used_at = timezone.now()
    row.save(update_fields=["data", "last_used_at"])
    return True


# --- Codes on paper -------------------------------------------------------------------------


def new_paper_codes(user):
    """Ten new ones; older ones open no more."""
    _of(user).filter(type=Type.RECOVERY_CODES).delete()
    secret = 10 ** (PAPER_DIGITS - 1)
    codes = [f"{n}{secrets.randbelow(secret):0{PAPER_DIGITS - 1}}" for n in range(PAPER_CODES)]
    hashes = [_paper.hash(code) for code in codes]
    Authenticator.objects.create(user=user, type=Type.RECOVERY_CODES, data={"hashes": hashes})
    return [f"{code[:SPACED]} {code[SPACED:]}" for code in codes]


def paper_codes_left(user):
    row = _of(user).filter(type=Type.RECOVERY_CODES).first()
    return sum(bool(each) for each in row.data.get("hashes", ())) if row else 0


def _takes_paper(row, code):
    """Each opens once; its hash goes when it has."""
    hashes = row.data.get("hashes", [])
    is_one = re.fullmatch(rf"[0-9]{{{PAPER_DIGITS}}}", code)
    if not is_one or not hashes or not hashes[int(code[0])]:
        return False
    try:
        _paper.verify(hashes[int(code[0])], code)
    except VerifyMismatchError:
        return False
    hashes[int(code[0])] = ""
    row.last_used_at = timezone.now()
    row.save(update_fields=["data", "last_used_at"])
    return True


# --- Passkeys -------------------------------------------------------------------------------
# What is asked of the browser, and the challenge, are of one session: allauth keeps them there.


def ask_for_new_passkey(user):
    return _plain(webauthn.begin_registration(user, passwordless=False))


def keep_passkey(user, name, answer):
    """Raises NoAnswer."""
    _checked(webauthn.parse_registration_response, answer)
    _checked(webauthn.complete_registration, answer)
    return webauthn.WebAuthn.add(user, name, answer).instance


def ask_for_passkey(user):
    return _plain(webauthn.begin_authentication(user))


def passkey_opens(user, answer):
    try:
        _checked(webauthn.parse_authentication_response, answer)
        row = _checked(webauthn.complete_authentication, user, answer)
    except NoAnswer:
        return False
    row.record_usage()
    return True


def remove_passkey(user, pk):
    return _of(user).filter(type=Type.WEBAUTHN, pk=pk).delete()[0]


def _checked(step, *given):
    """Whatever a stranger sends, it is an answer or it is not."""
    try:
        return step(*given)
    except (ValidationError, TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        raise NoAnswer from error


def _plain(asked):
    """What JSON can say; bytes as base64 for addresses."""
    if isinstance(asked, bytes):
        return base64.urlsafe_b64encode(asked).rstrip(b"=").decode()
    if isinstance(asked, dict) or hasattr(asked, "items"):
        return {key: _plain(value) for key, value in asked.items() if value is not None}
    if isinstance(asked, list | tuple):
        return [_plain(each) for each in asked]
    return asked


def remove_all(user):
    return _of(user).delete()[0]
