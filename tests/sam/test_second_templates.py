"""Attaching the deployed authorizer from another stack, by import and as a nested application."""

from collections.abc import Callable
from typing import Any

import pytest

DeployFile = Callable[..., Any]
ALIAS_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:authorizers-JwtAuthorizer:live"
IMPORTED = {"Fn::ImportValue": {"Fn::Sub": "${AuthorizersStack}-JwtAuthorizerArn"}}


def scheme(stack: Any) -> Any:
    schemes = stack.properties("Api")["Body"]["components"]["securitySchemes"]
    return schemes["Jwt"]["x-amazon-apigateway-authorizer"]


def function_arn(stack: Any, kind: str) -> Any:
    """Return what stands for the authorizer's ARN before CloudFormation puts values in."""
    if kind == "websocket":
        return stack.template["Resources"]["Jwt"]["Properties"]["AuthorizerUri"]["Fn::Sub"][1][
            "FunctionArn"
        ]
    body = stack.template["Resources"]["Api"]["Properties"]["Body"]
    authorizer = body["components"]["securitySchemes"]["Jwt"]["x-amazon-apigateway-authorizer"]
    return authorizer["authorizerUri"]["Fn::Sub"][1]["__FunctionArn__"]


@pytest.mark.parametrize("kind", ["rest", "http", "websocket"])
def test_authorizer_is_imported_or_given(deploy_file: DeployFile, kind: str) -> None:
    path = f"sam/examples/{kind}.yaml"
    imported, given = deploy_file(path), deploy_file(path, JwtAuthorizerArn=ALIAS_ARN)
    assert imported.resolve(function_arn(imported, kind)) == {
        "Fn::ImportValue": "authorizers-JwtAuthorizerArn"
    }
    assert given.resolve(function_arn(given, kind)) == ALIAS_ARN


@pytest.mark.parametrize("kind", ["rest", "http", "websocket"])
def test_stack_that_is_imported_from_can_be_named(deploy_file: DeployFile, kind: str) -> None:
    stack = deploy_file(f"sam/examples/{kind}.yaml", AuthorizersStack="gate")
    assert stack.resolve(IMPORTED) == {"Fn::ImportValue": "gate-JwtAuthorizerArn"}


@pytest.mark.parametrize("kind", ["rest", "http", "websocket"])
def test_authorizers_stack_permits_the_call_so_no_permission_is_added(
    deploy_file: DeployFile, kind: str
) -> None:
    stack = deploy_file(f"sam/examples/{kind}.yaml", JwtAuthorizerArn=ALIAS_ARN)
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


def test_websocket_connect_is_authorized(deploy_file: DeployFile) -> None:
    stack = deploy_file("sam/examples/websocket.yaml")
    assert stack.properties("Connect")["AuthorizationType"] == "CUSTOM"
    assert stack.properties("Connect")["AuthorizerId"] == {"Ref": "Jwt"}
    assert stack.properties("Jwt")["IdentitySource"] == ["route.request.header.Authorization"]


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
