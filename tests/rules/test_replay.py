"""
A simple answer that API Gateway may give to another request must be that request's answer too.

The gateway is played: an API's routes, an authorizer's identity sources, and two requests that have
the same values in them. Whenever the first answer is let out, it is the second one's.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.model.arn import parse_arn
from authorizers.model.credential import BearerToken
from authorizers.model.principal import Principal
from authorizers.model.request import EventKind, Request
from authorizers.rules.replay import check_keyed_by, check_replay
from authorizers.rules.routing import RouteTable
from authorizers.rules.rule_set import Granted, RuleSet

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
SOURCES = ("token", "routeKey", "path", "httpMethod", "sourceIp")
KEYS = [
    "GET /a", "POST /a", "ANY /a", "GET /{p}", "ANY /{p}", "GET /{p}/b", "GET /a/{q}",
    "ANY /{p+}", "GET /a/{p+}", "$default",
]  # fmt: skip
REQUIREMENTS: list[Any] = [
    ["authenticated"], ["scopes_any", ["r"]], ["scopes_any", ["w"]], ["source_ip", ["10.0.0.0/8"]],
]  # fmt: skip


def sent(api: list[str], sources: set[str], call: tuple[str, str, str]) -> Request | None:
    """Return the request as the gateway sends it; None where its API has no such route."""
    method, path, source_ip = call
    arn = parse_arn(f"{STAGE}/{method}/{path}")
    routed = RouteTable(api).find(arn)
    if routed is None:
        return None
    key = api[routed.route]
    values = {
        "token": "Bearer x",
        "routeKey": key,
        "path": f"/{path}",
        "httpMethod": method,
        "sourceIp": source_ip,
    }
    return Request(
        EventKind.HTTP_2,
        arn,
        source_ip=source_ip,
        route_key=key,
        paths=[f"/{path}"],
        identity_values=frozenset(values[name] for name in sources),
    )


requirements_of = st.dictionaries(
    st.sampled_from(KEYS), st.sampled_from(REQUIREMENTS), min_size=1, max_size=4
)
calls = st.tuples(
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(["a", "c", "a/b", "a/c", "c/b", "", "a/", "a/b/c"]),
    st.sampled_from(["10.0.0.1", "192.0.2.1"]),
)


@settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    requirements_of,
    st.lists(st.sampled_from(KEYS), unique=True, min_size=1, max_size=4) | st.none(),
    st.sets(st.sampled_from(SOURCES), min_size=1).map(lambda s: s | {"token"}),
    st.one_of(
        st.tuples(calls, calls),
        st.builds(lambda a, b: (a, (b[0], a[1], b[2])), calls, calls),
        st.builds(lambda a, b: (a, (a[0], b[1], a[2])), calls, calls),
    ),
    st.sampled_from([frozenset({"r"}), frozenset({"w"})]),
)
def test_an_answer_that_is_let_out_is_right_for_every_request_that_gets_it(
    document: dict[str, Any],
    api: list[str] | None,
    sources: set[str],
    both: tuple[Any, Any],
    scopes: frozenset[str],
) -> None:
    rules = RuleSet([{"key": key, "requirement": r} for key, r in document.items()])
    granted = Granted(rules.grants(Principal("p", "s", "i", scopes, {})))
    first, second = (sent(api or list(document), sources, call) for call in both)
    assume(first is not None and second is not None)
    assert first is not None
    assert second is not None
    assume(first.identity_values == second.identity_values)
    routed = rules.find(first.arn)
    try:
        check_replay(first, routed, granted, rules.routing)
    except ConfigurationError as error:
        assert error.code == "answer_not_cacheable"  # noqa: PT017 either way is an answer
        event("refused")
        return
    event("let out to itself" if both[0] == both[1] else "let out")
    answer = granted.allow(routed, first.source_ip)
    if routed is None:
        assert answer is False  # it may keep this caller from more, and lets nobody in
    else:
        assert answer == granted.allow(rules.find(second.arn), second.source_ip)


def test_an_undeclared_route_is_denied_under_any_key() -> None:
    """No outsider makes the function fail by asking for what the document does not name."""
    request = sent(["GET /{p}"], {"token"}, ("GET", "c", "10.0.0.1"))
    assert request is not None
    check({"GET /a": ["authenticated"]}, request)


def check(document: dict[str, Any], request: Request) -> None:
    rules = RuleSet([{"key": key, "requirement": r} for key, r in document.items()])
    granted = Granted(rules.grants(Principal("p", "s", "i", frozenset(), {"sub": "a"})))
    check_replay(request, rules.find(request.arn), granted, rules.routing)


def test_networks_of_the_other_route_that_a_path_may_be_count_too() -> None:
    """`a/b` is the greedy route's on REST APIs, and the other's, for an office only, on HTTP."""
    office = ["source_ip", ["10.0.0.0/8"]]
    document = {"GET /a/{p+}": ["authenticated"], "GET /{p}/b": office}
    request = sent(["GET /a/{p+}"], {"token", "path", "httpMethod"}, ("GET", "a/b", "10.0.0.1"))
    assert request is not None
    with pytest.raises(ConfigurationError, match=r"identity\.sourceIp"):
        check(document, request)


@pytest.mark.parametrize(
    ("document", "sources"),
    [
        ({"GET /a": ["authenticated"]}, {"token", "routeKey"}),
        ({"GET /a": ["authenticated"]}, {"token", "path", "httpMethod"}),
        ({"*": ["authenticated"]}, {"token"}),
        ({"GET /a": ["source_ip", ["10.0.0.0/8"]]}, {"token", "routeKey", "sourceIp"}),
    ],
)
def test_identity_sources_that_say_all_are_enough(
    document: dict[str, Any], sources: set[str]
) -> None:
    request = sent(["GET /a"], sources, ("GET", "a", "10.0.0.1"))
    assert request is not None
    check(document, request)


@pytest.mark.parametrize(
    ("document", "sources", "missing"),
    [
        ({"GET /a": ["authenticated"]}, {"token"}, r"\$context\.httpMethod, \$context\.path"),
        ({"GET /a": ["authenticated"]}, {"token", "path"}, r"\$context\.httpMethod"),
        ({"GET /a": ["authenticated"]}, {"token", "httpMethod"}, r"\$context\.path"),
        ({"GET /{id}": ["path", {"id": "sub"}]}, {"token", "routeKey"}, r"\$context\.path"),
        ({"*": ["source_ip", ["10.0.0.0/8"]]}, {"token"}, r"\$context\.identity\.sourceIp"),
    ],
)
def test_what_is_missing_is_named(
    document: dict[str, Any], sources: set[str], missing: str
) -> None:
    api = [key for key in document if key != "*"] or ["GET /a"]
    request = sent(api, sources, ("GET", "a", "10.0.0.1"))
    assert request is not None
    with pytest.raises(ConfigurationError, match=missing):
        check(document, request)


@pytest.mark.parametrize("sources", [{"routeKey"}, {"path", "httpMethod", "sourceIp"}])
def test_a_key_without_the_token_gives_one_callers_answer_to_another(sources: set[str]) -> None:
    request = sent(["GET /a"], sources, ("GET", "a", "10.0.0.1"))
    assert request is not None
    with pytest.raises(ConfigurationError, match="the credential is in none of them") as raised:
        check_keyed_by(BearerToken("secret-token"), request)
    assert raised.value.code == "answer_not_cacheable"
    assert "secret-token" not in str(raised.value)


def test_a_key_with_the_token_is_one_callers_own() -> None:
    request = sent(["GET /a"], {"token"}, ("GET", "a", "10.0.0.1"))
    assert request is not None
    check_keyed_by(BearerToken("x"), request)


def test_without_a_key_there_is_no_cache() -> None:
    request = sent(["GET /a"], set(), ("GET", "a", "10.0.0.1"))
    assert request is not None
    check_keyed_by(BearerToken("x"), request)
