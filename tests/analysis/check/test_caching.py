"""For which requests, and for how long, API Gateway keeps answers."""

from collections.abc import Callable

import pytest

from authorizers.analysis.check.finding import Finding

Find = Callable[..., dict[str, list[str]]]
Findings = Callable[..., list[Finding]]
Make = Callable[..., str]

YES = "{authenticated: true}"
OWN = "{path: {id: claims.sub}}"
NEAR = "{source_ip: [10.0.0.0/8]}"
PATHS = "simple-response-cached-for-all-paths"
ADDRESSES = "simple-response-cached-for-all-addresses"
ROUTES = "simple-response-cached-for-all-routes"


def simple(description: str, *sources: str, ttl: int | None = 300) -> str:
    """Return an API whose authorizer answers simply, cached under `sources`."""
    seconds = "" if ttl is None else f"authorizerResultTtlInSeconds: {ttl}"
    more = "".join(f", $context.{source}" for source in sources)
    return (
        description.replace("authorizerResultTtlInSeconds: 0", seconds)
        .replace("header.Authorization", f"header.Authorization{more}")
        .replace("type: request", "type: request\n        enableSimpleResponses: true")
    )


def cached(found: dict[str, list[str]]) -> set[str]:
    return {rule for rule in found if rule.startswith("simple-")}


@pytest.mark.parametrize(
    ("route", "rules"),
    [
        ("GET /users/{user_id}", f"GET /users/{{id}}: {OWN}"),
        ("ANY /{proxy+}", f"GET /orders: {YES}"),
        ("$default", f"GET /orders: {YES}"),
        ("GET /orders/{id}", f"GET /orders/{{id}}: {YES}\nGET /orders/new: {{scheme: main}}"),
        ("GET /orders", f"ANY /{{proxy+}}: {YES}"),
        ("GET /orders", f"ANY /orders: {YES}"),
    ],
)
def test_rules_finer_than_the_routes_need_the_path(
    find: Find, document: Make, api: Make, route: str, rules: str
) -> None:
    rule, text = api(route), document(rules)
    assert cached(find(text, simple(rule, "routeKey"))) == {PATHS}
    assert cached(find(text, simple(rule, "routeKey", "httpMethod"))) == {PATHS}
    assert cached(find(text, simple(rule, "routeKey", "httpMethod", "path"))) == set()
    assert cached(find(text, simple(rule, "routeKey", ttl=0))) == set()
    assert cached(find(text, rule.replace("TtlInSeconds: 0", "TtlInSeconds: 300"))) == set()


def test_a_route_key_says_the_method_of_a_route_that_has_one(
    find: Find, document: Make, api: Make
) -> None:
    text = document(f"GET /users/{{id}}: {OWN}\nANY /things/{{id}}: {OWN}")
    assert cached(find(text, simple(api("GET /users/{id}"), "routeKey", "path"))) == set()
    assert cached(find(text, simple(api("ANY /things/{id}"), "routeKey", "path"))) == {PATHS}


@pytest.mark.parametrize(
    ("route", "rules"),
    [
        ("GET /orders", f"GET /orders: {YES}"),
        ("GET /orders", f"GET /orders: {YES}\nANY /{{proxy+}}: {YES}"),
        ("GET /orders/{id}", f"GET /orders/{{order_id}}: {YES}"),
        ("GET /orders/{id}", f"GET /orders/{{id}}: {YES}\nPOST /orders/new: {{scheme: main}}"),
        ("ANY /{proxy+}", f"ANY /{{rest+}}: {YES}"),
        ("GET /orders", f"GET /users/{{id}}: {OWN}"),
    ],
)
def test_rules_for_the_same_routes_need_the_route_key_alone(
    find: Find, document: Make, api: Make, route: str, rules: str
) -> None:
    assert cached(find(document(rules), simple(api(route), "routeKey"))) == set()
    assert cached(find(document(rules), simple(api(route)))) >= {ROUTES}


def test_one_rule_for_everything_needs_no_route_key(find: Find, document: Make, api: Make) -> None:
    assert cached(find(document(f'"*": {YES}'), simple(api("GET /x", "POST /y")))) == set()
    assert cached(find(None, simple(api("GET /x")))) == {ROUTES}


def test_a_ttl_that_is_not_stated_may_be_one(find: Find, document: Make, api: Make) -> None:
    text = document(f"GET /users/{{id}}: {OWN}")
    assert cached(find(text, simple(api("GET /users/{id}"), "routeKey", ttl=None))) == {PATHS}


@pytest.mark.parametrize("requirement", [NEAR, f"{{any_of: [{{scheme: main}}, {NEAR}]}}"])
def test_rules_about_addresses_need_the_address(
    find: Find, document: Make, api: Make, requirement: str
) -> None:
    text, description = document(f"GET /x: {requirement}"), api("GET /x")
    assert cached(find(text, simple(description, "routeKey"))) == {ADDRESSES}
    keyed = simple(description, "routeKey", "identity.sourceIp")
    assert cached(find(text, keyed)) == set()
    assert cached(find(text, simple(description, "routeKey", ttl=0))) == set()


def test_a_rule_about_addresses_of_another_route_needs_nothing(
    find: Find, document: Make, api: Make
) -> None:
    text = document(f"GET /x: {YES}\nGET /y: {NEAR}")
    assert cached(find(text, simple(api("GET /x"), "routeKey"))) == set()


def lasting(description: str, ttl: int) -> str:
    return description.replace("TtlInSeconds: 0", f"TtlInSeconds: {ttl}")


@pytest.mark.parametrize(
    ("told", "ttl", "rule"),
    [
        (("5m", None), 301, "ttl-outlives-token"),
        (("5m", None), 300, ""),
        (("5m", 3600), 301, "ttl-outlives-token"),
        ((None, 300), 301, "ttl-outlives-token"),
        ((None, 300), 300, ""),
        (("12h", 60), 61, "ttl-outlives-token"),
        ((None, None), 300, "ttl-may-outlive-token"),
        ((None, None), 0, ""),
    ],
)
def test_answers_are_kept_no_longer_than_tokens_live(  # noqa: PLR0917 three are what makes files
    find: Find, document: Make, api: Make, told: tuple[str | None, int | None], ttl: int, rule: str
) -> None:
    max_age, token_life = told
    more = f"      max_age: {max_age}\n" if max_age else ""
    text = document(f"GET /x: {YES}", more)
    found = find(text, lasting(api("GET /x"), ttl), token_life_seconds=token_life)
    assert list(found) == ([rule] if rule else [])


def test_the_finding_names_the_scheme_and_both_times(
    findings: Findings, document: Make, api: Make
) -> None:
    text = document(f"GET /x: {YES}", "      max_age: 1m\n")
    (finding,) = findings(text, lasting(api("GET /x"), 600))
    assert finding.severity == "warning"
    assert finding.message == (
        "Jwt: answers are kept for 600 s, and the tokens of main live for 60 s: set the TTL to 60"
        " or less"
    )


def test_without_a_document_only_a_life_that_is_told_counts(find: Find, api: Make) -> None:
    assert find(None, lasting(api("GET /x"), 600)) == {}
    assert set(find(None, lasting(api("GET /x"), 600), token_life_seconds=60)) == {
        "ttl-outlives-token"
    }


def test_the_ttl_that_rest_apis_have_unsaid_counts(find: Find) -> None:
    template = (
        "Resources: {Api: {Type: AWS::Serverless::Api, Properties: {Auth: {Authorizers:"
        " {Jwt: {FunctionArn: arn}}}}}}"
    )
    assert set(find(None, template, token_life_seconds=299)) == {"ttl-outlives-token"}
    assert find(None, template, token_life_seconds=300) == {}


THEIRS = """\
Resources:
  Fn: {Type: AWS::Serverless::Function, Properties: {Handler: HANDLER}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt: {FunctionArn: !GetAtt Fn.Arn, Identity: {ReauthorizeEvery: 600}}
"""


@pytest.mark.parametrize(
    ("handler", "authorizers", "ours"),
    [
        ("authorizers.handlers.jwt.handler", (), True),
        ("index.handler", (), False),
        ("index.handler", ("Jwt",), True),
        ("authorizers.handlers.jwt.handler", ("Other",), False),
    ],
)
def test_another_function_is_not_ours_unless_it_is_named(
    find: Find, handler: str, authorizers: tuple[str, ...], ours: bool
) -> None:
    template = THEIRS.replace("HANDLER", handler)
    found = find(None, template, token_life_seconds=60, authorizers=authorizers)
    assert ("ttl-outlives-token" in found) is ours
