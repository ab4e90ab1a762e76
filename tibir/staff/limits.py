"""How long a guesser waits: longer for each wrong try, and strangers cannot keep an owner out."""

from datetime import timedelta

from tibir.core.attempts import Patience, address_of, forget, note, wait

HERE = Patience(free=5, longest=timedelta(minutes=15))
ADDRESS = Patience(free=50, longest=timedelta(minutes=15))
# From everywhere at once: a minute is long for a guesser and short for whoever owns the account.
ACCOUNT = Patience(free=100, longest=timedelta(minutes=1))
# Whoever comes to the second step knows the password, so no stranger is kept out by this one.
CODE = Patience(free=5, longest=timedelta(minutes=15))
# Letters with a link, to one person and from one address.
LETTERS = Patience(free=3, first=timedelta(minutes=5), longest=timedelta(hours=1))
LETTERS_FROM = Patience(free=20, longest=timedelta(minutes=15))


class Tries:
    """The tries that one request adds to, each kind with its patience."""

    def __init__(self, patience):
        self._patience = patience

    def wait(self):
        """The longest wait of them all; nothing when the way is free."""
        waits = [wait(kind, key, patience) for (kind, key), patience in self._patience.items()]
        return max(waits, default=timedelta(0))

    def note(self):
        for kind, key in self._patience:
            note(kind, key)

    def forgive(self):
        """The owner is here: what was tried from this place is forgotten."""
        kind, key = next(iter(self._patience))
        forget(kind, key)


def of_password(request, account):
    address = address_of(request)
    return Tries(
        {
            ("login", f"{account} {address}"): HERE,
            ("login from", address): ADDRESS,
            ("login to", account): ACCOUNT,
        }
    )


def of_code(user):
    return Tries({("code", str(user.pk)): CODE})


def of_letters(request, email):
    return Tries(
        {("letter to", email): LETTERS, ("letter from", address_of(request)): LETTERS_FROM}
    )


def of_links(request):
    return Tries({("link from", address_of(request)): ADDRESS})
