"""
What a token of a given kind looks like. A profile is a decision with a name and a source.

Kinds of JWT must exclude one another (RFC 8725 §3.12): an ID token is for a client and must not
open an API. Where an issuer's access tokens have no `typ` of their own, the profile asks for the
claims that only they carry.
"""

from typing import Any, NamedTuple

_COGNITO = "https://docs.aws.amazon.com/cognito/latest/developerguide/"

ABSENT = ""  # stands for "no `typ` header parameter" among a profile's types


class Profile(NamedTuple):
    """The rules for one kind of token. `types` are media types without `application/`."""

    name: str
    source: str
    types: frozenset[str]
    required: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    exact: tuple[tuple[str, Any], ...] = ()
    audience_claim: str = "aud"
    scope_claims: tuple[str, ...] = ("scope",)
    is_id_token: bool = False


RFC_9068_ACCESS_TOKEN = Profile(
    "rfc9068-access-token",
    "RFC 9068 §2.1, §2.2, §4",
    types=frozenset({"at+jwt"}),
    required=("iss", "exp", "aud", "sub", "client_id", "iat", "jti"),
)
OIDC_ID_TOKEN = Profile(
    "oidc-id-token",
    "OpenID Connect Core 1.0 §2, §3.1.3.7",
    types=frozenset({"jwt", ABSENT}),
    required=("iss", "sub", "aud", "exp", "iat"),
    is_id_token=True,
)
COGNITO_ACCESS_TOKEN = Profile(
    "cognito-access-token",
    _COGNITO + "amazon-cognito-user-pools-using-the-access-token.html",
    types=frozenset({"jwt", ABSENT}),
    required=("iss", "exp", "sub", "client_id", "iat", "token_use"),
    exact=(("token_use", "access"),),
    audience_claim="client_id",  # Cognito's access tokens name the app client, not an audience
)
COGNITO_ID_TOKEN = Profile(
    "cognito-id-token",
    _COGNITO + "amazon-cognito-user-pools-using-the-id-token.html",
    types=frozenset({"jwt", ABSENT}),
    required=("iss", "sub", "aud", "exp", "iat", "token_use"),
    exact=(("token_use", "id"),),
    is_id_token=True,
)
AUTH0 = Profile(
    "auth0",
    "https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles",
    types=frozenset({"jwt", "at+jwt"}),
    required=("iss", "sub", "aud", "exp", "iat"),
    one_of=("azp", "client_id"),  # its ID tokens have neither
)
ENTRA = Profile(
    "entra",
    "https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference",
    types=frozenset({"jwt"}),
    required=("iss", "sub", "aud", "exp", "iat", "nbf", "tid", "ver"),
    one_of=("azp", "appid"),  # v2.0 and v1.0 access tokens; ID tokens have neither
    scope_claims=("scp",),
)
OKTA = Profile(
    "okta",
    "https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/ (access token)",
    types=frozenset({ABSENT, "jwt", "at+jwt", "okta-internal-at+jwt"}),
    required=("iss", "sub", "aud", "exp", "iat", "jti", "cid"),  # `cid`: not in ID tokens
    scope_claims=("scp",),
)
KEYCLOAK = Profile(
    "keycloak",
    "https://www.keycloak.org/docs/latest/server_admin/ (`typ` claim: Bearer, ID, Refresh)",
    types=frozenset({"jwt", "at+jwt"}),
    required=("iss", "sub", "aud", "exp", "iat", "jti", "azp", "typ"),
    exact=(("typ", "Bearer"),),
)
GOOGLE = Profile(
    "google",
    # Google's own access tokens are opaque and no JWT authorizer can read them; the JWT that
    # Google signs for calling a service is the ID token, with that service as its audience.
    "https://cloud.google.com/docs/authentication/token-types#id",
    types=frozenset({"jwt"}),
    required=("iss", "sub", "aud", "exp", "iat", "azp"),
    is_id_token=True,
)

PROFILES = {
    profile.name: profile
    for profile in (
        RFC_9068_ACCESS_TOKEN,
        OIDC_ID_TOKEN,
        COGNITO_ACCESS_TOKEN,
        COGNITO_ID_TOKEN,
        AUTH0,
        ENTRA,
        OKTA,
        KEYCLOAK,
        GOOGLE,
    )
}
