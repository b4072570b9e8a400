"""Routes without a rule, and rules without a route."""

from collections.abc import Callable

import pytest

from authorizers.analysis.check.finding import Finding

Find = Callable[..., dict[str, list[str]]]
Make = Callable[..., str]

YES = "{authenticated: true}"
OURS = "[{Jwt: []}]"


@pytest.mark.parametrize(
    ("route", "rule"),
    [
        ("GET /orders", "GET /orders"),
        ("GET /orders/{id}", "GET /orders/{order_id}"),
        ("GET /orders", "ANY /orders"),
        ("ANY /orders", "GET /orders"),
        ("GET /orders/new", "GET /orders/{id}"),
        ("GET /orders/{id}/items", "ANY /{proxy+}"),
        ("GET /orders", "$default"),
        ("GET /orders", '"*"'),
        ("ANY /{proxy+}", "GET /orders"),
        ("ANY /{rest+}", "ANY /{proxy+}"),
        ("$default", "POST /orders"),
        ("$default", "$default"),
    ],
)
def test_a_route_that_a_rule_covers_is_found_nowhere(
    find: Find, document: Make, api: Make, route: str, rule: str
) -> None:
    assert find(document(f"{rule}: {YES}"), api(route)) == {}


@pytest.mark.parametrize(
    ("route", "rule"),
    [
        ("GET /orders", "POST /orders"),
        ("GET /orders", "GET /orders/{id}"),
        ("GET /orders/{id}", "GET /orders"),
        ("GET /orders/{id}", "GET /orders/{id}/items"),
        ("GET /", "ANY /{proxy+}"),
        ("ANY /orders/{proxy+}", "ANY /orders"),
        ("GET /Orders", "GET /orders"),
        ("$default", "$connect"),
    ],
)
def test_a_route_that_no_rule_covers_and_a_rule_that_no_route_has(
    find: Find, document: Make, api: Make, route: str, rule: str
) -> None:
    found = find(document(f"{rule}: {YES}"), api(route))
    assert set(found) == {"route-without-rule", "rule-without-route"}
    assert found["rule-without-route"] == [f"{rule}: {YES}"]
    method = (
        "x-amazon-apigateway-any-method" if route[0] in "A$" else route.partition(" ")[0].lower()
    )
    assert found["route-without-rule"] == [f"{method}: {{security: {OURS}}}"]


def test_a_route_of_which_only_some_values_are_covered_is_not(
    find: Find, document: Make, api: Make
) -> None:
    """Most of its requests are denied, whatever anybody may show."""
    found = find(document(f"GET /orders/new: {YES}"), api("GET /orders/{id}"))
    assert set(found) == {"route-without-rule"}


def test_nobody_by_name_covers_a_route(find: Find, document: Make, api: Make) -> None:
    assert find(document("GET /orders: {nobody: true}"), api("GET /orders")) == {}


def test_a_route_that_asks_nobody_is_an_error_where_the_document_names_it(
    find: Find, findings: Callable[..., list[Finding]], document: Make, api: Make
) -> None:
    rules = document(f"GET /orders: {YES}\nGET /health: {YES}")
    description = api("GET /orders", public=("GET /health",))
    assert find(rules, description) == {"rule-not-asked": ["get: {security: []}"]}
    (finding,) = findings(rules, description)
    assert "GET /health asks no authorizer" in finding.message
    assert "(doc.yaml:12:3)" in finding.message
    assert find(document(f"GET /orders: {YES}"), description) == {}


def test_a_route_that_asks_another_authorizer_is_not_ours(
    find: Find, document: Make, api: Make
) -> None:
    other = "    Other: {type: oauth2, x-amazon-apigateway-authorizer: {type: jwt}}\n"
    description = api("GET /orders", "GET /health") + other
    description = description.replace(
        "/health:\n    get: {security: [{Jwt", "/health:\n    get: {security: [{Other"
    )
    assert find(document(f"GET /orders: {YES}"), description) == {}
    assert set(find(document(f"GET /orders: {YES}\nGET /health: {YES}"), description)) == {
        "rule-not-asked"
    }


def test_an_api_that_asks_nobody_at_all_is_found(find: Find, document: Make, api: Make) -> None:
    """The authorizer was declared and not attached: nothing is protected."""
    found = find(document(f"GET /orders: {YES}"), api(public=("GET /orders",)))
    assert set(found) == {"rule-not-asked"}


@pytest.mark.parametrize("rule", ["ANY /orders", "GET /orders"])
def test_a_preflight_without_authorizer_is_right(
    find: Find, document: Make, api: Make, rule: str
) -> None:
    description = api("GET /orders", public=("OPTIONS /orders",))
    assert find(document(f"{rule}: {YES}"), description) == {}


def test_a_preflight_that_the_document_names_is_not_asked(
    find: Find, document: Make, api: Make
) -> None:
    rules = document(f"GET /orders: {YES}\nOPTIONS /orders: {YES}")
    found = find(rules, api("GET /orders", public=("OPTIONS /orders",)))
    assert set(found) == {"rule-not-asked"}


def test_several_files_are_one_api(find: Find, document: Make, api: Make) -> None:
    rules = document(f"GET /orders: {YES}\nGET /users: {YES}")
    assert find(rules, api("GET /orders"), api("GET /users")) == {}
    assert set(find(rules, api("GET /orders"))) == {"rule-without-route"}


@pytest.mark.parametrize("path", ["/orders/", "/orders//x", "/a*b", "/{a+}/b", "/{a}/{a}"])
def test_a_route_that_no_document_can_name_is_an_error(
    find: Find, document: Make, api: Make, path: str
) -> None:
    found = find(document(f"GET /x: {YES}"), api("GET /x", f"GET {path}"))
    assert set(found) == {"route-not-nameable"}


def test_rules_are_compared_even_where_the_document_does_not_compile(
    find: Find, document: Make, api: Make
) -> None:
    found = find(document(f"GET /x: {{scheme: none}}\nGET /z: {YES}"), api("GET /x", "GET /y"))
    assert set(found) == {"document-problem", "route-without-rule", "rule-without-route"}


def test_nothing_is_compared_with_a_document_that_cannot_be_read(find: Find, api: Make) -> None:
    assert set(find("a: [", api("GET /x"))) == {"document-problem"}


PLANNED = """\
openapi: 3.1.0
security: [{oauth: [read]}]
paths:
  /orders: {get: {}, post: {security: [{oauth: [write]}]}}
  /health: {get: {security: []}}
components: {securitySchemes: {oauth: {type: oauth2}}}
"""


def test_a_file_without_extensions_says_what_is_wanted(find: Find, document: Make) -> None:
    """It is no deployment: only `security: []` says that a route shall be public."""
    assert find(document(f"ANY /orders: {YES}"), PLANNED) == {}
    assert set(find(document(f"GET /orders: {YES}"), PLANNED)) == {"route-without-rule"}
    rules = document(f"ANY /orders: {YES}\nGET /health: {YES}")
    assert set(find(rules, PLANNED)) == {"rule-not-asked"}


UNSEEN = """\
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionUri: WHERE
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt:
            FunctionArn: arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableFunctionDefaultPermissions: true
            Identity: {Headers: [Authorization], ReauthorizeEvery: 0}
"""


@pytest.mark.parametrize("where", ["s3://bucket/api.yaml", "{Bucket: a, Key: b}", "gone.yaml"])
def test_what_cannot_be_seen_is_said_and_not_taken_for_missing(
    find: Find, document: Make, where: str
) -> None:
    found = find(document(f"GET /x: {YES}"), UNSEEN.replace("WHERE", where))
    assert found == {"routes-not-seen": ["Api:"]}


def test_a_definition_beside_the_template_is_read(
    findings: Callable[..., list[Finding]], document: Make, api: Make
) -> None:
    files = {"api/shop.yaml": api("GET /x", "GET /y").encode()}
    template = UNSEEN.replace("WHERE", "api/shop.yaml")
    found = findings(document(f"GET /x: {YES}"), template, read=files.__getitem__)
    assert [(f.rule, f.place.file, f.place.line) for f in found] == [
        ("route-without-rule", "api/shop.yaml", 6)
    ]


def test_a_definition_that_is_no_yaml_is_said(
    findings: Callable[..., list[Finding]], document: Make
) -> None:
    template = UNSEEN.replace("WHERE", "api.yaml")
    (finding,) = findings(document(f"GET /x: {YES}"), template, read=lambda _: b"a: [")
    assert finding.rule == "routes-not-seen"
    assert "api.yaml:1:5: this is not YAML" in finding.message


@pytest.mark.parametrize("text", ["{}", "Resources: {Fn: {Type: AWS::Serverless::Function}}"])
def test_a_document_that_is_compared_with_nothing_is_no_success(
    find: Find, document: Make, api: Make, text: str
) -> None:
    """Such as after a template was renamed, or emptied."""
    assert list(find(document(f"GET /x: {YES}"), text)) == ["no-api-found"]
    assert not find(document(f"GET /x: {YES}"), text, api("GET /x"))
    assert not find(None, text)
