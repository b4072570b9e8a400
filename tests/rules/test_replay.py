"""A simple answer that the gateway may replay for a request that it is wrong for is refused."""

from typing import Any

import pytest

from authorizers.authorizer import Answers
from authorizers.compose import build_authorizer
from authorizers.config.table import compile_route_table
from authorizers.errors import ConfigurationError
from authorizers.testing.events import http_2_event
from authorizers.testing.issuer import FakeIssuer

ISSUER = FakeIssuer("https://login.example.com/")
TOKEN = ISSUER.token({"sub": "alice", "scope": "read"})
HEADER = f"Bearer {TOKEN}"
READ: list[Any] = ["scopes_any", ["read"]]
OWN: list[Any] = ["path", {"id": "sub"}]
NEAR: list[Any] = ["source_ip", ["10.0.0.0/8"]]


def ask(
    routes: dict[str, list[Any]],
    resource: str,
    *sources: str,
    answers: str = "simple",
    path: str | None = None,
    method: str = "GET",
) -> Any:
    compiled = [{"key": key, "requirement": requirement} for key, requirement in routes.items()]
    jwt = {
        "issuer": ISSUER.issuer,
        "audience": [ISSUER.audience],
        "profile": "rfc9068-access-token",
        "algorithms": ["RS256"],
        "keys": {"jwks": ISSUER.jwks()},
        "leeway_seconds": 30,
    }
    document = {
        "format": 1,
        "schemes": {"staff": {"jwt": jwt}},
        "token_from": ["authorization"],
        "routes": compiled,
        "table": compile_route_table(compiled, inexact=False),
        "context": {},
    }
    event = http_2_event(
        method=method, resource=resource, path=path or resource, token=TOKEN, source_ip="10.1.1.1"
    )
    event["identitySource"] = [HEADER, *sources] if sources != ("none",) else None
    settings: Any = answers
    return build_authorizer(document, answers=Answers(settings, "exception"))(event)


def code_of(*arguments: Any, **more: Any) -> str:
    with pytest.raises(ConfigurationError) as raised:
        ask(*arguments, **more)
    assert HEADER not in str(raised.value)
    return raised.value.code


def test_a_token_alone_is_no_key_where_routes_differ() -> None:
    assert code_of({"GET /a": READ, "GET /b": ["scopes_any", ["write"]]}, "/a") == (
        "answer_not_cacheable"
    )


def test_a_refusal_is_replayed_as_wrongly_as_an_allow() -> None:
    assert code_of({"GET /a": ["scopes_any", ["write"]]}, "/a") == "answer_not_cacheable"


def test_the_route_key_is_enough_where_the_route_is_decided_as_a_whole() -> None:
    assert ask({"GET /a/{id}": READ}, "/a/{key}", "GET /a/{key}", path="/a/1")["isAuthorized"]


def test_the_route_key_is_not_enough_for_a_bound_path() -> None:
    """`/users/alice` is alice's and `/users/bob` is not, under one route key."""
    routes = {"GET /users/{id}": OWN}
    assert code_of(routes, "/users/{id}", "GET /users/{id}", path="/users/alice") == (
        "answer_not_cacheable"
    )
    keyed = ask(routes, "/users/{id}", "GET /users/{id}", "/prod/users/alice", path="/users/alice")
    assert keyed["isAuthorized"] is True


def test_the_route_key_is_not_enough_where_the_api_has_coarser_routes() -> None:
    routes = {"GET /a": READ, "GET /b": ["scopes_any", ["write"]]}
    assert code_of(routes, "/{proxy+}", "GET /{proxy+}", path="/a") == "answer_not_cacheable"
    assert code_of(routes, "$default", "$default", path="/a") == "answer_not_cacheable"


def test_the_route_key_is_not_enough_where_a_more_specific_route_may_be_missing_from_the_api() -> (
    None
):
    routes = {"GET /users/{id}": READ, "GET /users/me": READ}
    assert code_of(routes, "/users/{id}", "GET /users/{id}", path="/users/1") == (
        "answer_not_cacheable"
    )


def test_a_path_without_its_method_is_not_enough() -> None:
    routes = {"GET /a": READ, "POST /a": ["scopes_any", ["write"]]}
    assert code_of(routes, "/a", "ANY /a", "/prod/a") == "answer_not_cacheable"
    assert ask(routes, "/a", "ANY /a", "GET", "/prod/a")["isAuthorized"] is True


def test_an_undeclared_route_is_only_denied_for_itself() -> None:
    assert code_of({"GET /a": READ}, "/b", "GET /b") == "answer_not_cacheable"
    assert ask({"GET /a": READ}, "/b", "GET /b", "/prod/b")["isAuthorized"] is False


def test_a_grant_from_some_networks_needs_the_address_in_the_key() -> None:
    routes = {"GET /a": NEAR}
    assert code_of(routes, "/a", "GET /a") == "answer_not_cacheable"
    assert ask(routes, "/a", "GET /a", "10.1.1.1")["isAuthorized"] is True


def test_one_rule_for_every_route_needs_no_more_than_the_token() -> None:
    assert ask({"*": READ}, "/a")["isAuthorized"] is True


def test_without_identity_sources_nothing_is_cached() -> None:
    routes = {"GET /a": READ, "GET /b": OWN}
    routes.pop("GET /b")
    assert ask(routes, "/a", "none")["isAuthorized"] is True


def test_who_says_that_nothing_is_cached_is_believed() -> None:
    routes = {"GET /users/{id}": OWN}
    answer = ask(routes, "/users/{id}", answers="simple_uncached", path="/users/alice")
    assert answer["isAuthorized"] is True


def test_a_policy_is_right_for_every_route_whatever_the_key() -> None:
    assert "policyDocument" in ask({"GET /a": READ}, "/a", answers="iam")
