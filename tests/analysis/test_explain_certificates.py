"""Explanations of requests with a client's certificate: alone, with a token, with a key."""

import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes

from authorizers import compile_document
from authorizers.analysis.caller import AskedRequest, Caller, Presented
from authorizers.analysis.explain import explain, explain_event
from authorizers.analysis.explanation import Explanation, Stage
from authorizers.cli.files import beside
from authorizers.config.compiled import CompiledDocument
from authorizers.model.credential import BearerToken, ClientCertificate, PresentedApiKey
from authorizers.model.decision import Outcome
from authorizers.model.request import ApiKind
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import http_2_event, rest_token_event
from authorizers.testing.issuer import FakeIssuer

CLOCK = FrozenClock()
ISSUER = "https://login.example.com/"
STAGE = {"api_id": "abcdef1234", "account": "123456789012", "region": "eu-west-1",
         "partition": "aws", "stage": "prod"}  # fmt: skip
DOCUMENT = """\
version: 1
authenticate:
  partners:
    client_certificate:
      trust: file:root.pem
      intermediates: file:issuing.pem
      identity: spiffe
      trust_domain: example.org
      revocation: {none: for tests}
  staff:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
routes:
  GET /orders: {certificate: {trust_domain: example.org}}
  POST /orders: {all_of: [{scheme: partners}, {scheme: staff}]}
  GET /reports: {any_of: [{scheme: partners}, {scheme: staff}]}
"""


class World:
    """A document of certificates and tokens, and who has made them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = FakeCertificateAuthority(clock=CLOCK)
        self.issuing = self.root.subordinate()
        (folder / "root.pem").write_text(self.root.pem)
        (folder / "issuing.pem").write_text(self.issuing.pem)
        self.client = self.issuing.issue("orders", uris=["spiffe://example.org/orders"])
        self.tokens = FakeIssuer(ISSUER, clock=CLOCK)
        self.mixed = self.compiled(DOCUMENT)

    def compiled(self, text: str) -> CompiledDocument:
        document = beside(self.folder, compile_document(text))
        for scheme in document["schemes"].values():
            if "jwt" in scheme:
                scheme["jwt"]["keys"] = {"jwks": self.tokens.jwks()}
        return document

    @property
    def token(self) -> BearerToken:
        return BearerToken(self.tokens.token())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


def pem(issued: Issued) -> ClientCertificate:
    return ClientCertificate(issued.pem)


def asked(
    document: CompiledDocument, request: str, caller: Caller, api: ApiKind = "rest"
) -> Explanation:
    method, _, path = request.partition(" ")
    return explain(document, AskedRequest(method, path, api, STAGE), caller, clock=CLOCK)


def stage(explained: Explanation, name: str) -> Stage:
    return next(stage for stage in explained.stages if stage.name == name)


def names(explained: Explanation) -> list[str]:
    return [stage.name for stage in explained.stages]


def marked(explained: Explanation, name: str, mark: str) -> list[str]:
    return [fact.text for fact in stage(explained, name).facts if fact.mark == mark]


@pytest.mark.parametrize("api", ["rest", "http"])
def test_a_certificate_alone_is_verified_step_by_step(world: World, api: ApiKind) -> None:
    caller = Presented(certificate=pem(world.client))
    explained = asked(world.mixed, "GET /orders", caller, api)
    assert explained.allowed
    assert names(explained)[:4] == ["request", "credential", "certificate", "principal"]
    assert stage(explained, "certificate").summary == "verified for the scheme partners"
    assert len(marked(explained, "certificate", "yes")) == 7  # revocation is not asked about
    assert marked(explained, "certificate", "no") == []
    assert "presents a certificate" not in stage(explained, "rule").summary


def test_both_are_verified_and_the_token_says_who_it_is(world: World) -> None:
    caller = Presented(world.token, pem(world.client))
    explained = asked(world.mixed, "POST /orders", caller)
    assert explained.allowed
    assert names(explained)[2:5] == ["certificate", "token", "principal"]
    assert explained.principal is not None
    assert explained.principal.principal_id == "staff|alice"
    assert explained.principal.certificate_scheme == "partners"


@pytest.mark.parametrize("with_token", [True, False], ids=["token alone", "certificate alone"])
def test_one_of_two_is_not_both(world: World, with_token: bool) -> None:
    one = Presented(world.token) if with_token else Presented(certificate=pem(world.client))
    explained = asked(world.mixed, "POST /orders", one)
    assert (explained.outcome, explained.code) == (Outcome.DENY, "not_granted")
    assert asked(world.mixed, "GET /reports", one).allowed


def test_what_is_presented_must_hold_though_the_other_would_do(world: World) -> None:
    stranger = FakeCertificateAuthority("Other", clock=CLOCK).issue("x")
    caller = Presented(world.token, pem(stranger))
    explained = asked(world.mixed, "GET /reports", caller)
    assert explained.outcome is Outcome.UNAUTHORIZED
    assert explained.code == "certificate_issuer_unknown"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"is_ca": True}, "certificate_is_authority"),
        ({"uris": ["spiffe://example.com/x"]}, "trust_domain_mismatch"),
        ({"key_usage": ("key_agreement",)}, "certificate_key_usage"),
    ],
    ids=["authority", "trust domain", "usage"],
)
def test_a_refused_one_says_at_which_step(world: World, changes: dict[str, Any], code: str) -> None:
    wrong = world.issuing.issue("wrong", **{"uris": ["spiffe://example.org/x"], **changes})
    explained = asked(world.mixed, "GET /orders", Presented(certificate=pem(wrong)))
    assert (explained.outcome, explained.code) == (Outcome.UNAUTHORIZED, code)
    assert marked(explained, "certificate", "no")[0].endswith(f"({code})")
    assert any(
        text.startswith("it says subject") for text in marked(explained, "certificate", "note")
    )
    assert names(explained)[-1] == "answer"


@pytest.mark.parametrize("text", ["", "x", "\x1b[2J", "-----BEGIN CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_malformed(world: World, text: str) -> None:
    explained = asked(world.mixed, "GET /orders", Presented(certificate=ClientCertificate(text)))
    assert not explained.allowed
    assert explained.outcome in (Outcome.UNAUTHORIZED, Outcome.ERROR)


def test_trust_that_cannot_be_read_is_no_denial(world: World, tmp_path: Path) -> None:
    nowhere = beside(tmp_path, compile_document(DOCUMENT))
    explained = asked(nowhere, "GET /orders", Presented(certificate=pem(world.client)))
    assert explained.outcome is Outcome.ERROR
    assert explained.status.startswith("500")


def test_a_websocket_api_has_none(world: World) -> None:
    explained = asked(world.mixed, "GET /", Presented(certificate=pem(world.client)), "websocket")
    assert (explained.outcome, explained.code) == (Outcome.ERROR, "certificate_not_available")


def test_an_event_of_a_token_authorizer_has_none(world: World) -> None:
    explained = explain_event(
        world.mixed, rest_token_event(token=world.tokens.token()), clock=CLOCK
    )
    assert explained.code == "certificate_not_available"


def test_the_certificate_of_an_event_is_found(world: World) -> None:
    event = http_2_event(client_certificate=world.client.pem, path="/orders")
    explained = explain_event(world.mixed, event, clock=CLOCK)
    assert explained.allowed
    assert "found in the event" in stage(explained, "credential").summary


def test_a_header_is_no_certificate(world: World) -> None:
    headers = {"X-Client-Cert": "x", "X-Amzn-Mtls-Clientcert": "x"}
    event = http_2_event(headers=headers, path="/orders")
    explained = explain_event(world.mixed, event, clock=CLOCK)
    assert (explained.outcome, explained.code) == (Outcome.UNAUTHORIZED, "credential_missing")


def thumbprint(issued: Issued) -> str:
    digest = issued.certificate.fingerprint(hashes.SHA256())
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_a_bound_token_needs_its_certificate_also_in_a_document_of_tokens(world: World) -> None:
    start, end = DOCUMENT.index("  partners:"), DOCUMENT.index("  staff:")
    routes = "routes:\n  GET /orders: {authenticated: true}\n"
    text = (DOCUMENT[:start] + DOCUMENT[end:]).partition("routes:")[0] + routes
    document = world.compiled(text)
    bound = BearerToken(world.tokens.token({"cnf": {"x5t#S256": thumbprint(world.client)}}))
    other = world.issuing.issue("other")
    codes = {
        "certificate_required": Presented(bound),
        "certificate_mismatch": Presented(bound, pem(other)),
        "granted": Presented(bound, pem(world.client)),
    }
    for code, caller in codes.items():
        assert asked(document, "GET /orders", caller).code == code
    explained = asked(document, "GET /orders", codes["certificate_required"])
    (step,) = marked(explained, "token", "no")
    assert "bound" in step


def test_a_key_is_not_taken_by_certificates_and_tokens(world: World) -> None:
    caller = Presented(PresentedApiKey("x"), pem(world.client))
    explained = asked(world.mixed, "GET /orders", caller)
    assert "takes this kind of credential: API key" in stage(explained, "credential").summary
    facts = marked(explained, "credential", "note")
    assert "the schemes of this document take: client_certificate, jwt" in facts


KEYS = """\
version: 1
authenticate:
  partners:
    client_certificate:
      trust: file:root.pem
      intermediates: file:issuing.pem
      identity: spiffe
      trust_domain: example.org
      revocation: {none: for tests}
  machines:
    api_key: {prefix: orders_live, pepper: "file:pepper.json", keys: {file: keys.json}}
routes:
  GET /orders: {any_of: [{scheme: partners}, {scheme: machines}]}
"""


def test_a_certificate_stands_beside_keys(world: World) -> None:
    (world.folder / "pepper.json").write_text(f'{{"current": "1", "1": "{"ab" * 32}"}}')
    (world.folder / "keys.json").write_text("[]")
    document = world.compiled(KEYS)
    assert asked(document, "GET /orders", Presented(certificate=pem(world.client))).allowed
    key = Presented(PresentedApiKey("orders_live_x"), pem(world.client))
    explained = asked(document, "GET /orders", key)
    assert explained.outcome is Outcome.UNAUTHORIZED
    assert names(explained)[2:4] == ["certificate", "key"]
