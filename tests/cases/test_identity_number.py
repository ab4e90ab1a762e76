"""Only published examples and synthetic people; made-up "real" ones are born in 2039."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tibir.cases import identity_number
from tibir.cases.identity_number import Identity, InvalidIdentityNumber, Kind, Reason, Scheme

TODAY = date(2026, 11, 22)
AFTER_2032 = date(2032, 1, 1)

birthdays = st.dates(date(1854, 1, 1), date(2039, 12, 31))
birthdays_of_children = st.dates(date(2010, 1, 1), TODAY)


def reason_against(text, **conditions):
    with pytest.raises(InvalidIdentityNumber) as refused:
        identity_number.identify(text, **conditions)
    return refused.value.reason


def by_the_book(nine_digits, extra=0):
    """Both check digits as Skatteetaten writes the formula; None where one would be 10."""
    d1, d2, m1, m2, y1, y2, i1, i2, i3 = map(int, nine_digits)
    sum_1 = 3 * d1 + 7 * d2 + 6 * m1 + 1 * m2 + 8 * y1 + 9 * y2 + 4 * i1 + 5 * i2 + 2 * i3
    k1 = (11 + extra - sum_1 % 11) % 11
    sum_2 = 5 * d1 + 4 * d2 + 3 * m1 + 2 * m2 + 7 * y1 + 6 * y2 + 5 * i1 + 4 * i2 + 3 * i3 + 2 * k1
    k2 = (11 - sum_2 % 11) % 11
    return None if 10 in (k1, k2) else f"{nine_digits}{k1}{k2}"


def not_yet_born(extra=0):
    """Numbers in the series of real people, for one day in 2039."""
    made = (by_the_book(f"170539{individual}", extra) for individual in range(500, 1000))
    return [digits for digits in made if digits]


# Skatteetaten's three examples of the rule of 2032


@pytest.mark.parametrize(
    ("digits", "scheme"),
    [
        pytest.param("02013299997", Scheme.EITHER, id="born 2032, remainder 0"),
        pytest.param("30108299920", Scheme.EITHER, id="born 1982, remainder 0"),
        pytest.param("30108299939", Scheme.ONLY_2032, id="born 1982, remainder 1"),
    ],
)
def test_the_official_examples_are_accepted(digits, scheme):
    identity = identity_number.identify(digits)
    assert identity == Identity(Kind.BIRTH_NUMBER, digits, synthetic=False, scheme=scheme)
    assert identity_number.identify(digits, today=AFTER_2032) == identity


@pytest.mark.parametrize("digits", ["02013299987", "02013299996", "30108299929", "30108299930"])
def test_an_official_example_with_one_wrong_digit_is_refused(digits):
    assert reason_against(digits) == Reason.CHECK_DIGITS


def test_a_number_of_the_new_rule_cannot_exist_before_2032():
    assert reason_against("30108299939", today=date(2031, 12, 31)) == Reason.NOT_ISSUED_YET
    assert identity_number.identify("30108299939", today=AFTER_2032).scheme == Scheme.ONLY_2032
    assert identity_number.identify("30108299920", today=TODAY).scheme == Scheme.EITHER


@pytest.mark.parametrize("extra", [0, 1, 2, 3])
def test_each_remainder_of_the_new_rule_is_accepted(extra):
    for digits in not_yet_born(extra):
        scheme = identity_number.identify(digits).scheme
        assert scheme == (Scheme.ONLY_2032 if extra else Scheme.EITHER)


@pytest.mark.parametrize("extra", range(4, 11))
def test_no_other_remainder_is_accepted(extra):
    for digits in not_yet_born(extra):
        assert reason_against(digits) == Reason.CHECK_DIGITS


# Synthetic people


@pytest.mark.parametrize(
    ("digits", "kind", "born_on"),
    [
        pytest.param("10915596784", Kind.BIRTH_NUMBER, date(1955, 11, 10), id="Tenor"),
        pytest.param("28894698995", Kind.BIRTH_NUMBER, date(1946, 9, 28), id="Tenor, another"),
        pytest.param("23906799537", Kind.BIRTH_NUMBER, date(1967, 10, 23), id="Tenor, a third"),
        pytest.param("50846202355", Kind.D_NUMBER, date(1962, 4, 10), id="Tenor D-number"),
        pytest.param("03432287806", Kind.BIRTH_NUMBER, date(2022, 3, 3), id="NAV"),
        pytest.param("16528049234", Kind.BIRTH_NUMBER, date(1980, 12, 16), id="NAV, December"),
        pytest.param("15507600333", Kind.BIRTH_NUMBER, date(1976, 10, 15), id="NAV, October"),
        pytest.param("29422059278", Kind.BIRTH_NUMBER, date(2020, 2, 29), id="NAV, leap day"),
        pytest.param("55507608360", Kind.D_NUMBER, date(1976, 10, 15), id="NAV D-number"),
        pytest.param("69422056629", Kind.D_NUMBER, date(2020, 2, 29), id="NAV D-number, leap day"),
        pytest.param("31739556891", Kind.BIRTH_NUMBER, date(1895, 8, 31), id="Norsk helsenett"),
        pytest.param("44722264549", Kind.D_NUMBER, date(2022, 7, 4), id="helsenett D-number"),
    ],
)
def test_published_synthetic_numbers_are_known(digits, kind, born_on):
    identity = identity_number.identify(digits, allow_synthetic=True, today=TODAY)
    assert identity == Identity(kind, digits, synthetic=True, scheme=Scheme.EITHER)
    assert identity.birth_date(TODAY) == born_on
    assert identity_number.identify(digits, only_synthetic=True) == identity
    assert reason_against(digits) == Reason.SYNTHETIC


@pytest.mark.parametrize("added", [80, 40, 65])
def test_each_synthetic_series_holds_for_every_month(added):
    for month in range(1, 13):
        digits = next(
            filter(None, (by_the_book(f"15{month + added}18{n}") for n in range(500, 600)))
        )
        identity = identity_number.identify(digits, only_synthetic=True)
        assert identity.birth_date(TODAY) == date(2018, month, 15)


def test_outside_production_the_numbers_of_real_people_are_refused():
    for digits in ("02013299997", "30108299939", *not_yet_born()[:5]):
        assert reason_against(digits, only_synthetic=True) == Reason.REAL
        assert reason_against(digits, only_synthetic=True, allow_synthetic=True) == Reason.REAL
        assert not identity_number.identify(digits, allow_synthetic=True).synthetic


@pytest.mark.parametrize("month", ["00", "13", "40", "53", "65", "78", "80", "93", "99"])
def test_a_month_between_the_series_is_no_date(month):
    digits = next(filter(None, (by_the_book(f"15{month}18{n}") for n in range(500, 600))))
    assert reason_against(digits, allow_synthetic=True) == Reason.DATE


# What people type


@pytest.mark.parametrize(
    "typed",
    [
        "020132 99997",
        "02.01.32 99997",
        "020132-99997",
        "020132–99997",
        " 0 2 0 1 3 2 9 9 9 9 7\n",
        "020132\u00a099997",
        "020132\u202f99997\u200b",
    ],
)
def test_a_number_is_read_with_what_people_put_between(typed):
    assert identity_number.identify(typed).digits == "02013299997"


@pytest.mark.parametrize("typed", ["", "   ", "-", "\u00a0"])
def test_nothing_is_a_person_without_a_number(typed):
    for conditions in ({}, {"allow_synthetic": True}, {"only_synthetic": True, "today": TODAY}):
        identity = identity_number.identify(typed, **conditions)
        assert identity == Identity(Kind.NONE, "")
        assert identity.birth_date(TODAY) is None


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        pytest.param("O2013299997", Reason.CHARACTERS, id="the letter O"),
        pytest.param("020132 9999x", Reason.CHARACTERS, id="a letter"),
        pytest.param("٠٢٠١٣٢٩٩٩٩٧", Reason.CHARACTERS, id="other digits"),
        pytest.param("0201329999²", Reason.CHARACTERS, id="a superscript"),
        pytest.param("02013299997\0", Reason.CHARACTERS, id="NUL"),
        pytest.param("🙂", Reason.CHARACTERS, id="emoji"),
        pytest.param("<b>02013299997</b>", Reason.CHARACTERS, id="markup"),
        pytest.param("2013299997", Reason.LENGTH, id="the leading zero lost"),
        pytest.param("0201329999", Reason.LENGTH, id="ten digits"),
        pytest.param("0201329999799", Reason.LENGTH, id="thirteen digits"),
        pytest.param("020132", Reason.LENGTH, id="only a birth date"),
        pytest.param("1" * 5000, Reason.LENGTH, id="very long"),
        pytest.param("00000000000", Reason.DATE, id="zeros"),
        pytest.param("99999999999", Reason.DATE, id="nines"),
        pytest.param("32013299997", Reason.DATE, id="32 January"),
        pytest.param("30023299997", Reason.DATE, id="30 February"),
        pytest.param("29023199997", Reason.DATE, id="29 February 31"),
        pytest.param("72013299997", Reason.DATE, id="D-number of 32 January"),
        pytest.param("80013299997", Reason.DATE, id="day 80"),
        pytest.param("40013299997", Reason.DATE, id="day 40"),
        pytest.param("11111111111", Reason.CHECK_DIGITS, id="ones"),
        pytest.param("12345678901", Reason.DATE, id="digits in a row"),
    ],
)
def test_what_is_no_number_says_why(typed, reason):
    assert reason_against(typed, allow_synthetic=True) == reason


@given(st.text(max_size=30) | st.text("0123456789 .-", max_size=16))
@settings(max_examples=300)
def test_anything_may_be_typed(typed):
    try:
        identity = identity_number.identify(typed, allow_synthetic=True)
    except InvalidIdentityNumber:
        return
    assert len(identity.digits) in (0, 11, 12)
    assert identity_number.identify(identity.digits, allow_synthetic=True) == identity


def test_before_2032_every_wrong_digit_and_every_swap_of_neighbours_is_caught():
    """The promise of two check digits modulo 11, for all slips in all numbers of one day."""
    for digits in not_yet_born():
        assert identity_number.identify(digits, today=TODAY)
        slips = {
            digits[:place] + wrong + digits[place + 1 :]
            for place in range(11)
            for wrong in "0123456789"
        }
        swaps = {
            digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
            for place in range(10)
        }
        for slip in (slips | swaps) - {digits}:
            assert reason_against(slip, today=TODAY)


def test_neither_an_error_nor_a_repr_repeats_a_number():
    assert "02013299997" not in repr(identity_number.identify("02013299997"))
    for typed in ("02013299987", "32013299997", "0201329999", "O2013299997", "10915596784"):
        with pytest.raises(InvalidIdentityNumber) as refused:
            identity_number.identify(typed)
        assert typed not in f"{refused.value!r} {refused.value}"


def test_nothing_tells_the_sex():
    identity = identity_number.identify("10915596784", allow_synthetic=True)
    public = {name for name in dir(identity) if not name.startswith("_")}
    assert public == {"kind", "digits", "synthetic", "scheme", "birth_date"}


# Birth dates


def test_a_number_of_the_new_rule_tells_no_birth_date():
    identity = identity_number.identify("30108299939")
    assert identity.birth_date(TODAY) is None
    assert identity.birth_date(AFTER_2032) is None


def test_from_2032_no_number_tells_the_century_for_certain():
    identity = identity_number.identify("10915596784", allow_synthetic=True)
    assert identity.birth_date(date(2031, 12, 31)) == date(1955, 11, 10)
    assert identity.birth_date(AFTER_2032) is None


def test_a_birth_date_after_today_is_not_told():
    identity = identity_number.identify(
        identity_number.synthetic_number(TODAY, 0), allow_synthetic=True
    )
    assert identity.birth_date(TODAY) == TODAY
    assert identity.birth_date(TODAY - timedelta(days=1)) is None


@pytest.mark.parametrize(
    "nine_digits",
    [
        pytest.param("158145600", id="1945 with an individual number of no century"),
        pytest.param("158160800", id="1960 with an individual number of no century"),
        pytest.param("298200100", id="29 February 1900, which there was not"),
    ],
)
def test_a_number_that_was_given_to_no_century_tells_no_birth_date(nine_digits):
    start = int(nine_digits[6:])
    candidates = (by_the_book(f"{nine_digits[:6]}{start + n}") for n in range(20))
    digits = next(filter(None, candidates))
    assert identity_number.identify(digits, allow_synthetic=True).birth_date(TODAY) is None


# DUF


def duf(year, serial):
    """Weights in another order: first the six digits, then the year, as others publish them."""
    body = f"{serial:06}{year:04}"
    weights = (4, 6, 3, 2, 7, 5, 4, 6, 3, 2)
    check = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
    return f"{year:04}{serial:06}{check:02}"


@given(st.integers(1990, 2026), st.integers(0, 999_999))
@settings(max_examples=100)
def test_a_duf_number_is_twelve_digits_with_the_remainder_at_the_end(year, serial):
    digits = duf(year, serial)
    identity = identity_number.identify(f"{digits[:4]} {digits[4:10]} {digits[10:]}", today=TODAY)
    assert identity == Identity(Kind.DUF, digits)
    assert identity.birth_date(TODAY) is None
    assert reason_against(digits, only_synthetic=True) == Reason.REAL


def test_a_duf_number_with_other_check_digits_is_refused():
    digits = duf(2024, 123456)
    for check in range(100):
        other = f"{digits[:10]}{check:02}"
        if other != digits:
            assert reason_against(other) == Reason.CHECK_DIGITS


def test_a_duf_number_has_a_year_that_has_been():
    assert reason_against(duf(1899, 1)) == Reason.DATE
    assert reason_against(duf(2100, 1)) == Reason.DATE
    assert reason_against(duf(2027, 1), today=TODAY) == Reason.NOT_ISSUED_YET
    assert identity_number.identify(duf(2026, 1), today=TODAY).kind == Kind.DUF


@pytest.mark.parametrize("serial", [0, 7, 123456, 999_999])
def test_a_synthetic_duf_number_is_no_ones(serial):
    digits = identity_number.synthetic_duf(serial)
    identity = identity_number.identify(digits, only_synthetic=True, today=TODAY)
    assert identity == Identity(Kind.DUF, digits, synthetic=True)
    assert digits == duf(9000, serial)
    assert reason_against(digits) == Reason.SYNTHETIC


@pytest.mark.parametrize("serial", [-1, 1_000_000])
def test_a_synthetic_duf_number_has_six_digits_of_its_own(serial):
    with pytest.raises(ValueError, match="six digits"):
        identity_number.synthetic_duf(serial)


# Making synthetic people


@given(birthdays, st.integers(0, 60), st.sampled_from([Kind.BIRTH_NUMBER, Kind.D_NUMBER]))
@settings(max_examples=200)
def test_a_synthetic_number_is_valid_and_tells_the_birth_date(born_on, serial, kind):
    digits = identity_number.synthetic_number(born_on, serial, kind)
    identity = identity_number.identify(digits, only_synthetic=True, today=TODAY)
    assert identity == Identity(kind, digits, synthetic=True, scheme=Scheme.EITHER)
    assert digits == by_the_book(digits[:9])
    assert identity.birth_date(TODAY) == (born_on if born_on <= TODAY else None)
    assert reason_against(digits) == Reason.SYNTHETIC


@given(birthdays_of_children)
@settings(max_examples=20)
def test_a_day_has_hundreds_of_synthetic_children_and_then_no_more(born_on):
    numbers = list(identity_number._synthetic_numbers(born_on, Kind.BIRTH_NUMBER))
    assert 380 <= len(numbers) == len(set(numbers)) <= 460
    last = len(numbers) - 1
    assert identity_number.synthetic_number(born_on, last) == numbers[-1]
    with pytest.raises(ValueError, match="no synthetic number"):
        identity_number.synthetic_number(born_on, last + 1)


@pytest.mark.parametrize("born_on", [date(1853, 12, 31), date(2040, 1, 1)])
def test_a_birth_that_the_old_rule_has_no_number_for_is_refused(born_on):
    with pytest.raises(ValueError, match="no synthetic number"):
        identity_number.synthetic_number(born_on, 0)


def test_a_synthetic_number_is_of_a_kind_that_has_a_birth_date():
    for serial, kind in ((-1, Kind.BIRTH_NUMBER), (0, Kind.DUF), (0, Kind.NONE)):
        with pytest.raises(ValueError, match="fødselsnummer or D-numbers"):
            identity_number.synthetic_number(TODAY, serial, kind)


@pytest.mark.prove
def test_every_birthday_for_two_centuries_has_synthetic_numbers_that_are_valid():
    for ordinal in range(date(1854, 1, 1).toordinal(), date(2040, 1, 1).toordinal()):
        born_on = date.fromordinal(ordinal)
        for kind in (Kind.BIRTH_NUMBER, Kind.D_NUMBER):
            digits = identity_number.synthetic_number(born_on, 0, kind)
            identity = identity_number.identify(digits, only_synthetic=True)
            assert (identity.kind, identity.scheme) == (kind, Scheme.EITHER)
            assert identity.birth_date(date(2031, 12, 31)) == (
                born_on if born_on.year < 2032 else None
            )
