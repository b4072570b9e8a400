"""A document that is right, and what it compiles to."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from authorizers.config.compile import compile_document, find_losses, render_compiled
from authorizers.config.compiled import parse_compiled
from authorizers.config.relaxations import relaxations
from authorizers.errors import ConfigurationError
from authorizers.rules.rule_set import RuleSet

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "authorizers.yaml"
HEAD = """\
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
"""
MACHINES = {
    "issuer": "https://machines.example.com",
    "audience": {"any": "these tokens name no audience until the issuer is replaced"},
    "profile": "custom",
    "algorithms": ["EdDSA", "Ed25519"],
    "leeway_seconds": 10,
    "max_age_seconds": None,
    "principal_claim": "client_id",
    "custom_profile": {
        "types": ["at+jwt", "absent"],
        "required_claims": ["sub", "iat", "jti"],
        "audience_claim": "aud",
        "scope_claims": ["scope", "scp"],
        "client_claims": ["client_id", "azp"],
        "exact": {"token_use": "access"},
    },
}


def with_routes(routes: str, more: str = "") -> dict[str, Any]:
    return compile_document(f"{HEAD}{more}routes:\n  {routes}\n")


def requirement(text: str, route: str = "GET /a") -> list[Any]:
    (compiled,) = with_routes(f"{route}: {text}")["routes"]
    assert compiled["key"] == route
    found: list[Any] = compiled["requirement"]
    return found


def test_the_example_compiles_to_the_form_that_functions_read() -> None:
    document = compile_document(EXAMPLE.read_bytes())
    assert parse_compiled(render_compiled(document), "here") == document
    assert document["format"] == 2
    assert document["schemes"]["staff"]["jwt"] == {
        "issuer": "https://login.example.com/",
        "audience": ["https://api.example.com"],
        "profile": "rfc9068-access-token",
        "algorithms": ["RS256", "ES256"],
        "keys": {"discovery": True},
        "leeway_seconds": 30,
        "max_age_seconds": 12 * 3600,
        "principal_claim": "sub",
        "custom_profile": None,
    }
    machines = document["schemes"]["machines"]["jwt"]
    assert machines.pop("keys")["jwks"]["keys"][0]["kid"] == "rfc8037"
    assert machines == MACHINES
    assert document["token_from"] == [
        "authorization",
        {"cookie": "session"},
        {"websocket_protocol": "bearer"},
    ]
    assert document["context"] == {"user_id": "sub", "tenant": "org.id", "groups_source": "iss"}
    assert document["table"]["exact"] is True


def test_the_example_has_every_kind_of_requirement_and_about_twenty_routes() -> None:
    document = compile_document(EXAMPLE.read_bytes())
    assert 18 <= len(document["routes"]) <= 24
    text = json.dumps([route["requirement"] for route in document["routes"]])
    kinds = "authenticated scheme scopes_any scopes_all claim path source_ip all_of any_of not"
    assert all(f'"{kind}"' in text for kind in kinds.split())
    assert all(f'"{operator}"' in text for operator in ("equals", "contains", "any_of"))


def test_the_example_is_understood_by_the_rules() -> None:
    RuleSet(compile_document(EXAMPLE.read_bytes())["routes"])


def test_the_routes_keep_the_order_of_the_document() -> None:
    keys = [route["key"] for route in compile_document(EXAMPLE.read_bytes())["routes"]]
    assert keys[0] == "GET /"
    assert keys[-2:] == ["$connect", "GET /tickets"]  # what only a role names comes last


def test_the_same_text_gives_the_same_bytes() -> None:
    text = EXAMPLE.read_bytes()
    assert render_compiled(compile_document(text)) == render_compiled(compile_document(text))


def test_line_ends_and_a_byte_order_mark_make_no_difference() -> None:
    text = EXAMPLE.read_bytes()
    windows = b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n")
    assert compile_document(windows) == compile_document(text) == compile_document(text.decode())


@pytest.mark.parametrize(
    ("text", "compiled"),
    [
        ("{authenticated: true}", ["authenticated"]),
        ("{scheme: staff}", ["scheme", "staff"]),
        ("{scopes: {any_of: [a, 'b:c']}}", ["scopes_any", ["a", "b:c"]]),
        ("{scopes: {all_of: [a]}}", ["scopes_all", ["a"]]),
        ("{claim: {sub: {equals: x}}}", ["claim", "sub", "equals", "x"]),
        ("{claim: {a.b: {equals: 0}}}", ["claim", "a.b", "equals", 0]),
        ("{claim: {a: {equals: false}}}", ["claim", "a", "equals", False]),
        ("{claim: {a: {equals: 1.5}}}", ["claim", "a", "equals", 1.5]),
        ("{claim: {a: {contains: ''}}}", ["claim", "a", "contains", ""]),
        ("{claim: {'\"a:b\"': {any_of: [1, x]}}}", ["claim", '"a:b"', "any_of", [1, "x"]]),
        ("{source_ip: [10.0.0.0/8, '::1']}", ["source_ip", ["10.0.0.0/8", "::1/128"]]),
        ("{not: {scheme: staff}}", ["not", ["scheme", "staff"]]),
        (
            "{all_of: [{authenticated: true}, {any_of: [{scheme: staff}]}]}",
            ["all_of", [["authenticated"], ["any_of", [["scheme", "staff"]]]]],
        ),
    ],
)
def test_each_requirement_has_its_compiled_form(text: str, compiled: list[Any]) -> None:
    assert requirement(text) == compiled


def test_a_path_is_bound_to_a_claim() -> None:
    compiled = requirement("{path: {user_id: claims.org.id}}", "GET /users/{user_id}")
    assert compiled == ["path", {"user_id": "org.id"}]


@pytest.mark.parametrize("word", ["no", "NO", "on", "y", "1:30", "2026-01-01", "0x10", "0o7"])
def test_words_that_yaml_1_1_takes_for_something_else_are_text(word: str) -> None:
    """`country: NO` must not become a comparison with false."""
    assert requirement(f"{{claim: {{country: {{equals: {word}}}}}}}")[-1] == word


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("30", 30), ("30s", 30), ("'45'", 45), ("5m", 300)]
)
def test_leeway_is_a_duration(text: str, seconds: int) -> None:
    document = with_routes("$connect: {authenticated: true}", f"      leeway: {text}\n")
    assert document["schemes"]["staff"]["jwt"]["leeway_seconds"] == seconds


def test_types_are_media_types_without_case_and_prefix() -> None:
    profile = (
        "      custom_profile: {types: [application/AT+JWT, absent], required_claims: [sub]}\n"
    )
    text = HEAD.replace("rfc9068-access-token", "custom") + profile
    document = compile_document(text + "routes: {GET /: {authenticated: true}}")
    assert document["schemes"]["staff"]["jwt"]["custom_profile"] == {
        "types": ["at+jwt", "absent"],
        "required_claims": ["sub"],
        "audience_claim": "aud",
        "scope_claims": ["scope"],
        "client_claims": [],
        "exact": {},
    }


def test_anchors_and_aliases_are_taken() -> None:
    document = with_routes("GET /a: &read {scopes: {any_of: [a]}}\n  GET /b: *read")
    assert document["routes"][0]["requirement"] == document["routes"][1]["requirement"]


def test_http_to_this_machine_needs_the_named_relaxation_which_is_kept() -> None:
    text = (
        HEAD.replace("https://login", "http://localhost:9000/")
        .replace(
            "{discovery: true}", "{discovery: true, insecure_loopback_http: the demonstration}"
        )
        .replace(".example.com/\n", "\n")
    )
    document = compile_document(f"{text}routes: {{GET /: {{authenticated: true}}}}")
    assert document["schemes"]["staff"]["jwt"]["keys"] == {
        "discovery": True,
        "insecure_loopback_http": "the demonstration",
    }
    assert relaxations(document) == ["staff takes http:// on this machine: the demonstration"]


def test_relaxations_are_named_with_their_reasons() -> None:
    (sentence,) = relaxations(compile_document(EXAMPLE.read_bytes()))
    assert sentence.startswith("machines takes tokens for any audience: these tokens name no")


INEXACT = """\
routes:
  GET /a/{x}: {scopes: {any_of: [a]}}
  GET /a/b: {scopes: {any_of: [b]}}
  GET /a/{x}/c: {path: {x: claims.sub}}
"""


def test_what_no_policy_can_say_is_refused_at_the_place_of_the_route() -> None:
    with pytest.raises(ConfigurationError) as caught:
        compile_document(HEAD + INEXACT)
    assert caught.value.code == "configuration_inexact"
    assert all(problem.place.startswith(("11:", "12:", "13:")) for problem in caught.value.problems)


def test_inexact_deny_compiles_and_names_what_is_lost() -> None:
    text = f"{HEAD}{INEXACT}inexact: deny\n"
    document = compile_document(text)
    assert document["table"]["exact"] is False
    assert find_losses(text, document)
    assert find_losses(EXAMPLE.read_bytes(), compile_document(EXAMPLE.read_bytes())) == ()


def test_a_document_of_three_hundred_routes_compiles_in_seconds() -> None:
    """300 routes are API Gateway's own quota for HTTP APIs."""
    methods = ("GET", "POST", "DELETE")
    routes = "\n  ".join(
        f"{method} /r{n}/{{id}}: {{scopes: {{any_of: [s{n % 7}]}}}}"
        for n in range(100)
        for method in methods
    )
    started = time.monotonic()
    document = compile_document(f"{HEAD}oversized: fail\nroutes:\n  {routes}\n")
    assert len(document["routes"]) == 300
    assert time.monotonic() - started < 20


MANY = "\n  ".join(f"GET /r{n}/x: {{scopes: {{any_of: [s{n}]}}}}" for n in range(60))


def test_a_document_whose_policies_may_be_too_large_is_refused_with_their_size() -> None:
    with pytest.raises(ConfigurationError, match="oversized: fail") as caught:
        with_routes(MANY)
    assert caught.value.code == "configuration_oversized"
    assert "this and 59 more routes may be granted to one caller" in str(caught.value)


def test_routes_of_callers_who_exclude_one_another_are_not_counted_together() -> None:
    by_team = MANY.replace("scopes: {any_of: [s", "claim: {team: {equals: t").replace("]}}", "}}}")
    assert len(with_routes(by_team)["routes"]) == 60


def test_a_policy_too_large_may_be_accepted_and_fails_then_for_whoever_gets_it() -> None:
    document = compile_document(f"{HEAD}oversized: fail\nroutes:\n  {MANY}\n")
    assert document["table"]["largest"]["bytes"] > 7168
    assert len(document["table"]["largest"]["routes"]) == 60


def test_a_compiled_document_that_no_function_would_read_is_refused() -> None:
    document = compile_document(EXAMPLE.read_bytes())
    document["context"] = {"a": "x" * 1_100_000}
    with pytest.raises(ConfigurationError, match="larger than 1048576 bytes"):
        render_compiled(document)


TENANTS = "\n  ".join(f"GET /{{t}}/r{n}: {{scopes: {{any_of: [s{n}]}}}}" for n in range(60))
ALIKE = "\n  ".join(f"GET /orders/r{n}: {{scopes: {{any_of: [s]}}}}" for n in range(60))


@pytest.mark.parametrize(
    ("routes", "hint"),
    [
        (ALIKE, "60 of them begin with /orders and have the same requirement: write one route"),
        (MANY, "write routes that begin alike and have one requirement as one"),
        (TENANTS, "write routes that begin alike and have one requirement as one"),
    ],
    ids=["one group", "none alike", "none with a beginning"],
)
def test_what_is_too_large_is_told_which_routes_to_group(routes: str, hint: str) -> None:
    with pytest.raises(ConfigurationError, match=hint):
        with_routes(routes)


def test_alternatives_that_multiply_are_refused_at_the_route_that_has_them() -> None:
    """Fourteen pairs of networks or everybody are 16,384 ways to be granted one route."""
    pairs = ", ".join(
        f"{{any_of: [{{source_ip: [10.{n}.0.0/16]}}, {{scopes: {{any_of: [s{n}]}}}}]}}"
        for n in range(14)
    )
    with pytest.raises(ConfigurationError, match="write fewer alternatives") as caught:
        with_routes(f"GET /a: {{all_of: [{pairs}]}}")
    assert caught.value.code == "configuration_inexact"
