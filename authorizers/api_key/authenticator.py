"""API keys of several schemes: each is looked up where its prefix says, and remembered."""

from collections.abc import Sequence

from authorizers.api_key.format import parse_key
from authorizers.api_key.known_keys import KnownKey
from authorizers.api_key.scheme import ApiKeyScheme
from authorizers.errors import ConfigurationError, Problem, UntrustedCredential
from authorizers.model.clock import Clock, Deadline
from authorizers.model.credential import PresentedApiKey
from authorizers.model.proof import CacheState
from authorizers.model.recent import Recent


class ApiKeyAuthenticator:
    """
    Authenticates API keys. What cannot be a key is refused without asking any store.

    Keys that were proven are remembered under the SHA-256 of their exact text, for as long as
    their record is, and no longer than they count. `cache_size` of them are kept, the least
    recently used is dropped. A key that is refused is never remembered, so that every refusal
    costs the same.
    """

    def __init__(self, schemes: Sequence[ApiKeyScheme], *, clock: Clock, cache_size: int) -> None:
        self._schemes = {scheme.prefix: scheme for scheme in schemes}
        if len(self._schemes) != len(schemes):
            raise ConfigurationError(Problem("authenticate", "two schemes have the same prefix"))
        self._clock = clock
        self._proven: Recent[bytes, tuple[KnownKey, Deadline]] = Recent(cache_size)

    def authenticate(self, key: PresentedApiKey) -> tuple[KnownKey, CacheState]:
        """
        Return what `key` proves, and whether its record was remembered or read now.

        Raises:
            CredentialError: the key is refused.
            DependencyError: nobody can say.
            ConfigurationError: see `ApiKeyScheme.authenticate`.
        """
        proven = self._proven.get(key.digest)
        if proven is not None and not proven[1].passed(self._clock):
            return proven[0], "hit"
        parts = parse_key(key.reveal())
        scheme = self._schemes.get(parts.prefix)
        if scheme is None:
            raise UntrustedCredential(
                "key_prefix_unknown", "the API key is of another environment, or another API"
            )
        known, until, remembered = scheme.authenticate(key, parts.key_id)
        self._proven.keep(key.digest, (known, until))
        return known, "hit" if remembered else "miss"
