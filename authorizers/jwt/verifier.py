"""The verification of one issuer's tokens, in the order in which it is safe to do it."""

from collections.abc import Collection
from typing import Any

from authorizers.errors import CredentialError, UntrustedCredential
from authorizers.jwt.claims import (
    Expectation,
    scopes_of,
    subject_of,
    validate_audience,
    validate_kind,
    validate_times,
)
from authorizers.jwt.compact import UnverifiedJwt
from authorizers.jwt.confirmation import bound_to, check_possession
from authorizers.jwt.header import JoseHeader, validate_header
from authorizers.model.clock import Clock
from authorizers.model.credential import ClientCertificate
from authorizers.model.key import KeySource, VerificationKey
from authorizers.model.principal import Principal
from authorizers.model.proof import Proof

REMEMBERED_HEADERS = 64  # an issuer's tokens have one header for each of its keys


class VerifiedJwt(Proof):
    """
    The principal a token proved, and how long the proof holds: to `expires_at` with `key`, and for
    whoever presents the certificate that it is bound to (RFC 8705 §3), where it is.
    """

    __slots__ = ("expires_at", "key")

    def __init__(
        self,
        principal: Principal,
        key: VerificationKey,
        expires_at: float,
        bound_to: bytes | None,
    ) -> None:
        super().__init__(principal)
        self.key = key
        self.expires_at = expires_at
        self.bound_to = bound_to

    def check_possession(self, certificate: ClientCertificate | None) -> None:
        """
        Check, for a remembered proof, that the token's certificate came with it again.

        Raises:
            CredentialError: `certificate_required` or `certificate_mismatch`.
        """
        try:
            check_possession(self.bound_to, certificate)
        except CredentialError as error:
            error.scheme = self.principal.scheme
            raise

    def holds(self, clock: Clock) -> bool:
        """Return whether the token need not be verified again (docs/caching.md)."""
        return clock.wall() < self.expires_at and self.key.usable(clock)


class JwtVerifier:
    """
    Verifies the tokens of one issuer with that issuer's own keys.

    A class, because what it expects is checked once and used many times.
    """

    def __init__(
        self,
        *,
        scheme: str,
        issuer: str,
        algorithms: Collection[str],
        expected: Expectation,
        keys: KeySource,
    ) -> None:
        self.scheme = scheme
        self.issuer = issuer
        self.keys = keys
        self._algorithms = frozenset(algorithms)
        self._expected = expected
        self._headers: dict[int, tuple[dict[str, Any], JoseHeader]] = {}

    def verify(
        self, token: UnverifiedJwt, now: float, certificate: ClientCertificate | None
    ) -> VerifiedJwt:
        """
        Prove `token`, which came with `certificate`, at the time `now` in seconds since 1970.

        Raises:
            CredentialError: it is refused; the code says by which step.
            DependencyError: the issuer's keys cannot be had.
        """
        try:
            return self._prove(token, now, certificate)
        except CredentialError as error:
            error.scheme = self.scheme
            raise

    def _validated(self, header: dict[str, Any]) -> JoseHeader:
        """
        Return what the header says. Tokens with the same header share one parsed object, and its
        validation; the object is kept with it, so that its id stays its own.
        """
        known = self._headers.get(id(header))
        if known is not None and known[0] is header:
            return known[1]
        validated = validate_header(header, self._algorithms, self._expected.profile.types)
        if len(self._headers) >= REMEMBERED_HEADERS:
            self._headers.clear()
        self._headers[id(header)] = (header, validated)
        return validated

    def _prove(
        self, token: UnverifiedJwt, now: float, certificate: ClientCertificate | None
    ) -> VerifiedJwt:
        profile = self._expected.profile
        # (1) only the algorithms and the kind of token that are configured
        header = self._validated(token.header)
        # (2) a key of this issuer, by its name and algorithm
        key = self.keys.find(header.key_id, header.algorithm)
        # (3) the signature; nothing that the claims say is believed before
        if not key.verify(token.signing_input, token.signature):
            raise UntrustedCredential("signature_invalid", "the signature does not verify")
        # (4) the claims: their kind, their time, their audience
        claims = token.claims
        validate_kind(claims, profile)
        expires_at = validate_times(claims, self._expected, now)
        validate_audience(claims, self._expected)
        # (5) the certificate that it is bound to
        thumbprint = bound_to(claims)
        check_possession(thumbprint, certificate)
        # (6) the principal
        subject = subject_of(claims, self._expected.principal_claim)
        principal = Principal(
            f"{self.scheme}|{subject}",
            self.scheme,
            self.issuer,
            scopes_of(claims, profile),
            claims,
            key.key_id,
        )
        return VerifiedJwt(principal, key, expires_at, thumbprint)
