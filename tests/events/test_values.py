"""Every value that was sent under a name is kept, so that a second one can be seen and refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.events.event import parse_event
from authorizers.events.parts import cookies_of, merged, parse_query
from authorizers.testing.events import (
    http_1_event,
    http_2_event,
    rest_request_event,
    websocket_event,
)


def headers_of(event: object) -> dict[str, list[str]]:
    return {name: list(values) for name, values in parse_event(event).headers.items()}


@pytest.mark.parametrize(
    "name", ["Authorization", "authorization", "AUTHORIZATION", "aUTHORIZATION"]
)
def test_a_header_is_found_in_any_spelling(name: str) -> None:
    for build in (rest_request_event, http_1_event, http_2_event, websocket_event):
        assert headers_of(build(headers={name: "x"}))["authorization"] == ["x"]


def test_two_spellings_of_a_name_are_one_header_with_two_values() -> None:
    event = rest_request_event()
    event["headers"] = {"Authorization": "one", "authorization": "two"}
    event["multiValueHeaders"] = None

    assert headers_of(event) == {"authorization": ["one", "two"]}


def test_two_spellings_with_one_value_are_two_values() -> None:
    event = rest_request_event()
    event["headers"] = {"Authorization": "same", "authorization": "same"}
    event["multiValueHeaders"] = None

    assert headers_of(event) == {"authorization": ["same", "same"]}


def test_a_repeated_value_is_not_folded() -> None:
    event = rest_request_event(headers={"Authorization": ["same", "same"]})

    assert headers_of(event)["authorization"] == ["same", "same"]


def test_maps_that_disagree_give_both_values() -> None:
    """The gateway never sends that; whoever makes it up gets an ambiguity, and not the choice."""
    event = rest_request_event(headers={"Authorization": "one"})
    event["multiValueHeaders"]["Authorization"] = ["two"]

    assert headers_of(event)["authorization"] == ["two", "one"]


def test_a_value_in_one_map_only_is_kept() -> None:
    single = rest_request_event(headers={"Authorization": "one"})
    single["multiValueHeaders"] = {}
    multiple = rest_request_event(headers={"Authorization": "one"})
    multiple["headers"] = None

    assert headers_of(single)["authorization"] == ["one"]
    assert headers_of(multiple)["authorization"] == ["one"]


def test_an_empty_list_does_not_hide_the_value_beside_it() -> None:
    assert merged({"A": "x"}, {"a": []}, fold_case=True) == {"a": ["x"]}


def test_null_values_are_none_at_all() -> None:
    assert merged({"a": None, "b": "x"}, {"c": None}, fold_case=True) == {"b": ["x"]}


def test_an_empty_header_is_a_value() -> None:
    assert headers_of(rest_request_event(headers={"Authorization": ""}))["authorization"] == [""]


def test_joined_values_of_format_2_stay_one_value() -> None:
    event = http_2_event(headers={"Authorization": ["Bearer a", "Bearer b"]})

    assert headers_of(event)["authorization"] == ["Bearer a,Bearer b"]


def test_format_2_has_names_in_lower_case_and_is_not_trusted_to() -> None:
    event = http_2_event()
    event["headers"] = {"Authorization": "one", "authorization": "two"}

    assert headers_of(event) == {"authorization": ["one", "two"]}


def test_query_names_differ_by_case() -> None:
    event = rest_request_event(query={"Token": "a", "token": "b"})

    assert parse_event(event).query == {"Token": ["a"], "token": ["b"]}


def test_both_values_of_a_repeated_query_parameter_are_kept_in_every_kind() -> None:
    for build in (rest_request_event, http_1_event, http_2_event, websocket_event):
        assert parse_event(build(query={"t": ["a", "b"]})).query == {"t": ["a", "b"]}


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("", {}),
        ("a", {"a": [""]}),
        ("a=", {"a": [""]}),
        ("=", {"": [""]}),
        ("a=1&a=2", {"a": ["1", "2"]}),
        ("a=1;b=2", {"a": ["1;b=2"]}),
        ("a=b=c", {"a": ["b=c"]}),
        ("a+b=c+d", {"a b": ["c d"]}),
        ("%61=%62", {"a": ["b"]}),
        ("a=%", {"a": ["%"]}),
        ("a=%zz", {"a": ["%zz"]}),
        ("a=%ff", {"a": ["\ufffd"]}),
        ("&&a=1&", {"a": ["1"]}),
    ],
)
def test_a_raw_query_is_split_at_ampersands_only(raw: str, values: dict[str, list[str]]) -> None:
    assert parse_query(raw) == values


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        (["a=1; b=2"], ["a=1", "b=2"]),
        (["a=1;b=2"], ["a=1", "b=2"]),
        (["a=1", "b=2"], ["a=1", "b=2"]),
        (["a=1; a=2"], ["a=1", "a=2"]),
        (["a=x=y"], ["a=x=y"]),
        ([" a=1 ; "], ["a=1", ""]),
    ],
)
def test_cookies_are_the_pairs_of_the_header(header: list[str], cookies: list[str]) -> None:
    assert cookies_of({"cookie": header}) == cookies


def test_a_request_without_a_cookie_header_has_no_cookies() -> None:
    assert cookies_of({}) == []


NAMES = st.sampled_from(["a", "A", "b", "B"])
VALUES = st.sampled_from(["", "x", "y"])


@given(
    st.dictionaries(NAMES, st.none() | VALUES),
    st.dictionaries(NAMES, st.none() | st.lists(VALUES, max_size=3)),
)
def test_no_value_is_lost_whatever_the_maps_are(
    single: dict[str, str | None], multiple: dict[str, list[str] | None]
) -> None:
    values = merged(single, multiple, fold_case=True)

    sent = [(n, v) for n, v in single.items() if v is not None]
    sent += [(n, v) for n, items in multiple.items() for v in items or ()]
    assert all(value in values[name.lower()] for name, value in sent)
    assert {v for vs in values.values() for v in vs} == {v for _, v in sent}
    for name, items in multiple.items():
        assert len(values.get(name.lower(), [])) >= len(items or ())
