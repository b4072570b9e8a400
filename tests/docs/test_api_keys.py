"""What the page about API keys shows of keys, against the code."""

import re
from typing import Any

import pytest

from authorizers.api_key.format import MAX_PREFIX_CHARS, is_prefix, parse_key, scanner_pattern
from authorizers.api_key.record import MAX_NETWORKS
from authorizers.limits.known_counters import LIFE_SECONDS


@pytest.fixture
def text(pages: Any) -> str:
    page: str = pages["docs/api-keys.md"].text
    return page


def test_the_example_is_a_key_that_scanners_find(text: str) -> None:
    (key,) = re.findall(r"^orders_live_\S+$", text, re.MULTILINE)
    assert parse_key(key) == ("orders_live", "7Fh3kQ9ZpLm2")
    assert len("orders_live") <= MAX_PREFIX_CHARS
    assert is_prefix("orders_live")
    assert scanner_pattern("orders_live") in text


def test_the_bounds_are_those_of_the_code(text: str) -> None:
    assert f"at most {MAX_NETWORKS}" in text
    assert f"for up to {LIFE_SECONDS} s at a time" in text


def test_every_code_that_refuses_a_key_has_its_row(text: str) -> None:
    for code in (
        "credential_missing", "credential_ambiguous", "key_malformed", "key_mistyped",
        "key_prefix_unknown", "key_unknown", "key_wrong", "key_revoked", "key_expired",
        "key_not_yet_valid", "key_replaced",
    ):  # fmt: skip
        assert f"`{code}`" in text
