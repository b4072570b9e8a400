"""APIs that SAM makes, read as AWS's own translator makes them."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from authorizers.analysis.template.api import Api
from authorizers.analysis.template.reading import read_apis
from authorizers.analysis.template.template import read_template

EXAMPLES = sorted((Path(__file__).parents[3] / "sam" / "examples").glob("*.yaml"))
WITH_ROUTES = [path for path in EXAMPLES if path.name not in ("nested.yaml", "trust-bucket.yaml")]
Routes = dict[str, set[tuple[str, Any]]]

FUNCTION = """\
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: "x"
      Events:
"""
REST_EVENTS = """\
        A: {Type: Api, Properties: {RestApiId: !Ref Api, Method: get, Path: /a}}
        B: {Type: Api, Properties: {RestApiId: !Ref Api, Method: ANY, Path: "/b/{id}"}}
        C:
          Type: Api
          Properties: {RestApiId: !Ref Api, Method: post, Path: /a, Auth: {Authorizer: NONE}}
        D:
          Type: Api
          Properties:
            {RestApiId: !Ref Api, Method: get, Path: "/{proxy+}", Auth: {Authorizer: Other}}
        E: {Type: Api, Properties: {RestApiId: !Ref Api, Method: options, Path: /a}}
        F: {Type: Api, Properties: {RestApiId: !Ref Api, Method: get, Path: /}}
"""
REST_API = """\
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt: {FunctionArn: !GetAtt Fn.Arn}
          Other: {FunctionArn: !GetAtt Fn.Arn}
"""
HTTP_EVENTS = """\
        A: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /a}}
        B: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: any, Path: "/b/{id}"}}
        C:
          Type: HttpApi
          Properties: {ApiId: !Ref Api, Method: POST, Path: /a, Auth: {Authorizer: NONE}}
        D:
          Type: HttpApi
          Properties: {ApiId: !Ref Api, Method: GET, Path: "/{proxy+}", Auth: {Authorizer: Other}}
        E: {Type: HttpApi, Properties: {ApiId: !Ref Api}}
        F: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: OPTIONS, Path: /a}}
"""
HTTP_AUTHORIZER = '{FunctionArn: !GetAtt Fn.Arn, AuthorizerPayloadFormatVersion: "2.0"}'
HTTP_API = f"""\
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt: {HTTP_AUTHORIZER}
          Other: {HTTP_AUTHORIZER}
"""
IMPLICIT = f"""\
Globals:
  HttpApi:
    Auth:
      DefaultAuthorizer: Jwt
      Authorizers: {{Jwt: {HTTP_AUTHORIZER}}}
Resources:
{FUNCTION}\
        A: {{Type: HttpApi, Properties: {{Method: GET, Path: /a}}}}
        B: {{Type: HttpApi, Properties: {{Method: GET, Path: /b, Auth: {{Authorizer: NONE}}}}}}
        C: {{Type: Api, Properties: {{Method: GET, Path: /c}}}}
"""
BODY = """\
      DefinitionBody:
        openapi: 3.0.1
        info: {title: a, version: "1"}
        paths:
          /a:
            get: {x-amazon-apigateway-integration: {type: mock}}
            post: {security: [{Other: []}], x-amazon-apigateway-integration: {type: mock}}
          /b:
            x-amazon-apigateway-any-method:
              {security: [{NONE: []}], x-amazon-apigateway-integration: {type: mock}}
          /c: {options: {x-amazon-apigateway-integration: {type: mock}}}
"""


def routes(apis: tuple[Api, ...]) -> Routes:
    return {api.name: {(r.key, r.authorizer) for r in api.routes} for api in apis if api.routes}


def read(text: str) -> Routes:
    return routes(read_apis(read_template(text.encode())))


def translated(text: str) -> Routes:
    """Return the routes of what SAM makes of a template."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = Translator({}, Parser()).translate(yaml_parse(text), {})
    return routes(read_apis(read_template(json.dumps(made).encode())))


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


@pytest.mark.parametrize(
    "text",
    [
        f"Resources:\n{FUNCTION}{REST_EVENTS}{REST_API}",
        f"Resources:\n{FUNCTION}{REST_EVENTS}{REST_API}".replace(
            "DefaultAuthorizer: Jwt",
            "DefaultAuthorizer: Jwt\n        AddDefaultAuthorizerToCorsPreflight: false",
        ),
        f"Resources:\n{FUNCTION}{REST_EVENTS}{REST_API}".replace(
            "DefaultAuthorizer: Jwt", "AddApiKeyRequiredToCorsPreflight: false"
        ).replace("NONE", "Jwt"),
        f"Resources:\n{FUNCTION}{HTTP_EVENTS}{HTTP_API}",
        f"Resources:\n{FUNCTION}{HTTP_EVENTS}{HTTP_API}".replace(
            "DefaultAuthorizer: Jwt", "EnableIamAuthorizer: true"
        ).replace("NONE", "Jwt"),
        IMPLICIT,
        f"Resources:\n{FUNCTION}        {{}}\n{HTTP_API}{BODY}",
        f"Resources:\n{FUNCTION}        {{}}\n{REST_API}{BODY}",
        *(path.read_text() for path in WITH_ROUTES),
    ],
    ids=range(8 + len(WITH_ROUTES)),
)
def test_routes_are_what_sam_makes_of_a_template(text: str) -> None:
    ours = read(text.replace("      Cors:", "      X:"))
    assert ours == translated(text.replace("      Cors:", "      Tags:"))  # it adds preflights
    assert ours


def test_the_routes_of_rest_events() -> None:
    found = read(f"Resources:\n{FUNCTION}{REST_EVENTS}{REST_API}")
    assert found == {
        "Api": {
            ("GET /a", "Jwt"),
            ("ANY /b/{id}", "Jwt"),
            ("POST /a", None),
            ("GET /{proxy+}", "Other"),
            ("OPTIONS /a", "Jwt"),
            ("GET /", "Jwt"),
        }
    }


def test_the_routes_of_http_events() -> None:
    found = read(f"Resources:\n{FUNCTION}{HTTP_EVENTS}{HTTP_API}")
    assert found["Api"] >= {("$default", "Jwt"), ("OPTIONS /a", None), ("POST /a", None)}


def test_events_without_an_api_belong_to_the_implicit_one() -> None:
    assert read(IMPLICIT) == {
        "ServerlessHttpApi": {("GET /a", "Jwt"), ("GET /b", None)},
        "ServerlessRestApi": {("GET /c", None)},
    }


def test_the_implicit_api_has_the_authorizers_of_globals() -> None:
    (api,) = (a for a in read_apis(read_template(IMPLICIT.encode(), "t")) if a.attachments)
    (attachment,) = api.attachments
    assert (api.name, attachment.name) == ("ServerlessHttpApi", "Jwt")
    assert attachment.place == ("t", 5, 21)


def test_events_add_nothing_to_a_definition_unless_they_are_merged() -> None:
    text = f"Resources:\n{FUNCTION}{HTTP_EVENTS}{HTTP_API}{BODY}"
    assert ("GET /a", "Jwt") in read(text)["Api"]
    assert ("$default", "Jwt") not in read(text)["Api"]
    merged = f"{text}      MergeDefinitions: true\n"
    assert ("$default", "Jwt") in read(merged)["Api"]


WEBSOCKET = """\
Resources:
  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes: {$connect: {FunctionArn: arn}, $default: {FunctionArn: arn}, send: {FunctionArn: arn}}
      Auth: AUTH
"""


@pytest.mark.parametrize(
    ("auth", "authorizer"),
    [
        ("{AuthType: CUSTOM, AuthArn: arn, Name: Jwt}", "Jwt"),
        ("{AuthType: CUSTOM, AuthArn: arn}", "Chat"),
        ("{AuthType: AWS_IAM}", "AWS_IAM"),
        ("{AuthType: NONE}", None),
        ("{}", None),
    ],
)
def test_a_websocket_api_asks_at_connect_only(auth: str, authorizer: str | None) -> None:
    assert read(WEBSOCKET.replace("AUTH", auth)) == {"Chat": {("$connect", authorizer)}}


INCLUDE = """\
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      DefinitionBody: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: LOCATION}}}
"""


def test_an_included_definition_is_read_beside_the_template() -> None:
    files = {"dir/api.yaml": b"paths: {/x: {get: {}}}"}
    template = read_template(INCLUDE.replace("LOCATION", "api.yaml").encode(), "dir/template.yaml")
    (api,) = read_apis(template, files.__getitem__)
    (route,) = api.routes
    assert (route.key, route.place) == ("GET /x", ("dir/api.yaml", 1, 14))


@pytest.mark.parametrize(
    "text",
    [
        INCLUDE.replace("LOCATION", "s3://bucket/api.yaml"),
        INCLUDE.replace("LOCATION", "!Ref Bucket"),
        INCLUDE.replace("AWS::Include", "Other"),
        INCLUDE.replace("DefinitionBody", "DefinitionUri"),
        "Resources: {Api: {Type: AWS::Serverless::HttpApi}, 'Fn::ForEach::A': [a, [b], {}]}",
    ],
)
def test_what_cannot_be_seen_is_said(text: str) -> None:
    (api,) = read_apis(read_template(text.encode()))
    assert api.unseen


@pytest.mark.parametrize(
    "wrong",
    ["Path: !Sub '/${Name}/x'", "Method: !Ref Verb", "Path: 5", "Method: !If [A, GET, PUT]"],
)
def test_an_event_that_cannot_be_seen_is_said_and_is_no_route(wrong: str) -> None:
    name = wrong.partition(":")[0]
    other = {"Path": "Method: GET", "Method": "Path: /x"}[name]
    events = f"        A: {{Type: Api, Properties: {{{wrong}, {other}}}}}\n"
    events += "        B: {Type: Api, Properties: {Path: /y, Method: GET}}\n"
    (api,) = read_apis(read_template(f"Resources:\n{FUNCTION}{events}".encode()))
    assert [route.key for route in api.routes] == ["GET /y"]
    assert api.unseen == "the path or the method of some events cannot be seen"
