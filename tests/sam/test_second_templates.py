"""Attaching the deployed authorizer from another stack, by import and as a nested application."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
DeployFile = Callable[..., Any]
ALIAS_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:authorizers-JwtAuthorizer:live"
GIVEN_BY = {"websocket": "AuthorizerArn"}


def scheme(stack: Any, name: str = "Jwt") -> Any:
    schemes = stack.properties("Api")["Body"]["components"]["securitySchemes"]
    return schemes[name]["x-amazon-apigateway-authorizer"]


def function_arn(stack: Any, kind: str) -> Any:
    """Return what stands for the authorizer's ARN before CloudFormation puts values in."""
    if kind == "websocket":
        uri = stack.template["Resources"]["ConnectAuthorizer"]["Properties"]["AuthorizerUri"]
        return uri["Fn::Sub"][1]["FunctionArn"]
    body = stack.template["Resources"]["Api"]["Properties"]["Body"]
    name = "ApiKey" if kind.endswith("api-key") else "Jwt"
    authorizer = body["components"]["securitySchemes"][name]["x-amazon-apigateway-authorizer"]
    return authorizer["authorizerUri"]["Fn::Sub"][1]["__FunctionArn__"]


@pytest.mark.parametrize(
    ("kind", "values", "name"),
    [
        ("rest", {}, "JwtAuthorizerArn"),
        ("http", {}, "JwtAuthorizerArn"),
        ("websocket", {}, "JwtAuthorizerArn"),
        ("rest-api-key", {}, "ApiKeyAuthorizerArn"),
        ("http-api-key", {}, "ApiKeyAuthorizerArn"),
        ("websocket", {"Authorizer": "ApiKeyAuthorizer"}, "ApiKeyAuthorizerArn"),
    ],
)
@pytest.mark.parametrize("from_stack", ["authorizers", "gate"])
def test_authorizer_is_imported_or_given(
    deploy_file: DeployFile, kind: str, values: dict[str, str], name: str, from_stack: str
) -> None:
    path = f"sam/examples/{kind}.yaml"
    imported = deploy_file(path, AuthorizersStack=from_stack, **values)
    given = deploy_file(path, **values, **{GIVEN_BY.get(kind, name): ALIAS_ARN})
    assert imported.resolve(function_arn(imported, kind)) == {
        "Fn::ImportValue": f"{from_stack}-{name}"
    }
    assert given.resolve(function_arn(given, kind)) == ALIAS_ARN


@pytest.mark.parametrize("kind", ["rest", "http", "websocket", "rest-api-key", "http-api-key"])
def test_authorizers_stack_permits_the_call_so_no_permission_is_added(
    deploy_file: DeployFile, kind: str
) -> None:
    stack = deploy_file(f"sam/examples/{kind}.yaml")
    functions = [p["FunctionName"] for p in stack.of_type("AWS::Lambda::Permission").values()]
    assert functions == [{"Ref": "Chat" if kind == "websocket" else "Orders"}]


def test_rest_identity_source_ttl_and_preflight(deploy_file: DeployFile) -> None:
    stack = deploy_file("sam/examples/rest.yaml", ResultTtlSeconds="60")
    assert scheme(stack)["type"] == "request"
    assert scheme(stack)["identitySource"] == "method.request.header.Authorization"
    assert str(scheme(stack)["authorizerResultTtlInSeconds"]) == "60"
    paths = stack.properties("Api")["Body"]["paths"]
    assert paths["/orders"]["get"]["security"] == [{"Jwt": []}]
    assert "security" not in paths["/orders"]["options"]


@pytest.mark.parametrize(("http_responses", "simple"), [("simple", True), ("iam", None)])
def test_http_expects_what_the_authorizers_stack_says(
    deploy_file: DeployFile, http_responses: str, simple: bool | None
) -> None:
    stack = deploy_file("sam/examples/http.yaml", HttpResponses=http_responses)
    assert scheme(stack).get("enableSimpleResponses") is simple
    assert scheme(stack)["authorizerPayloadFormatVersion"] == "2.0"
    assert scheme(stack)["identitySource"] == [
        "$request.header.Authorization",
        "$context.routeKey",
    ]


def test_http_reads_the_setting_from_the_authorizers_stack(
    deploy_file: DeployFile, deploy: DeployFile
) -> None:
    """The default is the parameter that a stack of the configured name writes."""
    parameter = deploy_file("sam/examples/http.yaml").template["Parameters"]["HttpResponses"]
    written = deploy().properties("HttpResponsesParameter")
    assert parameter["Type"] == "AWS::SSM::Parameter::Value<String>"
    assert parameter["Default"] == written["Name"]
    assert written["Value"] == "simple"


@pytest.mark.parametrize(
    ("authorizer", "header"),
    [("JwtAuthorizer", "Authorization"), ("ApiKeyAuthorizer", "x-api-key")],
)
def test_websocket_connect_is_authorized(
    deploy_file: DeployFile, authorizer: str, header: str
) -> None:
    stack = deploy_file("sam/examples/websocket.yaml", Authorizer=authorizer)
    assert stack.properties("Connect")["AuthorizationType"] == "CUSTOM"
    assert stack.properties("Connect")["AuthorizerId"] == {"Ref": "ConnectAuthorizer"}
    sources = stack.properties("ConnectAuthorizer")["IdentitySource"]
    assert sources == [f"route.request.header.{header}"]


def test_rest_with_keys_counts_whom_the_authorizer_names(deploy_file: DeployFile) -> None:
    stack = deploy_file("sam/examples/rest-api-key.yaml", ResultTtlSeconds="0")
    api = stack.properties("Api")
    paths = api["Body"]["paths"]
    assert api["ApiKeySourceType"] == "AUTHORIZER"
    assert scheme(stack, "ApiKey")["identitySource"] == "method.request.header.x-api-key"
    assert str(scheme(stack, "ApiKey")["authorizerResultTtlInSeconds"]) == "0"
    assert {name for s in paths["/orders"]["get"]["security"] for name in s} == {
        "ApiKey",
        "api_key",
    }
    assert "security" not in paths["/orders"]["options"]


def test_rest_with_keys_has_a_plan_for_its_own_stage(deploy_file: DeployFile) -> None:
    stack = deploy_file("sam/examples/rest-api-key.yaml")
    (plan,) = stack.of_type("AWS::ApiGateway::UsagePlan").values()
    (stage,) = stack.of_type("AWS::ApiGateway::Stage")
    assert plan["ApiStages"] == [{"ApiId": {"Ref": "Api"}, "Stage": {"Ref": stage}}]
    assert plan["UsagePlanName"] in example_plans()
    assert not stack.of_type("AWS::ApiGateway::ApiKey")


def example_plans() -> set[str]:
    document = yaml_parse((ROOT / "sam" / "api-key" / "authorizers.yaml").read_text())
    return set(document["authenticate"]["machines"]["api_key"]["limits"]["plans"])


@pytest.mark.parametrize(("http_responses", "simple"), [("simple_uncached", True), ("iam", None)])
def test_http_with_keys_asks_each_time(
    deploy_file: DeployFile, http_responses: str, simple: bool | None
) -> None:
    stack = deploy_file("sam/examples/http-api-key.yaml", ApiKeyHttpResponses=http_responses)
    authorizer = scheme(stack, "ApiKey")
    assert authorizer["authorizerResultTtlInSeconds"] == 0
    assert authorizer["identitySource"] == ["$request.header.x-api-key"]
    assert authorizer.get("enableSimpleResponses") is simple


def test_http_with_keys_reads_the_setting_from_the_authorizers_stack(
    deploy_file: DeployFile, deploy_keys: DeployFile
) -> None:
    template = deploy_file("sam/examples/http-api-key.yaml").template
    parameter = template["Parameters"]["ApiKeyHttpResponses"]
    written = deploy_keys().properties("ApiKeyHttpResponsesParameter")
    assert parameter["Default"] == written["Name"]
    assert written["Value"] == "simple_uncached"


def test_nested_applications_get_their_parameters_from_the_authorizers_outputs(
    deploy_file: DeployFile, deploy: DeployFile
) -> None:
    outputs = deploy().outputs
    nested = deploy_file("sam/examples/nested.yaml", Issuer="a", Audience="b", Access="c")
    stacks = nested.of_type("AWS::CloudFormation::Stack")
    assert stacks.keys() == {"Authorizers", "Rest", "Http", "WebSocket"}
    for name in ("Rest", "Http", "WebSocket"):
        own = deploy_file(f"sam/examples/{name.lower()}.yaml").template["Parameters"]
        for parameter, value in stacks[name]["Parameters"].items():
            logical_id, attribute = value["Fn::GetAtt"]
            assert parameter in own
            assert logical_id == "Authorizers"
            assert attribute.removeprefix("Outputs.") in outputs
