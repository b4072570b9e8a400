"""Tokens of several issuers: each is verified by its own issuer's verifier, and remembered."""

from collections.abc import Sequence

from authorizers.errors import ConfigurationError, Problem, UntrustedCredential
from authorizers.jwt.compact import malformed, parse_compact
from authorizers.jwt.verifier import JwtVerifier, VerifiedJwt
from authorizers.model.clock import Clock
from authorizers.model.credential import BearerToken
from authorizers.model.proof import CacheState
from authorizers.model.recent import Recent


class JwtAuthenticator:
    """
    Authenticates bearer tokens.

    Verified tokens are remembered under the SHA-256 of their exact text. A remembered token is
    accepted until it expires, and no longer than the key source stands by the key that signed it.
    The memory holds `cache_size` tokens, the least recently used is dropped; 0 turns it off.
    """

    def __init__(self, verifiers: Sequence[JwtVerifier], *, clock: Clock, cache_size: int) -> None:
        self._verifiers = {verifier.issuer: verifier for verifier in verifiers}
        if len(self._verifiers) != len(verifiers):
            raise ConfigurationError(Problem("authenticate", "two schemes have the same issuer"))
        self._clock = clock
        self._cache_size = cache_size
        self._remembered: Recent[bytes, VerifiedJwt] = Recent(cache_size)

    def authenticate(self, token: BearerToken) -> tuple[VerifiedJwt, CacheState]:
        """
        Return what `token` proves, and whether it was remembered, verified now, or never kept.

        Raises:
            CredentialError: the token is refused.
            DependencyError: its issuer's keys cannot be had.
        """
        known = self._remembered.get(token.digest)
        if known is not None and known.holds(self._clock):
            if known.bound_to is not None:
                known.check_possession(token.certificate)
            return known, "hit"
        verified = self._verify(token)
        if not self._cache_size:
            return verified, "off"
        self._remembered.keep(token.digest, verified)
        return verified, "miss"

    def _verify(self, token: BearerToken) -> VerifiedJwt:
        parsed = parse_compact(token.reveal())
        issuer = parsed.claims.get("iss")
        if not isinstance(issuer, str):
            raise malformed("the claim iss must be a string")
        verifier = self._verifiers.get(issuer)
        if verifier is None:
            raise UntrustedCredential("issuer_not_trusted", "the token's issuer is not configured")
        return verifier.verify(parsed, self._clock.wall(), token.certificate)
