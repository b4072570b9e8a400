"""The example APIs with keys: who counts, what is cached, and what a refusal looks like."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authorizers.config.compile import compile_document

ROOT = Path(__file__).parents[2]
Deploy = Callable[..., Any]
ROUTES = [("ExampleApiKeyRestApi", "/rest/key"), ("ExampleApiKeyHttpApi", "/http/key")]


@pytest.fixture
def stack(deploy_keys: Deploy) -> Any:
    return deploy_keys(Examples="true")


def scheme(stack: Any, api: str) -> Any:
    schemes = stack.properties(api)["Body"]["components"]["securitySchemes"]
    return schemes["ApiKey"]["x-amazon-apigateway-authorizer"]


def test_each_function_has_its_own_examples_and_no_other(
    deploy: Deploy, deploy_keys: Deploy
) -> None:
    of_keys = {n for n in deploy_keys(Examples="true").resources if n.startswith("Example")}
    of_tokens = {n for n in deploy(Examples="true").resources if n.startswith("Example")}
    both = deploy(Examples="true", ApiKeyConfig="authorizers.json").resources
    assert of_keys
    assert not of_keys & of_tokens
    assert {n for n in both if n.startswith("Example")} == of_keys | of_tokens
    assert not [name for name in deploy_keys().resources if name.startswith("Example")]
    assert not [name for name in deploy_keys().outputs if name.startswith("Example")]


@pytest.mark.parametrize(("api", "path"), ROUTES)
def test_routes_are_secured_by_the_alias(stack: Any, api: str, path: str) -> None:
    security = stack.properties(api)["Body"]["paths"][path]["get"]["security"]
    assert {"ApiKey": []} in security
    body = stack.template["Resources"][api]["Properties"]["Body"]
    uri = body["components"]["securitySchemes"]["ApiKey"]["x-amazon-apigateway-authorizer"]
    arn = uri["authorizerUri"]["Fn::Sub"][1]["__FunctionArn__"]
    assert arn == {"Ref": "ApiKeyAuthorizerLive"}


@pytest.mark.parametrize("api", ["ExampleApiKeyRestApi", "ExampleApiKeyHttpApi"])
def test_no_route_but_preflight_is_open(stack: Any, api: str) -> None:
    for path in stack.properties(api)["Body"]["paths"].values():
        open_methods = {method for method, route in path.items() if "security" not in route}
        assert open_methods <= {"options"}


def test_preflight_on_rest_asks_for_no_key(stack: Any) -> None:
    preflight = stack.properties("ExampleApiKeyRestApi")["Body"]["paths"]["/rest/key"]["options"]
    assert "security" not in preflight
    assert preflight["x-amazon-apigateway-integration"]["type"] == "mock"


def test_browsers_may_send_the_key_and_read_every_refusal(deploy_keys: Deploy) -> None:
    stack = deploy_keys(Examples="true", ExampleAllowOrigin="https://app.example.com")
    body = stack.properties("ExampleApiKeyRestApi")["Body"]
    answers = body["x-amazon-apigateway-gateway-responses"]
    assert answers.keys() == {"UNAUTHORIZED", "ACCESS_DENIED", "DEFAULT_4XX", "DEFAULT_5XX"}
    header = "gatewayresponse.header.Access-Control-Allow-Origin"
    for answer in answers.values():
        assert answer["responseParameters"][header] == "'https://app.example.com'"
    cors = stack.properties("ExampleApiKeyHttpApi")["Body"]["x-amazon-apigateway-cors"]
    assert cors["allowOrigins"] == ["https://app.example.com"]
    assert "x-api-key" in cors["allowHeaders"]


def test_rest_takes_the_gateways_key_from_the_authorizer(stack: Any) -> None:
    api = stack.properties("ExampleApiKeyRestApi")
    assert api["ApiKeySourceType"] == "AUTHORIZER"
    assert {"api_key": []} in api["Body"]["paths"]["/rest/key"]["get"]["security"]


def test_rest_has_a_usage_plan_and_no_key_that_everybody_has(stack: Any) -> None:
    (plan,) = stack.of_type("AWS::ApiGateway::UsagePlan").values()
    assert plan["Throttle"] == {"RateLimit": 5, "BurstLimit": 10}
    assert plan["Quota"] == {"Limit": 1000, "Period": "DAY"}
    (stage,) = plan["ApiStages"]
    assert stage["ApiId"] == {"Ref": "ExampleApiKeyRestApi"}
    assert stage["Stage"]["Ref"] in stack.of_type("AWS::ApiGateway::Stage")
    assert not stack.of_type("AWS::ApiGateway::ApiKey")


@pytest.mark.parametrize("ttl", ["0", "60"])
def test_rest_keeps_answers_as_long_as_it_is_told(deploy_keys: Deploy, ttl: str) -> None:
    stack = deploy_keys(Examples="true", ResultTtlSeconds=ttl)
    authorizer = scheme(stack, "ExampleApiKeyRestApi")
    assert authorizer["identitySource"] == "method.request.header.x-api-key"
    assert str(authorizer["authorizerResultTtlInSeconds"]) == ttl


@pytest.mark.parametrize("ttl", ["300", "3600"])
def test_http_keeps_no_answer_whatever_it_is_told(deploy_keys: Deploy, ttl: str) -> None:
    stack = deploy_keys(Examples="true", ResultTtlSeconds=ttl)
    authorizer = scheme(stack, "ExampleApiKeyHttpApi")
    assert authorizer["authorizerResultTtlInSeconds"] == 0
    assert authorizer["identitySource"] == ["$request.header.x-api-key"]


@pytest.mark.parametrize(("responses", "simple"), [("simple_uncached", True), ("iam", None)])
def test_http_expects_what_the_function_answers(
    deploy_keys: Deploy, responses: str, simple: bool | None
) -> None:
    stack = deploy_keys(Examples="true", ApiKeyHttpResponses=responses)
    assert scheme(stack, "ExampleApiKeyHttpApi").get("enableSimpleResponses") is simple


def test_websocket_is_authorized_at_connect_by_the_alias(stack: Any) -> None:
    authorizer = stack.properties("ExampleApiKeyWebSocketAuthorizer")
    assert authorizer["IdentitySource"] == ["route.request.header.x-api-key"]
    assert authorizer["AuthorizerUri"].endswith("/${ApiKeyAuthorizerLive}/invocations")
    connect = stack.properties("ExampleApiKeyWebSocketConnect")
    assert (connect["RouteKey"], connect["AuthorizationType"]) == ("$connect", "CUSTOM")
    assert connect["AuthorizerId"] == {"Ref": "ExampleApiKeyWebSocketAuthorizer"}


def test_a_refusal_of_rest_says_which_credential_is_asked_for(stack: Any) -> None:
    body = stack.properties("ExampleApiKeyRestApi")["Body"]
    answers = body["x-amazon-apigateway-gateway-responses"]
    header = "gatewayresponse.header.WWW-Authenticate"
    assert answers["UNAUTHORIZED"]["responseParameters"][header] == "'ApiKey'"
    assert answers["ACCESS_DENIED"]["responseParameters"][header] == (
        "context.authorizer.wwwAuthenticate"
    )


def test_each_api_may_call_the_backend_and_no_other_api_may(stack: Any) -> None:
    sources = [
        p["SourceArn"]
        for p in stack.of_type("AWS::Lambda::Permission").values()
        if p["FunctionName"] == {"Ref": "ExampleApiKeyBackend"}
    ]
    assert len(sources) == 3
    assert not [source for source in sources if ":*/" in source]


def test_the_example_document_has_the_routes_of_the_example_apis_and_their_plan(
    stack: Any,
) -> None:
    document = compile_document((ROOT / "sam" / "api-key" / "authorizers.yaml").read_text())
    plans = document["schemes"]["machines"]["api_key"]["limits"]["plans"]
    (gateway_plan,) = stack.of_type("AWS::ApiGateway::UsagePlan").values()
    assert gateway_plan["UsagePlanName"] in plans
    expected = {f"GET {path}" for _, path in ROUTES} | {"$connect"}
    assert expected <= {route["key"] for route in document["routes"]}
