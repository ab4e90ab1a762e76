"""Which passwords somebody may choose: long ones that nobody guesses, of whatever signs."""

import gzip
import hashlib
from pathlib import Path

import pytest
from django.contrib.auth import password_validation
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from zxcvbn.matching import RANKED_DICTIONARIES

from tests.databases import ROOT
from tests.factories import MunicipalityFactory, UnitFactory, UserFactory
from tibir.accounts import passwords

pytestmark = pytest.mark.django_db

# As long as ours must be.
LENGTH = 12


@pytest.fixture
def user():
    return UserFactory(email="kari@kommune.example", name="Kari Nordstrand")


def codes(password, user=None):
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return {each.code for each in refused.error_list}
    return set()


def long_and_common():
    """What two libraries know, and what people make of the others: more than 3,000."""
    file = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    common = set(gzip.decompress(file.read_bytes()).decode().split())
    known = common | set(RANKED_DICTIONARIES["passwords"])
    long = {word for word in known if len(word) >= LENGTH}
    endings = ("123456", "2026!", "1234")
    made = {word + end for word in sorted(known)[::40] for end in endings}
    long |= {word for word in made if len(word) >= LENGTH and word.isascii()}
    ranked = RANKED_DICTIONARIES["passwords"]
    long |= {word * 2 for word, rank in ranked.items() if 6 <= len(word) <= 8 and rank <= 3000}
    assert len(long) > 3000
    return sorted(long)


def test_common_passwords_of_our_length_are_refused():
    assert [word for word in long_and_common()[::60] if not codes(word)] == []


@pytest.mark.prove
def test_all_common_passwords_of_our_length_are_refused():
    assert [word for word in long_and_common() if not codes(word)] == []


@pytest.mark.parametrize(
    "password",
    [
        "passordpassord", "Passord12345!", "P@ssw0rd12345", "123456789012", "qwertyuiop123",
        "abcabcabcabc", "velkommen2026", "Hemmelig1234", "sommer2026!!","novembernovember",
    ],
)  # fmt: skip
def test_what_a_guesser_comes_to_first_is_refused(password):
    assert "password_easily_guessed" in codes(password)


@pytest.mark.parametrize(
    "password",
    ["Fjordvik2026", "nordlia-familieteam", "barnevernet123", "tibirtibir12", "nordstrandkari"],
)
def test_the_words_of_the_place_are_refused(user, password):
    place = MunicipalityFactory(name="Fjordvik")
    UnitFactory(municipality=place, name="Nordlia familieteam")
    assert "password_easily_guessed" in codes(password, user)


@pytest.mark.parametrize(
    "password",
    [
        "fjellet er grønt om sommeren",
        "havet er grått i morgen",
        "xK3pQ9mZr7Wd",
        "山は青い、海は静か、夜は長い",
    ],
)
def test_a_long_sentence_needs_no_digits_or_signs(user, password):
    assert codes(password, user) == set()


def test_a_very_long_one_is_looked_at_in_time(user):
    assert codes("abc" * 400, user) == {"password_easily_guessed"}


def test_the_words_are_those_that_the_page_lists():
    page = (ROOT / "docs/security/passwords.md").read_text()
    listed = page.split("```")[1].split()
    assert listed == passwords.WORDS


@pytest.fixture
def breached(tmp_path, settings):
    """As Pwned Passwords is handed out: ordered digests, and how often each was seen."""
    words = [f"et passord som er lekket {n}" for n in range(40)]
    made = [hashlib.sha1(word.encode(), usedforsecurity=False) for word in words]
    digests = sorted(each.hexdigest().upper() for each in made)
    file = tmp_path / "pwned.txt"
    file.write_text("".join(f"{digest}:{n % 9 + 1}\r\n" for n, digest in enumerate(digests)))
    settings.BREACHED_PASSWORDS = str(file)
    return words


def test_a_breached_password_is_refused_where_the_operator_has_the_list(breached, settings):
    assert [word for word in breached if "password_breached" not in codes(word)] == []
    assert codes("et passord som ikke er lekket 7") == set()
    settings.BREACHED_PASSWORDS = ""
    assert codes(breached[7]) == set()
