"""One way from an issuing authority to an anchor, and the proof that a leaf stands at its end."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.verification import (
    ClientVerifier,
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from authorizers.mtls.path.authority import Authority, Flaw
from authorizers.mtls.path.name_constraints import NOT_PERMITTED, NOT_SUPPORTED

# What the web's authorities must do and private ones often don't; each is looked at here instead.
_RELAXED: Final = (x509.AuthorityKeyIdentifier, x509.KeyUsage, x509.ExtendedKeyUsage)
_ANY: Final = Criticality.AGNOSTIC

# Why `cryptography` found no path, by words of its message, which has no other sign. No word of it
# goes further than this: it may quote the certificate.
_REASONS: Final = (
    ("signature does not match", "certificate_signature_invalid", "its issuer did not sign it"),
    ("Forbidden signature algorithm", "signature_not_taken", "a signature has other parameters"),
    ("must be UtcTime", "validity_malformed", "a date before 2050 is not written as one"),
    ("serial number cannot be negative", "serial_number_malformed", "a serial number is negative"),
    ("certificate must have a serial", "serial_number_malformed", "a serial number is too long"),
    ("unsupported directoryName", NOT_SUPPORTED, "directory names are constrained"),
    ("unsupported name constraint", NOT_SUPPORTED, "a name is constrained in a way not known here"),
    ("name constraint: malformed", NOT_SUPPORTED, "a name that is constrained is malformed"),
    ("malformed DNS name", NOT_SUPPORTED, "a constraint of DNS names is malformed"),
    ("malformed IP name", NOT_SUPPORTED, "a constraint of addresses is malformed"),
    ("malformed RFC822 name", NOT_SUPPORTED, "a constraint of e-mail addresses is malformed"),
    ("name constraint", NOT_PERMITTED, "its issuer may not certify a name that it has"),
)


class TrustedPath:
    """
    The authorities from the issuer of a leaf to an anchor. Made once for all leaves.

    `flaw` is what is wrong with them whoever the leaf is, and whatever the time.
    """

    def __init__(self, authorities: Sequence[Authority], max_intermediates: int) -> None:
        self.authorities = tuple(authorities)
        self.certificates = tuple([authority.certificate for authority in authorities])
        self.anchor = self.authorities[-1]
        self.constraints = [one.constraints for one in authorities if one.constraints is not None]
        self.not_after = min(authority.not_after for authority in authorities)
        self.is_strong = _is_strong(self.authorities)
        self.flaw = _find_flaw(self.authorities, max_intermediates)
        self._intermediates = list(self.certificates[:-1])
        self._builder: PolicyBuilder | None = None
        self._verifier: tuple[int, ClientVerifier] | None = None

    def prove(self, leaf: x509.Certificate, now: float) -> Flaw | None:
        """
        Return why `leaf` is not the end of this path at `now` for `cryptography`, or None: then
        every signature is right, and the names, dates and constraints that it looks at are.
        """
        try:
            proven = self._verifier_at(int(now // 1)).verify(leaf, self._intermediates).chain
        except VerificationError as error:
            return _reason(str(error))
        except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm):
            return Flaw("path_invalid", "the path cannot be verified")
        if tuple(proven[1:]) != self.certificates:
            return Flaw("path_invalid", "the path is another one than was examined")
        return None

    def _verifier_at(self, second: int) -> ClientVerifier:
        """Return the verifier of this second, which the next leaf will often need again."""
        kept = self._verifier
        if kept is None or kept[0] != second:
            if self._builder is None:
                self._builder = _builder(self.anchor.certificate, len(self._intermediates))
            at = datetime.fromtimestamp(second, UTC)
            self._verifier = kept = (second, self._builder.time(at).build_client_verifier())
        return kept[1]


def _builder(anchor: x509.Certificate, intermediates: int) -> PolicyBuilder:
    authority = ExtensionPolicy.webpki_defaults_ca().require_present(
        x509.BasicConstraints, _ANY, None
    )
    end_entity = ExtensionPolicy.webpki_defaults_ee().may_be_present(
        x509.SubjectAlternativeName, _ANY, None
    )
    for relaxed in _RELAXED:
        authority = authority.may_be_present(relaxed, _ANY, None)
        end_entity = end_entity.may_be_present(relaxed, _ANY, None)
    return (
        PolicyBuilder()
        .store(Store([anchor]))
        .max_chain_depth(intermediates)
        .extension_policies(ca_policy=authority, ee_policy=end_entity)
    )


def _reason(message: str) -> Flaw:
    for words, code, detail in _REASONS:
        if words in message:
            return Flaw(code, detail)
    return Flaw("path_invalid", "the path is none that RFC 5280 allows")


def _is_strong(authorities: Sequence[Authority]) -> bool:
    """An anchor is trusted for its key: the signature on it proves nothing (RFC 5280 §6.1.1)."""
    keys = all(authority.has_strong_key for authority in authorities)
    return keys and all(authority.has_strong_signature for authority in authorities[:-1])


def _find_flaw(authorities: Sequence[Authority], max_intermediates: int) -> Flaw | None:
    """Return what is wrong (RFC 5280 §6.1.4), beginning at the issuer of the leaf."""
    if len(authorities) - 1 > max_intermediates:
        return Flaw("path_too_long", "there are more authorities on the path than are allowed")
    for below, authority in enumerate(authorities):
        if authority.flaw is not None:
            return authority.flaw
        # Self-issued ones count too, as `cryptography` has it: RFC 5280 would leave them out.
        if authority.path_length is not None and below > authority.path_length:
            detail = "an authority allows fewer authorities below it"
            return Flaw("path_length_exceeded", detail)
        for other in authorities[:below]:
            refused = _refused_subject(authority, other)
            if refused:
                return Flaw(refused, "an authority may not certify another one's name")
    return None


def _refused_subject(authority: Authority, below: Authority) -> str:
    if authority.constraints is None or below.is_self_issued:
        return ""
    return authority.constraints.refusal(below.subject)
