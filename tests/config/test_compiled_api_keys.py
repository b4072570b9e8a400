"""Compiled documents of API keys, as functions read them: whole, or refused."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from authorizers.config.compile import compile_document
from authorizers.config.compiled import parse_compiled
from authorizers.errors import ConfigurationError

DOCUMENT = compile_document("""\
version: 1
authenticate:
  machines:
    api_key:
      prefix: orders_live
      pepper: ssm:/authorizers/pepper
      keys: {dynamodb: ApiKeys}
      limits:
        dynamodb: Usage
        when_unavailable: deny
        without_plan: free
        plans: {free: {rate: 5/s, burst: 10, quota: 9/day, routes: {GET /: {quota: 5/day}}}}
routes: {GET /: {authenticated: true}}
""")
JWT = {
    "issuer": "https://login.example.com/",
    "audience": ["https://api.example.com"],
    "profile": "rfc9068-access-token",
    "algorithms": ["RS256"],
    "keys": {"discovery": True},
    "leeway_seconds": 30,
}
Change = Callable[[dict[str, Any]], Any]
SCHEME = "scheme that is not whole"
KEY_FROM = "no proper member key_from"
TOKEN_FROM = "no proper member token_from"


def parse(document: Any) -> dict[str, Any]:
    return parse_compiled(json.dumps(document).encode(), "here")


def refused(document: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse(document)
    (problem,) = caught.value.problems
    assert problem.place == "here"
    return problem.message


def changed(*way: str, to: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    inner = document
    for name in way[:-1]:
        inner = inner[name]
    inner[way[-1]] = to
    return document


def of_scheme(*way: str, to: Any) -> dict[str, Any]:
    return changed("schemes", "machines", "api_key", *way, to=to)


def test_the_document_of_these_tests_is_right() -> None:
    assert parse(DOCUMENT) == DOCUMENT
    assert parse(of_scheme("limits", to=None))["key_from"] == {"header": "x-api-key"}
    assert parse(of_scheme("limits", "without_plan", to=None))
    assert parse(of_scheme("life_seconds", to=0))


@pytest.mark.parametrize(
    ("way", "values"),
    [
        (("prefix",), ["", None, 5]),
        (("pepper",), [None, "ssm:/a", {}, {"kind": "ssm"}, {"kind": "s3", "name": "a"}]),
        (("pepper", "name"), ["", None, 5]),
        (("pepper", "kind"), ["", None, [], "environmen"]),
        (("keys",), [None, {}, [], {"dynamodb": ""}, {"redis": "a"}, {"records": []}]),
        (("keys",), [{"dynamodb": "a", "file": "b"}, {"dynamodb": ["a"]}, {"records": {"a": 1}}]),
        (("life_seconds",), [None, -1, 1.5, True, "60"]),
        (("miss_life_seconds",), [None, -1, 1.5, True, "60"]),
        (("routes_per_key",), [None, 0, 1, "true"]),
        (("limits",), [{}, [], False, "deny", 0]),
        (("limits", "dynamodb"), [None, 5]),
        (("limits", "when_unavailable"), [None, "allow", True, ["deny"]]),
        (("limits", "without_plan"), ["fre", "unlimited", "", 0, [], {}]),
        (("limits", "plans"), [None, [], {}, {"free": None}]),
        (("limits", "plans", "free"), [None, {}, {"bucket": None, "quota": None, "routes": {}}]),
        (("limits", "plans", "free", "routes"), [None, [], {"GET /": None}, {"GET /": {}}]),
        (("limits", "plans", "free", "bucket"), [{}, 5, {"interval_us": 5}, {"burst": 5}]),
        (("limits", "plans", "free", "bucket", "burst"), [0, -1, 1.5, True, None, "5"]),
        (("limits", "plans", "free", "bucket", "interval_us"), [0, -1, 1.5, True, None, "5"]),
        (("limits", "plans", "free", "quota"), [{}, 5, {"limit": 5}, {"period": "day"}]),
        (("limits", "plans", "free", "quota", "limit"), [0, -1, 1.5, True, None, "5"]),
        (("limits", "plans", "free", "quota", "period"), [None, "year", ["day"]]),
    ],
)
def test_a_scheme_that_is_not_whole_is_refused(way: tuple[str, ...], values: list[Any]) -> None:
    for value in values:
        assert SCHEME in refused(of_scheme(*way, to=value))


@pytest.mark.parametrize("name", sorted(DOCUMENT["schemes"]["machines"]["api_key"]))
def test_every_member_of_a_scheme_must_be_there(name: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    del document["schemes"]["machines"]["api_key"][name]
    assert SCHEME in refused(document)


@pytest.mark.parametrize(
    "key_from",
    [
        *(None, "x-api-key", [], {}, ["authorization"]),
        *({"header": ""}, {"header": 5}, {"cookie": "a"}, {"header": "a", "query": "b"}),
    ],
    ids=repr,
)
def test_the_place_of_the_key_must_be_one_place(key_from: Any) -> None:
    assert KEY_FROM in refused(changed("key_from", to=key_from))


def test_the_place_of_the_key_has_no_default() -> None:
    document = {name: value for name, value in DOCUMENT.items() if name != "key_from"}
    assert KEY_FROM in refused(document)


def test_tokens_are_looked_for_in_no_document_of_keys() -> None:
    assert TOKEN_FROM in refused({**DOCUMENT, "token_from": ["authorization"]})


@pytest.mark.parametrize(
    "scheme", [{}, None, [], {"client_certificate": {}}, {"saml": {}}, {"jwt": None}], ids=repr
)
def test_a_scheme_of_no_kind_is_refused_beside_a_whole_one(scheme: Any) -> None:
    assert SCHEME in refused(changed("schemes", "staff", to=scheme))


def test_tokens_are_taken_beside_keys_from_a_place_of_their_own() -> None:
    document = changed("schemes", "staff", to={"jwt": JWT})
    assert TOKEN_FROM in refused(document)
    document["token_from"] = ["authorization"]
    assert parse(document) == document


def test_a_scheme_of_two_kinds_is_none() -> None:
    assert SCHEME in refused(changed("schemes", "machines", "jwt", to=JWT))


def test_keys_are_looked_for_in_no_document_of_tokens() -> None:
    document = {**DOCUMENT, "schemes": {"staff": {"jwt": JWT}}, "token_from": ["authorization"]}
    assert KEY_FROM in refused(document)
    del document["key_from"]
    assert parse(document) == document
