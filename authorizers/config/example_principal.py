"""The principal that a credential with certain claims would prove, without a credential."""

from collections.abc import Iterable, Mapping
from typing import Any

from authorizers.config.certificate_facts import CERTIFICATE
from authorizers.config.example_certificate import principal_of_certificate
from authorizers.errors import RejectedCredential
from authorizers.jwt.claims import scopes_of, subject_of
from authorizers.jwt.profiles import PROFILES, RFC_9068_ACCESS_TOKEN
from authorizers.model.principal import Principal

_TEXTS = ("sub", "owner", "key_id", "usage_plan")
KEY_CLAIMS = (*_TEXTS, "labels", "routes")
_NO_KEY_ID = "0" * 12  # a form that ids have, and that is nobody's
_KEY_CLAIMS_EXPECTED = (
    "a key has the claims sub, owner (the same), key_id, usage_plan, labels (texts by name) and"
    " routes (a list), and here scope for its scopes"
)


def example_principal(
    scheme: str, form: Mapping[str, Any], claims: Mapping[str, Any], roles: Iterable[str] = ()
) -> Principal:
    """
    Return the principal of `scheme`, which has this `form` in a document or its compiled form. Of
    a client certificate the claim `certificate` holds what is known.

    Raises:
        RejectedCredential: `claim_missing` or `claim_malformed`, of the claims that are read.
    """
    if "client_certificate" in form:
        facts = claims.get(CERTIFICATE)
        said = facts if isinstance(facts, Mapping) else {}
        return principal_of_certificate(scheme, form["client_certificate"], said, roles)
    if "api_key" in form:
        return principal_of_key(scheme, claims, roles)
    return principal_from_claims(scheme, form["jwt"], claims, roles)


def principal_of_key(
    scheme: str, claims: Mapping[str, Any], roles: Iterable[str] = ()
) -> Principal:
    """
    Return the principal of a key of `scheme` whose record says what `claims` say: `sub` is its
    owner, and `scope` are its scopes, as in a token. Without `routes` it is for every route.

    Nothing is proven: for trying rules only.

    Raises:
        RejectedCredential: `claim_missing` or `claim_malformed`.
    """
    owner = subject_of(claims, "sub" if "sub" in claims else "owner")
    scopes = scopes_of(claims, RFC_9068_ACCESS_TOKEN)
    default = {"sub": owner, "owner": owner, "key_id": _NO_KEY_ID, "labels": {}, "routes": ["*"]}
    of_key = {**default, **{name: value for name, value in claims.items() if name != "scope"}}
    if not _are_claims_of_a_key(of_key):
        raise RejectedCredential("claim_malformed", _KEY_CLAIMS_EXPECTED)
    return Principal(
        f"{scheme}|{owner}",
        scheme,
        f"authenticate.{scheme}.api_key",
        scopes,
        of_key,
        of_key["key_id"],
        frozenset(roles),
    )


def _are_claims_of_a_key(claims: Mapping[str, Any]) -> bool:
    labels, routes = claims["labels"], claims["routes"]
    return (
        claims.keys() <= set(KEY_CLAIMS)
        and claims["sub"] == claims["owner"]
        and all(isinstance(claims.get(name, ""), str) for name in _TEXTS)
        and isinstance(labels, dict)
        and all(isinstance(text, str) for text in labels.values())
        and isinstance(routes, list)
        and all(isinstance(route, str) for route in routes)
    )


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
