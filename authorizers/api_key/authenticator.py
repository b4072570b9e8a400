"""API keys of several schemes: each is looked up where its prefix says."""

from collections.abc import Sequence

from authorizers.api_key.format import parse_key
from authorizers.api_key.known_keys import KnownKey
from authorizers.api_key.scheme import ApiKeyScheme
from authorizers.errors import ConfigurationError, Problem, UntrustedCredential
from authorizers.model.credential import PresentedApiKey
from authorizers.model.proof import CacheState


class ApiKeyAuthenticator:
    """Authenticates API keys. What cannot be a key is refused without asking any store."""

    def __init__(self, schemes: Sequence[ApiKeyScheme]) -> None:
        self._schemes = {scheme.prefix: scheme for scheme in schemes}
        if len(self._schemes) != len(schemes):
            raise ConfigurationError(Problem("authenticate", "two schemes have the same prefix"))

    def authenticate(self, key: PresentedApiKey) -> tuple[KnownKey, CacheState]:
        """
        Return what `key` proves, and whether its record was remembered or read now.

        Raises:
            CredentialError: the key is refused.
            DependencyError: nobody can say.
            ConfigurationError: see `ApiKeyScheme.authenticate`.
        """
        parts = parse_key(key.reveal())
        scheme = self._schemes.get(parts.prefix)
        if scheme is None:
            raise UntrustedCredential(
                "key_prefix_unknown", "the API key is of another environment, or another API"
            )
        known, remembered = scheme.authenticate(key, parts.key_id)
        return known, "hit" if remembered else "miss"
