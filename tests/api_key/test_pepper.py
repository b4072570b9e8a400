"""Peppers: what a secret may hold, and that nothing shows them."""

import copy
import hashlib
import hmac
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.api_key.pepper import Peppers, parse_peppers
from authorizers.errors import ConfigurationError

ONE, TWO = "1" * 32, "2" * 64
GOOD = {"current": "2", "1": ONE, "2": TWO}


def test_digests_are_hmac_sha_256_under_the_named_pepper() -> None:
    peppers = parse_peppers(json.dumps(GOOD), "ssm:/pepper")
    assert peppers.current == "2"
    expected = hmac.new(ONE.encode(), b"text", hashlib.sha256).digest()
    assert peppers.digest("1", "text") == expected
    assert peppers.digest("2", "text") != expected
    assert "1" in peppers
    assert "3" not in peppers


def test_bytes_with_whatever_white_space_json_has_are_read() -> None:
    assert parse_peppers(json.dumps(GOOD, indent=2).encode() + b"\n", "x").current == "2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ONE,
        "null",
        "[]",
        '"text"',
        "{}",
        "[" * 100_000,
        '{"current": "1"}',
        f'{{"current": "1", "1": "{ONE}", "1": "{TWO}"}}',
        json.dumps({"1": ONE}),
        json.dumps({"current": 1, "1": ONE}),
        json.dumps({"current": "2", "1": ONE}),
        json.dumps({"current": "current", "1": ONE}),
        json.dumps({"current": "1", "1": ONE[:-1]}),
        json.dumps({"current": "1", "1": ""}),
        json.dumps({"current": "1", "1": None}),
        json.dumps({"current": "1", "1": ONE + "\ud800"}),
        json.dumps({"current": "1", "1": ONE + "\n"}),
        json.dumps({"current": "1", "1": "ä" * 40}),
        json.dumps({"current": "1", "1": [ONE]}),
        json.dumps({"current": "1", "1": ONE, "2": ONE}),
        json.dumps({"current": "1", "1": ONE, "": TWO}),
        json.dumps({"current": "1", "1": ONE, "a b": TWO}),
        json.dumps({"current": "1", "1": ONE, "x" * 33: TWO}),
        json.dumps({"current": "0"} | {str(i): f"{i:032}" for i in range(17)}),
    ],
)
def test_what_holds_no_peppers_is_refused_without_its_text(text: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        parse_peppers(text, "ssm:/pepper")
    assert raised.value.code == "pepper_invalid"
    assert "ssm:/pepper" in str(raised.value)
    assert ONE[:8] not in str(raised.value)
    assert TWO[:8] not in str(raised.value)


@given(st.binary(max_size=80))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with pytest.raises(ConfigurationError):
        parse_peppers(data, "x")


def test_peppers_show_their_names_only() -> None:
    peppers = parse_peppers(json.dumps(GOOD), "x")
    assert repr(peppers) == "Peppers(1, 2; current: 2)"
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            attempt(peppers)


def test_a_pepper_that_is_not_there_makes_no_digest() -> None:
    with pytest.raises(KeyError):
        Peppers("1", {"1": ONE.encode()}).digest("2", "text")
