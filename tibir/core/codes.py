"""Codes that people read out loud, and secrets that open a page without a login.

A *reference* ("TB-7K4M-9QXR") names a referral on the telephone and in a letter. It proves
nothing, so it is short, and a slip of the pen or the ear is caught by its last character.

A *secret* opens something, so it is long, and only its digest is kept: a copy of the database
opens nothing. Secrets of less than 128 bits are refused here, because a plain SHA-256 of a short
code can be searched backwards; a one-time code of six digits needs attempts that are counted.
"""

import hmac
import re
import secrets
import unicodedata
from hashlib import sha256

# Of each group that is mixed up (0 O Q, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V) at most one is here, and
# no vowel, so that no reference is a word.
# Twenty-three is a prime: modulo a prime, no two positions and no two characters can cancel out.
ALPHABET = "23456789CDFHJKMNPQRTVWX"
PREFIX = "TB"
LENGTH = 8

# What people write for a character that looks like it. Nothing here is itself in the alphabet,
# so correcting can never turn one valid reference into another.
LOOKALIKES = str.maketrans("BGSZU0O", "8652VQQ")

# Not zero, so that "2222-2222" and other careless input is no reference.
CHECKSUM = 1

# Crockford's base 32: no I, L, O or U. https://www.crockford.com/base32.html
SECRET_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # noqa: S105
SECRET_LOOKALIKES = str.maketrans("OIL", "011")
BITS_PER_CHARACTER = 5
MINIMUM_BITS = 128
TOKEN_BITS = 256


class WeakSecret(ValueError):
    """Too short, or has a character that no secret has. Never says what was typed."""


def new_reference() -> str:
    """A random reference, 23⁷ ≈ 3.4 thousand million of them; the database says if it is taken."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return _grouped_reference(body + _check_character(body))


def is_reference(text: str) -> bool:
    """Whether `text`, however it was typed, is a reference that we could have given out.

    False for every reference with one wrong character or two characters swapped.
    """
    characters = _reference_characters(text)
    return (
        len(characters) == LENGTH
        and all(character in ALPHABET for character in characters)
        and _checksum(characters) == CHECKSUM
    )


def normalise(text: str) -> str:
    """The way we write a reference, from the way people do: "tb 7k4m9qxr" → "TB-7K4M-9QXR".

    Never raises. What cannot be a reference comes back in the same dress and is found nowhere;
    ask `is_reference` before telling anyone that it is one.
    """
    return _grouped_reference(_reference_characters(text))


def new_secret(bits: int = MINIMUM_BITS) -> str:
    """A random secret of at least `bits` bits, to be copied or typed: "9GXH-02VD-…".

    Raises ValueError below 128 bits.
    """
    if bits < MINIMUM_BITS:
        raise ValueError(f"a secret has at least {MINIMUM_BITS} bits, not {bits}")
    characters = (secrets.choice(SECRET_ALPHABET) for _ in range(_characters_for(bits)))
    return _grouped("".join(characters))


def normalise_secret(text: str) -> str:
    """The way we write a secret, from the way people type it. Never raises.

    What is no secret comes back in the same dress and matches nothing.
    """
    return _grouped(_secret_characters(text))


def digest(purpose: str, secret: str) -> bytes:
    """The 32 bytes to store instead of `secret`; another `purpose` gives other bytes.

    Raises ValueError if `secret` has less than 128 bits or is not written as secrets are.
    """
    return _hash("digest", purpose, _strong(secret, MINIMUM_BITS))


def derive(purpose: str, secret: str) -> str:
    """A second secret of 256 bits that the holder of the first, and no one else, can compute.

    The browser holds one token. From it the server computes the same status secret however often
    the form is sent, and stores neither. One way: the derived secret does not give the token,
    nor does the digest of the token give the derived secret.

    Raises ValueError if `secret` has less than 256 bits, as the answer then would have less too.
    """
    return _encoded(_hash("derive", purpose, _strong(secret, TOKEN_BITS)))


def matches(purpose: str, secret: str, stored: bytes | memoryview | None) -> bool:
    """Whether `stored` is the digest of `secret`, in a time that does not tell how nearly.

    Never raises for what a visitor can type, nor for a digest that is missing.
    """
    try:
        computed = digest(purpose, secret)
    except WeakSecret:
        return False
    return hmac.compare_digest(computed, bytes(stored or b""))


def _bare(text: str) -> str:
    """Capitals and digits only: no spaces, dashes, dots or anything else that was copied along."""
    composed = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\W_]+", "", composed)


def _reference_characters(text: str) -> str:
    bare = _bare(text)
    # The prefix goes first: its own B would be read as 8.
    if len(bare) == len(PREFIX) + LENGTH and bare.translate(LOOKALIKES).startswith("T8"):
        bare = bare[len(PREFIX) :]
    return bare.translate(LOOKALIKES)


def _grouped_reference(characters: str) -> str:
    return f"{PREFIX}-{_grouped(characters)}"


def _grouped(characters: str) -> str:
    return "-".join(characters[start : start + 4] for start in range(0, len(characters), 4))


def _checksum(characters: str) -> int:
    """Weights LENGTH…1, all different and below 23.

    One wrong character changes the sum by weight × difference, and two swapped characters by
    difference of weights × difference of characters: products of two numbers that are not
    divisible by a prime, hence never 0 modulo it.
    """
    weights = range(LENGTH, 0, -1)
    values = (ALPHABET.index(character) for character in characters)
    return sum(weight * value for weight, value in zip(weights, values, strict=False)) % 23


def _check_character(body: str) -> str:
    return ALPHABET[(CHECKSUM - _checksum(body)) % len(ALPHABET)]


def _secret_characters(text: str) -> str:
    return _bare(text).translate(SECRET_LOOKALIKES)


def _characters_for(bits: int) -> int:
    return -(-bits // BITS_PER_CHARACTER)


def _strong(secret: str, bits: int) -> str:
    characters = _secret_characters(secret)
    if not all(character in SECRET_ALPHABET for character in characters):
        raise WeakSecret("a secret has only the characters of base 32")
    if len(characters) < _characters_for(bits):
        raise WeakSecret(f"a secret here has at least {bits} bits")
    return characters


def _hash(use: str, purpose: str, characters: str) -> bytes:
    if not purpose or "\0" in purpose:
        raise ValueError("a purpose is a name without NUL")
    return sha256("\0".join(("tibir", use, purpose, characters)).encode()).digest()


def _encoded(octets: bytes) -> str:
    """Base 32 of all the bits, the last character filled up with zeros."""
    length = _characters_for(len(octets) * 8)
    number = int.from_bytes(octets, "big") << (length * BITS_PER_CHARACTER - len(octets) * 8)
    shifts = range((length - 1) * BITS_PER_CHARACTER, -1, -BITS_PER_CHARACTER)
    return _grouped("".join(SECRET_ALPHABET[number >> shift & 31] for shift in shifts))
