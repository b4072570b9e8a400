"""
What a client is told to do about a refusal: the value of `WWW-Authenticate` (RFC 6750 §3).

It travels in the answer's context; a REST API's gateway responses put it into the header.
"""

from authorizers.errors import CredentialError, MissingCredential

CONTEXT_NAME = "wwwAuthenticate"
INSUFFICIENT_SCOPE = 'Bearer error="insufficient_scope"'

_INVALID_REQUESTS = frozenset({"credential_malformed", "credential_ambiguous", "token_too_long"})


def challenge_for(error: CredentialError) -> str:
    """
    Return the challenge. Without a credential it names no error (RFC 6750 §3.1).

    A detail may name a claim of the document: what cannot be quoted there is replaced.
    """
    if isinstance(error, MissingCredential):
        return "Bearer"
    kind = "invalid_request" if error.code in _INVALID_REQUESTS else "invalid_token"
    description = "".join(c if " " <= c <= "~" and c not in '"\\' else "'" for c in error.detail)
    return f'Bearer error="{kind}", error_description="{description}"'
