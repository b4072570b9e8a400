"""Data in a path: it is that text and nothing else, or it is refused; never a wildcard."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authorizers import ConfigurationError, PolicyBuilder, evaluate
from authorizers.rules.requirement import MAX_BOUND_VALUE_CHARS

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
BUILDERS = [PolicyBuilder.for_arn(f"{STAGE}/GET/", kind) for kind in ("rest", "http")]
HOSTILE = [
    "*", "?", "a*", "?*", "**", "$", "${aws:username}", "${*}", "{id}", "{id+}", "{proxy+}", "}",
    "a/b", "/", "//", "..", ".", "", " ", "a b", "a\tb", "a\n", "\x00", "\x7f", "%2F", "%2f..",
    "%2A", "a%", ":", "a:b", "\\", "ü", "\u202e", "\uff0a", "\u2215", "\ud800", "\U0001d7d9",
    "a" * (MAX_BOUND_VALUE_CHARS + 1),
    "arn:aws:execute-api:*", None, True, False, 1.5, b"a", ["a"], {"a": 1}, ("a",), object(),
    10**400, float("nan"),
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("effect", ["allow", "deny"])
def test_hostile_data_is_refused_and_not_repeated(apis: Any, value: object, effect: str) -> None:
    step = getattr(apis.rest, effect)
    error = apis.refusal(lambda: step("GET /users/{user_id}", user_id=value))
    assert error.code == "path_value_refused"
    assert error.detail == (
        "user_id: the value is not plainly one segment of a path: text or a whole number, of 1 to"
        f" {MAX_BOUND_VALUE_CHARS} printable ASCII characters, not . or .., without space and"
        " * ? $ { } : / % \\;"
        " deny the caller, or use another id"
    )


@pytest.mark.parametrize("value", ["alice", "7", 7, 0, -1, "a-b_c.~!&'()+,;=@|^`\"<>[]", "..."])
def test_plain_data_is_a_literal_segment(apis: Any, value: object) -> None:
    builder = apis.rest.allow("GET /users/{user_id}", user_id=value)
    assert apis.tails(builder) == [f"GET/users/{value}"]


@settings(max_examples=600, deadline=None)
@given(
    st.text() | st.text(st.sampled_from("*?${}:/%.\\ ab"), max_size=6) | st.integers(),
    st.sampled_from(["GET /{id}", "ANY /u/{id}", "GET /u/{id}/x", "GET /u/{id+}", "PUT /{a}/{id}"]),
    st.lists(st.text(st.sampled_from("*?${}/abu0x"), max_size=8), max_size=20),
    st.sampled_from(BUILDERS),
)
def test_no_data_ever_makes_a_pattern(
    value: str | int, route: str, others: list[str], builder: PolicyBuilder
) -> None:
    """Either it is refused, or the document allows exactly the path with that text in it."""
    values: dict[str, Any] = {"a": "a"} if "{a}" in route else {}
    try:
        document = builder.allow(route, id=value, **values).document()
    except ConfigurationError as error:
        if error.code != "path_value_refused":
            raise
        return
    method, _, path = route.partition(" /")
    segments = {"{id}": str(value), "{id+}": str(value), "{a}": "a"}
    literal = "/".join(segments.get(segment, segment) for segment in path.split("/"))
    allowed = next(s for s in document["Statement"] if s["Effect"] == "Allow")["Resource"]
    for asked in [literal, *others, f"{literal}/", f"{literal}/x", f"x{literal}", f"/{literal}"]:
        for sent in ("GET", "PUT", "HEAD"):
            decision = evaluate(document, f"{STAGE}/{sent}/{asked}").decision
            assert (decision == "allow") == (asked == literal and method in (sent, "ANY"))
    wild = {"*"} if method == "ANY" else set()  # for the method, where nothing else ends so
    assert {
        character for resource in allowed for character in resource if character in "*?"
    } <= wild


def test_a_name_that_is_no_parameter_is_refused(apis: Any) -> None:
    error = apis.refusal(lambda: apis.rest.allow("GET /a/{b}/{c+}", d="x"))
    assert error.code == "route_invalid"
    assert "no parameter of it; its parameters: b, c" in error.detail
    error = apis.refusal(lambda: apis.rest.allow("GET /a", **{"": "x"}))
    assert "its parameters: none" in error.detail
    error = apis.refusal(lambda: apis.websocket.allow("$connect", stage="x"))
    assert "its parameters: none" in error.detail


def test_a_literal_segment_cannot_be_bound(apis: Any) -> None:
    error = apis.refusal(lambda: apis.rest.allow("GET /a/{b}", **{"": "x", "b": "y"}))
    assert error.code == "route_invalid"


def test_parameters_may_have_the_names_of_arguments(apis: Any) -> None:
    builder = apis.rest.allow("GET /{self}/{route}", self="a", route="b")
    assert apis.tails(builder) == ["GET/a/b"]


def test_the_parameters_without_a_value_stay_open(apis: Any) -> None:
    builder = apis.http.allow("GET /users/{user_id}/files/{name}", user_id="alice")
    assert apis.tails(builder) == ["GET/users/alice/files/?*"]
    assert apis.decision(builder, "GET /users/alice/files/a") == "allow"
    assert apis.decision(builder, "GET /users/alice/files/a/b") == "explicit_deny"
    assert apis.decision(builder, "GET /users/bob/files/a") == "implicit_deny"
