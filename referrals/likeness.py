"""Whether two children might be one. Suggests only: a person decides.

Names are compared as people write and mistype them: without case, accents and hyphens, with the
Norwegian letters folded so that «Åse», «Aase» and «Ase» meet, and «Ødegård» and «Oedegaard».
"""

import unicodedata
from difflib import SequenceMatcher

ALIKE = 0.75  # of all letters, in the same order: one mistyped letter in a name of four
FOLDS = (("aa", "a"), ("æ", "e"), ("ae", "e"), ("ä", "e"), ("ø", "o"), ("oe", "o"), ("ö", "o"))


def fold(name: str) -> str:
    """The name as it is compared: «Åse-Lill Ødegård» is «ase lill odegard»."""
    name = name.casefold()
    for written, meant in FOLDS:
        name = name.replace(written, meant)
    letters = unicodedata.normalize("NFKD", name)
    plain = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(plain.split())


def may_be_same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Each is (first names, last names) of a child with the same birth date.

    A first name must be alike; last names only where both are known, as siblings and parents
    often have different ones and forms are half filled in.
    """
    first, last = zip(map(fold, one), map(fold, other), strict=True)
    return _alike(*first) and (not all(last) or _alike(*last) or _shares_a_name(*last))


def _alike(one: str, other: str) -> bool:
    if not one or not other:
        return False
    if _shares_a_name(one, other):
        return True
    return SequenceMatcher(None, one, other).ratio() >= ALIKE


def _shares_a_name(one: str, other: str) -> bool:
    return bool(set(one.split()) & set(other.split()))
