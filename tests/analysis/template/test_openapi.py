"""Routes and authorizers of OpenAPI files."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from authorizers.analysis.template.api import Api
from authorizers.analysis.template.reading import read_apis
from authorizers.analysis.template.template import read_template
from authorizers.analysis.template.values import UNKNOWN
from authorizers.errors import ConfigurationError

AUTHORIZER: dict[str, Any] = {
    "type": "request",
    "identitySource": "$request.header.Authorization, $context.routeKey",
    "authorizerUri": "arn",
    "authorizerPayloadFormatVersion": "2.0",
    "enableSimpleResponses": True,
    "authorizerResultTtlInSeconds": 60,
    "authorizerCredentials": "arn",
}


def scheme(authorizer: dict[str, Any]) -> dict[str, Any]:
    return {"type": "apiKey", "x-amazon-apigateway-authorizer": authorizer}


def openapi(paths: dict[str, Any], schemes: dict[str, Any], **more: Any) -> Api:
    root = {"openapi": "3.0.1", "paths": paths, "components": {"securitySchemes": schemes}, **more}
    (api,) = read_apis(read_template(yaml.safe_dump(root).encode(), "api.yaml"))
    return api


def test_an_authorizer_is_read_with_all_its_settings() -> None:
    api = openapi({}, {"Jwt": scheme(AUTHORIZER)})
    (attachment,) = api.attachments
    assert attachment.api == api.kind == "http"
    assert attachment.identity_sources == ("$request.header.Authorization", "$context.routeKey")
    assert (attachment.payload_format, attachment.simple_responses) == ("2.0", True)
    assert (attachment.seconds, attachment.makes_permission) == (60, True)


def test_swagger_has_its_own_place_for_authorizers() -> None:
    root = {
        "swagger": "2.0",
        "paths": {"/x": {"get": {"security": [{"Jwt": []}]}}},
        "securityDefinitions": {"Jwt": scheme({"type": "token"})},
    }
    (api,) = read_apis(read_template(yaml.safe_dump(root).encode()))
    assert (api.kind, api.attachments[0].is_token) == ("rest", True)
    assert api.routes[0].authorizer == "Jwt"


@pytest.mark.parametrize(
    ("authorizer", "paths", "kind"),
    [
        (AUTHORIZER, {}, "http"),
        ({"type": "jwt"}, {}, "http"),
        ({"type": "request", "identitySource": "$request.header.A"}, {}, "http"),
        ({"type": "request"}, {"/$default": {}}, "http"),
        ({"type": "token"}, {}, "rest"),
        ({"type": "cognito_user_pools"}, {}, "rest"),
        ({"type": "request", "identitySource": "method.request.header.A"}, {}, "rest"),
        ({"type": "request"}, {}, "v2"),
    ],
)
def test_the_kind_of_api_is_found_where_it_shows(
    authorizer: dict[str, Any], paths: dict[str, Any], kind: str
) -> None:
    assert openapi(paths, {"Jwt": scheme(authorizer)}).kind == kind


@pytest.mark.parametrize(
    ("operation", "authorizer"),
    [
        ({"security": [{"Jwt": []}]}, "Jwt"),
        ({"security": [{"api_key": []}, {"Jwt": []}]}, "Jwt"),
        ({"security": [{"api_key": [], "Jwt": []}]}, "Jwt"),
        ({"security": [{"Native": []}]}, "Native"),
        ({"security": [{"oauth": ["a"]}]}, None),
        ({"security": [{"api_key": []}]}, None),
        ({"security": []}, None),
        ({"security": [{}]}, None),
        ({}, None),
        ({"security": "x"}, UNKNOWN),
        ({"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}, "AWS_IAM"),
        ({"x-amazon-apigateway-auth": {"type": "NONE"}}, None),
        (None, None),
    ],
)
def test_an_operations_own_security_names_its_authorizer(operation: Any, authorizer: Any) -> None:
    schemes = {
        "Jwt": scheme(AUTHORIZER),
        "Native": scheme({"type": "jwt"}),
        "oauth": {"type": "oauth2"},
        "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
    }
    (route,) = openapi({"/x": {"get": operation}}, schemes).routes
    assert route.authorizer == authorizer


def test_methods_and_paths_become_route_keys() -> None:
    paths = {
        "/x": {"get": {}, "POST": {}, "parameters": [], "summary": "", "trace": {}},
        "/{proxy+}": {"x-amazon-apigateway-any-method": {}},
        "/$default": {"x-amazon-apigateway-any-method": {}},
        "/y": None,
    }
    assert {route.key for route in openapi(paths, {}).routes} == {
        "GET /x",
        "POST /x",
        "ANY /{proxy+}",
        "$default",
    }


def test_scopes_are_kept_as_hints() -> None:
    (route,) = openapi({"/x": {"get": {"security": [{"a": ["r", "w"]}, {"b": ["r"]}]}}}, {}).routes
    assert route.scopes == ("r", "w")


def test_without_any_authorizer_a_file_says_what_is_planned() -> None:
    paths = {"/a": {"get": {}}, "/b": {"get": {"security": []}}}
    api = openapi(paths, {"oauth": {"type": "oauth2"}}, security=[{"oauth": ["s"]}])
    assert api.planned
    assert [(r.authorizer, r.scopes) for r in api.routes] == [("oauth", ("s",)), (None, ())]
    assert api.ignored_security is None
    (route,) = openapi({"/a": {"get": {}}}, {}).routes
    assert route.authorizer is UNKNOWN


WORDS = st.sampled_from(
    [
        "openapi", "swagger", "paths", "/x", "get", "security", "components", "securitySchemes",
        "securityDefinitions", "x-amazon-apigateway-authorizer", "type", "request", "token", "Jwt",
        "x-amazon-apigateway-any-method", "identitySource", "x-amazon-apigateway-auth", "Resources",
        "authorizerResultTtlInSeconds", "enableSimpleResponses", "Fn::Sub", "Ref", "NONE",
    ]
)  # fmt: skip
VALUES = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=30,
)


@given(VALUES, VALUES, VALUES)
def test_no_file_raises_anything_but_a_configuration_error(
    operations: Any, schemes: Any, root: Any
) -> None:
    value = {
        **(root if isinstance(root, dict) else {}),
        "paths": {"/x": operations, "/y": {"get": {"security": schemes}}},
        "components": {"securitySchemes": {"Jwt": {"x-amazon-apigateway-authorizer": schemes}}},
    }
    try:
        read_apis(read_template(yaml.safe_dump(value).encode()))
    except ConfigurationError:
        return
