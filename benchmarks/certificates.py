"""
A client certificate in an event of format 2.0, from the event to the answer, the audit line
included, beside a revocation list of a million entries.
"""

import gc
import os
import random
from collections.abc import Sequence
from functools import partial
from time import perf_counter
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from authorizers import Answers, Authorizer
from authorizers.audit.log import AuditLog
from authorizers.config.table import compile_route_table
from authorizers.credentials.client_certificate import CertificateExtractor
from authorizers.entitlements import Entitlements
from authorizers.model.clock import SystemClock
from authorizers.mtls import der
from authorizers.mtls.authenticator import CertificateAuthenticator
from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.outline import outline
from authorizers.mtls.crl.source import Crls
from authorizers.mtls.path.trust import KeptTrust
from authorizers.mtls.revocation_check import RevocationCheck
from authorizers.mtls.scheme import CertificateScheme
from authorizers.policy.assembly import PolicyAssembler
from authorizers.responses.challenge import CLIENT_CERTIFICATE
from authorizers.rules.rule_set import RuleSet
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from authorizers.testing.events import http_2_event
from benchmarks.crl import entry
from benchmarks.decisions import twenty_routes
from benchmarks.figure import TIMES, Figure, Spread

CLIENTS = 1000
REPEATS = 10
REVOKED = 1_000_000


def measure() -> Sequence[Figure]:
    """Measure certificates that are seen for the first time, in turn with the bare checks."""
    root = FakeCertificateAuthority("Benchmark Root CA")
    issuing = root.subordinate("Benchmark Issuing CA")
    issued = [_client(issuing, number) for number in range(CLIENTS)]
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        log = AuditLog(namespace="n", service="mtls", clock=SystemClock(), stream=nowhere)
        return _figures(_build(root, issuing, log), root, issuing, issued)


def _figures(
    authorizer: Authorizer,
    root: FakeCertificateAuthority,
    issuing: FakeCertificateAuthority,
    issued: Sequence[Issued],
) -> Sequence[Figure]:
    events = [_event(one) for one in issued]
    authorizer(_event(_client(issuing, CLIENTS)))  # what is worked out once for all leaves
    gc.collect()
    gc.freeze()  # as the handler does
    bare, first = [], []
    for one, event in zip(issued, events, strict=True):
        bare.append(_bare_checks(one, issuing, root))
        first.append(_microseconds(authorizer, event))
    again = [_microseconds(authorizer, event, REPEATS) for event in events]
    checks, seen, known = Spread.of(bare), Spread.of(first), Spread.of(again)
    return [
        Figure(
            "client certificate, first sight, against the bare checks of its chain",
            seen.middle / checks.middle,
            3,
            TIMES,
            f"{seen.text('µs')} against {checks.text('µs')}, a CRL of {REVOKED:,} entries",
        ),
        Figure("the same certificate again", known.middle, 25, "µs", known.text("µs")),
    ]


def _client(issuing: FakeCertificateAuthority, number: int) -> Issued:
    return issuing.issue(f"client-{number}", uris=[f"spiffe://example.org/client-{number}"])


def _event(issued: Issued) -> dict[str, Any]:
    return http_2_event(path="/r1/abc", client_certificate=issued.pem, identity_source=None)


def _build(
    root: FakeCertificateAuthority, issuing: FakeCertificateAuthority, log: AuditLog
) -> Authorizer:
    """Return an authorizer of twenty routes, for the clients of `issuing`."""
    clock = SystemClock()
    anchors, intermediates = (root.certificate,), (issuing.certificate,)
    lists = [_parsed(root, 0), _parsed(issuing, REVOKED)]
    trust = KeptTrust(lambda: anchors, lambda: intermediates)
    crls = Crls([partial(_same, crl) for crl in lists], lambda: anchors, lambda: intermediates)
    scheme = CertificateScheme(
        "partners",
        trust,
        {"kind": "spiffe", "trust_domain": "example.org"},
        max_intermediates=3,
        any_extended_key_usage=False,
        policies=(),
        revocation=RevocationCheck("required", [crls]),
    )
    shown = ["claim", "certificate.trust_domain", "equals", "example.org"]
    routes = [{**route, "requirement": shown} for route in twenty_routes()]
    table = compile_route_table(routes, inexact=False)
    context = {"client": "certificate.spiffe_id"}
    return Authorizer(
        CertificateExtractor(),
        CertificateAuthenticator([scheme], clock=clock, cache_size=CLIENTS + 1),
        Entitlements(RuleSet(routes), PolicyAssembler(table), context, CLIENT_CERTIFICATE),
        answers=Answers("iam", "exception"),
        log=log,
        challenge=CLIENT_CERTIFICATE,
    )


def _same(crl: Crl) -> Crl:
    return crl


def _parsed(authority: FakeCertificateAuthority, entries: int) -> Crl:
    """Return a list that `authority` has signed, with `entries` that were revoked for a reason."""
    source = random.Random(1)  # noqa: S311 any numbers do
    revoked = (entry(source.getrandbits(159), with_reason=True) for _ in range(entries))
    empty = outline(authority.crl().public_bytes(Encoding.DER))
    full = outline(empty.with_entries(revoked))
    algorithm = der.read(full.data, full.tail[0], full.tail[1])
    signature = authority.key.sign(bytes(full.signed()), ec.ECDSA(SHA256()))
    octets = der.encode(
        der.SEQUENCE,
        bytes(full.signed()),
        full.data[algorithm.start : algorithm.end],
        der.encode(der.BIT_STRING, b"\0", signature),
    )
    return Crl.parse(octets, "the benchmark")


def _bare_checks(
    leaf: Issued, issuing: FakeCertificateAuthority, root: FakeCertificateAuthority
) -> float:
    """Return the microseconds of the signature checks of leaf and issuer, and of nothing else."""
    keys = issuing.key.public_key(), root.key.public_key()
    parts = [
        (one.signature, one.tbs_certificate_bytes, ec.ECDSA(SHA256()))
        for one in (leaf.certificate, issuing.certificate)
    ]
    started = perf_counter()
    for key, part in zip(keys, parts, strict=True):
        key.verify(*part)
    return (perf_counter() - started) * 1e6


def _microseconds(authorizer: Authorizer, event: dict[str, Any], repeats: int = 1) -> float:
    started = perf_counter()
    for _ in range(repeats):
        authorizer(event)
    return (perf_counter() - started) * 1e6 / repeats
