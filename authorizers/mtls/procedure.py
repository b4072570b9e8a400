"""
How a client's certificate is verified, step by step. Start here.

    (1) one certificate: size, encoding, version      RFC 7468 §3, RFC 5280 §4.1
    (2) it is no authority's                          RFC 5280 §4.2.1.9, §4.2.1.3
    (3) it is for TLS clients                         RFC 5280 §4.2.1.3, §4.2.1.12
    (4) keys and signatures of the path are strong    RFC 5480 §4, RFC 8017 §8, NIST SP 800-131A
    (5) the path is valid now                         RFC 5280 §4.1.2.5
    (6) it leads to an anchor, which may issue it     RFC 5280 §6.1
    (7) nothing on it is revoked                      RFC 5280 §6.1.3 (a)(3)
    (8) it says who its holder is                     RFC 5280 §4.2.1.6, X509-SVID §5.2

Step (1) is `leaf.parse_leaf`. The others are here, in this order, and whoever skips
one has skipped it for `verify` and for the operators' tool at once. Before them a path is chosen:
of those that the bundle allows, the first one by which steps (4) to (6) pass.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from authorizers.errors import CredentialError, RejectedCredential, UntrustedCredential
from authorizers.mtls.identity.identity import identify, is_pinned
from authorizers.mtls.leaf import Leaf, validate_critical, validate_end_entity, validate_usage
from authorizers.mtls.path.policies import read_policies, refuse_policies
from authorizers.mtls.path.strength import is_strong_key, is_strong_signature
from authorizers.mtls.path.trusted_path import TrustedPath
from authorizers.mtls.path.trusted_paths import TrustedPaths, has_issued
from authorizers.mtls.revocation_check import RevocationCheck


class Demands(NamedTuple):
    """What a scheme demands of a certificate; `identity` is in its compiled form."""

    identity: Mapping[str, Any]
    any_extended_key_usage: bool
    policies: frozenset[str]
    revocation: RevocationCheck | None


class Examination:
    """One leaf on its way through the procedure. `until` and `identity` are what it finds."""

    __slots__ = ("demands", "identity", "is_pinned", "leaf", "now", "path", "paths", "until")

    def __init__(self, leaf: Leaf, paths: TrustedPaths, demands: Demands, now: float) -> None:
        self.leaf = leaf
        self.paths = paths
        self.demands = demands
        self.now = now
        self.is_pinned = is_pinned(leaf.fingerprint, demands.identity)
        self.until = float("inf")
        self.identity = ""
        self.path: TrustedPath | None = None
        self.path = _choose_path(self)


def is_no_authority(examination: Examination) -> None:
    """(2) The certificate is no authority's."""
    validate_end_entity(examination.leaf)


def is_for_clients(examination: Examination) -> None:
    """(3) The certificate is for TLS clients."""
    any_usage = examination.demands.any_extended_key_usage
    validate_usage(examination.leaf, any_extended_key_usage=any_usage)


def is_strong(examination: Examination) -> None:
    """(4) The keys and signatures of the path are strong."""
    leaf, path = examination.leaf.certificate, examination.path
    if not is_strong_key(leaf):
        detail = "the key of the certificate is too weak, or of a kind that is not taken"
        raise RejectedCredential("certificate_key_weak", detail)
    if not is_strong_signature(leaf):
        detail = "the certificate is signed in a way that is too weak, or not known here"
        raise RejectedCredential("certificate_signature_weak", detail)
    if path is not None and not path.is_strong:
        detail = "an authority's key or signature is too weak, or of a kind that is not taken"
        raise RejectedCredential("authority_weak", detail)


def is_valid_now(examination: Examination) -> None:
    """(5) The path is valid now, both ends of each period included."""
    leaf, path, now = examination.leaf, examination.path, examination.now
    if not now >= leaf.not_before:
        raise RejectedCredential("certificate_not_yet_valid", "the certificate is not yet valid")
    if not now <= leaf.not_after:
        raise RejectedCredential("certificate_expired", "the certificate has expired")
    for authority in path.authorities if path is not None else ():
        if now < authority.not_before:
            detail = "the certificate of an authority is not yet valid"
            raise RejectedCredential("authority_not_yet_valid", detail)
        if now > authority.not_after:
            detail = "the certificate of an authority has expired"
            raise RejectedCredential("authority_expired", detail)


def is_trusted(examination: Examination) -> None:
    """(6) The path leads to an anchor, and each of its authorities may issue the next."""
    leaf, path = examination.leaf, examination.path
    validate_critical(leaf)
    if examination.is_pinned and path is None:
        return
    if examination.paths.is_anchor(leaf.fingerprint):
        detail = "an anchor is a client only where a scheme names it by its fingerprint"
        raise UntrustedCredential("certificate_is_anchor", detail)
    if path is None:
        detail = "nobody who is trusted has issued the certificate"
        raise UntrustedCredential("certificate_issuer_unknown", detail)
    flaw = path.flaw or path.prove(leaf.certificate, examination.now)
    if flaw is not None:
        family = UntrustedCredential if flaw.code in _NO_PATH else RejectedCredential
        raise family(flaw.code, flaw.detail)
    _validate_names(leaf, path)
    _validate_policies(leaf, path, examination.demands.policies)


def is_not_revoked(examination: Examination) -> None:
    """(7) Nothing on the path is revoked."""
    revocation = examination.demands.revocation
    if revocation is not None:
        examination.until = revocation.check(certificates_of(examination), examination.now)


def names_its_holder(examination: Examination) -> None:
    """(8) The certificate says who its holder is."""
    demands = examination.demands
    examination.identity = identify(examination.leaf, examination.path, demands.identity)


class Step(NamedTuple):
    """A step of the procedure: it returns, or raises why not. `source` is where it comes from."""

    number: int
    name: str
    source: str
    run: Callable[[Examination], None]


STEPS: Final = (
    Step(2, "no authority", "RFC 5280 §4.2.1.9, §4.2.1.3", is_no_authority),
    Step(3, "for clients", "RFC 5280 §4.2.1.3, §4.2.1.12", is_for_clients),
    Step(4, "strength", "RFC 5480 §4, RFC 8017 §8, NIST SP 800-131A", is_strong),
    Step(5, "validity", "RFC 5280 §4.1.2.5", is_valid_now),
    Step(6, "path", "RFC 5280 §6.1", is_trusted),
    Step(7, "revocation", "RFC 5280 §6.1.3 (a)(3)", is_not_revoked),
    Step(8, "identity", "RFC 5280 §4.2.1.6, X509-SVID §5.2", names_its_holder),
)
_OF_THE_PATH: Final = STEPS[2:5]
_NO_PATH: Final = frozenset({"certificate_signature_invalid", "path_invalid"})


def certificates_of(examination: Examination) -> tuple[Any, ...]:
    """Return the certificates from the leaf to the anchor; a leaf that is pinned may be both."""
    path = examination.path
    return (examination.leaf.certificate, *(path.certificates if path is not None else ()))


def _choose_path(examination: Examination) -> TrustedPath | None:
    """Return the path by which the leaf is verified, or the one that gets nearest to it."""
    leaf, paths = examination.leaf, examination.paths
    if examination.is_pinned and paths.is_anchor(leaf.fingerprint):
        return None
    candidates = paths.issued_by(leaf.issuer_der)
    if len(candidates) > 1:  # an authority with a new key, or with several above it
        signers = [
            path for path in candidates if has_issued(path.certificates[0], leaf.certificate)
        ]
        candidates = tuple(signers) or candidates[:1]
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    return max(candidates, key=lambda path: _steps_passed(examination, path))


def _steps_passed(examination: Examination, path: TrustedPath) -> int:
    examination.path = path
    for passed, step in enumerate(_OF_THE_PATH):
        try:
            step.run(examination)
        except CredentialError:
            return passed
    return len(_OF_THE_PATH)


def _validate_names(leaf: Leaf, path: TrustedPath) -> None:
    """Apply the constraints of the path to the leaf's subject: see `name_constraints`."""
    for constraints in path.constraints:
        refused = constraints.refusal(leaf.subject)
        if refused:
            detail = "its issuer may not certify the subject, or it cannot be said whether"
            raise RejectedCredential(refused, detail)


def _validate_policies(leaf: Leaf, path: TrustedPath, wanted: frozenset[str]) -> None:
    authorities = [authority.policies for authority in path.authorities]
    named = read_policies(leaf.extensions.values()).named if wanted else None
    refused = refuse_policies(named or frozenset(), authorities, wanted)
    if refused:
        detail = "the path is for none of the policies demanded, or it cannot be said whether"
        raise RejectedCredential(refused, detail)
