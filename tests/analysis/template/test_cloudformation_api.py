"""APIs whose routes are resources of their own."""

from typing import Any

import pytest

from authorizers.analysis.template.reading import read_apis
from authorizers.analysis.template.template import read_template
from authorizers.analysis.template.values import UNKNOWN

REST = """\
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  Users:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: users}
  User:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !Ref Users, PathPart: "{id}"}
  Jwt:
    Type: AWS::ApiGateway::Authorizer
    Properties: {RestApiId: !Ref Api, Type: REQUEST, AuthorizerUri: arn}
  Root:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET}
  List:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Users
      HttpMethod: get
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref Jwt
      AuthorizationScopes: [read]
  Any:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref User
      HttpMethod: ANY
      AuthorizationType: AWS_IAM
"""
HTTP = """\
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
  Jwt:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      {ApiId: !Ref Api, AuthorizerType: REQUEST, AuthorizerUri: arn}
  A:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      {ApiId: !Ref Api, RouteKey: GET /a, AuthorizationType: CUSTOM, AuthorizerId: !Ref Jwt}
  B:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $default, AuthorizationType: JWT, AuthorizerId: x}
  C:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $connect, AuthorizationType: CUSTOM, AuthorizerId: x}
"""


def read(text: str) -> dict[str, dict[str, Any]]:
    apis = read_apis(read_template(text.encode()))
    return {api.name: {route.key: route.authorizer for route in api.routes} for api in apis}


def test_the_paths_of_resources_are_put_together() -> None:
    assert read(REST) == {"Api": {"GET /": None, "GET /users": "Jwt", "ANY /users/{id}": "AWS_IAM"}}


def test_scopes_and_attachments_are_the_apis() -> None:
    (api,) = read_apis(read_template(REST.encode()))
    assert [attachment.name for attachment in api.attachments] == ["Jwt"]
    assert {route.key: route.scopes for route in api.routes}["GET /users"] == ("read",)


@pytest.mark.parametrize(
    "text",
    [
        REST.replace("ParentId: !GetAtt Api.RootResourceId", "ParentId: !ImportValue root"),
        REST.replace("ParentId: !GetAtt Api.RootResourceId", "ParentId: !Ref User"),
        REST.replace("PathPart: users", "PathPart: !Ref Part"),
        REST.replace("ParentId: !GetAtt Api.RootResourceId", "ParentId: !Ref Jwt"),
        REST.replace("HttpMethod: get", "HttpMethod: !Ref Verb").replace("ANY", "!Ref Verb"),
    ],
)
def test_a_path_that_cannot_be_seen_is_said(text: str) -> None:
    (api,) = read_apis(read_template(text.encode()))
    assert [route.key for route in api.routes] == ["GET /"]
    assert api.unseen == "the path or the method of some routes cannot be seen"


def test_the_routes_of_an_http_api() -> None:
    assert read(HTTP) == {"Api": {"GET /a": "Jwt", "$default": "JWT", "$connect": UNKNOWN}}


def test_a_websocket_api_asks_at_connect_only() -> None:
    assert read(HTTP.replace("ProtocolType: HTTP", "ProtocolType: WEBSOCKET")) == {
        "Api": {"$connect": UNKNOWN}
    }


def test_quick_create_makes_a_route_that_asks_nobody() -> None:
    template = (
        "Resources: {Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Target: arn, ProtocolType:"
        " HTTP}}}"
    )
    assert read(template) == {"Api": {"$default": None}}
    assert read(template.replace("Target: arn", "Target: arn, RouteKey: GET /x")) == {
        "Api": {"GET /x": None}
    }


def test_an_api_of_another_stack_has_the_routes_that_are_here() -> None:
    text = HTTP.replace(
        "  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}\n", ""
    )
    (name, routes), *_ = read(text.replace("!Ref Api", "!ImportValue api")).items()
    assert "api" in name
    assert routes["GET /a"] == "Jwt"


def test_a_body_is_read_too() -> None:
    body = (
        "{openapi: 3.0.1, paths: {/x: {get: {security: [{J: []}]}}}, components: {securitySchemes:"
        " {J: {x-amazon-apigateway-authorizer: {type: request}}}}}"
    )
    text = f"Resources: {{Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Body: {body}}}}}}}"
    (api,) = read_apis(read_template(text.encode()))
    assert [(route.key, route.authorizer) for route in api.routes] == [("GET /x", "J")]
    assert [attachment.name for attachment in api.attachments] == ["J"]
