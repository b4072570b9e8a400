"""The document under which the combined samples are what they say: all three kinds of schemes."""

from typing import Any, Final

from authorizers.testing.sample_certificates import (
    SCHEME,
    document_environment,
    scheme,
)
from authorizers.testing.sample_keys import SCHEME as KEY_SCHEME
from authorizers.testing.sample_keys import SampleKeys
from authorizers.testing.sample_tokens import AUDIENCE, ISSUER, SCOPE, SampleTokens

_TOKEN_SCHEME: Final = "staff"
_SCOPE: Final = {"scopes": {"any_of": [SCOPE]}}
_ROUTES: Final[dict[str, Any]] = {
    "GET /orders": {"all_of": [{"scheme": _TOKEN_SCHEME}, _SCOPE]},
    "POST /orders": {"all_of": [{"scheme": SCHEME}, {"scheme": _TOKEN_SCHEME}, _SCOPE]},
    "GET /reports": {"any_of": [{"scheme": SCHEME}, {"scheme": KEY_SCHEME}]},
}


def combined_environment(tokens: SampleTokens, keys: SampleKeys) -> dict[str, str]:
    """Return the variables of the function that takes these tokens, keys and certificates."""
    authenticate = {
        SCHEME: {"client_certificate": scheme()},
        _TOKEN_SCHEME: {"jwt": _jwt(tokens)},
        KEY_SCHEME: {"api_key": keys.scheme},
    }
    return document_environment(authenticate, _ROUTES) | {"AUTHORIZERS_PEPPER": keys.pepper}


def _jwt(tokens: SampleTokens) -> dict[str, Any]:
    return {
        "issuer": ISSUER,
        "audience": [AUDIENCE],
        "profile": "rfc9068-access-token",
        "algorithms": ["RS256"],
        "keys": {"jwks": tokens.jwks},
    }
