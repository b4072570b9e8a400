"""Each kind of token opens what it is for: an ID token no API, an access token no client."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.profiles import ABSENT, PROFILES, Profile
from authorizers.model.credential import BearerToken
from authorizers.testing.issuer import FakeIssuer

Trusting = Callable[..., JwtAuthenticator]
Refusal = Callable[[JwtAuthenticator, str], str]

NOW = 1_800_000_000
API, CLIENT = "api://orders", "client-1"
LIFE = {"iat": NOW - 60, "exp": NOW + 600}


class Kind(NamedTuple):
    """What a provider issues: header parameters, and claims beside `iss`."""

    header: Mapping[str, str]
    claims: Mapping[str, Any]


JWT: dict[str, str] = {"typ": "JWT"}
UNTYPED: dict[str, str] = {}
AT_JWT: dict[str, str] = {"typ": "at+jwt"}
SESSION = {"auth_time": NOW - 60, "nonce": "n-0S6_WzA2Mj", "at_hash": "MTIzNDU2Nzg5MDEyMzQ1Ng"}
PERSON = {"email": "alice@example.com", "email_verified": True, "name": "Alice"}

# The shapes are those of the providers' documentation, as named in `authorizers.jwt.profiles`.
KINDS: dict[str, Kind] = {
    "rfc9068 access": Kind(AT_JWT, LIFE | {
        "sub": "5ba552d67", "aud": API, "client_id": CLIENT, "jti": "dbe39bf3", "scope": "read"}),
    "oidc id": Kind(JWT, LIFE | SESSION | PERSON | {"sub": "5ba552d67", "aud": CLIENT}),
    "cognito access": Kind(UNTYPED, LIFE | {
        "sub": "aaaa-bbbb", "cognito:groups": ["admin"], "version": 2, "client_id": CLIENT,
        "origin_jti": "o", "event_id": "e", "token_use": "access", "scope": "api/read",
        "auth_time": NOW - 60, "jti": "j", "username": "alice"}),
    "cognito id": Kind(UNTYPED, LIFE | PERSON | {
        "sub": "aaaa-bbbb", "aud": CLIENT, "cognito:username": "alice", "origin_jti": "o",
        "event_id": "e", "token_use": "id", "auth_time": NOW - 60, "jti": "j"}),
    "auth0 access": Kind(JWT, LIFE | {
        "sub": "auth0|5f7c8ec7", "aud": [API, "https://t.eu.auth0.com/userinfo"], "azp": CLIENT,
        "scope": "openid read", "permissions": ["read"]}),
    "auth0 rfc9068 access": Kind(AT_JWT, LIFE | {
        "sub": "auth0|5f7c8ec7", "aud": API, "client_id": CLIENT, "jti": "j", "scope": "read"}),
    "auth0 machine access": Kind(JWT, LIFE | {
        "sub": f"{CLIENT}@clients", "aud": API, "azp": CLIENT, "gty": "client-credentials"}),
    "auth0 id": Kind(JWT, LIFE | PERSON | {
        "sub": "auth0|5f7c8ec7", "aud": CLIENT, "sid": "s", "nonce": "n",
        "updated_at": "2026-01-01T00:00:00.000Z", "nickname": "alice"}),
    "entra v2 access": Kind(JWT, LIFE | {
        "aud": API, "nbf": NOW - 60, "aio": "A", "azp": CLIENT, "azpacr": "1", "name": "Alice",
        "oid": "o", "rh": "r", "scp": "read", "sub": "s", "tid": "t", "uti": "u", "ver": "2.0"}),
    "entra v1 access": Kind(JWT, LIFE | {
        "aud": API, "nbf": NOW - 60, "acr": "1", "amr": ["pwd"], "appid": CLIENT, "appidacr": "0",
        "oid": "o", "scp": "read", "sub": "s", "tid": "t", "unique_name": "a", "ver": "1.0"}),
    "entra id": Kind(JWT, LIFE | {
        "aud": CLIENT, "nbf": NOW - 60, "aio": "A", "name": "Alice", "nonce": "n", "oid": "o",
        "preferred_username": "alice@example.com", "sub": "s", "tid": "t", "ver": "2.0"}),
    "okta access": Kind(UNTYPED, LIFE | {
        "ver": 1, "jti": "AT.0mP4", "aud": API, "cid": CLIENT, "uid": "u", "scp": ["read"],
        "auth_time": NOW - 60, "sub": "alice@example.com"}),
    "okta org access": Kind({"typ": "application/okta-internal-at+jwt"}, LIFE | {
        "ver": 1, "jti": "AT.0mP4", "aud": API, "cid": CLIENT, "uid": "u", "scp": ["read"],
        "sub": "alice@example.com"}),
    "okta id": Kind(UNTYPED, LIFE | SESSION | PERSON | {
        "ver": 1, "jti": "ID.4eAW", "aud": CLIENT, "amr": ["pwd"], "idp": "00o5", "sub": "00uid"}),
    "keycloak access": Kind(JWT, LIFE | {
        "jti": "onrtac:5ed8", "aud": [API, "account"], "sub": "f-1", "typ": "Bearer", "azp": CLIENT,
        "sid": "s", "acr": "1", "realm_access": {"roles": ["user"]}, "scope": "profile email"}),
    "keycloak id": Kind(JWT, LIFE | SESSION | {
        "jti": "5ed8", "aud": CLIENT, "sub": "f-1", "typ": "ID", "azp": CLIENT, "sid": "s"}),
    "keycloak refresh": Kind(JWT, LIFE | {
        "jti": "5ed8", "aud": API, "sub": "f-1", "typ": "Refresh", "azp": CLIENT, "sid": "s"}),
    "keycloak offline": Kind(JWT, LIFE | {
        "jti": "5ed8", "aud": API, "sub": "f-1", "typ": "Offline", "azp": CLIENT}),
    "google id": Kind(JWT, LIFE | PERSON | {
        "azp": "machine-1.apps.googleusercontent.com", "aud": CLIENT, "sub": "10769150350006150715",
        "at_hash": "HK6E_P6Dh8Y93mRNtsDB1Q"}),
    "logout": Kind({"typ": "logout+jwt"}, LIFE | {
        "sub": "s", "aud": CLIENT, "jti": "j", "sid": "s",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}}}),
    "security event": Kind({"typ": "secevent+jwt"}, LIFE | {
        "sub": "s", "aud": API, "jti": "j", "events": {"urn:x": {}}}),
    "client assertion": Kind({"typ": "client-authentication+jwt"}, LIFE | {
        "sub": CLIENT, "aud": API, "jti": "j"}),
    "introspection": Kind({"typ": "token-introspection+jwt"}, LIFE | {
        "aud": API, "token_introspection": {"active": True}}),
    "dpop proof": Kind({"typ": "dpop+jwt"}, LIFE | {
        "sub": "s", "aud": API, "htm": "GET", "htu": API, "jti": "j", "client_id": CLIENT}),
}  # fmt: skip

# What an issuer for which one chooses the profile may sign, beside what everybody may.
ISSUED = {
    "rfc9068-access-token": tuple(KINDS),
    "oidc-id-token": tuple(KINDS),
    "cognito-access-token": ("cognito",),
    "cognito-id-token": ("cognito",),
    "auth0": ("auth0",),
    "entra": ("entra",),
    "okta": ("okta",),
    "keycloak": ("keycloak",),
    "google": ("google",),
}
BY_ANYBODY = ("rfc9068", "logout", "security", "client", "introspection", "dpop")
PAIRS = [
    (profile, kind)
    for profile, starts in ISSUED.items()
    for kind in KINDS
    if kind.startswith((*starts, *BY_ANYBODY))
]
ACCEPTED = {
    "rfc9068-access-token": {"rfc9068 access", "auth0 rfc9068 access"},
    "oidc-id-token": {
        "oidc id", "cognito id", "auth0 id", "entra id", "okta id", "keycloak id", "google id"},
    "cognito-access-token": {"cognito access"},
    "cognito-id-token": {"cognito id"},
    "auth0": {"auth0 access", "auth0 rfc9068 access", "auth0 machine access", "rfc9068 access"},
    "entra": {"entra v2 access", "entra v1 access"},
    "okta": {"okta access", "okta org access"},
    "keycloak": {"keycloak access"},
    "google": {"google id"},
}  # fmt: skip
# Where one audience serves a client and an API: nothing in a plain ID token tells it from another
# token whose issuer gives that no type of its own. The audience has to (RFC 8725 §3.12), or the
# profile of that issuer.
ONLY_THE_AUDIENCE_TELLS = {
    "oidc-id-token": {
        "auth0 access", "auth0 machine access", "entra v2 access", "entra v1 access",
        "okta access", "keycloak access", "keycloak refresh", "keycloak offline"},
}  # fmt: skip


def token_of(kind: Kind, issuer: FakeIssuer, **claims: Any) -> str:
    header = {"alg": "RS256", "kid": "RS256", **kind.header}
    return issuer.key().sign(header, {"iss": issuer.issuer, **kind.claims, **claims})


def is_for_a_client(profile: str) -> bool:
    return PROFILES[profile].is_id_token or profile == "cognito-access-token"


def test_every_profile_has_a_place_in_the_table() -> None:
    assert ACCEPTED.keys() == ISSUED.keys() == PROFILES.keys()
    assert set().union(*ACCEPTED.values()) <= KINDS.keys()


@pytest.mark.parametrize(("profile", "kind"), PAIRS)
def test_a_profile_accepts_its_own_kinds_of_token_and_no_other(
    profile: str, kind: str, issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    audience = CLIENT if is_for_a_client(profile) else API
    authenticator = trusting(issuer, profile=profile, audience=(audience,))
    token = token_of(KINDS[kind], issuer)

    if kind in ACCEPTED[profile]:
        assert authenticator.authenticate(BearerToken(token))[0].principal.principal_id
    else:
        assert refusal(authenticator, token) in {
            "type_not_allowed", "claim_missing", "claim_mismatch", "audience_mismatch",
        }  # fmt: skip


@pytest.mark.parametrize(("profile", "kind"), PAIRS)
def test_one_audience_for_all_does_not_mix_the_kinds(
    profile: str, kind: str, issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    authenticator = trusting(issuer, profile=profile, audience=(CLIENT,))
    for_all = {"aud": CLIENT} if "aud" in KINDS[kind].claims else {}
    token = token_of(KINDS[kind], issuer, **for_all)

    if kind in ACCEPTED[profile] | ONLY_THE_AUDIENCE_TELLS.get(profile, set()):
        assert authenticator.authenticate(BearerToken(token))
    else:
        assert refusal(authenticator, token) in {
            "type_not_allowed", "claim_missing", "claim_mismatch",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("profile", "kind"),
    [(p, k) for p, k in PAIRS if k.endswith(" id") and not PROFILES[p].is_id_token],
)
def test_no_id_token_opens_an_api_even_for_any_audience(
    profile: str, kind: str, issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    authenticator = trusting(issuer, profile=profile, audience=None)

    code = refusal(authenticator, token_of(KINDS[kind], issuer))

    assert code in {"type_not_allowed", "claim_missing", "claim_mismatch"}


@pytest.mark.parametrize("kind", ["okta access", "entra v1 access", "cognito access"])
def test_scopes_are_read_where_the_provider_puts_them(
    kind: str, issuer: FakeIssuer, trusting: Trusting
) -> None:
    profile = {"okta": "okta", "entra": "entra", "cogni": "cognito-access-token"}
    name = next(value for start, value in profile.items() if kind.startswith(start))
    audience = CLIENT if is_for_a_client(name) else API

    verified, _ = trusting(issuer, profile=name, audience=(audience,)).authenticate(
        BearerToken(token_of(KINDS[kind], issuer))
    )

    assert verified.principal.scopes == {"api/read" if kind == "cognito access" else "read"}


def test_an_opaque_token_of_google_is_malformed(
    issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    authenticator = trusting(issuer, profile="google", audience=(CLIENT,))

    assert refusal(authenticator, "ya29.a0AfH6SMBx-not_a_jwt") == "jwt_malformed"


def test_the_short_issuer_name_that_google_once_used_is_another_issuer(
    issued_by: Callable[..., FakeIssuer], trusting: Trusting, refusal: Refusal
) -> None:
    google = issued_by("RS256", issuer="https://accounts.google.com")
    authenticator = trusting(google, profile="google", audience=(CLIENT,))
    token = token_of(KINDS["google id"], google, iss="accounts.google.com")

    assert refusal(authenticator, token) == "issuer_not_trusted"


def test_a_custom_profile_is_what_it_says(
    issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    custom = Profile(
        "custom", "the document", frozenset({"my+jwt", ABSENT}), ("iss", "exp", "tenant"),
        one_of=("azp", "cid"), exact=(("v", 2),), scope_claims=("roles",),
    )  # fmt: skip
    authenticator = trusting(issuer, profile=custom, audience=(API,))
    mine = {"sub": "s", "aud": API, "tenant": "t", "cid": "c", "v": 2, "roles": ["a", "b"]}
    sound = Kind({"typ": "my+jwt"}, LIFE | mine)

    principal = authenticator.authenticate(BearerToken(token_of(sound, issuer)))[0].principal

    assert principal.scopes == {"a", "b"}
    assert authenticator.authenticate(BearerToken(token_of(Kind({}, sound.claims), issuer)))
    assert refusal(authenticator, token_of(Kind(AT_JWT, sound.claims), issuer)) == (
        "type_not_allowed"
    )
    assert refusal(authenticator, token_of(sound, issuer, tenant=None)) == "claim_missing"
    assert refusal(authenticator, token_of(sound, issuer, cid=None)) == "claim_missing"
    assert refusal(authenticator, token_of(sound, issuer, v=1)) == "claim_mismatch"
    assert refusal(authenticator, token_of(sound, issuer, v=2.5)) == "claim_mismatch"
    assert refusal(authenticator, token_of(sound, issuer, roles="a  b")) == "claim_malformed"


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_profile_has_a_source_and_requires_what_a_verifier_needs(profile: Profile) -> None:
    assert profile.source
    assert {"iss", "exp", profile.audience_claim} <= set(profile.required)
    assert all(name == name.lower() for name in profile.types)
