"""The claims of a token whose signature has been verified (RFC 7519 §4.1, and its profile)."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from authorizers.errors import CredentialError, RejectedCredential
from authorizers.jwt.profiles import Profile
from authorizers.model.claim_path import claim_at, parse_claim_path

Claims = Mapping[str, Any]

MAX_SECONDS = 253_402_300_800  # the year 10000; beyond are infinity, 1e400 and mistakes

# Where they are sent, they are text (RFC 7519 §4.1.2 and §4.1.7, RFC 8693 §4.3).
_TEXTS = ("sub", "jti", "client_id")

_SCOPE_TOKEN = r"[\x21\x23-\x5b\x5d-\x7e]+"  # RFC 6749 §3.3
_SCOPES = re.compile(rf"(?:{_SCOPE_TOKEN}(?: {_SCOPE_TOKEN})*)?")


class Expectation(NamedTuple):
    """What one scheme of a document expects of its issuer's tokens."""

    profile: Profile
    audience: frozenset[str] | None  # None: any, named so in the document, with a reason
    leeway_seconds: float
    max_age_seconds: float | None
    principal_claim: str


def _rejected(code: str, detail: str) -> CredentialError:
    return RejectedCredential(code, detail)


def numeric_date(claims: Claims, name: str) -> float | None:
    """
    Return a NumericDate (RFC 7519 §2): a JSON number; text, booleans and infinity are none.

    Raises:
        RejectedCredential: `claim_malformed`.
    """
    value: Any = claims.get(name)
    if type(value) in (int, float) and -MAX_SECONDS <= value <= MAX_SECONDS:
        return value  # type: ignore[no-any-return]
    if value is None and name not in claims:
        return None
    raise _rejected("claim_malformed", f"the claim {name} must be a number of seconds")


def validate_times(claims: Claims, expected: Expectation, now: float) -> float:
    """
    Validate `exp`, `nbf` and `iat` at `now`, and return until when they will hold.

    A token is not accepted on or after `exp` (RFC 7519 §4.1.4).

    Raises:
        RejectedCredential: `claim_missing`, `claim_malformed`, `token_expired`,
            `token_not_yet_valid`, `token_issued_in_the_future` or `token_too_old`.
    """
    expires_at, leeway = numeric_date(claims, "exp"), expected.leeway_seconds
    not_before, issued_at = numeric_date(claims, "nbf"), numeric_date(claims, "iat")
    if expires_at is None:
        raise _rejected("claim_missing", "the claim exp is missing")
    if now >= expires_at + leeway:
        raise _rejected("token_expired", "the token has expired")
    if not_before is not None and now + leeway < not_before:
        raise _rejected("token_not_yet_valid", "the token is not valid yet")
    if issued_at is not None and now + leeway < issued_at:
        raise _rejected("token_issued_in_the_future", "the token was issued in the future")
    if expected.max_age_seconds is not None:
        if issued_at is None:
            raise _rejected("claim_missing", "the claim iat is missing")
        expires_at = min(expires_at, issued_at + expected.max_age_seconds)
        if now >= expires_at + leeway:
            raise _rejected("token_too_old", "the token was issued too long ago")
    return expires_at + leeway


def validate_kind(claims: Claims, profile: Profile) -> None:
    """
    Validate that the token is of its profile's kind.

    Raises:
        RejectedCredential: `claim_missing`, `claim_malformed` or `claim_mismatch`.
    """
    for name in profile.required:
        if claims.get(name) is None:
            raise _rejected("claim_missing", f"the claim {name} is missing")
    for name in _TEXTS:
        if not isinstance(claims.get(name, ""), str):
            raise _rejected("claim_malformed", f"the claim {name} must be a string")
    if profile.one_of and not any(isinstance(claims.get(name), str) for name in profile.one_of):
        raise _rejected("claim_missing", f"one of {', '.join(profile.one_of)} is missing")
    for name, value in profile.exact:
        if claims.get(name) != value or isinstance(claims[name], bool) != isinstance(value, bool):
            raise _rejected("claim_mismatch", f"the claim {name} is not that of the profile")


def validate_audience(claims: Claims, expected: Expectation) -> None:
    """
    Validate that the token is meant for this API: exact, case-sensitive text (RFC 7519 §4.1.3).

    Raises:
        RejectedCredential: `claim_malformed`, `audience_mismatch` or `authorized_party_mismatch`.
    """
    named = claims.get(expected.profile.audience_claim)
    audiences = [named] if isinstance(named, str) else named
    if not isinstance(audiences, list) or not all(isinstance(a, str) for a in audiences):
        raise _rejected("claim_malformed", "the audience must be a string or a list of strings")
    if expected.audience is None:
        return
    if expected.audience.isdisjoint(audiences):
        raise _rejected("audience_mismatch", "the token is for another audience")
    if expected.profile.is_id_token:
        _validate_id_token_audience(claims, audiences, expected.audience)


def _validate_id_token_audience(
    claims: Claims, audiences: Collection[str], trusted: frozenset[str]
) -> None:
    """OpenID Connect Core §3.1.3.7: only trusted audiences, and `azp` if there are several."""
    if not trusted.issuperset(audiences):
        raise _rejected("audience_mismatch", "the token names an audience that is not trusted")
    party = claims.get("azp")
    if party is None and len(audiences) > 1:
        raise _rejected("claim_missing", "the claim azp is missing beside several audiences")
    if party is not None and not isinstance(party, str):
        raise _rejected("claim_malformed", "the claim azp must be a string")
    if len(audiences) > 1 and party not in trusted:
        raise _rejected("authorized_party_mismatch", "the token was issued to another client")


def scopes_of(claims: Claims, profile: Profile) -> frozenset[str]:
    """
    Return the token's scopes: one string with single spaces, or a list (RFC 6749 §3.3).

    Raises:
        RejectedCredential: `claim_malformed`.
    """
    scopes: frozenset[str] = frozenset()
    for name in profile.scope_claims:
        value = claims.get(name, "")
        text = " ".join(value) if isinstance(value, list) and all(map(_is_word, value)) else value
        words = _words(text) if isinstance(text, str) else None
        if words is None:
            raise _rejected(
                "claim_malformed", f"the claim {name} must be scopes, joined by single spaces"
            )
        scopes = scopes | words if scopes else words
    return scopes


@lru_cache(maxsize=256)  # a client's tokens have the same few scopes
def _words(text: str) -> frozenset[str] | None:
    return frozenset(text.split(" ") if text else ()) if _SCOPES.fullmatch(text) else None


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value) and " " not in value


def subject_of(claims: Claims, name: str) -> str:
    """
    Return the claim at the path `name`, which identifies the principal.

    Raises:
        RejectedCredential: `claim_missing`, or `claim_malformed` where it is not plain text.
    """
    value = claim_at(claims, parse_claim_path(name))
    if value is None:
        raise _rejected("claim_missing", f"the claim {name} is missing")
    if not isinstance(value, str) or not 0 < len(value) <= 255 or not value.isprintable():
        raise _rejected(
            "claim_malformed", f"the claim {name} must be printable text, at most 255 characters"
        )
    return value
