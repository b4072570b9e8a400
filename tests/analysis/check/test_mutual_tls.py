"""Whether requests carry the certificates that a document asks for, and whose answer is kept."""

from collections.abc import Callable

import pytest

from authorizers.analysis.check.finding import Finding

Find = Callable[..., dict[str, list[str]]]
Findings = Callable[..., list[Finding]]

CERTIFICATES = """\
version: 1
authenticate:
  partners:
    client_certificate:
      trust: file:partners.pem
      identity: dns
      revocation: {mode: required, crls: [file:partners.crl]}
routes:
  GET /x: {authenticated: true}
"""
TOKENS = """\
  staff:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
"""
EITHER = CERTIFICATES.replace("routes:\n", f"{TOKENS}routes:\n")
BOTH = EITHER.replace("{authenticated: true}", "{all_of: [{scheme: partners}, {scheme: staff}]}")
REST = """\
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      DisableExecuteApiEndpoint: true
      Domain:
        DomainName: api.example.com
        CertificateArn: arn
        MutualTlsAuthentication: {TruststoreUri: s3://bucket/truststore.pem}
      Auth:
        DefaultAuthorizer: Partners
        Authorizers:
          Partners:
            FunctionArn: !ImportValue arn
            FunctionPayloadType: REQUEST
            Identity: {ReauthorizeEvery: 0}
  Backend:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        X: {Type: Api, Properties: {RestApiId: !Ref Api, Method: GET, Path: /x}}
"""
TTL = "{ReauthorizeEvery: 0}"
DOMAIN = REST[REST.index("      Domain:\n") : REST.index("      Auth:\n")]
HTTP = """\
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DisableExecuteApiEndpoint: true
      Domain:
        DomainName: api.example.com
        CertificateArn: arn
        MutualTlsAuthentication: {TruststoreUri: s3://bucket/truststore.pem}
      Auth:
        DefaultAuthorizer: Partners
        Authorizers:
          Partners:
            FunctionArn: !ImportValue arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: false
            EnableFunctionDefaultPermissions: true
            Identity: {ReauthorizeEvery: 0}
  Backend:
    Type: AWS::Serverless::Function
    Properties:
      Events: {X: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /x}}}
"""
WEBSOCKET = """\
Resources:
  Chat:
    Type: AWS::ApiGatewayV2::Api
    Properties: {ProtocolType: WEBSOCKET}
  Partners:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Chat
      AuthorizerType: REQUEST
      AuthorizerUri: !ImportValue arn
      AuthorizerCredentialsArn: role
      IdentitySource: [route.request.header.X]
"""


def identity(text: str) -> str:
    return REST.replace(TTL, text)


@pytest.mark.parametrize("template", [REST, HTTP], ids=["rest", "http"])
def test_a_domain_with_mutual_tls_and_nothing_kept_is_right(find: Find, template: str) -> None:
    assert find(CERTIFICATES, template) == {}


@pytest.mark.parametrize("document", [CERTIFICATES, EITHER, BOTH], ids=["alone", "either", "both"])
def test_a_token_authorizer_never_sees_a_certificate(find: Find, document: str) -> None:
    template = REST.replace("FunctionPayloadType: REQUEST", "FunctionPayloadType: TOKEN")
    assert find(document, template)["certificate-never-sent"] == ["Partners:"]


def test_a_websocket_api_never_has_one(find: Find) -> None:
    found = find(CERTIFICATES, WEBSOCKET)
    assert found["certificate-never-sent"] == ["Partners:"]
    assert "no-mutual-tls" not in found


@pytest.mark.parametrize(
    "text",
    ["{ReauthorizeEvery: 60}", "{Headers: [Authorization]}", "{Headers: [x], ReauthorizeEvery: 1}"],
)
@pytest.mark.parametrize("document", [CERTIFICATES, BOTH], ids=["alone", "both"])
def test_a_kept_answer_is_given_to_others(find: Find, document: str, text: str) -> None:
    found = find(document, identity(text))
    assert found["certificate-not-identity-source"] == ["Partners:"]


def test_an_http_api_that_does_not_state_its_ttl_may_keep_answers(findings: Findings) -> None:
    template = HTTP.replace(TTL, "{Headers: [x]}")
    found = [f for f in findings(CERTIFICATES, template) if f.rule.startswith("certificate-")]
    assert "the TTL is not stated" in found[0].message


def test_a_certificate_as_identity_source_is_to_be_tried(find: Find) -> None:
    source = "{Context: [identity.clientCert.clientCertPem], ReauthorizeEvery: 60}"
    found = find(CERTIFICATES, identity(source))
    assert "certificate-not-identity-source" not in found
    assert found["certificate-as-identity-source"] == ["Partners:"]


def test_another_fact_of_the_certificate_is_not_all_of_it(find: Find) -> None:
    source = "{Context: [identity.clientCert.subjectDN], ReauthorizeEvery: 60}"
    assert "certificate-not-identity-source" in find(CERTIFICATES, identity(source))


@pytest.mark.parametrize("template", [REST, HTTP], ids=["rest", "http"])
def test_an_open_default_endpoint_goes_round_mutual_tls(find: Find, template: str) -> None:
    for line in ("", "      DisableExecuteApiEndpoint: false\n"):
        text = template.replace("      DisableExecuteApiEndpoint: true\n", line)
        assert find(CERTIFICATES, text) == {"default-endpoint-open": ["Api:"]}


def test_what_only_cloudformation_knows_of_the_endpoint_is_left_alone(find: Find) -> None:
    text = REST.replace("Endpoint: true", "Endpoint: !Ref Parameter")
    assert find(CERTIFICATES, text) == {}


def test_an_api_without_a_domain_has_no_certificates(find: Find) -> None:
    assert find(CERTIFICATES, REST.replace(DOMAIN, "")) == {"no-mutual-tls": ["Api:"]}


@pytest.mark.parametrize("value", ["", "        MutualTlsAuthentication: !Ref AWS::NoValue\n"])
def test_a_domain_without_mutual_tls_carries_none(find: Find, value: str) -> None:
    line = "        MutualTlsAuthentication: {TruststoreUri: s3://bucket/truststore.pem}\n"
    found = find(CERTIFICATES, REST.replace(line, value))
    assert found == {"domain-without-mutual-tls": ["Domain:"]}


def test_an_empty_truststore_switches_it_off(find: Find) -> None:
    text = REST.replace("s3://bucket/truststore.pem", '""')
    assert "domain-without-mutual-tls" in find(CERTIFICATES, text)


def test_documents_without_certificates_need_no_mutual_tls(find: Find) -> None:
    document = CERTIFICATES[: CERTIFICATES.index("  partners")] + TOKENS
    document += "routes:\n  GET /x: {authenticated: true}\n"
    found = find(document, REST.replace(DOMAIN, "").replace(TTL, "{Headers: [Authorization]}"))
    assert not [r for r in found if "certificate" in r or "mutual" in r or "endpoint" in r]


def test_an_identity_source_refuses_callers_with_a_certificate_alone(findings: Findings) -> None:
    text = identity("{Headers: [Authorization], ReauthorizeEvery: 0}")
    for document in (CERTIFICATES, EITHER):
        (finding,) = findings(document, text)
        assert finding.rule == "identity-source-not-credential"
        assert "callers with a certificate need not have it" in finding.message
    assert findings(BOTH, text) == []


@pytest.mark.parametrize("kind", ["jwt", "client_certificate"])
def test_a_handler_of_one_kind_takes_no_document_of_two(find: Find, kind: str) -> None:
    text = REST.replace("!ImportValue arn", "!GetAtt Fn.Arn") + (
        f"  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n"
        f"      Handler: authorizers.handlers.{kind}.handler\n"
    )
    assert find(EITHER, text)["handler-of-one-kind"] == ["Fn:"]
    combined = text.replace(f"handlers.{kind}.", "handlers.combined.")
    assert find(EITHER, combined) == {}


def test_a_handler_of_another_kind_is_another_authorizer(find: Find) -> None:
    text = REST.replace("!ImportValue arn", "!GetAtt Fn.Arn").replace(TTL, "{ReauthorizeEvery: 9}")
    text += (
        "  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n"
        "      Handler: authorizers.handlers.api_key.handler\n"
    )
    assert "certificate-not-identity-source" not in find(CERTIFICATES, text)
