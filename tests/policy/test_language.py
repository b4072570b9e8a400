"""Whether two patterns have a path in common: compared with trying every short path."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.model.arn import ExecuteApiArn, parse_arn
from authorizers.model.route import parse_route
from authorizers.policy import glob
from authorizers.policy.language import language_of_glob, language_of_route, meet
from authorizers.rules.routing import RouteTable

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
PATHS = ["".join(letters) for n in range(11) for letters in product("a/", repeat=n)]


def request_for(path: str) -> ExecuteApiArn:
    return parse_arn(f"{STAGE}/GET/{path}")


def paths_of_route(key: str) -> set[str]:
    table = RouteTable([key])
    return {path for path in PATHS if table.find(request_for(path)) is not None}


def paths_of_glob(pattern: str) -> set[str]:
    return {path for path in PATHS if glob.matches(pattern, path)}


segments = st.sampled_from(["a", "{p}"])
route_keys = st.builds(
    lambda parts, tail: "GET /" + "/".join([*parts, *tail]),
    st.lists(segments, max_size=2).map(
        lambda parts: [part.replace("p", f"p{i}") for i, part in enumerate(parts)]
    ),
    st.sampled_from([[], ["{rest+}"]]),
)
patterns = st.text("a/*?", max_size=4)


@given(patterns, patterns)
def test_two_globs_meet_exactly_if_some_text_matches_both(one: str, other: str) -> None:
    """Two patterns that meet at all do so in a text no longer than both together."""
    expected = bool(paths_of_glob(one) & paths_of_glob(other))
    assert meet(language_of_glob(one), language_of_glob(other)) == expected


@given(route_keys, patterns)
def test_a_route_and_a_glob_meet_exactly_if_some_path_is_in_both(key: str, pattern: str) -> None:
    expected = bool(paths_of_route(key) & paths_of_glob(pattern))
    assert meet(language_of_route(parse_route(key)), language_of_glob(pattern)) == expected


@given(route_keys, route_keys)
def test_meeting_is_mutual(one: str, other: str) -> None:
    first, second = (language_of_route(parse_route(key)) for key in (one, other))
    assert meet(first, second) == meet(second, first)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GET /users/{id}", "GET /users/{id}/orders"),
        ("GET /a", "GET /b"),
        ("GET /a", "GET /a/{rest+}"),
        ("GET /", "GET /{id}"),
        ("GET /{a}/x", "GET /{a}/y"),
        ("GET /{a}", "GET /x/{rest+}"),
    ],
)
def test_routes_without_a_path_in_common_do_not_meet(one: str, other: str) -> None:
    assert not meet(language_of_route(parse_route(one)), language_of_route(parse_route(other)))


@pytest.mark.parametrize("key", ["GET /", "GET /a/{id}", "ANY /{rest+}"])
def test_everything_meets_the_default_route(key: str) -> None:
    assert meet(language_of_route(parse_route(key)), language_of_route(parse_route("$default")))
