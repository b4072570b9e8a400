"""Whether what a document limits is limited, on each kind of API."""

from collections.abc import Callable

import pytest

from authorizers.analysis.check.finding import Finding

Find = Callable[..., dict[str, list[str]]]
Findings = Callable[..., list[Finding]]
Make = Callable[..., str]

HTTP = """\
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {AUTHORIZERS_HTTP_RESPONSES: ANSWER}}
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Keys
        Authorizers:
          Keys:
            FunctionArn: !GetAtt Fn.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: SIMPLE
            EnableFunctionDefaultPermissions: true
            Identity: {Headers: [x-api-key], ReauthorizeEvery: 0}
  Backend:
    Type: AWS::Serverless::Function
    Properties:
      Events: {X: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /x}}}
"""
SIMPLE = HTTP.replace("SIMPLE", "true").replace("ANSWER", "simple_uncached")
IAM = HTTP.replace("SIMPLE", "false").replace("ANSWER", "iam")
REST = """\
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      ApiKeySourceType: AUTHORIZER
      Auth:
        ApiKeyRequired: true
        DefaultAuthorizer: Keys
        Authorizers:
          Keys:
            FunctionArn: !ImportValue arn
            FunctionPayloadType: REQUEST
            Identity: {Headers: [x-api-key], ReauthorizeEvery: 60}
  Backend:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        X: {Type: Api, Properties: {RestApiId: !Ref Api, Method: GET, Path: /x}}
"""
BY_DEFAULT = "      ApiKeySourceType: AUTHORIZER\n"
EVERYWHERE = "        ApiKeyRequired: true\n"
WEBSOCKET = """\
Resources:
  Api:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      Auth:
        AuthType: CUSTOM
        AuthArn: !ImportValue arn
        IdentitySource: [route.request.header.X-Api-Key]
      Routes: {$connect: {ApiKeyRequired: true}}
"""
SWAGGER = """\
swagger: "2.0"
paths:
  /x:
    get: {security: [{Keys: [], api_key: []}]}
x-amazon-apigateway-api-key-source: AUTHORIZER
securityDefinitions:
  api_key: {type: apiKey, name: X-API-Key, in: header}
  Keys:
    type: apiKey
    name: x-api-key
    in: header
    x-amazon-apigateway-authtype: custom
    x-amazon-apigateway-authorizer:
      {type: token, authorizerResultTtlInSeconds: 60, authorizerUri: "arn:aws:apigateway:x"}
"""
RESOURCES = """\
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {ApiKeySourceType: AUTHORIZER}}
  Path:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: x}
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Path
      HttpMethod: GET
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref Keys
      ApiKeyRequired: true
  Keys:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Api
      Type: REQUEST
      AuthorizerUri: !ImportValue arn
      IdentitySource: method.request.header.x-api-key
      AuthorizerResultTtlInSeconds: 0
"""
UNSAID = {
    REST: BY_DEFAULT,
    SWAGGER: "x-amazon-apigateway-api-key-source: AUTHORIZER\n",
    RESOURCES: ", Properties: {ApiKeySourceType: AUTHORIZER}",
}
KEYLESS = {
    REST: EVERYWHERE,
    SWAGGER: ", api_key: []",
    RESOURCES: "      ApiKeyRequired: true\n",
}
KINDS = ["SAM", "OpenAPI", "CloudFormation"]
TYPES = [REST, SWAGGER, RESOURCES]


@pytest.mark.parametrize("template", [SIMPLE, IAM, *TYPES], ids=["simple", "iam", *KINDS])
def test_nothing_is_found_where_the_limits_hold(
    find: Find, keys_document: Make, template: str
) -> None:
    assert find(keys_document(limits=True), template) == {}


@pytest.mark.parametrize("seconds", ["ReauthorizeEvery: 1", "ReauthorizeEvery: 300", ""])
@pytest.mark.parametrize("template", [SIMPLE, IAM], ids=["simple", "iam"])
def test_an_answer_that_is_kept_is_not_metered(
    find: Find, keys_document: Make, template: str, seconds: str
) -> None:
    cached = template.replace("ReauthorizeEvery: 0", seconds)
    assert "limits-cached" in find(keys_document(limits=True), cached)
    assert "limits-cached" not in find(keys_document(), cached)


def test_what_nobody_can_be_recognised_by_is_not_kept(find: Find, keys_document: Make) -> None:
    template = IAM.replace("Identity: {Headers: [x-api-key], ReauthorizeEvery: 0}", "Identity: {}")
    assert find(keys_document(limits=True), template) == {}


def test_a_kept_answer_is_an_error_that_says_the_ttl(
    findings: Findings, keys_document: Make
) -> None:
    (finding,) = (
        f
        for f in findings(keys_document(limits=True), IAM.replace("Every: 0", "Every: 300"))
        if f.rule == "limits-cached"
    )
    assert finding.severity == "error"
    assert finding.message == (
        "Keys: the TTL is 300, and nothing is limited while an answer is kept: set the TTL to 0"
    )


@pytest.mark.parametrize(
    ("limits", "answer", "found"),
    [
        (True, "simple", ["limits-simple-response"]),
        (True, "simple_uncached", []),
        (False, "simple", []),
    ],
)
def test_limits_and_answers_for_the_cache_exclude_one_another(
    find: Find, keys_document: Make, limits: bool, answer: str, found: list[str]
) -> None:
    template = SIMPLE.replace("simple_uncached", answer)
    assert list(find(keys_document(limits=limits), template)) == found
    elsewhere = template.replace("!GetAtt Fn.Arn", "!ImportValue arn")
    assert list(find(keys_document(limits=limits), elsewhere, http_responses=answer)) == found


@pytest.mark.parametrize("template", TYPES, ids=KINDS)
def test_a_usage_plan_that_takes_keys_from_the_header_ignores_the_answer(
    find: Find, keys_document: Make, template: str
) -> None:
    by_header = template.replace(UNSAID[template], "")
    said = template.replace("AUTHORIZER}", "HEADER}").replace(": AUTHORIZER\n", ": HEADER\n")
    for limits in (True, False):
        assert list(find(keys_document(limits=limits), by_header)) == ["usage-key-ignored"]
        assert list(find(keys_document(limits=limits), said)) == ["usage-key-ignored"]


@pytest.mark.parametrize("template", TYPES, ids=KINDS)
def test_a_rest_api_without_usage_plan_limits_nothing(
    find: Find, keys_document: Make, template: str
) -> None:
    for text in (template, template.replace(UNSAID[template], "")):
        keyless = text.replace(KEYLESS[template], "")
        assert list(find(keys_document(limits=True), keyless)) == ["limits-without-usage-plan"]
        assert find(keys_document(), keyless) == {}


@pytest.mark.parametrize("template", TYPES, ids=KINDS)
def test_usage_plans_beside_tokens_are_nobodys_mistake(
    find: Find, document: Make, template: str
) -> None:
    text = document("GET /x: {authenticated: true}", "      max_age: 1h\n")
    text = text.replace("authenticate:", "token_from: [{header: x-api-key}]\nauthenticate:", 1)
    assert find(text, template.replace(UNSAID[template], "")) == {}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ((EVERYWHERE, ""), ["limits-without-usage-plan"]),
        (("Path: /x", "Path: /x, Auth: {ApiKeyRequired: false}"), ["limits-without-usage-plan"]),
        ((": AUTHORIZER", ": !Ref Somewhere"), []),
        (("ApiKeyRequired: true", "ApiKeyRequired: !Ref Somewhere"), []),
        (("ApiKeyRequired: true", 'ApiKeyRequired: "true"'), []),
    ],
    ids=["no method", "not this method", "source not seen", "need not seen", "text"],
)
def test_what_an_event_of_sam_says_goes_before_what_its_api_says(
    find: Find, keys_document: Make, change: tuple[str, str], found: list[str]
) -> None:
    assert list(find(keys_document(limits=True), REST.replace(*change))) == found


def test_an_event_of_sam_may_need_a_key_alone(find: Find, keys_document: Make) -> None:
    template = REST.replace(EVERYWHERE, "").replace(
        "Path: /x", "Path: /x, Auth: {ApiKeyRequired: true}"
    )
    assert find(keys_document(limits=True), template) == {}


@pytest.mark.parametrize("spared", [True, False])
def test_a_preflight_needs_a_key_unless_it_is_spared(
    find: Find, keys_document: Make, spared: bool
) -> None:
    template = REST.replace("Method: GET", "Method: OPTIONS").replace(
        EVERYWHERE, f"{EVERYWHERE}        AddApiKeyRequiredToCorsPreflight: {not spared}\n"
    )
    found = find(keys_document(limits=True), template)
    assert ("limits-without-usage-plan" in found) is spared


def test_methods_that_ask_nobody_meter_nobody(find: Find, keys_document: Make) -> None:
    other = "Y: {Type: Api, Properties: {RestApiId: !Ref Api, Method: GET, Path: /y, Auth: A}}"
    template = REST.replace(EVERYWHERE, "") + f"        {other}\n".replace(
        "Auth: A", "Auth: {Authorizer: NONE, ApiKeyRequired: true}"
    )
    assert list(find(keys_document(limits=True), template)) == ["limits-without-usage-plan"]


def test_routes_that_cannot_be_seen_are_not_judged(find: Find, keys_document: Make) -> None:
    unseen = "Y: {Type: Api, Properties: {RestApiId: !Ref Api, Method: GET, Path: !Ref Path}}"
    template = REST.replace(EVERYWHERE, "") + f"        {unseen}\n"
    assert list(find(keys_document(limits=True), template)) == ["routes-not-seen"]


SELECTED = "      ApiKeySelectionExpression: $context.authorizer.usageIdentifierKey\n"


@pytest.mark.parametrize(
    ("more", "needs", "ignored"),
    [
        ("", "true", True),
        ("      ApiKeySelectionExpression: $request.header.x-api-key\n", "true", True),
        (SELECTED, "true", False),
        ("      ApiKeySelectionExpression: !Ref Somewhere\n", "true", False),
        ("", "false", False),
    ],
    ids=["unsaid", "header", "authorizer", "not seen", "not needed"],
)
def test_limits_of_a_websocket_api_count_connections(
    find: Find, keys_document: Make, more: str, needs: str, ignored: bool
) -> None:
    template = WEBSOCKET.replace("Required: true", f"Required: {needs}") + more
    text = keys_document(limits=True).replace("GET /x", "$connect")
    expected = {"limits-count-connections"} | ({"usage-key-ignored"} if ignored else set())
    assert set(find(text, template)) == expected
    text = keys_document().replace("GET /x", "$connect")
    assert set(find(text, template)) == expected - {"limits-count-connections"}


CLOUDFORMATION_WEBSOCKET = """\
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
  Connect:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Api
      RouteKey: $connect
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref Keys
      ApiKeyRequired: true
  Keys:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties: {ApiId: !Ref Api, AuthorizerType: REQUEST, AuthorizerUri: !ImportValue arn}
"""


def test_a_websocket_api_of_resources_says_where_its_keys_come_from(
    find: Find, keys_document: Make
) -> None:
    text = keys_document().replace("GET /x", "$connect")
    assert set(find(text, CLOUDFORMATION_WEBSOCKET)) == {"usage-key-ignored"}
    by_authorizer = "WEBSOCKET, ApiKeySelectionExpression: $context.authorizer.usageIdentifierKey"
    selected = CLOUDFORMATION_WEBSOCKET.replace("WEBSOCKET", by_authorizer)
    assert find(text, selected) == {}


def test_an_api_that_is_elsewhere_is_not_judged_by_its_keys(
    find: Find, keys_document: Make
) -> None:
    text = keys_document().replace("GET /x", "$connect")
    source = "AuthorizerUri: !ImportValue arn, IdentitySource: [route.request.header.x-api-key]"
    here = CLOUDFORMATION_WEBSOCKET.replace("AuthorizerUri: !ImportValue arn", source)
    assert set(find(text, here)) == {"usage-key-ignored"}
    assert find(text, here.replace("!Ref Api", "!ImportValue api")) == {}
