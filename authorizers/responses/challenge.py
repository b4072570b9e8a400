"""
What a client is told to do about a refusal: the values of `WWW-Authenticate` and `Retry-After`.

They travel in the answer's context; a REST API's gateway responses put them into the headers.
Sources: RFC 6750 §3, whose attributes are used for API keys and certificates as well: their
schemes have no RFC; RFC 9110 §10.2.3.
"""

from authorizers.errors import CredentialError, MissingCredential

CONTEXT_NAME = "wwwAuthenticate"
RETRY_AFTER = "retryAfter"  # seconds, in the context of an answer to a caller over its limits

_INVALID_REQUESTS = frozenset(
    {"credential_malformed", "credential_ambiguous", "token_too_long", "key_malformed"}
)


class Challenge:
    """The challenges of one authentication scheme; `insufficient` is that of a Deny."""

    __slots__ = ("_invalid", "_scheme", "insufficient")

    def __init__(self, scheme: str, invalid: str) -> None:
        self._scheme = scheme
        self._invalid = invalid
        self.insufficient = f'{scheme} error="insufficient_scope"'

    def of(self, error: CredentialError) -> str:
        """
        Return the challenge. Without a credential it names no error (RFC 6750 §3.1).

        A detail may name a claim of the document: what cannot be quoted there is replaced.
        """
        if isinstance(error, MissingCredential):
            return self._scheme
        kind = "invalid_request" if error.code in _INVALID_REQUESTS else self._invalid
        text = "".join(c if " " <= c <= "~" and c not in '"\\' else "'" for c in error.detail)
        return f'{self._scheme} error="{kind}", error_description="{text}"'


BEARER = Challenge("Bearer", "invalid_token")
API_KEY = Challenge("ApiKey", "invalid_key")
CLIENT_CERTIFICATE = Challenge("ClientCertificate", "invalid_certificate")
