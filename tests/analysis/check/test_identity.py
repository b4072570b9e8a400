"""Whether identity sources name the credential that the document looks for."""

from collections.abc import Callable

import pytest

from authorizers.analysis.check.finding import Finding

Find = Callable[..., dict[str, list[str]]]
Findings = Callable[..., list[Finding]]
Make = Callable[..., str]

REPLAYED, REFUSED = "credential-not-identity-source", "identity-source-not-credential"
AUTHORIZER = """\
Resources:
  Keys:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !ImportValue api
      Type: REQUEST
      AuthorizerUri: !ImportValue arn
      IdentitySource: SOURCE
      AuthorizerResultTtlInSeconds: TTL
"""


def authorizer(source: str, ttl: int = 60, kind: str = "REQUEST") -> str:
    text = AUTHORIZER.replace("SOURCE", source).replace("TTL", str(ttl))
    return text.replace("Type: REQUEST", f"Type: {kind}")


def about_identity(found: dict[str, list[str]]) -> set[str]:
    return {REPLAYED, REFUSED} & set(found)


@pytest.mark.parametrize(
    ("key_from", "source"),
    [
        ("{header: x-api-key}", "method.request.header.x-api-key"),
        ("{header: x-api-key}", "method.request.header.X-API-KEY"),
        ("{header: X-Key}", "context.path, method.request.header.x-key"),
        ("{header: x-api-key}", "method.request.header.Host,method.request.header.x-api-key"),
        ("{header: x-api-key}", "method.request.multivalueheader.x-api-key"),
        ("{query: Key}", "method.request.querystring.Key"),
        ("{header: x-api-key}", "context.path"),
        ("{header: x-api-key}", '!Sub "method.request.header.${Header}"'),
        ("{header: x-api-key}", "!Ref Source"),
    ],
)
@pytest.mark.parametrize("ttl", [60, 0])
def test_identity_sources_that_name_the_key_or_cannot_be_seen_are_right(
    find: Find, keys_document: Make, key_from: str, source: str, ttl: int
) -> None:
    found = find(keys_document(key_from=key_from), authorizer(source, ttl))
    assert about_identity(found) == set()


@pytest.mark.parametrize(
    ("key_from", "source"),
    [
        ("{header: x-api-key}", "method.request.header.Authorization"),
        ("{header: x-api-key}", "method.request.header.x-api-key-2"),
        ("{header: x-api-key}", "method.request.querystring.x-api-key"),
        ("{header: x-api-key}", "method.request.header.Host, context.path"),
        ("{query: Key}", "method.request.querystring.key"),
        ("{query: key}", "method.request.header.key"),
    ],
)
def test_identity_sources_that_miss_the_key_are_found(
    find: Find, keys_document: Make, key_from: str, source: str
) -> None:
    text = keys_document(key_from=key_from)
    assert about_identity(find(text, authorizer(source))) == {REPLAYED}
    assert about_identity(find(text, authorizer(source, ttl=0))) == {REFUSED}


@pytest.mark.parametrize("ttl", [60, 0])
@pytest.mark.parametrize(
    ("key_from", "source", "found"),
    [
        ("{header: x-api-key}", "method.request.header.X-Api-Key", set()),
        ("{header: x-api-key}", "method.request.header.Authorization", {REPLAYED}),
        ("{query: key}", "method.request.header.key", {REPLAYED}),
    ],
)
def test_a_token_authorizer_is_sent_one_header_and_it_must_be_the_keys(  # noqa: PLR0917
    find: Find, keys_document: Make, key_from: str, source: str, found: set[str], ttl: int
) -> None:
    text = keys_document(key_from=key_from)
    assert about_identity(find(text, authorizer(source, ttl, "TOKEN"))) == found


SAM_TOKEN = (
    "Resources: {Api: {Type: AWS::Serverless::Api, Properties: {Auth: {Authorizers:"
    " {Keys: {FunctionArn: arn, Identity: {IDENTITY}}}}}}}"
)


@pytest.mark.parametrize(
    ("identity", "found"),
    [("Header: x-api-key", set()), ("Header: X-Other", {REPLAYED}), ("", {REPLAYED})],
)
def test_a_token_authorizer_of_sam_is_sent_authorization_unless_it_says_otherwise(
    find: Find, keys_document: Make, identity: str, found: set[str]
) -> None:
    assert about_identity(find(keys_document(), SAM_TOKEN.replace("IDENTITY", identity))) == found


@pytest.mark.parametrize(
    ("places", "source", "found"),
    [
        ("[authorization]", "header.Authorization", set()),
        ("[{cookie: session}]", "header.Cookie", set()),
        ("[{websocket_protocol: token}]", "header.Sec-WebSocket-Protocol", set()),
        ("[authorization, {query: t}]", "querystring.t", set()),
        ("[authorization]", "header.X-Tenant", {REPLAYED}),
        ("[{query: t}]", "header.t", {REPLAYED}),
        ("[{cookie: session}]", "header.session", {REPLAYED}),
    ],
)
def test_identity_sources_name_a_place_of_the_token_too(
    find: Find, document: Make, places: str, source: str, found: set[str]
) -> None:
    text = f"token_from: {places}\n{document('GET /x: {authenticated: true}')}"
    assert about_identity(find(text, authorizer(f"method.request.{source}"))) == found


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ("[authorization]", set()),
        ("[{header: x-token}]", set()),
        ("[{cookie: session}, {header: x-token}]", set()),
        ("[{query: t}]", {REPLAYED}),
        ("[{cookie: session}]", {REPLAYED}),
    ],
)
def test_a_token_in_a_header_is_read_from_whichever_a_token_authorizer_sends(
    find: Find, document: Make, places: str, found: set[str]
) -> None:
    text = f"token_from: {places}\n{document('GET /x: {authenticated: true}')}"
    template = authorizer("method.request.header.X-Auth", 0, "TOKEN")
    assert about_identity(find(text, template)) == found


def test_sources_of_http_apis_are_read_as_well(find: Find, keys_document: Make, api: Make) -> None:
    text, description = keys_document(), api("GET /x")
    assert about_identity(find(text, description)) == {REFUSED}
    assert about_identity(find(text, description.replace("Seconds: 0", "Seconds: 9"))) == {REPLAYED}
    assert about_identity(find(text, description.replace("Authorization", "X-Api-Key"))) == set()


@pytest.mark.parametrize(
    ("second", "found"),
    [('!Sub "$request.header.${Header}"', set()), ("$context.path", {REPLAYED})],
)
def test_one_source_that_cannot_be_seen_may_be_the_credential(
    find: Find, keys_document: Make, second: str, found: set[str]
) -> None:
    template = (
        "Resources: {Keys: {Type: AWS::ApiGatewayV2::Authorizer, Properties: {ApiId: api,"
        " AuthorizerType: REQUEST, AuthorizerResultTtlInSeconds: 60,"
        f" IdentitySource: [$request.header.Host, {second}]}}}}}}"
    )
    assert about_identity(find(keys_document(), template)) == found


def test_the_finding_names_both_places(findings: Findings, keys_document: Make) -> None:
    template = authorizer("method.request.header.Authorization")
    (finding,) = (f for f in findings(keys_document(), template) if f.rule == REPLAYED)
    assert finding.severity == "error"
    assert finding.message == (
        "Keys: answers are kept for the header authorization, and one caller would be given"
        " another's, and the document looks for the credential in the header x-api-key: make that"
        " the identity source"
    )


def test_without_a_document_nobody_knows_where_the_credential_is(find: Find) -> None:
    assert about_identity(find(None, authorizer("method.request.header.X-Tenant"))) == set()
