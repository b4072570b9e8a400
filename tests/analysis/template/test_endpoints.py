"""How APIs are reached: their custom domains, and their own endpoint."""

from typing import Any

import pytest

from authorizers.analysis.template.endpoints import Endpoints
from authorizers.analysis.template.reading import read_apis
from authorizers.analysis.template.template import read_template
from authorizers.analysis.template.values import UNKNOWN

V1 = """\
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: api}
  Name:
    Type: AWS::ApiGateway::DomainName
    Properties:
      DomainName: api.example.com
      MutualTlsAuthentication: {TruststoreUri: !Sub "s3://${Bucket}/trust.pem"}
  Path:
    Type: AWS::ApiGateway::BasePathMapping
    Properties: {DomainName: !Ref Name, RestApiId: !Ref Api}
"""
V2 = (
    V1.replace("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
    .replace("{Name: api}", "{Name: api, ProtocolType: HTTP}")
    .replace("AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName")
    .replace("AWS::ApiGateway::BasePathMapping", "AWS::ApiGatewayV2::ApiMapping")
    .replace("RestApiId", "ApiId")
)
DISABLED = "{x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: true}}"


def endpoints(text: str) -> Endpoints:
    (api,) = read_apis(read_template(text.encode(), "t.yaml"))
    assert api.endpoints is not None
    return api.endpoints


def mutual_tls(text: str) -> list[Any]:
    return [domain.mutual_tls for domain in endpoints(text).domains]


@pytest.mark.parametrize("text", [V1, V2], ids=["rest", "http"])
def test_a_mapping_leads_from_a_domain(text: str) -> None:
    found = endpoints(text)
    assert mutual_tls(text) == [True]
    assert found.domains[0].place.line == 5
    assert found.disabled is False


@pytest.mark.parametrize("text", [V1, V2], ids=["rest", "http"])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('TruststoreUri: !Sub "s3://${Bucket}/trust.pem"', 'TruststoreUri: ""'), [False]),
        (('{TruststoreUri: !Sub "s3://${Bucket}/trust.pem"}', "!Ref AWS::NoValue"), [False]),
        (('{TruststoreUri: !Sub "s3://${Bucket}/trust.pem"}', "!Ref Parameter"), [UNKNOWN]),
        (("DomainName: !Ref Name", "DomainName: api.example.com"), [True]),
        (("DomainName: !Ref Name", "DomainName: other.example.com"), [UNKNOWN]),
        (("DomainName: !Ref Name", "DomainName: !ImportValue name"), [UNKNOWN]),
        (("piId: !Ref Api", "piId: !ImportValue other"), []),
    ],
    ids=["empty", "no value", "parameter", "by name", "other name", "elsewhere", "other API"],
)
def test_what_cannot_be_seen_is_not_known(
    text: str, change: tuple[str, str], expected: list[Any]
) -> None:
    assert mutual_tls(text.replace(*change)) == expected


@pytest.mark.parametrize(
    ("properties", "disabled"),
    [
        ("{DisableExecuteApiEndpoint: true}", True),
        ('{DisableExecuteApiEndpoint: "true"}', True),
        ("{DisableExecuteApiEndpoint: false}", False),
        ("{DisableExecuteApiEndpoint: !Ref Parameter}", UNKNOWN),
        ("{}", False),
        ("{BodyS3Location: {Bucket: a, Key: b}}", UNKNOWN),
        (
            f"{{Body: {{paths: {{}}, servers: [{{url: a}}, {DISABLED}]}}}}",
            True,
        ),
        (
            f"{{Body: {{paths: {{}}, {DISABLED[1:-1]}}}}}",
            True,
        ),
        ("{Body: {paths: {}, servers: none}}", False),
    ],
)
def test_the_endpoint_is_open_unless_it_is_disabled(properties: str, disabled: Any) -> None:
    assert endpoints(V1.replace("{Name: api}", properties)).disabled is disabled


IMPLICIT = """\
Globals:
  HttpApi:
    DisableExecuteApiEndpoint: true
    Domain: {DomainName: a.example, MutualTlsAuthentication: {TruststoreUri: s3://b/t.pem}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Events: {X: {Type: HttpApi, Properties: {Method: GET, Path: /x}}}
"""


def test_globals_say_it_of_the_implicit_api() -> None:
    found = endpoints(IMPLICIT)
    assert found.disabled is True
    assert mutual_tls(IMPLICIT) == [True]


def test_an_openapi_file_cannot_say_how_it_is_reached() -> None:
    (api,) = read_apis(read_template(b"openapi: 3.0.1\npaths: {}\n", "a.yaml"))
    assert api.endpoints is None
