"""A new pepper."""

import json

import pytest

from authorizers.api_key.pepper import parse_peppers
from authorizers.errors import ConfigurationError
from authorizers.issuing.new_pepper import first_pepper, with_new_pepper


def test_a_first_pepper_is_one_that_functions_take() -> None:
    assert parse_peppers(first_pepper(), "test").current == "1"
    assert first_pepper() != first_pepper()


def test_the_next_one_is_current_and_the_others_stay() -> None:
    old = first_pepper()
    new = with_new_pepper(old, "test")
    before, after = parse_peppers(old, "test"), parse_peppers(new, "test")
    assert after.current == "2"
    assert after.digest("1", "x") == before.digest("1", "x")
    assert after.digest("2", "x") != before.digest("1", "x")


def test_a_name_that_was_used_is_not_used_again() -> None:
    peppers = {"current": "b", "b": "b" * 32, "7": "7" * 32}
    assert parse_peppers(with_new_pepper(json.dumps(peppers), "test"), "test").current == "8"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"current":"1"}', '{"current":"1","1":"short"}'])
def test_what_is_no_pepper_gets_none(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        with_new_pepper(text, "test")
    assert caught.value.code == "pepper_invalid"


def test_a_full_secret_is_refused_and_shown_to_nobody() -> None:
    peppers = {"current": "1", **{str(i): f"{i:032}" for i in range(1, 17)}}
    with pytest.raises(ConfigurationError) as caught:
        with_new_pepper(json.dumps(peppers), "the place")
    assert "0001" not in str(caught.value)
