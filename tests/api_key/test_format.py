"""The form of a key, against its description: prefix, id, 190 random bits, CRC-32 in base 62."""

import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.api_key.format import (
    ALPHABET,
    MAX_KEY_CHARS,
    MAX_PREFIX_CHARS,
    checksum,
    generate_key,
    generate_key_id,
    is_prefix,
    parse_key,
    scanner_pattern,
)
from authorizers.errors import MalformedCredential

# Computed once by hand from the description, so that the form cannot change unnoticed.
BODY = "orders_live_7Fh3kQ9ZpLm2_abcdefghijklmnopqrstuvwxyz012345"
KEY = f"{BODY}{checksum(BODY)}"

prefixes = st.from_regex(r"[a-z](?:_?[a-z0-9])+", fullmatch=True).filter(
    lambda text: len(text) <= MAX_PREFIX_CHARS
)


def refused(text: str) -> str:
    with pytest.raises(MalformedCredential) as raised:
        parse_key(text)
    assert len(text) < 12 or text not in str(raised.value)
    return raised.value.code


def test_the_checksum_is_crc_32_in_base_62() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 62
    number = 0
    for character in checksum(BODY):
        number = number * 62 + ALPHABET.index(character)
    assert number == zlib.crc32(BODY.encode())
    assert len(checksum("")) == 6


@given(prefixes)
def test_a_generated_key_is_read_again_and_found_by_scanners(prefix: str) -> None:
    key_id = generate_key_id()
    key = generate_key(prefix, key_id)
    assert parse_key(key) == (prefix, key_id)
    assert len(key) <= MAX_KEY_CHARS
    assert re.search(scanner_pattern(prefix), f'token = "{key}"')
    assert not re.search(scanner_pattern(prefix), f'token = "{key}x"')


def test_generated_keys_differ_and_use_the_whole_alphabet() -> None:
    keys = [generate_key("orders_live", generate_key_id()) for _ in range(200)]
    assert len({parse_key(key).key_id for key in keys}) == 200
    assert set("".join(key.rpartition("_")[2] for key in keys)) == set(ALPHABET)


def test_all_randomness_is_an_argument() -> None:
    def last(below: int) -> int:
        assert below == 62
        return 61

    assert generate_key_id(last) == "z" * 12
    assert generate_key("ab", "z" * 12, last)[:-6] == f"ab_{'z' * 12}_{'z' * 32}"


@given(st.integers(0, len(KEY) - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(place: int, character: str) -> None:
    mistyped = KEY[:place] + character + KEY[place + 1 :]
    if mistyped != KEY:
        assert refused(mistyped) in ("key_mistyped", "key_malformed")


@given(st.integers(0, len(KEY) - 2))
def test_two_characters_in_the_wrong_order_are_always_found(place: int) -> None:
    swapped = KEY[:place] + KEY[place + 1] + KEY[place] + KEY[place + 2 :]
    if swapped != KEY:
        assert refused(swapped) in ("key_mistyped", "key_malformed")


@given(st.text(max_size=200))
def test_no_text_is_read_as_a_key_by_accident(text: str) -> None:
    assert refused(text) == "key_malformed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "orders_live",
        "orders_live_",
        "orders_live_7Fh3kQ9ZpLm2",
        "orders_live_7Fh3kQ9ZpLm2_",
        f" {KEY}",
        f"{KEY} ",
        f"{KEY}\n",
        f"{KEY},{KEY}",
        f"{KEY}x",
        KEY[:-1],
        KEY.upper(),
        KEY.replace("_", "-"),
        f"Bearer {KEY}",
        f"{'a' * 25}{KEY[11:]}",
        f"_{KEY}",
        f"9{KEY}",
        KEY.replace("a", "ä", 1),
        KEY.replace("7", "\uff17", 1),  # a digit to str.isdigit(), and not to us
        f"{KEY}\x00",
        "\ud800" * 60,
        "x" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_key_is_malformed(text: str) -> None:
    assert refused(text) == "key_malformed"


def test_a_well_formed_key_with_another_checksum_is_mistyped() -> None:
    assert refused(KEY[:-1] + ("0" if KEY[-1] != "0" else "1")) == "key_mistyped"
    other = KEY.replace("orders_live", "orders_test")
    assert refused(other) == "key_mistyped"  # the checksum covers the prefix


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("orders_live", True),
        ("ab", True),
        ("a1", True),
        ("a" * 24, True),
        ("a" * 25, False),
        ("a", False),
        ("", False),
        ("_ab", False),
        ("ab_", False),
        ("a__b", False),
        ("1ab", False),
        ("Ab", False),
        ("a-b", False),
        ("a b", False),
        ("ab\n", False),
    ],
)
def test_prefixes(text: str, fits: bool) -> None:
    assert is_prefix(text) is fits
    if not fits:
        with pytest.raises(ValueError, match="prefix"):
            generate_key(text, "0" * 12)


@pytest.mark.parametrize("key_id", ["", "0" * 11, "0" * 13, "0" * 11 + "_", "0" * 11 + "\n"])
def test_a_key_is_not_made_for_what_is_no_id(key_id: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        generate_key("orders_live", key_id)
