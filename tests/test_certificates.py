"""Certificates, alone and with tokens and keys: every kind of event, from files to the answer."""

import hashlib
import io
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from moto import mock_aws

from authorizers.api_key.pepper import parse_peppers
from authorizers.api_key.record import KeyRecord
from authorizers.audit.log import AuditLog
from authorizers.authorizer import Answers, Authorizer, Unauthorized
from authorizers.compose.authorizer import build_authorizer
from authorizers.config.compile import compile_document
from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError
from authorizers.issuing.issue import issue_key
from authorizers.model.request import EventKind
from authorizers.policy.evaluate import evaluate
from authorizers.stores.keys_in_file import KeysInFile
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import EVENT_BUILDERS
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.server import Answer, LoopbackServer, SeenRequest

NOW = 1_800_000_000
PEPPERS_TEXT = json.dumps({"current": "1", "1": "the-pepper-of-these-tests-" + "x" * 32})
WITH_CERTIFICATES = (EventKind.REST_REQUEST, EventKind.HTTP_1, EventKind.HTTP_2)
CLOCK = FrozenClock(NOW)
ROOT = FakeCertificateAuthority("Root", clock=CLOCK)
ISSUING = ROOT.subordinate("Issuing")
ISSUER = FakeIssuer("https://login.example.com", clock=CLOCK)
ISSUER.rotate("ES256")

CERTIFICATES = """
  partners:
    client_certificate:
      trust: file:FOLDER/root.pem
      intermediates: file:FOLDER/issuing.pem
      identity: spiffe
      trust_domain: example.org
      refresh: 60s
      revocation: {mode: MODE, crls: ["file:FOLDER/issuing.crl", "file:FOLDER/root.crl"]}
"""
TOKENS = """
  staff:
    jwt:
      issuer: https://login.example.com
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [ES256]
      keys: {jwks_file: FOLDER/jwks.json}
"""
KEYS = """
  machines:
    api_key: {prefix: orders_live, pepper: environment, keys: {file: FOLDER/keys.json}}
"""
CERTIFICATES_ONLY = f"""
version: 1
authenticate:{CERTIFICATES}
routes:
  GET /orders: {{certificate: {{trust_domain: example.org}}}}
  GET /reports: {{certificate: {{spiffe_id: ["spiffe://example.org/billing"]}}}}
context: {{client: claims.certificate.spiffe_id, serial: claims.certificate.serial}}
"""
COMBINED = f"""
version: 1
authenticate:{CERTIFICATES}{TOKENS}{KEYS}
routes:
  GET /orders: {{any_of: [{{scheme: partners}}, {{scheme: staff}}, {{scheme: machines}}]}}
  POST /orders: {{all_of: [{{scheme: partners}}, {{scheme: staff}}]}}
  PUT /orders: {{all_of: [{{scheme: partners}}, {{scopes: {{any_of: [orders:write]}}}}]}}
  GET /reports: {{any_of: [{{certificate: {{spiffe_id: "spiffe://example.org/billing"}}}},
                           {{scheme: machines}}]}}
  GET /users/{{user_id}}: {{path: {{user_id: claims.sub}}}}
context: {{client: claims.certificate.spiffe_id}}
"""


class Bench(NamedTuple):
    """An authorizer over files that change under it, and what it wrote."""

    authorizer: Authorizer
    folder: Path
    stream: io.StringIO
    clock: FrozenClock

    def publish(self, *revoked: Issued, life: tuple[timedelta, timedelta] | None = None) -> None:
        numbers = [issued.certificate.serial_number for issued in revoked]
        crl = ISSUING.crl(numbers, life=life)
        self.folder.joinpath("issuing.crl").write_bytes(crl.public_bytes(Encoding.DER))

    @property
    def decision(self) -> dict[str, Any]:
        lines = map(json.loads, self.stream.getvalue().splitlines())
        found: dict[str, Any] = [one for one in lines if one["message"] == "decision"][-1]
        return found


Make = Callable[..., Bench]


@pytest.fixture
def make(tmp_path: Path, request: pytest.FixtureRequest) -> Make:
    def build(text: str, mode: str = "required", http: Any = "simple_uncached") -> Bench:
        clock, stream = FrozenClock(NOW), io.StringIO()
        for name, pem in (("root.pem", ROOT.pem), ("issuing.pem", ISSUING.pem)):
            tmp_path.joinpath(name).write_text(pem)
        for name, crl in (("issuing.crl", ISSUING.crl()), ("root.crl", ROOT.crl())):
            tmp_path.joinpath(name).write_bytes(crl.public_bytes(Encoding.DER))
        tmp_path.joinpath("jwks.json").write_text(json.dumps(ISSUER.jwks()))
        KeysInFile(str(tmp_path / "keys.json")).add(new_key("first")[1])
        document = compile_document(text.replace("FOLDER", str(tmp_path)).replace("MODE", mode))
        log = AuditLog(namespace="N", service=request.node.name, clock=clock, stream=stream)
        authorizer = build_authorizer(
            document,
            answers=Answers(http, "exception"),
            clock=clock,
            log=log,
            pepper=PEPPERS_TEXT,
        )
        return Bench(authorizer, tmp_path, stream, clock)

    return build


def new_key(owner: str, **members: Any) -> tuple[str, KeyRecord]:
    draft = KeyRecord("", owner, (), NOW, **members)
    key, record = issue_key(draft, "orders_live", parse_peppers(PEPPERS_TEXT, "test"))
    return key.reveal(), record


def client(workload: str = "orders", **changes: Any) -> Issued:
    return ISSUING.issue(workload, uris=[f"spiffe://example.org/{workload}"], **changes)


def sent(kind: EventKind, issued: Issued | None = None, **call: Any) -> dict[str, Any]:
    if issued is not None:
        call["client_certificate"] = issued.pem
    return EVENT_BUILDERS[kind](**call)


def outcome(bench: Bench, event: dict[str, Any]) -> str:
    """Return what a client gets: `allow`, `deny`, or the code of why it is refused or failed."""
    try:
        answer = bench.authorizer(event)
    except Unauthorized:
        return str(bench.decision["reason"])
    except AuthorizersError as error:
        return error.code
    if bench.decision["decision"] == "unauthorized":
        return str(bench.decision["reason"])
    if "isAuthorized" in answer:
        return "allow" if answer["isAuthorized"] else "deny"
    arn = event.get("routeArn") or event["methodArn"]
    allowed = evaluate(answer["policyDocument"], arn, {}).decision == "allow"
    return "allow" if allowed else "deny"


def bound_token(issued: Issued, **claims: Any) -> str:
    digest = hashlib.sha256(issued.certificate.public_bytes(Encoding.DER)).digest()
    thumbprint = urlsafe_b64encode(digest).rstrip(b"=").decode()
    return ISSUER.token({"cnf": {"x5t#S256": thumbprint}, **claims})


with_certificates = pytest.mark.parametrize("kind", WITH_CERTIFICATES, ids=lambda k: k.value)


@with_certificates
def test_a_good_certificate_opens_what_its_facts_do(make: Make, kind: EventKind) -> None:
    bench, issued = make(CERTIFICATES_ONLY, http="iam"), client("billing")
    event = sent(kind, issued, path="/orders", identity_source=None)
    answer = bench.authorizer(event)

    assert outcome(bench, event) == "allow"
    assert outcome(bench, sent(kind, issued, path="/reports", identity_source=None)) == "allow"
    assert answer["principalId"] == "partners|spiffe://example.org/billing"
    assert answer["context"]["client"] == "spiffe://example.org/billing"
    assert answer["context"]["serial"] == f"{issued.certificate.serial_number:x}"
    assert bench.decision["principal"] == "partners|spiffe://example.org/billing"
    assert bench.decision["cache"] == "hit"
    assert issued.pem.splitlines()[1] not in bench.stream.getvalue()


@with_certificates
def test_a_certificate_is_denied_what_another_one_may(make: Make, kind: EventKind) -> None:
    bench = make(CERTIFICATES_ONLY)

    assert outcome(bench, sent(kind, client("orders"), path="/reports")) == "deny"
    assert outcome(bench, sent(kind, client("orders"), path="/elsewhere")) == "deny"


STRANGER = FakeCertificateAuthority("Issuing", clock=CLOCK)
DAY = timedelta(days=1)
DEFECTS: dict[str, tuple[Callable[[], Issued | None], str]] = {
    "none": (lambda: None, "certificate_missing"),
    "expired": (lambda: client(life=(DAY * 2, -DAY)), "certificate_expired"),
    "not yet valid": (lambda: client(life=(-DAY, DAY * 2)), "certificate_not_yet_valid"),
    "an authority": (lambda: client(is_ca=True), "certificate_is_authority"),
    "of another domain": (
        lambda: ISSUING.issue("x", uris=["spiffe://example.net/x"]), "trust_domain_mismatch"),
    "without an identity": (lambda: ISSUING.issue("x"), "svid_uri"),
    "of nobody we trust": (
        lambda: STRANGER.issue("x", issuer_name=STRANGER.subordinate("Other").name),
        "certificate_issuer_unknown"),
    "forged": (lambda: client(signing_key=STRANGER.key), "certificate_signature_invalid"),
}  # fmt: skip


@with_certificates
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_refused_by_its_code(make: Make, kind: EventKind, defect: str) -> None:
    issue, code = DEFECTS[defect]
    bench = make(CERTIFICATES_ONLY)

    assert outcome(bench, sent(kind, issue())) == code
    assert bench.decision["decision"] == "unauthorized"
    assert bench.decision.get("principal") is None


@with_certificates
@pytest.mark.parametrize("text", [CERTIFICATES_ONLY, COMBINED], ids=["alone", "combined"])
@pytest.mark.parametrize(
    "change",
    [
        lambda pem: pem + pem, lambda pem: "x" + pem, lambda pem: pem + "x",
        lambda pem: pem.replace("CERTIFICATE", "PUBLIC KEY"), lambda pem: pem[:200],
        lambda _: "-----BEGIN CERTIFICATE-----\n...", lambda pem: pem.replace("M", "é"),
        lambda pem: pem + "A" * 20_000, lambda pem: pem.replace("\n", ""),
    ],
    ids=["twice", "text before", "text after", "label", "cut", "placeholder", "not ascii", "long",
         "one line"],
)  # fmt: skip
def test_what_is_not_one_certificate_is_refused(
    make: Make, kind: EventKind, text: str, change: Callable[[str], str]
) -> None:
    bench, good = make(text), client()
    event = EVENT_BUILDERS[kind](client_certificate=good.pem)
    holder = event["requestContext"]
    holder = holder["authentication"] if kind is EventKind.HTTP_2 else holder["identity"]
    holder["clientCert"]["clientCertPem"] = change(good.pem)

    assert outcome(bench, event) in (
        "certificate_not_one", "certificate_malformed", "certificate_too_large"
    )  # fmt: skip


@pytest.mark.parametrize("text", [CERTIFICATES_ONLY, COMBINED], ids=["alone", "combined"])
@pytest.mark.parametrize("kind", [EventKind.REST_TOKEN, EventKind.WEBSOCKET], ids=lambda k: k.value)
def test_where_no_certificate_can_be_it_is_the_deployer_who_must_act(
    make: Make, kind: EventKind, text: str
) -> None:
    bench = make(text)
    with pytest.raises(ConfigurationError) as raised:
        bench.authorizer(sent(kind, token=ISSUER.token()))
    assert raised.value.code == "certificate_not_available"


@with_certificates
def test_a_revoked_certificate_is_refused_once_the_list_was_read_again(
    make: Make, kind: EventKind
) -> None:
    bench, ours, others = make(CERTIFICATES_ONLY), client(), client()
    assert outcome(bench, sent(kind, ours)) == "allow"

    bench.publish(ours)
    assert outcome(bench, sent(kind, ours)) == "allow"  # the list was read less than 60 s ago
    bench.clock.advance(60)
    assert outcome(bench, sent(kind, ours)) == "certificate_revoked"
    assert outcome(bench, sent(kind, others)) == "allow"


@pytest.mark.parametrize("mode", ["required", "best_effort"])
def test_nobody_can_say_whether_it_is_revoked(make: Make, mode: str) -> None:
    bench, known = make(CERTIFICATES_ONLY, mode), client()
    event = sent(EventKind.HTTP_2, known)
    assert outcome(bench, event) == "allow"

    bench.publish(life=(DAY * 8, -DAY))
    bench.clock.advance(60)
    if mode == "required":
        with pytest.raises(DependencyError) as raised:
            bench.authorizer(event)
        assert raised.value.code == "revocation_unknown"
    else:
        assert outcome(bench, event) == "allow"
        assert "revocation_not_known" in bench.stream.getvalue()


@pytest.mark.parametrize("mode", ["required", "best_effort"])
def test_who_was_revoked_stays_so_when_his_list_expires(make: Make, mode: str) -> None:
    """Else whoever keeps newer lists away would be let in again by `best_effort`."""
    bench, ours = make(CERTIFICATES_ONLY, mode), client()
    bench.publish(ours, life=(DAY, DAY))
    bench.clock.advance(60)
    for _ in range(2):
        assert outcome(bench, sent(EventKind.HTTP_2, ours)) == "certificate_revoked"
        bench.clock.advance(DAY.total_seconds())


def test_a_scheme_that_refuses_may_still_say_that_it_is_revoked(make: Make) -> None:
    """The first scheme finds no identity; the second takes it, and asks nobody about revocation."""
    devices = """  devices:
    client_certificate:
      trust: file:FOLDER/root.pem
      intermediates: file:FOLDER/issuing.pem
      identity: dns
      revocation: {none: they live for a day}
routes:
  GET /devices: {scheme: devices}"""
    bench = make(CERTIFICATES_ONLY.replace("routes:", devices))
    ours = ISSUING.issue("d", dns=["d.example.org"])
    event = sent(EventKind.HTTP_2, ours, path="/devices")
    assert outcome(bench, event) == "allow"

    bench.publish(ours)
    bench.clock.advance(60)
    assert outcome(bench, event) == "certificate_revoked"


def test_a_clock_that_was_set_back_ends_what_is_remembered(make: Make) -> None:
    bench, event = make(CERTIFICATES_ONLY), sent(EventKind.HTTP_2, client())
    assert outcome(bench, event) == "allow"
    bench.clock.advance(-3 * DAY.total_seconds())
    assert outcome(bench, event) == "certificate_not_yet_valid"


def test_a_list_that_is_gone_or_broken_leaves_the_last_good_one(make: Make) -> None:
    bench, ours = make(CERTIFICATES_ONLY), client()
    bench.publish(ours)
    bench.clock.advance(60)
    assert outcome(bench, sent(EventKind.HTTP_2, ours)) == "certificate_revoked"
    for broken in (b"", b"not a list", ISSUING.crl().public_bytes(Encoding.DER)[:-3]):
        bench.folder.joinpath("issuing.crl").write_bytes(broken)
        bench.clock.advance(60)
        assert outcome(bench, sent(EventKind.HTTP_2, ours)) == "certificate_revoked"
    bench.folder.joinpath("issuing.crl").unlink()
    bench.clock.advance(60)
    assert outcome(bench, sent(EventKind.HTTP_2, ours)) == "certificate_revoked"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        yield


@pytest.mark.usefixtures("aws")
def test_bundles_and_lists_in_s3_are_read_again_when_their_etag_has_changed(make: Make) -> None:
    s3 = boto3.client("s3")
    where = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket="trust-bucket", CreateBucketConfiguration=where)

    def put(name: str, octets: bytes) -> None:
        s3.put_object(Bucket="trust-bucket", Key=name, Body=octets)

    put("root.pem", ROOT.pem.encode())
    put("issuing.pem", ISSUING.pem.encode())
    put("root.crl", ROOT.crl().public_bytes(Encoding.DER))
    put("issuing.crl", ISSUING.crl().public_bytes(Encoding.DER))
    bench = make(CERTIFICATES_ONLY.replace("file:FOLDER/", "s3://trust-bucket/"))
    ours, others = client(), client()
    assert outcome(bench, sent(EventKind.HTTP_2, ours)) == "allow"
    put("issuing.crl", ISSUING.crl([ours.certificate.serial_number]).public_bytes(Encoding.DER))
    assert outcome(bench, sent(EventKind.HTTP_2, ours)) == "allow"  # not asked for yet
    bench.clock.advance(60)
    assert outcome(bench, sent(EventKind.HTTP_2, ours)) == "certificate_revoked"
    s3.delete_object(Bucket="trust-bucket", Key="issuing.crl")
    bench.clock.advance(60)
    assert outcome(bench, sent(EventKind.HTTP_2, ours)) == "certificate_revoked"
    assert outcome(bench, sent(EventKind.HTTP_2, others)) == "allow"
    put("root.pem", STRANGER.pem.encode())
    bench.clock.advance(60)
    assert outcome(bench, sent(EventKind.HTTP_2, others)) != "allow"


@pytest.mark.parametrize("source", ["distribution_points", "ocsp"])
def test_an_address_on_this_machine_is_not_asked_even_where_the_document_names_its_host(
    make: Make, source: str
) -> None:
    asked: list[SeenRequest] = []

    def answer(request: SeenRequest) -> Answer:
        asked.append(request)
        return Answer(404, {}, b"")

    server = LoopbackServer(answer)
    try:
        port = server.url.rpartition(":")[2]
        url = f"http://localhost:{port}/"
        crls = 'crls: ["file:FOLDER/issuing.crl", "file:FOLDER/root.crl"]'
        text = CERTIFICATES_ONLY.replace(crls, f"{source}: {{hosts: [localhost]}}")
        bench = make(text)
        named: dict[str, Any] = {"ocsp_urls": [url]} if source == "ocsp" else {"crl_urls": [url]}
        with pytest.raises(DependencyError) as raised:
            bench.authorizer(sent(EventKind.HTTP_2, client(**named)))
        assert raised.value.code == "revocation_unknown"
        assert not asked
    finally:
        server.stop()


def test_an_authority_that_is_no_longer_trusted_ends_what_is_remembered(make: Make) -> None:
    bench, ours = make(CERTIFICATES_ONLY), client()
    event = sent(EventKind.HTTP_2, ours)
    assert outcome(bench, event) == "allow"

    bench.folder.joinpath("root.pem").write_text(STRANGER.pem)
    bench.clock.advance(60)
    assert outcome(bench, event) != "allow"


@with_certificates
@pytest.mark.parametrize(
    ("call", "route", "expected"),
    [
        ("certificate", "GET /orders", "allow"),
        ("token", "GET /orders", "allow"),
        ("key", "GET /orders", "allow"),
        ("nothing", "GET /orders", "credential_missing"),
        ("certificate token", "POST /orders", "allow"),
        ("certificate", "POST /orders", "deny"),
        ("token", "POST /orders", "deny"),
        ("certificate key", "POST /orders", "deny"),
        ("certificate writing", "PUT /orders", "allow"),
        ("certificate token", "PUT /orders", "deny"),
        ("writing", "PUT /orders", "deny"),
        ("key", "GET /reports", "allow"),
        ("certificate", "GET /reports", "deny"),
        ("certificate key", "GET /reports", "allow"),
        ("billing", "GET /reports", "allow"),
        ("billing token", "GET /reports", "allow"),
        ("token", "GET /reports", "deny"),
        ("spoofing", "GET /reports", "deny"),
        ("certificate spoofing", "GET /reports", "deny"),
        ("certificate token", "GET /users/alice", "allow"),
        ("certificate key", "GET /users/acme", "allow"),
        ("token key", "GET /orders", "credential_ambiguous"),
        ("certificate token key", "GET /orders", "credential_ambiguous"),
        ("certificate stale", "GET /orders", "token_expired"),
        ("revoked token", "GET /orders", "certificate_revoked"),
        ("strange key", "GET /orders", "certificate_issuer_unknown"),
        ("certificate bound", "POST /orders", "allow"),
        ("another bound", "POST /orders", "certificate_mismatch"),
        ("bound", "GET /orders", "certificate_required"),
    ],
)
def test_what_is_presented_together(
    make: Make, kind: EventKind, call: str, route: str, expected: str
) -> None:
    bench = make(COMBINED)
    text, record = new_key("acme")
    KeysInFile(str(bench.folder / "keys.json")).add(record)
    ours, revoked = client(), client()
    bench.publish(revoked)
    bench.clock.advance(60)
    certificates = {
        "certificate": ours, "billing": client("billing"), "another": client(), "revoked": revoked,
        "strange": FakeCertificateAuthority("Nobody", clock=CLOCK).issue("x"),
    }  # fmt: skip
    spoofed = {"certificate": {"spiffe_id": "spiffe://example.org/billing"}}
    tokens = {
        "token": ISSUER.token(), "writing": ISSUER.token({"scope": "orders:write"}),
        "stale": ISSUER.token({"exp": NOW}), "spoofing": ISSUER.token(spoofed),
        "bound": bound_token(ours),
    }  # fmt: skip
    method, _, path = route.partition(" ")
    parts: dict[str, Any] = {"method": method, "path": path}
    issued = None
    for word in call.split():
        issued = certificates.get(word, issued)
        if word in tokens:
            parts["token"] = tokens[word]
        if word == "key":
            parts["api_key"] = text
    for _ in range(2):  # fresh, and remembered
        assert outcome(bench, sent(kind, issued, **parts)) == expected


def test_the_token_says_who_calls_and_the_certificate_adds_its_facts(make: Make) -> None:
    bench = make(COMBINED, http="iam")
    answer = bench.authorizer(
        sent(EventKind.REST_REQUEST, client("billing"), token=ISSUER.token({"sub": "alice"}))
    )

    assert answer["principalId"] == "staff|alice"
    assert answer["context"]["client"] == "spiffe://example.org/billing"
    alone = bench.authorizer(sent(EventKind.REST_REQUEST, token=ISSUER.token({"sub": "alice"})))
    assert "client" not in alone["context"]
    assert alone["policyDocument"] != answer["policyDocument"]


@pytest.mark.parametrize(
    "holder",
    [
        'certificates: ["spiffe://example.org/orders"]',
        'principals: ["partners|spiffe://example.org/orders", "staff|nobody"]',
    ],
    ids=["certificates", "principals"],
)
def test_a_token_beside_a_certificate_leaves_no_role_of_it_behind(make: Make, holder: str) -> None:
    text = f"""{COMBINED}
roles: {{suspended: {{}}}}
bindings: [{{role: suspended, {holder}}}]
"""
    text = text.replace(
        "PUT /orders: {", "DELETE /orders: {not: {role: suspended}}\n  PUT /orders: {"
    )
    bench = make(text)
    for issued, expected in ((client("orders"), "deny"), (client("billing"), "allow")):
        for call in ({}, {"token": ISSUER.token()}):
            event = sent(EventKind.HTTP_2, issued, method="DELETE", **call)
            assert outcome(bench, event) == expected


def test_an_answer_that_could_be_cached_without_the_certificate_is_none(make: Make) -> None:
    """An HTTP API with an identity source, and the setting for answers that may be cached."""
    ours = client()
    for text, http in ((CERTIFICATES_ONLY, "iam"), (COMBINED, "iam"), (COMBINED, "simple")):
        bench = make(text, http=http)
        for kind in (EventKind.HTTP_1, EventKind.HTTP_2):
            for call in ({"token": ISSUER.token()}, {"token": bound_token(ours)}):
                event = sent(kind, ours, identity_source=[f"Bearer {call['token']}"], **call)
                assert outcome(bench, event) == "answer_not_cacheable"


def test_a_bound_token_may_not_be_cached_without_its_certificate_by_the_jwt_function(
    make: Make,
) -> None:
    text = f"version: 1\nauthenticate:{TOKENS}\nroutes: {{GET /orders: {{scheme: staff}}}}\n"
    bench, ours = make(text, http="iam"), client()
    token, bound = ISSUER.token(), bound_token(ours)

    def asked(token: str) -> dict[str, Any]:
        return sent(EventKind.HTTP_2, ours, token=token, identity_source=[f"Bearer {token}"])

    assert outcome(bench, asked(token)) == "allow"
    assert outcome(bench, asked(bound)) == "answer_not_cacheable"
    with_it = sent(
        EventKind.HTTP_2, ours, token=bound, identity_source=[f"Bearer {bound}", ours.pem]
    )
    assert outcome(bench, with_it) == "allow"
    uncached = make(text, http="simple_uncached")
    assert outcome(uncached, asked(bound)) == "allow"
    assert outcome(uncached, sent(EventKind.REST_REQUEST, ours, token=bound)) == "allow"
    assert outcome(uncached, sent(EventKind.REST_REQUEST, token=bound)) == "certificate_required"
    assert outcome(uncached, sent(EventKind.REST_TOKEN, token=bound)) == "certificate_required"
    assert outcome(uncached, sent(EventKind.WEBSOCKET, token=bound)) in (
        "certificate_required", "deny"
    )  # fmt: skip
