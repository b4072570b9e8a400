"""The example API of each kind: its authorizer, what is cached, and what a refusal looks like."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deploy = Callable[..., Any]
LIVE_ALIAS = {"Ref": "JwtAuthorizerLive"}


@pytest.fixture
def stack(deploy: Deploy) -> Any:
    return deploy(Examples="true")


def body(stack: Any, api: str) -> Any:
    return stack.properties(api)["Body"]


def authorizers(stack: Any, api: str) -> Any:
    schemes = body(stack, api)["components"]["securitySchemes"]
    return {name: scheme["x-amazon-apigateway-authorizer"] for name, scheme in schemes.items()}


def test_no_example_is_created_unless_asked_for(deploy: Deploy) -> None:
    assert not [name for name in deploy().resources if name.startswith("Example")]
    assert not [name for name in deploy().outputs if name.startswith("Example")]


@pytest.mark.parametrize("api", ["ExampleRestApi", "ExampleHttpApi"])
def test_authorizers_call_the_alias(deploy: Deploy, api: str) -> None:
    template = deploy(Examples="true").template["Resources"][api]["Properties"]["Body"]
    for scheme in template["components"]["securitySchemes"].values():
        uri = scheme["x-amazon-apigateway-authorizer"]["authorizerUri"]["Fn::Sub"]
        assert uri[0].endswith("/functions/${__FunctionArn__}/invocations")
        assert uri[1] == {"__FunctionArn__": LIVE_ALIAS}


def test_rest_token_authorizer(stack: Any) -> None:
    scheme = body(stack, "ExampleRestApi")["components"]["securitySchemes"]["JwtToken"]
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    assert (scheme["in"], scheme["name"]) == ("header", "Authorization")
    assert authorizer["type"] == "token"
    assert authorizer["authorizerResultTtlInSeconds"] == 300
    assert "authorizerCredentials" not in authorizer


def test_rest_request_authorizer(stack: Any) -> None:
    authorizer = authorizers(stack, "ExampleRestApi")["JwtRequest"]
    assert authorizer["type"] == "request"
    assert authorizer["identitySource"] == "method.request.header.Authorization"
    assert authorizer["authorizerResultTtlInSeconds"] == 300


def test_http_authorizer(stack: Any) -> None:
    authorizer = authorizers(stack, "ExampleHttpApi")["Jwt"]
    assert authorizer["type"] == "request"
    assert authorizer["authorizerPayloadFormatVersion"] == "2.0"
    assert authorizer["identitySource"] == [
        "$request.header.Authorization",
        "$context.routeKey",
    ]
    assert authorizer["authorizerResultTtlInSeconds"] == "300"


@pytest.mark.parametrize("ttl", ["0", "60"])
def test_ttl_is_the_same_for_every_kind_that_has_one(deploy: Deploy, ttl: str) -> None:
    stack = deploy(Examples="true", ResultTtlSeconds=ttl)
    every = authorizers(stack, "ExampleRestApi") | authorizers(stack, "ExampleHttpApi")
    assert {str(a["authorizerResultTtlInSeconds"]) for a in every.values()} == {ttl}


@pytest.mark.parametrize(("http_responses", "simple"), [("simple", True), ("iam", None)])
def test_http_api_expects_what_the_function_answers(
    deploy: Deploy, http_responses: str, simple: bool | None
) -> None:
    stack = deploy(Examples="true", HttpResponses=http_responses)
    variables = stack.properties("JwtAuthorizer")["Environment"]["Variables"]
    assert variables["AUTHORIZERS_HTTP_RESPONSES"] == http_responses
    assert authorizers(stack, "ExampleHttpApi")["Jwt"].get("enableSimpleResponses") is simple


@pytest.mark.parametrize(
    ("api", "path", "authorizer"),
    [
        ("ExampleRestApi", "/rest/token", "JwtToken"),
        ("ExampleRestApi", "/rest/request", "JwtRequest"),
        ("ExampleHttpApi", "/http/request", "Jwt"),
    ],
)
def test_route_is_secured(stack: Any, api: str, path: str, authorizer: str) -> None:
    assert body(stack, api)["paths"][path]["get"]["security"] == [{authorizer: []}]


def test_no_route_but_preflight_is_open(stack: Any) -> None:
    for api in ("ExampleRestApi", "ExampleHttpApi"):
        for path in body(stack, api)["paths"].values():
            open_methods = {method for method, route in path.items() if "security" not in route}
            assert open_methods <= {"options"}


def test_preflight_on_rest_has_no_authorizer(stack: Any) -> None:
    for path in body(stack, "ExampleRestApi")["paths"].values():
        assert "security" not in path["options"]
        assert path["options"]["x-amazon-apigateway-integration"]["type"] == "mock"


def test_preflight_on_http_is_the_gateways(stack: Any) -> None:
    api = body(stack, "ExampleHttpApi")
    assert "authorization" in api["x-amazon-apigateway-cors"]["allowHeaders"]
    assert all("options" not in path for path in api["paths"].values())


def test_refusals_carry_a_challenge_and_cors(deploy: Deploy) -> None:
    stack = deploy(Examples="true", ExampleAllowOrigin="https://app.example.com")
    answers = body(stack, "ExampleRestApi")["x-amazon-apigateway-gateway-responses"]
    prefix = "gatewayresponse.header."
    assert answers.keys() == {"UNAUTHORIZED", "ACCESS_DENIED", "DEFAULT_4XX", "DEFAULT_5XX"}
    for answer in answers.values():
        allowed = answer["responseParameters"][prefix + "Access-Control-Allow-Origin"]
        assert allowed == "'https://app.example.com'"
    challenge = {
        name: (answers[name]["statusCode"], answers[name]["responseParameters"])
        for name in ("UNAUTHORIZED", "ACCESS_DENIED")
    }
    assert challenge["UNAUTHORIZED"][0] == "401"
    assert challenge["UNAUTHORIZED"][1][prefix + "WWW-Authenticate"] == "'Bearer'"
    assert challenge["ACCESS_DENIED"][0] == "403"
    assert (
        challenge["ACCESS_DENIED"][1][prefix + "WWW-Authenticate"]
        == "context.authorizer.wwwAuthenticate"
    )


def test_websocket_is_authorized_at_connect_by_the_alias(stack: Any) -> None:
    authorizer = stack.properties("ExampleWebSocketAuthorizer")
    assert authorizer["AuthorizerType"] == "REQUEST"
    assert authorizer["IdentitySource"] == ["route.request.header.Authorization"]
    assert authorizer["AuthorizerUri"].endswith("/${JwtAuthorizerLive}/invocations")
    assert "AuthorizerResultTtlInSeconds" not in authorizer
    assert "AuthorizerPayloadFormatVersion" not in authorizer
    connect = stack.properties("ExampleWebSocketConnect")
    assert connect["RouteKey"] == "$connect"
    assert connect["AuthorizationType"] == "CUSTOM"
    assert connect["AuthorizerId"] == {"Ref": "ExampleWebSocketAuthorizer"}


def test_each_api_may_call_the_backend_and_no_other_api_may(stack: Any) -> None:
    permissions = stack.of_type("AWS::Lambda::Permission")
    sources = [
        p["SourceArn"]
        for p in permissions.values()
        if p["FunctionName"] == {"Ref": "ExampleBackend"}
    ]
    assert len(sources) == 4  # two routes of REST, one of HTTP, WebSocket
    assert not [source for source in sources if ":*/" in source]


def test_backend_echoes_what_the_authorizer_passed_on() -> None:
    namespace: dict[str, Any] = {}
    source = Path(__file__).parents[2] / "sam" / "backend" / "echo.py"
    exec(source.read_text(), namespace)  # noqa: S102 - the file that is deployed, as it is
    event = {"requestContext": {"routeKey": "GET /a", "authorizer": {"lambda": {"n": 1}}}}
    answer = namespace["handler"](event, None)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"route": "GET /a", "authorizer": {"lambda": {"n": 1}}}
