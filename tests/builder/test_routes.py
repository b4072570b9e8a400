"""What a step takes for a route or a pattern, and what it says where it does not."""

from typing import Any

import pytest

CAPITALS = (
    "route: the method must be ANY or one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, in"
    " capitals"
)
PATH = (
    "route: the path must begin with / and have no empty segment, no trailing /, no * ? or $,"
    " and {name+} only as its last segment"
)
WILDCARD = (
    "route: a route has no wildcards: write .allow_pattern(method, path) or .deny_pattern, and see"
    " in the library's page what * reaches"
)
TEXT = "route: write text, such as GET /orders/{order_id}"
WRITE = "route: write METHOD /path, such as GET /orders/{order_id}, or $connect or $default"
NO_ROUTES: list[tuple[Any, str]] = [
    ("get /orders", CAPITALS),
    ("ALL /orders", CAPITALS),
    ("TRACE /orders", CAPITALS),
    ("GET,PUT /orders", CAPITALS),
    (" GET /orders", CAPITALS),
    ("GET orders", PATH),
    ("GET  /orders", PATH),
    ("GET /orders/", PATH),
    ("GET //orders", PATH),
    ("GET /orders\n", PATH),
    ("GET /ordérs", PATH),
    ("GET /a b", PATH),
    ("GET /{a}b", PATH),
    ("GET /{a+}/b", PATH),
    ("GET /{}", PATH),
    ("GET /$metadata", PATH),
    ("GET /${aws:username}", PATH),
    ("GET /{a}/{a}", "route: each parameter of a path needs a name of its own"),
    ("GET /orders/*", WILDCARD),
    ("GET /order?", WILDCARD),
    ("* /orders", WILDCARD),
    ("*", WILDCARD),
    ("GET", WRITE),
    ("/orders", WRITE),
    ("", WRITE),
    ("$disconnect", WRITE),
    (None, TEXT),
    (7, TEXT),
    (b"GET /orders", TEXT),
    (("GET", "/orders"), TEXT),
    (["GET /orders"], TEXT),
]
NO_PATTERNS = [
    ("get", "/*", "the method must be ANY or one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),
    ("*", "/*", "the method must be ANY or one of"),
    ("GE?", "/*", "the method must be ANY or one of"),
    ("", "/*", "the method must be ANY or one of"),
    (None, "/*", "write text, such as ANY as the method"),
    (["GET"], "/*", "write text, such as ANY as the method"),
    ("GET", "/{id}", "write * where anything may stand; {id} is a route's: .allow(route)"),
    ("GET", "/${aws:username}", "write * where anything may stand"),
    ("GET", "*", "the path must begin with / and have only characters of URLs and the wildcards"),
    ("GET", "", "the path must begin with /"),
    ("GET", "/a b", "the path must begin with /"),
    ("GET", "/a\n", "the path must begin with /"),
    ("GET", "/ordérs", "what is no ASCII letter is written in percent-encoding"),
    ("GET", "/a\\b", "the path must begin with /"),
    ("GET", "/a\x00", "the path must begin with /"),
    ("GET", "/a#b", "the path must begin with /"),
    ("GET", None, "write text, such as /reports/* as the path"),
    ("GET", ["/*"], "write text, such as /reports/* as the path"),
]


@pytest.mark.parametrize(("route", "message"), NO_ROUTES, ids=range(len(NO_ROUTES)))
@pytest.mark.parametrize("effect", ["allow", "deny"])
def test_what_is_no_route_is_told_what_to_write(
    apis: Any, effect: str, route: Any, message: str
) -> None:
    for builder in (apis.rest, apis.http):
        error = apis.refusal(lambda builder=builder: getattr(builder, effect)(route))
        assert error.code == "route_invalid"
        assert error.detail == message


@pytest.mark.parametrize(("method", "path", "message"), NO_PATTERNS, ids=range(len(NO_PATTERNS)))
@pytest.mark.parametrize("effect", ["allow_pattern", "deny_pattern"])
def test_what_is_no_pattern_is_told_what_to_write(
    apis: Any, effect: str, method: Any, path: Any, message: str
) -> None:
    error = apis.refusal(lambda: getattr(apis.rest, effect)(method, path))
    assert error.code == "pattern_invalid"
    assert error.detail.startswith("pattern: ")
    assert message in error.detail


@pytest.mark.parametrize("segment", ["-._~", "!&'()+,;=", ":@", "%20", "a%2Fb", "users:batch"])
def test_every_character_of_a_path_is_taken_and_is_literal(apis: Any, segment: str) -> None:
    for builder in (
        apis.http.allow(f"GET /{segment}"),
        apis.http.allow_pattern("GET", f"/{segment}"),
    ):
        assert apis.tails(builder) == [f"GET/{segment}"]
        assert apis.decision(builder, f"GET /{segment}") == "allow"
        assert apis.decision(builder, "GET /x") == "implicit_deny"


def test_a_dollar_is_a_character_but_for_policy_variables(apis: Any) -> None:
    builder = apis.http.allow_pattern("GET", "/odata/$metadata")
    assert apis.decision(builder, "GET /odata/$metadata") == "allow"


def test_the_root_has_a_path_without_text(apis: Any) -> None:
    builder = apis.rest.allow("GET /")
    assert apis.tails(builder) == ["GET/"]
    assert apis.decision(builder, "GET /") == "allow"
    assert apis.decision(builder, "GET /a") == "explicit_deny"


def test_the_default_route_is_what_no_policy_can_say(apis: Any) -> None:
    for builder in (apis.rest, apis.http):
        error = apis.refusal(lambda builder=builder: builder.allow("$default"))
        assert error.detail == (
            "route: $default is what no other route has, which no policy can say: write"
            ' .allow_pattern("ANY", "/*") and .deny the routes that it must not reach'
        )


def test_route_keys_belong_to_websocket_apis(apis: Any) -> None:
    error = apis.refusal(lambda: apis.http.allow("$connect"))
    assert error.detail == "route: $connect is a route of WebSocket APIs: say kind='websocket'"
    error = apis.refusal(lambda: apis.websocket.allow("GET /orders"))
    assert error.detail == ("route: a WebSocket API's authorizer is asked for $connect: write that")
    error = apis.refusal(lambda: apis.websocket.allow_pattern("ANY", "/*"))
    assert error.detail == (
        "pattern: routes of WebSocket APIs have no paths: write .allow('$connect')"
    )


def test_a_denied_connect_is_denied(apis: Any) -> None:
    builder = apis.websocket.allow("$connect").deny(
        "$connect", when={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    )
    assert apis.decision(builder, "$connect", SourceIp="10.1.2.3") == "allow"
    assert apis.decision(builder, "$connect", SourceIp="192.0.2.1") == "explicit_deny"
