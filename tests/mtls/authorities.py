"""An authority, a scheme that trusts it, and a client's certificate as a test wants it."""

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.x509 import Certificate

from authorizers.errors import CredentialError
from authorizers.mtls.certificate import parse_certificate
from authorizers.mtls.leaf import read_leaf
from authorizers.mtls.path.trust import Trust
from authorizers.mtls.revocation_check import RevocationCheck
from authorizers.mtls.scheme import CertificateScheme, VerifiedCertificate
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from authorizers.testing.clock import FrozenClock

NOW = 1_700_000_000.0
CLOCK = FrozenClock(NOW)
ROOT = FakeCertificateAuthority(clock=CLOCK)
ISSUING = ROOT.subordinate()
SPIFFE: Mapping[str, Any] = {"kind": "spiffe", "trust_domain": "example.org"}
SPIFFE_ID = "spiffe://example.org/orders"


class StaticTrust:
    """Trust that changes when a test says so."""

    def __init__(self, anchors: Sequence[Certificate], intermediates: Sequence[Certificate] = ()):
        self.trust = Trust(tuple(anchors), tuple(intermediates))

    def current(self) -> Trust:
        """Return the trust in force."""
        return self.trust


def scheme_of(
    identity: Mapping[str, Any] | str = "common_name",
    anchors: Sequence[FakeCertificateAuthority | Issued] = (ROOT,),
    intermediates: Sequence[FakeCertificateAuthority] = (ISSUING,),
    *,
    max_intermediates: int = 3,
    any_extended_key_usage: bool = False,
    policies: Sequence[str] = (),
    revocation: RevocationCheck | None = None,
) -> CertificateScheme:
    """Return a scheme that trusts `anchors`; `identity` may be given by its kind alone."""
    return CertificateScheme(
        "partners",
        StaticTrust([it.certificate for it in anchors], [it.certificate for it in intermediates]),
        {"kind": identity} if isinstance(identity, str) else identity,
        max_intermediates=max_intermediates,
        any_extended_key_usage=any_extended_key_usage,
        policies=policies,
        revocation=revocation,
    )


def verify(scheme: CertificateScheme, issued: Issued, now: float = NOW) -> VerifiedCertificate:
    """Return what `scheme` finds proven, beginning at the PEM text."""
    return scheme.verify(read_leaf(parse_certificate(issued.pem)), now)


def code_of(scheme: CertificateScheme, issued: Issued, now: float = NOW) -> str:
    """Return the code of why `scheme` refuses the certificate, or "verified"."""
    try:
        verify(scheme, issued, now)
    except CredentialError as error:
        return error.code
    return "verified"
