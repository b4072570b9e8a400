"""What is wrong with the way a template attaches authorizers."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from authorizers.analysis.check.checking import File, Surroundings, check_document
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.template.template import read_template
from authorizers.errors import ConfigurationError

TEMPLATES = sorted((Path(__file__).parents[3] / "sam").rglob("*.yaml"))
FUNCTION = """
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables: {AUTHORIZERS_ISSUER: x, AUTHORIZERS_HTTP_RESPONSES: ANSWER}
"""
HTTP = """
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        Authorizers:
          Jwt:
            FunctionArn: !GetAtt Fn.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            EnableFunctionDefaultPermissions: true
            Identity: {Headers: [Authorization], Context: [routeKey], ReauthorizeEvery: 300}
"""
REST = """
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Cors: "'*'"
      Auth:
        DefaultAuthorizer: Jwt
        AddDefaultAuthorizerToCorsPreflight: false
        Authorizers:
          Jwt:
            FunctionArn: !GetAtt Fn.Arn
            FunctionPayloadType: REQUEST
            Identity: {Headers: [Authorization], ReauthorizeEvery: 300}
"""
SIMPLE = FUNCTION.replace("ANSWER", "simple")
V2 = """
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: PROTOCOL}}
  Jwt:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Api
      AuthorizerType: REQUEST
      AuthorizerUri: !Sub "arn:x:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"
"""
V2_HTTP = (
    V2.replace("PROTOCOL", "HTTP")
    + """\
      AuthorizerPayloadFormatVersion: "2.0"
      EnableSimpleResponses: true
      AuthorizerResultTtlInSeconds: 0
"""
)
V2_WEBSOCKET = (
    V2.replace("PROTOCOL", "WEBSOCKET")
    + """\
      IdentitySource: [route.request.header.Authorization]
"""
)
V1 = """
  Jwt:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: x
      Type: REQUEST
      AuthorizerUri: !Sub "arn:x:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"
      IdentitySource: method.request.header.Authorization
"""
PERMISSION = """
  May:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Fn
      Principal: apigateway.amazonaws.com
"""
WEBSOCKET = """
  Api:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      Auth: {AuthType: CUSTOM, AuthArn: !GetAtt Fn.Arn, IdentitySource: [route.request.header.A]}
"""
ALIAS = """
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Fn, FunctionVersion: "1"}}
"""


def inspect(data: bytes, told: Any = None) -> list[Finding]:
    """Return what is found in a template alone."""
    return check_document(None, [File("t.yaml", data)], Surroundings(http_responses=told))


def found(*resources: str, head: str = "", told: str | None = None) -> dict[str, str]:
    """Return the rules that were broken, and where: the text of the line that is named."""
    text = f"{head}Resources:{''.join(resources)}"
    lines = text.split("\n")
    return {
        finding.rule: lines[finding.place.line - 1].strip()
        for finding in inspect(text.encode(), told)
    }


def test_what_this_project_ships_is_attached_rightly() -> None:
    assert TEMPLATES
    for template in TEMPLATES:
        if b"Resources:" in template.read_bytes():
            assert inspect(template.read_bytes()) == []


@pytest.mark.parametrize(
    "resources",
    [
        (SIMPLE, HTTP),
        (SIMPLE, REST),
        (SIMPLE, WEBSOCKET),
        (SIMPLE, V2_HTTP, PERMISSION),
        (SIMPLE, V2_WEBSOCKET, PERMISSION),
        (SIMPLE, V1, PERMISSION),
        (HTTP,),
        (FUNCTION.replace("ANSWER", "iam"), HTTP.replace("EnableSimpleResponses: true", "A: 1")),
        (SIMPLE, ALIAS, HTTP.replace("!GetAtt Fn.Arn", "!Ref Live")),
        (SIMPLE, HTTP.replace("EnableSimpleResponses: true", 'EnableSimpleResponses: "true"')),
    ],
)
def test_nothing_is_found_where_nothing_is_wrong(resources: tuple[str, ...]) -> None:
    assert found(*resources) == {}


@pytest.mark.parametrize(
    ("resources", "rule"),
    [
        ((FUNCTION.replace("ANSWER", "iam"), HTTP), "http-responses-mismatch"),
        ((FUNCTION.replace("ANSWER", '""'), HTTP), "http-responses-mismatch"),
        ((SIMPLE, HTTP.replace("EnableSimpleResponses: true", "A: 1")), "http-responses-mismatch"),
        (
            (FUNCTION.replace("ANSWER", "iam"), ALIAS, HTTP.replace("!GetAtt Fn.Arn", "!Ref Live")),
            "http-responses-mismatch",
        ),
        ((FUNCTION.replace("ANSWER", "iam"), V2_HTTP, PERMISSION), "http-responses-mismatch"),
        (
            (SIMPLE, HTTP.replace("Context: [routeKey], ", "")),
            "simple-response-cached-for-all-routes",
        ),
        (
            (SIMPLE, HTTP.replace("Context: [routeKey], ReauthorizeEvery: 300", "")),
            "simple-response-cached-for-all-routes",
        ),
        (
            (
                SIMPLE,
                V2_HTTP.replace(
                    "Seconds: 0", "Seconds: 5\n      IdentitySource: [$request.header.A]"
                ),
                PERMISSION,
            ),
            "simple-response-cached-for-all-routes",
        ),
        ((SIMPLE, HTTP.replace('"2.0"', '"1.0"')), "payload-format"),
        ((SIMPLE, HTTP.replace('"2.0"', "1.0")), "payload-format"),
        ((SIMPLE, HTTP.replace('AuthorizerPayloadFormatVersion: "2.0"', "A: 1")), "payload-format"),
        (
            (SIMPLE, HTTP.replace("EnableFunctionDefaultPermissions: true", "A: 1")),
            "no-invoke-permission",
        ),
        (
            (
                SIMPLE,
                HTTP.replace("EnableFunctionDefaultPermissions: true", "FunctionInvokeRole: NONE"),
            ),
            "no-invoke-permission",
        ),
        (
            (
                SIMPLE,
                HTTP.replace("DefaultPermissions: true", "DefaultPermissions: false"),
                PERMISSION.replace("apigateway", "s3"),
            ),
            "no-invoke-permission",
        ),
        (
            (
                SIMPLE,
                HTTP.replace("DefaultPermissions: true", "DefaultPermissions: false"),
                PERMISSION.replace("!Ref Fn", "other"),
            ),
            "no-invoke-permission",
        ),
        (
            (
                SIMPLE,
                REST.replace(
                    "FunctionPayloadType",
                    "DisableFunctionDefaultPermissions: true\n            FunctionPayloadType",
                ),
            ),
            "no-invoke-permission",
        ),
        ((SIMPLE, V2_HTTP), "no-invoke-permission"),
        ((SIMPLE, V1), "no-invoke-permission"),
        ((SIMPLE, REST.replace("Headers: [Authorization], ", "")), "no-identity-source"),
        (
            (SIMPLE, REST.replace("Headers: [Authorization], ReauthorizeEvery: 300", "")),
            "no-identity-source",
        ),
        (
            (SIMPLE, HTTP.replace("Headers: [Authorization], Context: [routeKey], ", "")),
            "no-identity-source",
        ),
        # Without the caller among them, one caller's answer is another's.
        ((SIMPLE, HTTP.replace("Headers: [Authorization], ", "")), "no-identity-source"),
        (
            (
                SIMPLE,
                V1.replace("      IdentitySource: method.request.header.Authorization\n", ""),
                PERMISSION,
            ),
            "no-identity-source",
        ),
        (
            (SIMPLE, WEBSOCKET.replace("AuthType", "ReauthorizeEvery: 300, AuthType")),
            "websocket-cache",
        ),
        (
            (SIMPLE, V2_WEBSOCKET + "      AuthorizerResultTtlInSeconds: 300\n", PERMISSION),
            "websocket-cache",
        ),
        (
            (SIMPLE, V2_WEBSOCKET + "      EnableSimpleResponses: true\n", PERMISSION),
            "websocket-cache",
        ),
        ((SIMPLE, REST.replace("300", "3601")), "ttl-too-long"),
        (
            (SIMPLE, REST.replace("AddDefaultAuthorizerToCorsPreflight: false", "A: 1")),
            "authorizer-on-preflight",
        ),
        ((SIMPLE, REST.replace("Preflight: false", "Preflight: true")), "authorizer-on-preflight"),
    ],
)
def test_each_rule_finds_what_it_is_about(resources: tuple[str, ...], rule: str) -> None:
    assert rule in found(*resources)


@pytest.mark.parametrize(
    ("resources", "rule"),
    [
        (
            (
                SIMPLE,
                HTTP.replace("Context: [routeKey], ReauthorizeEvery: 300", "ReauthorizeEvery: 0"),
            ),
            "simple-response-cached-for-all-routes",
        ),
        (
            (
                SIMPLE,
                HTTP.replace("EnableFunctionDefaultPermissions: true", "FunctionInvokeRole: arn:x"),
            ),
            "no-invoke-permission",
        ),
        (
            (SIMPLE, HTTP.replace("EnableFunctionDefaultPermissions: true", "A: 1"), PERMISSION),
            "no-invoke-permission",
        ),
        (
            (
                SIMPLE,
                ALIAS,
                HTTP.replace("EnableFunctionDefaultPermissions: true", "A: 1"),
                PERMISSION.replace("Fn", "Live"),
            ),
            "no-invoke-permission",
        ),
        ((HTTP.replace("EnableFunctionDefaultPermissions: true", "A: 1"),), "no-invoke-permission"),
        (
            (
                SIMPLE,
                REST.replace(
                    "Headers: [Authorization], ReauthorizeEvery: 300", "ReauthorizeEvery: 0"
                ),
            ),
            "no-identity-source",
        ),
        (
            (SIMPLE, REST.replace("REQUEST", "TOKEN").replace("Headers: [Authorization], ", "")),
            "no-identity-source",
        ),
        (
            (
                SIMPLE,
                REST.replace("      Cors: \"'*'\"\n", "").replace(
                    "Preflight: false", "Preflight: true"
                ),
            ),
            "authorizer-on-preflight",
        ),
        (
            (
                SIMPLE,
                REST.replace("DefaultAuthorizer: Jwt", "DefaultAuthorizer: NONE").replace(
                    "Preflight: false", "Preflight: true"
                ),
            ),
            "authorizer-on-preflight",
        ),
        (
            (
                FUNCTION.replace(
                    "AUTHORIZERS_ISSUER: x, AUTHORIZERS_HTTP_RESPONSES: ANSWER", "OTHER: x"
                ),
                HTTP,
            ),
            "http-responses-mismatch",
        ),
        ((FUNCTION.replace("ANSWER", "!Ref Somewhere"), HTTP), "http-responses-mismatch"),
    ],
)
def test_each_rule_is_silent_where_it_should_be(resources: tuple[str, ...], rule: str) -> None:
    assert rule not in found(*resources)


def test_a_finding_names_the_authorizers_line() -> None:
    assert found(SIMPLE, HTTP.replace('"2.0"', '"1.0"')) == {"payload-format": "Jwt:"}


def test_a_function_in_another_stack_is_what_the_caller_says_it_is() -> None:
    assert found(HTTP, told="simple") == {}
    assert "http-responses-mismatch" in found(HTTP, told="iam")


PARAMETER = "Parameters: {Responses: {Type: String, Default: iam}}\n"
CONDITION = "Conditions: {Simple: !Equals [!Ref Responses, simple]}\n"


def test_a_parameter_counts_with_its_default() -> None:
    function = FUNCTION.replace("ANSWER", "!Ref Responses")
    assert "http-responses-mismatch" in found(function, HTTP, head=PARAMETER)
    assert found(function, HTTP, head=PARAMETER.replace("iam", "simple")) == {}


@pytest.mark.parametrize(
    ("condition", "mismatch"),
    [
        ("!Equals [!Ref Responses, simple]", False),
        ("!Equals [!Ref Responses, iam]", True),
        ("!Not [!Equals [!Ref Responses, simple]]", True),
        ("!And [!Equals [a, a], !Equals [!Ref Responses, iam]]", True),
        ("!Or [!Equals [a, b], !Condition Other]", False),
        ("!Equals [!Ref Nothing, simple]", False),
        ("!Condition Simple", False),
        ("!Not []", True),
        ("!Equals [a]", False),
        ("[1]", False),
    ],
)
def test_a_condition_is_followed_as_far_as_it_can_be_seen(condition: str, mismatch: bool) -> None:
    """The function answers iam: a mismatch where the condition is met."""
    head = f"{PARAMETER}Conditions: {{Simple: {condition}, Other: !Equals [c, d]}}\n"
    function = FUNCTION.replace("ANSWER", "!Ref Responses")
    api = HTTP.replace(
        "EnableSimpleResponses: true",
        "EnableSimpleResponses: !If [Simple, true, !Ref AWS::NoValue]",
    )
    assert ("http-responses-mismatch" in found(function, api, head=head)) is mismatch


def test_the_default_of_a_parameter_looked_up_in_ssm_is_not_its_value() -> None:
    head = "Parameters: {Responses: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a}}\n"
    assert found(FUNCTION.replace("ANSWER", "!Ref Responses"), HTTP, head=head) == {}


def test_globals_are_part_of_every_resource() -> None:
    variables = "AUTHORIZERS_ISSUER: x, AUTHORIZERS_HTTP_RESPONSES: iam"
    head = f"Globals: {{Function: {{Environment: {{Variables: {{{variables}}}}}}}}}\n"
    assert "http-responses-mismatch" in found(
        "\n  Fn: {Type: AWS::Serverless::Function}", HTTP, head=head
    )
    auth = HTTP.partition("      Auth:")[2]
    shared = "Globals:\n  HttpApi:\n    Auth:" + auth.replace("\n  ", "\n").replace(
        '"2.0"', '"1.0"'
    )
    assert "payload-format" in found(
        SIMPLE, "\n  Api: {Type: AWS::Serverless::HttpApi}", head=f"{shared}\n"
    )


def test_json_is_read_with_tabs_and_long_functions() -> None:
    template = {
        "Resources": {
            "Fn": {"Type": "AWS::Lambda::Function", "Properties": {}},
            "Jwt": {
                "Type": "AWS::ApiGateway::Authorizer",
                "Properties": {
                    "Type": "TOKEN",
                    "AuthorizerUri": {"Fn::Join": ["", ["a", {"Fn::GetAtt": ["Fn", "Arn"]}]]},
                },
            },
        }
    }
    data = json.dumps(template, indent="\t").encode()
    (finding,) = inspect(data)
    assert finding.rule == "no-invoke-permission"
    assert finding.place == ("t.yaml", 7, 3)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"a", b"\xff", b"a: [", b"{", b"a: !!int x", b"[" * 50_000, b"&a {b: *a}",
             b"a: " + b"[" * 200 + b"]" * 200, b" " * 1_200_000]
)  # fmt: skip
def test_what_is_no_template(data: bytes) -> None:
    with pytest.raises(ConfigurationError):
        read_template(data)


WORDS = st.sampled_from(
    [
        "Resources", "Type", "Properties", "AWS::Serverless::HttpApi", "AWS::Serverless::Api",
        "AWS::ApiGatewayV2::Authorizer", "AWS::ApiGateway::Authorizer", "Auth", "Authorizers",
        "FunctionArn", "Identity", "Headers", "AuthorizerType", "REQUEST", "Ref", "Fn::If",
        "Fn::Sub", "${A}", "Fn::GetAtt", "A", "Conditions", "Parameters", "Default", "Globals",
        "HttpApi", "AuthorizerResultTtlInSeconds", "EnableSimpleResponses", "IdentitySource",
        "AuthorizerUri", "AWS::Lambda::Permission", "FunctionName", "Environment", "Variables",
    ]
)  # fmt: skip
VALUES = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=30,
)


@given(VALUES, VALUES, st.sampled_from(["Api", "HttpApi", "WebSocketApi"]))
def test_no_template_raises_anything_but_a_configuration_error(
    properties: Any, authorizer: Any, kind: str
) -> None:
    template = {
        "Resources": {
            "A": {"Type": f"AWS::Serverless::{kind}", "Properties": properties},
            "B": {
                "Type": f"AWS::Serverless::{kind}",
                "Properties": {"Auth": {"Authorizers": {"X": authorizer}, "AuthType": "CUSTOM"}},
            },
            "C": {"Type": "AWS::ApiGatewayV2::Authorizer", "Properties": authorizer},
        },
        "Conditions": properties,
    }
    inspect(yaml.safe_dump(template).encode(), "iam")


@given(st.binary(max_size=100))
def test_no_bytes_raise_anything_but_a_configuration_error(data: bytes) -> None:
    try:
        read_template(data)
    except ConfigurationError:
        return


def v2(api: str, more: str) -> str:
    """Return an authorizer of the second generation with a cached simple response."""
    authorizer = V2.partition("  Jwt:")[2].replace("!Ref Api", api)
    return f"\n  Jwt:{authorizer}      EnableSimpleResponses: true\n{more}"


@pytest.mark.parametrize(
    ("resources", "rule"),
    [
        (("\n  A: {Type: AWS::Serverless::HttpApi}", v2("!Ref A", "")), "payload-format"),
        (("\n  A: {Type: AWS::Serverless::WebSocketApi}", v2("!Ref A", "")), "websocket-cache"),
        ((v2("x", "      IdentitySource: [route.request.header.A]\n"),), "websocket-cache"),
        ((v2("x", '      AuthorizerPayloadFormatVersion: "1.0"\n'),), "payload-format"),
        (
            (v2("x", "      IdentitySource: [$request.header.A]\n"),),
            "simple-response-cached-for-all-routes",
        ),
    ],
)
def test_the_kind_of_api_is_found_where_it_can_be_seen(
    resources: tuple[str, ...], rule: str
) -> None:
    assert list(found(*resources)) == [rule]


def test_authorizers_that_are_no_functions_are_left_alone() -> None:
    jwt = V2_HTTP.replace("AuthorizerType: REQUEST", "AuthorizerType: JWT")
    cognito = V1.replace("Type: REQUEST", "Type: COGNITO_USER_POOLS")
    native = HTTP.replace("FunctionArn: !GetAtt Fn.Arn", "JwtConfiguration: {}")
    assert found(SIMPLE, jwt) == found(SIMPLE, cognito) == found(SIMPLE, native) == {}
