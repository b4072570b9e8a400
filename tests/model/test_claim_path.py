"""Paths to claims: dots between names, quotation marks around a name that has dots."""

from typing import Any

import pytest

from authorizers.model.claim_path import claim_at, parse_claim_path


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("sub", ("sub",)),
        ("realm_access.roles", ("realm_access", "roles")),
        ('"cognito:groups"', ("cognito:groups",)),
        ('"https://example.com/roles"', ("https://example.com/roles",)),
        ('a."b.c".d', ("a", "b.c", "d")),
        ('"a"."b"', ("a", "b")),
    ],
)
def test_a_path_is_split_at_its_dots(text: str, names: tuple[str, ...]) -> None:
    assert parse_claim_path(text) == names


@pytest.mark.parametrize(
    "text",
    ["", ".", "a.", ".a", "a..b", '"', '""', '"a', 'a"', '"a"b', 'a"b"', '"a""b"', 'a.""', '"a".'],
)
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="joined by dots"):
        parse_claim_path(text)


@pytest.mark.parametrize(
    ("claims", "value"),
    [
        ({"a": {"b": 1}}, 1),
        ({"a": {"b": None}}, None),
        ({"a": {"b": False}}, False),
        ({}, None),
        ({"a": None}, None),
        ({"a": "b"}, None),
        ({"a": ["b"]}, None),
        ({"a": [{"b": 1}]}, None),
        ({"a.b": 1}, None),
        ({"A": {"b": 1}}, None),
    ],
)
def test_a_value_is_found_inside_objects_alone(claims: dict[str, Any], value: object) -> None:
    assert claim_at(claims, ("a", "b")) is value
