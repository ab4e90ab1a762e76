"""Which passwords are too easy to guess. Length is asked for elsewhere; signs never are.

zxcvbn counts how many tries somebody would need who knows lists of breached passwords, words,
names, patterns on a keyboard and dates; the words of this place are told to it as well.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn.matching import RANKED_DICTIONARIES, build_ranked_dict, omnimatch
from zxcvbn.scoring import most_guessable_match_sequence

from tibir.accounts.models import Municipality, Region, Unit

ENOUGH_GUESSES = 10**10
LOOKED_AT = 72  # characters: what is as long as that and easy, is easy in its beginning
# What somebody here would think of first; documented in docs/security/passwords.md.
LISTED = """
tibir tidlig innsats barn risiko familie familieteam kommune kommunen region regionen enhet
barnevern barnevernet barneverntjenesten barnevernvakt ppt helse helsestasjon oppvekst skole
barnehage koordinator leder behandler merkantil veileder administrator ansatt saksbehandler
henvisning henvisninger bekymringsmelding samtykke adressesperre fortrolig
passord passordet hemmelig velkommen innlogging norge sommer høst vinter vår
januar februar mars april mai juni juli august september oktober november desember
mandag tirsdag onsdag torsdag fredag lørdag søndag
"""
WORDS = LISTED.split()


class NotEasilyGuessed:
    """Refuses what a guesser would come to within the first ten milliard tries."""

    def validate(self, password, user=None):
        of_this_place = build_ranked_dict(words_here(user))
        known = {**RANKED_DICTIONARIES, "common": common(), "of this place": of_this_place}
        matches = omnimatch(password[:LOOKED_AT], known)
        found = most_guessable_match_sequence(password[:LOOKED_AT], matches)
        if found["guesses"] < ENOUGH_GUESSES:
            raise ValidationError(
                _(
                    "Passordet er lett å gjette. Skriv flere ord som ikke hører sammen, "
                    "og ikke navn på steder eller tjenester."
                ),
                code="password_easily_guessed",
            )


@cache
def common():
    """The passwords that Django lists: as dictionaries of zxcvbn are, by rank."""
    return build_ranked_dict(sorted(CommonPasswordValidator().passwords))


def words_here(user=None):
    """The words of this installation: places and units by name, and whoever chooses."""
    names = [*Municipality.objects.values_list("name", flat=True)]
    names += [*Region.objects.values_list("name", flat=True)]
    names += [*Unit.objects.values_list("name", flat=True)]
    names += [user.name, user.email] if user is not None else []
    found = {word for name in names for word in re.findall(r"\w{3,}", name.lower())}
    return [*WORDS, *sorted(found - set(WORDS))]


class NotBreached:
    """Refuses what is in the file of breached passwords, where the operator has one.

    The file is that of Pwned Passwords: lines of «SHA-1:count», in the order of the digests.
    """

    def validate(self, password, user=None):
        if settings.BREACHED_PASSWORDS and is_breached(password, Path(settings.BREACHED_PASSWORDS)):
            raise ValidationError(
                _("Passordet er lekket et annet sted, så andre kan prøve det. Velg et annet."),
                code="password_breached",
            )


def is_breached(password, path):
    """Is the password's digest in the file? Found by halving: the file has a milliard lines."""
    # Their digest, not ours: nothing is kept by it.
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, path.stat().st_size
        while low < high:
            middle = (low + high) // 2
            line = _line_from(file, middle)
            if line and line[:40] < wanted:
                low = middle + 1
            else:
                high = middle
        return _line_from(file, low)[:40] == wanted


def _line_from(file, at):
    """The first whole line that begins there or later; nothing at the end."""
    file.seek(max(at - 1, 0))
    if at:
        file.readline()
    return file.readline().strip().upper()
