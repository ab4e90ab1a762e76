"""Names in Norwegian order: æ, ø, å (and aa, ä, ö, ü) after z. The same as the database's key."""

FOLDS = str.maketrans("æøåäöüé", "{|}{|ye")


def key(name: str) -> str:
    """What a name is sorted and looked up by; SORT_KEY in the models says it in SQL."""
    return name.lower().replace("aa", "å").translate(FOLDS)


def initials(first: str, last: str) -> str:
    """The first letter of each; a dash when no name is known."""
    return "".join(part[0] for part in (first, last) if part) or "–"
