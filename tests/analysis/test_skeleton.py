"""A document to begin with: every route, and nothing granted."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from authorizers.analysis.skeleton import ListedRoute, keys_skeleton, routes_of, skeleton
from authorizers.analysis.template.reading import read_apis
from authorizers.analysis.template.template import Place, read_template
from authorizers.config.compile import compile_document
from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from authorizers.rules.rule_set import RuleSet

SAM = Path(__file__).parents[2] / "sam"
ISSUER, AUDIENCE = "https://login.example.com/", "https://api.example.com"
EVERYTHING = {"scope": "a b", "sub": "x", "groups": ["admin"]}
PLACE = Place("api.yaml", 1, 1)


def listed(text: str) -> list[ListedRoute]:
    return routes_of(read_apis(read_template(text.encode(), "api.yaml")))


def made(text: str, **given_: Any) -> str:
    return skeleton(listed(text), **given_)


def whole(routes: list[ListedRoute]) -> str:
    return skeleton(routes, issuer=ISSUER, audience=[AUDIENCE])


PLANNED = """\
openapi: 3.1.0
paths:
  /orders:
    get: {security: [{oauth: [orders:read, orders:write]}]}
    post: {}
  /orders/{id}: {get: {}}
  /health: {get: {security: []}}
components: {securitySchemes: {oauth: {type: oauth2}}}
"""


def test_every_route_is_there_with_what_its_description_asks_for() -> None:
    assert made(PLANNED).partition("routes:\n")[2] == (
        "\n"
        "  # api.yaml:4:5\n"
        "  # Its description asks for: {scopes: {all_of: [orders:read, orders:write]}}\n"
        "  GET /orders: {nobody: true}\n"
        "\n"
        "  # api.yaml:5:5\n"
        "  POST /orders: {nobody: true}\n"
        "\n"
        "  # api.yaml:6:18\n"
        "  GET /orders/{id}: {nobody: true}\n"
        "\n"
        "  # Left out:\n"
        "  # GET /health (api.yaml:7:13): public: it asks no authorizer, and needs no rule\n"
    )


def test_it_compiles_once_issuer_and_audience_are_filled_in() -> None:
    with pytest.raises(ConfigurationError) as caught:
        compile_document(made(PLANNED))
    assert [problem.message.partition(":")[0] for problem in caught.value.problems] == [
        "issuer",
        "audience",
    ]
    filled = made(PLANNED).replace('issuer: ""', f"issuer: {ISSUER}")
    filled = filled.replace("audience: []", f"audience: [{AUDIENCE}]")
    assert compile_document(filled) == compile_document(
        made(PLANNED, issuer=ISSUER, audience=[AUDIENCE])
    )


def test_a_document_of_keys_compiles_once_prefix_pepper_and_table_are_filled_in() -> None:
    empty = keys_skeleton(listed(PLANNED))
    with pytest.raises(ConfigurationError) as caught:
        compile_document(empty)
    lines = empty.split("\n")
    places = [int(problem.place.partition(":")[0]) for problem in caught.value.problems]
    assert [lines[line - 1].strip().partition(":")[0] for line in places] == [
        "prefix",
        "pepper",
        "keys",
    ]
    filled = keys_skeleton(listed(PLANNED), prefix="orders_live")
    filled = filled.replace('pepper: ""', "pepper: ssm:/orders/pepper").replace('b: ""', "b: Keys")
    document = compile_document(filled)
    assert document["schemes"]["main"]["api_key"]["prefix"] == "orders_live"
    assert {route["requirement"][0] for route in document["routes"]} == {"never"}


def test_the_routes_of_both_kinds_of_document_are_the_same() -> None:
    keys, tokens = keys_skeleton(listed(PLANNED)), made(PLANNED)
    assert keys.partition("routes:\n")[2] == tokens.partition("routes:\n")[2]
    assert "callers whose key carries these scopes" in keys
    assert "jwt" not in keys


@pytest.mark.parametrize("prefix", ["a: b", '"', "a\n  b: c", "{x}", "# x", "true"])
def test_a_hostile_prefix_is_text_and_nothing_else(prefix: str) -> None:
    read = yaml.safe_load(keys_skeleton(listed(PLANNED), prefix=prefix))
    assert read["authenticate"]["main"]["api_key"]["prefix"] == prefix


@pytest.mark.parametrize(
    "path",
    sorted([SAM / "template.yaml", *(SAM / "examples").glob("*.yaml")]),
    ids=lambda p: p.name,
)
def test_it_grants_nothing_to_anybody(path: Path) -> None:
    routes = routes_of(read_apis(read_template(path.read_bytes(), path.name)))
    document = compile_document(whole(routes))
    anybody = Principal("main|x", "main", ISSUER, frozenset(("a", "b")), EVERYTHING)
    assert RuleSet(document["routes"]).grants(anybody) == ()
    if routes:
        keys = {route.key for route in routes if route.asks}
        assert {route["key"] for route in document["routes"]} == (keys or {"GET /"})


TEMPLATE = """\
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /a}}
        B: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /b, Auth: AUTH}}
        C: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: "/c/"}}
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth: API
"""
LAMBDA = "{DefaultAuthorizer: J, Authorizers: {J: {FunctionArn: arn}, N: {JwtConfiguration: {}}}}"


def states(text: str) -> dict[str, tuple[bool, str]]:
    return {r.key: (r.asks, r.why_not.partition(":")[0]) for r in listed(text)}


@pytest.mark.parametrize(
    ("auth", "api", "expected"),
    [
        ("{}", "{}", (True, "")),
        ("{}", LAMBDA, (True, "")),
        ("{Authorizer: NONE}", LAMBDA, (False, "public")),
        ("{Authorizer: N}", LAMBDA, (False, "asks another authorizer, N, and needs no rule")),
    ],
)
def test_routes_that_ask_nobody_are_left_out_once_somebody_asks(
    auth: str, api: str, expected: tuple[bool, str]
) -> None:
    found = states(TEMPLATE.replace("AUTH", auth).replace("API", api))
    assert found["GET /a"] == (True, "")
    assert found["GET /b"] == expected
    assert found["GET /c/"] == (False, "no document can name it")


def test_one_route_of_several_apis_stands_once() -> None:
    routes = [ListedRoute(key, "A", PLACE, True) for key in ("GET /{a}", "GET /{b}", "ANY /{a}")]
    document = compile_document(whole(routes))
    assert [route["key"] for route in document["routes"]] == ["GET /{a}", "ANY /{a}"]


def test_a_document_without_routes_that_ask_still_compiles() -> None:
    document = compile_document(whole([ListedRoute("GET /x", "A", PLACE, False)]))
    assert document["routes"] == [{"key": "GET /", "requirement": ["never"]}]


HOSTILE = st.text(max_size=12) | st.sampled_from(
    [
        "\n",
        "\u2028",
        "# x",
        "x: {authenticated: true}",
        "]",
        '"',
        "\\",
        "true",
        "1",
        "on",
        "~",
        "\0",
        "a{b}",
        "a}",
    ]
)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_what_others_wrote_stays_in_comments(
    name: str, scope: str, why: str, issuer: str, audience: str
) -> None:
    routes = [
        ListedRoute("GET /x", name, Place(name, 1, 1), True, (scope,)),
        ListedRoute(f"GET /{name}", name, PLACE, False, (), why),
    ]
    text = skeleton(routes, issuer=issuer, audience=[audience])
    value = yaml.load(text, yaml.BaseLoader)  # noqa: S506 texts only
    assert value["routes"] == {"GET /x": {"nobody": "true"}}
    assert value["authenticate"]["main"]["jwt"]["issuer"] == issuer
    assert value["authenticate"]["main"]["jwt"]["audience"] == [audience]


@given(st.text("/{}+ab:$ .-_~!&'()=@%", max_size=12))
def test_every_route_key_is_written_so_that_it_is_read_back(path: str) -> None:
    key = f"GET /{path}"
    try:
        document = compile_document(whole([ListedRoute(key, "A", PLACE, True)]))
    except ValueError:  # no document can name it, which routes_of says
        return
    assert document["routes"][0]["key"] == key
