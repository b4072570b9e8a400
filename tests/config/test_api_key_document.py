"""A document of API keys that is right, and what it compiles to."""

import json
from pathlib import Path
from typing import Any

import pytest

from authorizers.api_key.record import load_record
from authorizers.config.compile import compile_document, render_compiled
from authorizers.config.compiled import parse_compiled
from authorizers.config.relaxations import relaxations
from authorizers.config.table import MAX_KEY_NETWORKS_BYTES

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "api-keys.yaml"
HEAD = """\
version: 1
authenticate:
  machines:
    api_key:
      prefix: orders_live
      pepper: ssm:/authorizers/pepper
      keys: {dynamodb: ApiKeys}
"""
LIMITS = """\
      limits:
        dynamodb: Usage
        when_unavailable: deny
        without_plan: unlimited
        plans: {free: {quota: 1000/day}}
"""
ROUTES = "routes: {GET /a: {authenticated: true}}\n"
SECRETS = [{"hmac_sha256": "ab" * 32, "pepper": "1"}]


def api_key(more: str = "", *, rest: str = ROUTES, head: str = HEAD) -> dict[str, Any]:
    document = compile_document(head + more + rest)
    found: dict[str, Any] = document["schemes"]["machines"]["api_key"]
    return found


def requirements(text: str) -> dict[str, Any]:
    return {route["key"]: route["requirement"] for route in compile_document(text)["routes"]}


def for_keys(requirement: list[Any], *alternatives: list[Any]) -> list[Any]:
    return ["all_of", [requirement, ["any_of", list(alternatives)]]]


def named(key: str) -> list[Any]:
    return ["claim", "routes", "contains", key]


def test_the_least_that_is_needed_says_everything_compiled() -> None:
    document = compile_document(HEAD + ROUTES)
    assert document.pop("table")["exact"]
    assert document == {
        "format": 2,
        "schemes": {
            "machines": {
                "api_key": {
                    "prefix": "orders_live",
                    "pepper": {"kind": "ssm", "name": "/authorizers/pepper"},
                    "keys": {"dynamodb": "ApiKeys"},
                    "life_seconds": 60,
                    "miss_life_seconds": 10,
                    "routes_per_key": False,
                    "limits": None,
                }
            }
        },
        "key_from": {"header": "x-api-key"},
        "routes": [{"key": "GET /a", "requirement": ["authenticated"]}],
        "context": {},
    }


def test_the_example_compiles_to_the_form_that_functions_read() -> None:
    document = compile_document(EXAMPLE.read_bytes())
    assert parse_compiled(render_compiled(document), "here") == document
    assert "token_from" not in document
    partners = document["schemes"]["partners"]["api_key"]
    assert partners["routes_per_key"] is True
    assert partners["limits"]["without_plan"] == "trial"
    assert partners["limits"]["plans"]["trial"] == {
        "bucket": {"interval_us": 6_000_000, "burst": 5},
        "quota": {"limit": 100, "period": "day"},
        "routes": {},
    }
    assert partners["limits"]["plans"]["gold"] == {
        "bucket": {"interval_us": 20_000, "burst": 100},
        "quota": {"limit": 1_000_000, "period": "month"},
        "routes": {
            "POST /orders": {
                "bucket": {"interval_us": 200_000, "burst": 10},
                "quota": {"limit": 20_000, "period": "week"},
            },
            "GET /reports": {"bucket": None, "quota": {"limit": 50, "period": "day"}},
        },
    }


def test_the_records_of_the_example_can_be_loaded() -> None:
    document = compile_document(EXAMPLE.read_bytes())
    (record,) = document["schemes"]["monitoring"]["api_key"]["keys"]["records"]
    loaded = load_record(record, "here")
    assert (loaded.owner, loaded.labels) == ("uptime-probe", {"team": "platform"})
    assert loaded.networks == ("198.51.100.0/24", "2001:db8::/32")


@pytest.mark.parametrize(
    ("written", "compiled"),
    [
        ("ssm:/authorizers/pepper", {"kind": "ssm", "name": "/authorizers/pepper"}),
        ("ssm:pepper:3", {"kind": "ssm", "name": "pepper:3"}),
        ("secretsmanager:a/b", {"kind": "secretsmanager", "name": "a/b"}),
        (
            "secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:a/b-AbCdEf",
            {
                "kind": "secretsmanager",
                "name": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a/b-AbCdEf",
            },
        ),
        ("file:pepper.json", {"kind": "file", "name": "pepper.json"}),
        ("file:a:b", {"kind": "file", "name": "a:b"}),
        ("environment", {"kind": "environment", "name": "AUTHORIZERS_PEPPER"}),
    ],
)
def test_the_places_of_peppers(written: str, compiled: dict[str, str]) -> None:
    head = HEAD.replace("ssm:/authorizers/pepper", written)
    assert api_key(head=head)["pepper"] == compiled


@pytest.mark.parametrize(
    ("written", "compiled"),
    [
        ("{dynamodb: ApiKeys}", {"dynamodb": "ApiKeys"}),
        ("{file: keys.json}", {"file": "keys.json"}),
        (
            f"{{records: [{{id: 7Fh3kQ9ZpLm2, owner: a, secrets: {SECRETS}, created_at: 1}}]}}",
            {
                "records": [
                    {"id": "7Fh3kQ9ZpLm2", "owner": "a", "secrets": SECRETS, "created_at": 1}
                ]
            },
        ),
    ],
)
def test_the_places_of_keys(written: str, compiled: dict[str, Any]) -> None:
    assert api_key(head=HEAD.replace("{dynamodb: ApiKeys}", written))["keys"] == compiled


def test_lives_are_seconds_and_a_record_may_be_read_at_every_request() -> None:
    found = api_key("      life: 0\n      miss_life: 5m\n")
    assert (found["life_seconds"], found["miss_life_seconds"]) == (0, 300)


@pytest.mark.parametrize("place", ["header: Key", "query: api_key"], ids=["header", "query"])
def test_a_key_is_looked_for_in_one_place(place: str) -> None:
    name, _, value = place.partition(": ")
    document = compile_document(f"{HEAD}key_from: {{{place}}}\n{ROUTES}")
    assert document["key_from"] == {name: value}


def test_without_a_plan_may_be_a_plan_or_unlimited() -> None:
    assert api_key(LIMITS)["limits"]["without_plan"] is None
    named_plan = LIMITS.replace("unlimited", "free")
    assert api_key(named_plan)["limits"]["without_plan"] == "free"


def test_the_keys_own_routes_narrow_every_requirement() -> None:
    rest = """\
roles: {buyer: {routes: [GET /b]}}
routes: {GET /a: {authenticated: true}, GET /c: {nobody: true}}
"""
    assert requirements(f"{HEAD}      routes_per_key: true\n{rest}") == {
        "GET /a": for_keys(["authenticated"], named("*"), named("GET /a")),
        "GET /b": for_keys(["role", ["buyer"]], named("*"), named("GET /b")),
        "GET /c": ["never"],
    }


def test_schemes_whose_keys_have_no_routes_are_not_narrowed() -> None:
    more = """\
      routes_per_key: true
  probes:
    api_key: {prefix: probes_live, pepper: environment, keys: {file: keys.json}}
"""
    assert requirements(HEAD + more + ROUTES) == {
        "GET /a": for_keys(["authenticated"], ["scheme", "probes"], named("*"), named("GET /a"))
    }


def test_every_route_is_one_route_of_keys_too() -> None:
    rest = 'routes: {"*": {authenticated: true}}\n'
    assert requirements(f"{HEAD}      routes_per_key: true\n{rest}") == {
        "*": ["all_of", [["authenticated"], named("*")]]
    }


def test_records_may_name_roles_that_nobody_else_holds() -> None:
    rest = """\
roles: {buyer: {routes: [GET /b]}, reader: {requirement: {scopes: {any_of: [r]}}}}
routes: {GET /a: {role: reader}}
"""
    assert requirements(HEAD + rest) == {
        "GET /a": ["any_of", [["scopes_any", ["r"]], ["role", ["reader"]]]],
        "GET /b": ["role", ["buyer"]],
    }


def test_bindings_and_a_table_of_bindings_are_taken_beside_keys() -> None:
    rest = """\
roles: {buyer: {routes: [GET /b]}}
bindings: [{role: buyer, scopes: [s], principals: ["machines|acme"]}]
bindings_table: {dynamodb: Bindings, life: 60s, subjects: [principals, scopes]}
"""
    assert requirements(HEAD + rest) == {
        "GET /b": [
            "any_of",
            [["principal", ["machines|acme"]], ["scopes_any", ["s"]], ["role", ["buyer"]]],
        ]
    }
    bindings = compile_document(HEAD + rest)["bindings"]
    assert (bindings["kinds"], bindings["claims"]) == (["principal", "scope"], {})


def test_the_bound_of_policies_leaves_room_for_the_networks_of_a_key() -> None:
    tokens = HEAD[: HEAD.index("    api_key")] + (
        "    jwt: {issuer: 'https://a.example', audience: [a], profile: entra,"
        " algorithms: [RS256], keys: {discovery: true}}\n"
    )
    with_tokens = compile_document(tokens + ROUTES)["table"]["largest"]["bytes"]
    with_keys = compile_document(HEAD + ROUTES)["table"]["largest"]["bytes"]
    assert with_keys - with_tokens == MAX_KEY_NETWORKS_BYTES == 1006


def test_what_is_relaxed_is_said() -> None:
    assert relaxations(compile_document(HEAD + LIMITS + ROUTES)) == []
    text = (HEAD + LIMITS + "key_from: {query: key}\n" + ROUTES).replace(
        "ssm:/authorizers/pepper", "environment"
    )
    assert relaxations(compile_document(text.replace(": deny", ": allow_unmetered"))) == [
        "machines reads its pepper from the environment, which is for local runs",
        "machines limits nothing while its table of counters cannot be reached",
        "API keys are taken from the query, and addresses are logged",
    ]


def test_the_same_text_gives_the_same_bytes() -> None:
    text = EXAMPLE.read_bytes()
    assert render_compiled(compile_document(text)) == render_compiled(compile_document(text))
    assert json.loads(render_compiled(compile_document(text)))["format"] == 2
