"""Documents that take several kinds of credentials: what they compile to, and what nobody meets."""

from typing import Any

import pytest

from authorizers.config.compile import compile_document
from authorizers.config.examples import read_examples
from authorizers.model.principal import Principal
from authorizers.rules.rule_set import RuleSet
from tests.config.problems import found_in

SCHEMES = {
    "partners": "client_certificate: {trust: file:a.pem, identity: dns, revocation: {none: why}}",
    "fleet": "client_certificate: {trust: file:b.pem, identity: dns, revocation: {none: why}}",
    "staff": "jwt: {issuer: 'https://a.example', audience: [a], profile: entra,"
    " algorithms: [RS256], keys: {discovery: true}}",
    "machines": "api_key: {prefix: aa, pepper: environment, keys: {file: a.json}}",
    "probes": "api_key: {prefix: bb, pepper: environment, keys: {file: b.json},"
    " routes_per_key: true}",
}
BOTH = "needs a token and an API key in one request"
WEBSOCKET = "WebSocket APIs never see a client certificate"


def document(*schemes: str, routes: str, rest: str = "") -> str:
    taken = "".join(f"  {name}: {{{SCHEMES[name]}}}\n" for name in schemes)
    return f"version: 1\nauthenticate:\n{taken}{rest}routes:\n  {routes}\n"


def only_requirement(text: str) -> Any:
    (route,) = compile_document(text)["routes"]
    return route["requirement"]


@pytest.mark.parametrize(
    ("schemes", "places"),
    [
        (["staff"], {"token_from"}),
        (["machines"], {"key_from"}),
        (["partners"], set()),
        (["staff", "partners"], {"token_from"}),
        (["partners", "machines"], {"key_from"}),
        (["machines", "staff"], {"token_from", "key_from"}),
        (["machines", "staff", "partners"], {"token_from", "key_from"}),
    ],
)
def test_each_kind_has_a_place_exactly_where_it_is_taken(
    schemes: list[str], places: set[str]
) -> None:
    compiled = compile_document(document(*schemes, routes="GET /: {authenticated: true}"))
    assert {"token_from", "key_from"} & compiled.keys() == places


@pytest.mark.parametrize(
    "requirement",
    [
        "{all_of: [{scheme: staff}, {scheme: machines}]}",
        "{all_of: [{scheme: machines}, {any_of: [{scheme: staff}, {nobody: true}]}]}",
        "{all_of: [{scheme: machines}, {scheme: partners}, {scheme: staff}]}",
        "{not: {any_of: [{not: {scheme: staff}}, {not: {scheme: machines}}]}}",
    ],
)
def test_nobody_can_present_a_token_and_a_key(requirement: str) -> None:
    text = document("staff", "machines", "partners", routes=f"GET /: {requirement}")
    found = [(line.partition("{")[0], said) for line, said in found_in(text, BOTH)]
    assert found == [("«GET /: ", BOTH)]


def test_keys_with_routes_of_their_own_make_no_difference_to_that() -> None:
    routes = "GET /: {all_of: [{scheme: staff}, {scheme: probes}]}"
    found = found_in(document("staff", "probes", routes=routes), BOTH)
    assert [said for _, said in found] == [BOTH]


@pytest.mark.parametrize(
    "requirement",
    [
        "{all_of: [{scheme: partners}, {scheme: staff}]}",
        "{all_of: [{scheme: partners}, {scheme: machines}]}",
        "{any_of: [{scheme: staff}, {scheme: machines}]}",
        "{all_of: [{scheme: staff}, {not: {scheme: machines}}]}",
        "{nobody: true}",
    ],
)
def test_a_certificate_stands_beside_either(requirement: str) -> None:
    compile_document(document("staff", "machines", "partners", routes=f"GET /: {requirement}"))


@pytest.mark.parametrize(
    "requirement",
    [
        "{scheme: partners}",
        "{certificate: {san_dns: a.example}}",
        "{authenticated: true}",
        "{not: {scheme: partners}}",
        "{nobody: true}",
    ],
)
@pytest.mark.parametrize("schemes", [("partners",), ("partners", "staff")], ids=len)
def test_a_document_of_certificates_is_for_no_websocket(
    requirement: str, schemes: tuple[str, ...]
) -> None:
    text = document(*schemes, routes=f"$connect: {requirement}")
    found = [(line.partition("{")[0], said) for line, said in found_in(text, WEBSOCKET)]
    assert found == [("«$connect: ", WEBSOCKET)]


def test_nor_is_one_whose_role_connects() -> None:
    rest = """\
roles: {x: {routes: [$connect]}}
bindings: [{role: x, scheme: staff, scopes: [a]}]
"""
    text = document("partners", "staff", rest=rest, routes="GET /: {role: x}")
    assert found_in(text, WEBSOCKET) == [("roles: {x: {routes: [«$connect]}}", WEBSOCKET)]


def test_a_document_of_tokens_and_keys_connects() -> None:
    compile_document(document("staff", "machines", routes="$connect: {authenticated: true}"))


PRINCIPALS = """\
principals:
  certificate: {scheme: partners, certificate: {san_dns: [a.example]}}
  token: {scheme: staff, claims: {sub: a, oid: a}}
  token-and-certificate:
    {scheme: staff, claims: {sub: a, oid: a}, certificate: {san_dns: [a.example]}}
  key-for-it: {scheme: probes, claims: {sub: a, routes: [GET /]}}
  key-for-others: {scheme: probes, claims: {sub: a, routes: [GET /b]}}
  key-for-others-and-certificate:
    {scheme: probes, claims: {sub: a, routes: [GET /b]}, certificate: {san_dns: [a.example]}}
"""


def granted(text: str, key: str = "GET /") -> set[str]:
    compiled = compile_document(text)
    number = [route["key"] for route in compiled["routes"]].index(key)
    rules = RuleSet(compiled["routes"])

    def may(principal: Principal) -> bool:
        return number in {grant.route for grant in rules.grants(principal)}

    principals = read_examples(text, compiled).principals
    return {name for name, principal in principals.items() if may(principal)}


def test_routes_of_keys_narrow_keys_and_nobody_else() -> None:
    text = document(
        *("partners", "staff", "probes"),
        routes="GET /: {authenticated: true}\n  GET /b: {authenticated: true}",
    )
    assert granted(text + PRINCIPALS) == {
        "certificate",
        "token",
        "token-and-certificate",
        "key-for-it",
    }


def test_a_certificate_beside_a_key_does_not_widen_what_the_key_is_for() -> None:
    routes = "GET /: {scheme: partners}\n  GET /b: {scheme: partners}"
    text = document("partners", "staff", "probes", routes=routes) + PRINCIPALS
    assert granted(text) == {"certificate", "token-and-certificate"}
    assert granted(text, "GET /b") == {
        "certificate",
        "token-and-certificate",
        "key-for-others-and-certificate",
    }


@pytest.mark.parametrize(
    ("requirement", "who"),
    [
        (
            "{scheme: partners}",
            {"certificate", "token-and-certificate", "key-for-others-and-certificate"},
        ),
        (
            "{certificate: {san_dns: A.example}}",
            {"certificate", "token-and-certificate", "key-for-others-and-certificate"},
        ),
        ("{certificate: {san_dns: b.example}}", set()),
        ("{scheme: staff}", {"token", "token-and-certificate"}),
        ("{all_of: [{scheme: partners}, {scheme: staff}]}", {"token-and-certificate"}),
        ("{not: {scheme: partners}}", {"token", "key-for-it", "key-for-others"}),
    ],
)
def test_whose_scheme_it_is(requirement: str, who: set[str]) -> None:
    text = document("partners", "staff", "probes", routes=f"GET /: {requirement}")
    text = text.replace(", routes_per_key: true", "")
    principals = PRINCIPALS.replace("GET /b", "GET /")
    assert granted(text + principals) == who


def test_roles_of_one_issuer_are_none_of_anothers_beside_certificates() -> None:
    rest = """\
roles: {x: {routes: [GET /]}}
bindings: [{role: x, scheme: staff, scopes: [a], certificates: [a.example]}]
"""
    text = document("partners", "staff", rest=rest, routes="GET /b: {authenticated: true}")
    requirements = {r["key"]: r["requirement"] for r in compile_document(text)["routes"]}
    assert requirements["GET /"] == [
        "any_of",
        [
            [
                "all_of",
                [
                    ["certificate_scheme", "partners"],
                    ["claim", "certificate.identity", "any_of", ["a.example"]],
                ],
            ],
            ["all_of", [["scheme", "staff"], ["scopes_any", ["a"]]]],
        ],
    ]
