"""The principal that a token with certain claims would prove, without a token."""

from collections.abc import Iterable, Mapping
from typing import Any

from authorizers.jwt.claims import scopes_of, subject_of
from authorizers.jwt.profiles import PROFILES, RFC_9068_ACCESS_TOKEN
from authorizers.model.principal import Principal


def principal_from_claims(
    scheme: str, jwt: Mapping[str, Any], claims: Mapping[str, Any], roles: Iterable[str] = ()
) -> Principal:
    """
    Return the principal of `scheme`, whose member `jwt` is that of a document.

    Nothing is proven: for trying rules only. Scopes and the principal's identifier are read
    from `claims` as from a verified token.

    Raises:
        RejectedCredential: `claim_missing` or `claim_malformed`, of the claims that are read.
    """
    profile = PROFILES.get(jwt.get("profile", ""))
    if profile is None:
        custom = jwt.get("custom_profile") or {}
        names = tuple(custom.get("scope_claims", RFC_9068_ACCESS_TOKEN.scope_claims))
        profile = RFC_9068_ACCESS_TOKEN._replace(scope_claims=names)
    return Principal(
        f"{scheme}|{subject_of(claims, jwt.get('principal_claim') or 'sub')}",
        scheme,
        jwt["issuer"],
        scopes_of(claims, profile),
        claims,
        roles=frozenset(roles),
    )
