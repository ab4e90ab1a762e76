import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tibir.core import codes

references = st.text(codes.ALPHABET, min_size=7, max_size=7).map(
    lambda body: codes._grouped_reference(body + codes._check_character(body))
)
strong_secrets = st.text(codes.SECRET_ALPHABET, min_size=52, max_size=52)


def reference_with(**characters):
    """A valid reference with these characters in these places, p0 to p7."""
    places = {int(place[1:]): character for place, character in characters.items()}
    free = next(place for place in range(codes.LENGTH) if place not in places)
    for filler in codes.ALPHABET:
        text = "".join(
            filler if place == free else places.get(place, "M") for place in range(codes.LENGTH)
        )
        if codes._checksum(text) == codes.CHECKSUM:
            return text
    raise AssertionError("every free place can make the checksum right")


# References


def test_a_new_reference_is_one_and_is_already_as_we_write_it():
    for _ in range(200):
        reference = codes.new_reference()
        assert re.fullmatch(r"TB-[2-9A-Z]{4}-[2-9A-Z]{4}", reference)
        assert codes.is_reference(reference)
        assert codes.normalise(reference) == reference


def test_new_references_differ_and_use_every_character_in_every_place():
    made = [codes.new_reference() for _ in range(2000)]
    # One pair of twins in 23 ** 7 is luck (one run in 1,700); two pairs are a fault.
    assert len(set(made)) >= len(made) - 1
    for place in (3, 4, 5, 6, 8, 9, 10, 11):
        assert {reference[place] for reference in made} == set(codes.ALPHABET)


def test_the_alphabet_has_a_prime_size_and_nothing_that_is_mixed_up():
    size = len(codes.ALPHABET)
    assert size == len(set(codes.ALPHABET)) == 23
    assert all(size % divisor for divisor in range(2, size))
    assert not set("01ILOAEUYÆØÅBGSZ") & set(codes.ALPHABET)


def test_a_lookalike_is_never_itself_a_character_of_a_reference():
    for written, meant in codes.LOOKALIKES.items():
        assert chr(written) not in codes.ALPHABET
        assert chr(meant) in codes.ALPHABET


def test_every_single_wrong_character_is_caught():
    """Exhaustive: eight places × 23 right characters × 22 wrong ones."""
    for place, right in itertools.product(range(codes.LENGTH), codes.ALPHABET):
        valid = reference_with(**{f"p{place}": right})
        for wrong in set(codes.ALPHABET) - {right}:
            assert not codes.is_reference(valid[:place] + wrong + valid[place + 1 :])


def test_every_swap_of_two_characters_is_caught_not_only_of_neighbours():
    """Exhaustive: 28 pairs of places × 23 × 22 pairs of characters."""
    for first, second in itertools.combinations(range(codes.LENGTH), 2):
        for one, other in itertools.permutations(codes.ALPHABET, 2):
            valid = list(reference_with(**{f"p{first}": one, f"p{second}": other}))
            valid[first], valid[second] = valid[second], valid[first]
            assert not codes.is_reference("".join(valid))


@given(references, st.data())
@settings(max_examples=100)
def test_a_slip_anywhere_in_any_reference_is_caught(reference, data):
    characters = reference.removeprefix("TB-").replace("-", "")
    place = data.draw(st.integers(0, 7))
    wrong = data.draw(st.sampled_from(codes.ALPHABET).filter(lambda it: it != characters[place]))
    assert codes.is_reference(characters)
    assert not codes.is_reference(characters[:place] + wrong + characters[place + 1 :])


def test_careless_input_is_no_reference():
    for text in (
        "",
        "TB",
        "TB-",
        "22222222",
        "TB-2222-2222",
        "12345678",
        "TB-7K4M",
        "æøå",
        "🙂",
        "\0",
    ):
        assert not codes.is_reference(text), text
    for character in codes.ALPHABET[1:]:
        assert codes.is_reference(character * 8) == (codes._checksum(character * 8) == 1)


@pytest.mark.parametrize(
    "dress",
    [
        pytest.param(str.lower, id="lower case"),
        pytest.param(lambda it: it.replace("-", ""), id="no dashes"),
        pytest.param(lambda it: it.removeprefix("TB-"), id="no prefix"),
        pytest.param(lambda it: it.removeprefix("TB-").replace("-", " "), id="a space instead"),
        pytest.param(lambda it: f"  {it}\n", id="copied with spaces"),
        pytest.param(lambda it: it.replace("-", "–"), id="a text editor's long dash"),
        pytest.param(lambda it: it.replace("-", "\u00a0"), id="no-break spaces"),
        pytest.param(lambda it: it.replace("-", "\u200b"), id="zero-width spaces"),
        pytest.param(lambda it: " ".join(it), id="letter by letter"),
        pytest.param(lambda it: it + ".", id="the end of a sentence"),
        pytest.param(lambda it: "T8" + it[2:], id="a lookalike in the prefix"),
        pytest.param(lambda it: it[:3] + it[3:].replace("8", "B").replace("5", "S"), id="B and S"),
        pytest.param(lambda it: it.replace("6", "g").replace("2", "z"), id="g and z"),
        pytest.param(lambda it: it.replace("Q", "0").replace("V", "U"), id="zero and U"),
    ],
)
@given(reference=references)
@settings(max_examples=25)
def test_a_reference_is_understood_however_it_is_written(dress, reference):
    assert codes.normalise(dress(reference)) == reference
    assert codes.is_reference(dress(reference))


def test_a_reference_that_begins_like_the_prefix_keeps_its_characters():
    valid = reference_with(p0="T", p1="8")
    assert codes.normalise(valid) == f"TB-{valid[:4]}-{valid[4:]}"
    assert codes.normalise(f"tb{valid}") == f"TB-{valid[:4]}-{valid[4:]}"


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_anything_may_be_typed_where_a_code_is_asked_for(text):
    once = codes.normalise(text)
    assert codes.is_reference(once) == codes.is_reference(text)
    codes.normalise_secret(text)
    assert not codes.matches("status", text, b"")


# Secrets


@pytest.mark.parametrize(("bits", "length"), [(128, 26), (130, 26), (131, 27), (256, 52)])
def test_a_new_secret_has_at_least_the_bits_that_were_asked_for(bits, length):
    secret = codes.new_secret(bits)
    characters = secret.replace("-", "")
    assert len(characters) == length
    assert len(characters) * 5 >= bits
    assert set(characters) <= set(codes.SECRET_ALPHABET)
    assert {len(group) for group in secret.split("-")[:-1]} == {4}
    assert codes.normalise_secret(secret) == secret


def test_new_secrets_differ():
    assert len({codes.new_secret() for _ in range(1000)}) == 1000


def test_a_secret_can_be_guessed_below_128_bits_and_is_refused():
    with pytest.raises(ValueError, match="128 bits"):
        codes.new_secret(127)
    short = "0123-4567-89AB-CDEF-GHJK-MNPQ-R"
    with pytest.raises(codes.WeakSecret, match="128 bits"):
        codes.digest("status", short)
    assert len(codes.digest("status", short + "S")) == 32


def test_a_weak_secret_is_never_repeated_in_the_error():
    for typed in ("HEMMELIGHET", "U" * 60):
        with pytest.raises(codes.WeakSecret) as refused:
            codes.digest("status", typed)
        assert typed not in str(refused.value)


def test_only_a_token_of_256_bits_gives_another_secret():
    with pytest.raises(codes.WeakSecret, match="256 bits"):
        codes.derive("status", codes.new_secret(128))
    derived = codes.derive("status", codes.new_secret(256))
    assert len(derived.replace("-", "")) == 52
    assert codes.normalise_secret(derived) == derived


@given(strong_secrets)
@settings(max_examples=50)
def test_a_secret_matches_its_digest_however_it_is_typed(secret):
    stored = codes.digest("status", secret)
    for typed in (secret.lower(), codes.normalise_secret(secret), f" {secret}\n"):
        assert codes.matches("status", typed, stored)
    misread = secret.replace("0", "o").replace("1", "l")
    assert codes.matches("status", misread, stored)
    assert codes.matches("status", secret, memoryview(stored))


@given(strong_secrets, st.integers(0, 51))
@settings(max_examples=50)
def test_another_secret_does_not_match(secret, place):
    stored = codes.digest("status", secret)
    other = "2" if secret[place] != "2" else "3"
    assert not codes.matches("status", secret[:place] + other + secret[place + 1 :], stored)
    assert not codes.matches("status", secret[:-1], stored)
    assert not codes.matches("status", secret + "0", stored)


@pytest.mark.parametrize("typed", ["", "123456", "ikke en kode", "🙂" * 60, "U" * 52, "\0" * 52])
def test_what_is_no_secret_matches_nothing(typed):
    stored = codes.digest("status", codes.new_secret(256))
    assert not codes.matches("status", typed, stored)


@pytest.mark.parametrize("stored", [None, b"", b"\0" * 32])
def test_a_missing_digest_matches_no_secret(stored):
    assert not codes.matches("status", codes.new_secret(), stored)


@given(strong_secrets)
@settings(max_examples=50)
def test_each_purpose_and_each_use_gives_other_bytes(token):
    outputs = {
        codes.digest("draft", token),
        codes.digest("status", token),
        codes.digest("status", codes.derive("status", token)),
        codes.digest("status", codes.derive("draft", token)),
        codes.derive("draft", token),
        codes.derive("status", token),
        codes.derive("status", codes.derive("status", token)),
        token,
    }
    assert len(outputs) == 8
    assert codes.derive("status", token) == codes.derive("status", token.lower())


@pytest.mark.parametrize("purpose", ["", "draft\0status"])
def test_a_purpose_is_a_plain_name(purpose):
    with pytest.raises(ValueError, match="purpose"):
        codes.digest(purpose, codes.new_secret())


def test_digest_and_derived_secret_stay_the_same_for_ever():
    """Stored digests and links in letters depend on these bytes."""
    token = "0123456789ABCDEFGHJKMNPQRSTVWXYZ0123456789ABCDEFGHJK"
    assert (
        codes.digest("status", token).hex()
        == "ccb7a2b6a46fce96c7ea0527c8bcfb350ae8249c7c05cea0bffcbb1496c2d582"
    )
    assert codes.derive("status", token) == (
        "45YP-ZW15-4J8R-WPV2-MW35-CVV7-301B-87ZR-FD4K-2EE7-9TRJ-KHXM-DZYG"
    )
