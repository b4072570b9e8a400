"""The API key of a usage plan: as long as a key is, and part of no message."""

from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.responses.usage_identifier_key import with_usage_identifier_key

KEY = "0123456789abcdefghij"


@pytest.mark.parametrize("key", [KEY, "k" * 20, "k" * 128, "!\"#$%&'()*+,-./:;<=>?@[]"])
def test_a_key_is_added_to_a_copy(key: str) -> None:
    answer = {"principalId": "me"}
    assert with_usage_identifier_key(answer, key) == {
        "principalId": "me",
        "usageIdentifierKey": key,
    }
    assert answer == {"principalId": "me"}


@pytest.mark.parametrize("key", ["k" * 19, "k" * 129, f"{KEY}\t", f"{KEY} x", f"{KEY}é", None, 7])
def test_what_is_no_key_is_refused_without_being_shown(key: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        with_usage_identifier_key({}, key)
    assert raised.value.code == "usage_identifier_key_invalid"
    assert str(key) not in str(raised.value).replace("usageIdentifierKey", "")


def test_an_answer_that_grows_too_large_is_refused() -> None:
    with pytest.raises(ConfigurationError) as raised:
        with_usage_identifier_key({"context": {"a": "x" * 8150}}, KEY)
    assert raised.value.code == "response_too_large"
