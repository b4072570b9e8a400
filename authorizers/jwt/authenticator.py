"""Tokens of several issuers: each is verified by its own issuer's verifier, and remembered."""

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache

from authorizers.errors import ConfigurationError, Problem, UntrustedCredential
from authorizers.jwt.compact import malformed, parse_compact
from authorizers.jwt.verifier import JwtVerifier, VerifiedJwt
from authorizers.model.clock import Clock
from authorizers.model.credential import BearerToken
from authorizers.model.principal import Principal


class Authenticated(NamedTuple):
    """The principal, and whether its token was remembered (`hit`) or verified now (`miss`, `off`)."""

    principal: Principal
    cache: str


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
        self._lock = Lock()  # cachetools leaves locking to its users
        self._remembered: LRUCache[bytes, VerifiedJwt] | None = (
            LRUCache(cache_size) if cache_size else None
        )

    def authenticate(self, token: BearerToken) -> Authenticated:
        """
        Return the principal that `token` proves.

        Raises:
            CredentialError: the token is refused.
            DependencyError: its issuer's keys cannot be had.
        """
        if self._remembered is None:
            return Authenticated(self._verify(token).principal, "off")
        with self._lock:
            known = self._remembered.get(token.digest)
        if known is not None and self._holds(known):
            return Authenticated(known.principal, "hit")
        verified = self._verify(token)
        with self._lock:
            self._remembered[token.digest] = verified
        return Authenticated(verified.principal, "miss")

    def _holds(self, known: VerifiedJwt) -> bool:
        return self._clock.wall() < known.expires_at and known.key.usable(self._clock)

    def _verify(self, token: BearerToken) -> VerifiedJwt:
        parsed = parse_compact(token.reveal())
        issuer = parsed.claims.get("iss")
        if not isinstance(issuer, str):
            raise malformed("the claim iss must be a string")
        verifier = self._verifiers.get(issuer)
        if verifier is None:
            raise UntrustedCredential("issuer_not_trusted", "the token's issuer is not configured")
        return verifier.verify(parsed, self._clock.wall())
