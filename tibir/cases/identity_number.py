"""Norwegian identity numbers: what they are and whether they can be right.

Fødselsnummer and D-number: eleven digits, DDMMYY, three digits to tell people apart, two check
digits; a D-number has 4 added to its first digit. From 1 January 2032 new numbers may leave a
remainder of 1, 2 or 3 in the first check, and then no longer tell the century; both rules hold
side by side for ever. Source: Skatteetaten, "Nytt fødselsnummer fra 2032",
https://skatteetaten.github.io/folkeregisteret-api-dokumentasjon/nytt-fodselsnummer-fra-2032/

DUF number, for people whose case is with the immigration authorities: twelve digits, the year of
registration, six digits, two check digits. The authority keeps its rule to itself; this is the
one by which Statistics Norway refuses reports (statisticsnorway/kostra-kontrollprogram), and the
Institute of Public Health (Fhi.NinCheck) says of it: what it refuses is wrong, what it accepts is
probably right.

Synthetic people have a number that no one alive can have: 80 added to the month (Skatteetaten's
Tenor), 40 (NAV's Dolly) or 65 (Norsk helsenett). Hospitals add 40 as well, to numbers of their own
that mean nothing outside the hospital, so they are refused with the synthetic ones.

Nothing here tells anyone's sex, and nothing here may: new numbers are the same for all.
No exception or repr repeats a number, as both end in logs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice

FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
DUF_WEIGHTS = (4, 6, 3, 2, 4, 6, 3, 2, 7, 5)

D_NUMBER_DAYS = 40
TENOR_MONTHS, NAV_MONTHS, HELSENETT_MONTHS = 80, 40, 65

NEW_RULE_FROM = date(2032, 1, 1)

# Birth years and the individual numbers given to them until 2032, both ends included.
CENTURIES = (
    (range(1854, 1900), range(500, 750)),
    (range(1900, 2000), range(500)),
    (range(1940, 2000), range(900, 1000)),
    (range(2000, 2040), range(500, 1000)),
)

DUF_YEARS = range(1900, 2100)
# Nobody publishes synthetic DUF numbers. These are ours: registered in a year that is far away.
SYNTHETIC_DUF_YEARS = range(9000, 10000)


class Kind(StrEnum):
    BIRTH_NUMBER = "fnr"
    D_NUMBER = "dnr"
    DUF = "duf"
    NONE = "none"


class Scheme(StrEnum):
    """Which rule the check digits obey: a number of today obeys the new one too."""

    EITHER = "either"
    ONLY_2032 = "2032"


class Reason(StrEnum):
    """Why a number was refused; the form has a sentence for each."""

    CHARACTERS = "characters"
    LENGTH = "length"
    DATE = "date"
    CHECK_DIGITS = "check_digits"
    NOT_ISSUED_YET = "not_issued_yet"
    SYNTHETIC = "synthetic"
    REAL = "real"


class InvalidIdentityNumber(ValueError):
    def __init__(self, reason: Reason):
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class Identity:
    kind: Kind
    digits: str = field(repr=False)
    synthetic: bool = False
    scheme: Scheme | None = None

    def birth_date(self, today: date) -> date | None:
        """The birth date if the number tells it for certain, otherwise None.

        For certain is: a fødselsnummer or D-number of the old rule, seen before 2032. From then
        on a new number that happens to obey the old rule looks the same and may be of another
        century. Never a date after `today`. Ask the family, and offer this as a help to check.
        """
        if self.scheme is not Scheme.EITHER or today >= NEW_RULE_FROM:
            return None
        day, month, year_in_century = _date_digits(self.digits)
        individual = int(self.digits[6:9])
        for years, individuals in CENTURIES:
            year = years.start - years.start % 100 + year_in_century
            if year in years and individual in individuals:
                born_on = _date_or_none(year, month, day)
                return born_on if born_on and born_on <= today else None
        return None


def identify(
    text: str,
    *,
    allow_synthetic: bool = False,
    only_synthetic: bool = False,
    today: date | None = None,
) -> Identity:
    """What `text` is, with spaces, dots and dashes as people write them; blank is Kind.NONE.

    As in production, numbers of synthetic people are refused. `only_synthetic` is for every
    other place: there it is the numbers of real people that are refused. `allow_synthetic`
    accepts both. If `today` is given, so is a number that could not have been issued by then.

    Raises InvalidIdentityNumber with a Reason.
    """
    digits = re.sub(r"[\s.\-–\u00ad\u200b-\u200d\u2060\ufeff]", "", text)
    if not digits:
        return Identity(Kind.NONE, "")
    if not re.fullmatch("[0-9]+", digits):
        raise InvalidIdentityNumber(Reason.CHARACTERS)
    identity = _parsed(digits)
    if identity.synthetic and not (allow_synthetic or only_synthetic):
        raise InvalidIdentityNumber(Reason.SYNTHETIC)
    if only_synthetic and not identity.synthetic:
        raise InvalidIdentityNumber(Reason.REAL)
    if today and not _can_be_issued(identity, today):
        raise InvalidIdentityNumber(Reason.NOT_ISSUED_YET)
    return identity


def synthetic_number(born_on: date, serial: int, kind: Kind = Kind.BIRTH_NUMBER) -> str:
    """A valid number, in Tenor's series, of someone invented who was born on `born_on`.

    `serial` 0, 1, 2… gives different numbers, some 400 for each day from 2000 to 2039.
    Raises ValueError for a birth before 1854 or after 2039, a serial that the day does not have,
    or a kind that has no birth date in it.
    """
    if serial < 0 or kind not in (Kind.BIRTH_NUMBER, Kind.D_NUMBER):
        raise ValueError("synthetic numbers are fødselsnummer or D-numbers, from serial 0")
    number = next(islice(_synthetic_numbers(born_on, kind), serial, None), None)
    if number is None:
        raise ValueError(f"there is no synthetic number {serial} for {born_on}")
    return number


def synthetic_duf(serial: int) -> str:
    """A DUF number of someone invented, in our own series; `serial` is 0–999999."""
    if not 0 <= serial <= 999_999:
        raise ValueError("a synthetic DUF number has a serial of six digits")
    body = f"{SYNTHETIC_DUF_YEARS.start}{serial:06}"
    return f"{body}{_remainder(body, DUF_WEIGHTS):02}"


def _parsed(digits: str) -> Identity:
    if len(digits) == 11:
        return _birth_or_d_number(digits)
    if len(digits) == 12:
        return _duf(digits)
    raise InvalidIdentityNumber(Reason.LENGTH)


def _birth_or_d_number(digits: str) -> Identity:
    day, month, year_in_century = _date_digits(digits)
    # Any century will do, and 2000 was a leap year: 29 February 00 can be a birthday.
    if not _date_or_none(2000 + year_in_century, month, day):
        raise InvalidIdentityNumber(Reason.DATE)
    kind = Kind.D_NUMBER if int(digits[:2]) > D_NUMBER_DAYS else Kind.BIRTH_NUMBER
    return Identity(kind, digits, synthetic=int(digits[2:4]) > 12, scheme=_scheme(digits))


def _date_digits(digits: str) -> tuple[int, int, int]:
    """Day, month and year of the century, without what marks a D-number or a synthetic one."""
    day, month, year_in_century = (int(digits[place : place + 2]) for place in (0, 2, 4))
    if day > D_NUMBER_DAYS:
        day -= D_NUMBER_DAYS
    for added in (TENOR_MONTHS, HELSENETT_MONTHS, NAV_MONTHS):
        if month > added:
            month -= added
            break
    return day, month, year_in_century


def _scheme(digits: str) -> Scheme:
    remainder = _remainder(digits, FIRST_WEIGHTS)
    if remainder > 3 or _remainder(digits, SECOND_WEIGHTS):
        raise InvalidIdentityNumber(Reason.CHECK_DIGITS)
    return Scheme.ONLY_2032 if remainder else Scheme.EITHER


def _duf(digits: str) -> Identity:
    year = int(digits[:4])
    if year not in DUF_YEARS and year not in SYNTHETIC_DUF_YEARS:
        raise InvalidIdentityNumber(Reason.DATE)
    if _remainder(digits, DUF_WEIGHTS) != int(digits[10:]):
        raise InvalidIdentityNumber(Reason.CHECK_DIGITS)
    return Identity(Kind.DUF, digits, synthetic=year in SYNTHETIC_DUF_YEARS)


def _can_be_issued(identity: Identity, today: date) -> bool:
    if identity.synthetic:
        return True
    if identity.kind == Kind.DUF:
        return int(identity.digits[:4]) <= today.year
    return identity.scheme is Scheme.EITHER or today >= NEW_RULE_FROM


def _synthetic_numbers(born_on: date, kind: Kind) -> Iterator[str]:
    day = born_on.day + (D_NUMBER_DAYS if kind == Kind.D_NUMBER else 0)
    start = f"{day:02}{born_on.month + TENOR_MONTHS}{born_on.year % 100:02}"
    for years, individuals in CENTURIES:
        if born_on.year in years:
            # From the top, as the register gives them out.
            for individual in reversed(individuals):
                yield from _completed(f"{start}{individual:03}")


def _completed(nine_digits: str) -> Iterator[str]:
    """With the two check digits of the old rule, if neither would have to be 10."""
    first = -_remainder(nine_digits, FIRST_WEIGHTS) % 11
    second = -_remainder(f"{nine_digits}{first}", SECOND_WEIGHTS) % 11
    if first < 10 and second < 10:
        yield f"{nine_digits}{first}{second}"


def _remainder(digits: str, weights: tuple[int, ...]) -> int:
    """Of as many digits as there are weights, or all if there are fewer."""
    pairs = zip(map(int, digits), weights, strict=False)
    return sum(digit * weight for digit, weight in pairs) % 11


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
