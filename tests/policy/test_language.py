"""Whether two patterns have a path in common: compared with trying every short path."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.model.arn import ExecuteApiArn, parse_arn
from authorizers.model.route import parse_route
from authorizers.policy import glob
from authorizers.policy.language import (
    common,
    meet,
    pattern_of,
    words_of_pattern,
    words_of_route,
)
from authorizers.rules.routing import RouteTable

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
PATHS = ["".join(letters) for n in range(9) for letters in product("ab/", repeat=n)]
PLAIN = [path for path in PATHS if not path.startswith("/")]  # others are no route's


def request_for(path: str) -> ExecuteApiArn:
    return parse_arn(f"{STAGE}/GET/{path}")


def paths_of_route(key: str) -> set[str]:
    table = RouteTable([key])
    return {path for path in PLAIN if table.find(request_for(path)) is not None}


def paths_of_pattern(pattern: str) -> set[str]:
    return {path for path in PATHS if glob.matches(pattern, path)}


segments = st.sampled_from(["a", "b", "{p}"])
route_keys = st.builds(
    lambda parts, tail: "GET /" + "/".join([*parts, *tail]),
    st.lists(segments, max_size=2).map(
        lambda parts: [part.replace("p", f"p{i}") for i, part in enumerate(parts)]
    ),
    st.sampled_from([[], ["{rest+}"]]),
)
patterns = st.lists(st.sampled_from(["a", "b", "*", "?*", ""]), min_size=1, max_size=3).map(
    "/".join
)


@given(patterns, patterns)
def test_two_patterns_meet_exactly_if_some_path_matches_both(one: str, other: str) -> None:
    """Two patterns that meet at all do so in a path no longer than both together."""
    expected = bool(paths_of_pattern(one) & paths_of_pattern(other))
    assert meet(words_of_pattern(one), words_of_pattern(other)) == expected


@given(route_keys, patterns)
def test_a_route_and_a_pattern_meet_if_some_path_is_in_both(key: str, pattern: str) -> None:
    """They may also meet in a path with a slash too many at the beginning."""
    met = meet(words_of_route(parse_route(key)), words_of_pattern(pattern))
    if paths_of_route(key) & paths_of_pattern(pattern):
        assert met
    elif "+}" not in key:
        assert not met


@given(route_keys, route_keys)
def test_meeting_is_mutual(one: str, other: str) -> None:
    first, second = (words_of_route(parse_route(key)) for key in (one, other))
    assert meet(first, second) == meet(second, first)


@given(patterns, route_keys)
def test_what_two_have_in_common_is_covered_by_the_pieces(pattern: str, key: str) -> None:
    """The pieces hold every path of both, and, read as patterns, none beyond the pattern."""
    pieces = common(words_of_pattern(pattern), words_of_route(parse_route(key)))
    held: set[str] = set().union(*(paths_of_pattern(pattern_of(piece)) for piece in pieces))
    assert paths_of_pattern(pattern) & paths_of_route(key) <= held
    assert held <= paths_of_pattern(pattern)


@pytest.mark.parametrize(
    ("key", "pattern"),
    [
        ("GET /", ""),
        ("GET /a/b", "a/b"),
        ("GET /a/{id}", "a/?*"),
        ("GET /{a}/x/{rest+}", "?*/x/?*"),
        ("$default", "*"),
    ],
)
def test_a_parameter_becomes_at_least_one_character(key: str, pattern: str) -> None:
    assert pattern_of(words_of_route(parse_route(key))) == pattern
