"""The header chooses a key by two names; nothing else in it is followed, and much of it refused."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import CredentialError, RejectedCredential, UntrustedCredential
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.header import MAX_KEY_ID_CHARS, validate_header
from authorizers.jwt.profiles import ABSENT, PROFILES, Profile
from authorizers.model.credential import BearerToken
from authorizers.testing.issuer import FakeIssuer

ALLOWED = frozenset({"RS256", "ES256"})
AT_JWT = frozenset({"at+jwt"})
SOUND: dict[str, Any] = {"alg": "RS256", "typ": "at+jwt", "kid": "key-1"}


def code(header: dict[str, Any], types: frozenset[str] = AT_JWT) -> str:
    with pytest.raises(CredentialError) as raised:
        validate_header(header, ALLOWED, types)
    return raised.value.code


def test_a_sound_header_chooses_a_key() -> None:
    assert validate_header(SOUND, ALLOWED, AT_JWT) == ("RS256", "key-1")


def test_a_kid_may_be_absent() -> None:
    assert validate_header({"alg": "ES256", "typ": "at+jwt"}, ALLOWED, AT_JWT) == ("ES256", None)


def test_unknown_parameters_are_ignored() -> None:
    """RFC 7515 §4: unless they are critical."""
    extra = {"jku": "https://evil.example", "x5t": "a", "new": {"a": 1}, "cty": "JWT", "nonce": "n"}

    assert validate_header({**SOUND, **extra}, ALLOWED, AT_JWT) == ("RS256", "key-1")


# alg (RFC 8725 §3.1, §3.2)


@pytest.mark.parametrize(
    "alg",
    [
        "none", "None", "NONE", "nOnE", "none ", " none", "none\x00", "n\u00f6ne", "",
        "HS256", "HS384", "HS512", "hs256", "rs256", "Rs256", "RS256 ", " RS256", "RS256\n",
        "RS384", "RS512", "PS256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "RS1",
        "RSA-OAEP", "RSA1_5", "dir", "A256KW", "PBES2-HS256+A128KW", "ECDH-ES", "ML-DSA-44",
        "RS256,none", "\uff32\uff33256", None, 0, 256, True, False, [], ["RS256"], {},
        {"RS256": 1}, 1.5,
    ],
)  # fmt: skip
def test_an_algorithm_that_is_not_configured_is_untrusted(alg: object) -> None:
    with pytest.raises(UntrustedCredential):
        validate_header({**SOUND, "alg": alg}, ALLOWED, AT_JWT)
    assert code({**SOUND, "alg": alg}) == "algorithm_not_allowed"


def test_a_missing_algorithm_is_untrusted() -> None:
    assert code({"typ": "at+jwt", "kid": "key-1"}) == "algorithm_not_allowed"


def test_the_algorithm_is_refused_before_anything_else_is_looked_at() -> None:
    assert code({"alg": "none", "crit": ["x"], "typ": 1, "kid": 1}) == "algorithm_not_allowed"


# Extensions and encryption (RFC 7515 §4.1.11, RFC 7797 §7)


@pytest.mark.parametrize(
    "extension",
    [
        {"crit": ["exp"]},
        {"crit": ["b64"], "b64": False},
        {"crit": ["b64"], "b64": True},
        {"b64": False},
        {"b64": True},
        {"b64": None},
        {"crit": []},
        {"crit": None},
        {"crit": "exp"},
        {"crit": {}},
        {"crit": False},
        {"crit": [1]},
        {"crit": ["alg"]},
        {"crit": ["kid"]},
        {"crit": ["absent"]},
        {"crit": ["x", "x"], "x": 1},
        {"crit": ["http://example.com/UNDEFINED"], "http://example.com/UNDEFINED": True},
        {"crit": ["new"], "new": 1},
        {"crit": [""]},
        {"enc": "A256GCM"},
        {"zip": "DEF"},
        {"enc": None},
        {"zip": None},
    ],
)
def test_no_extension_and_no_encryption_is_supported(extension: dict[str, Any]) -> None:
    assert code({**SOUND, **extension}) == "header_not_supported"


# typ (RFC 8725 §3.11, RFC 9068 §4)


@pytest.mark.parametrize(
    "typ", ["at+jwt", "at+JWT", "AT+JWT", "application/at+jwt", "Application/AT+JWT"]
)
def test_a_media_type_is_compared_without_case_and_prefix(typ: str) -> None:
    assert validate_header({**SOUND, "typ": typ}, ALLOWED, AT_JWT).algorithm == "RS256"


NO_PROFILE_TAKES = [
    "", " ", "application/", "APPLICATION/", "application/application/at+jwt", "text/at+jwt",
    " at+jwt", "at+jwt ", "at+jwt;charset=utf-8", "at jwt", "at-jwt", "at+jwt\n", "\u00e4t+jwt",
    "logout+jwt", "secevent+jwt", "dpop+jwt", "oauth-authz-req+jwt", "client-authentication+jwt",
    "entity-statement+jwt", "token-introspection+jwt", "rt+jwt", "JOSE", "JOSE+JSON", "SAML",
    "wallet+jwt", "Bearer", "ID", None, 0, 1, True, False, [], ["at+jwt"], {}, {"at+jwt": 1},
]  # fmt: skip


@pytest.mark.parametrize("typ", NO_PROFILE_TAKES)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_type_of_another_kind_of_jwt_is_rejected_by_every_profile(
    profile: Profile, typ: object
) -> None:
    assert code({**SOUND, "typ": typ}, profile.types) == "type_not_allowed"


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_missing_type_is_taken_only_where_the_profile_says_so(profile: Profile) -> None:
    untyped = {"alg": "RS256", "kid": "key-1"}

    if ABSENT in profile.types:
        assert validate_header(untyped, ALLOWED, profile.types).key_id == "key-1"
    else:
        with pytest.raises(RejectedCredential, match="type_not_allowed"):
            validate_header(untyped, ALLOWED, profile.types)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize(
    "typ", ["JWT", "jwt", "application/jwt", "at+jwt", "application/okta-internal-at+jwt"]
)
def test_every_profile_takes_the_types_it_names_and_no_other(profile: Profile, typ: str) -> None:
    header = {**SOUND, "typ": typ}

    if typ.lower().removeprefix("application/") in profile.types:
        assert validate_header(header, ALLOWED, profile.types).key_id == "key-1"
    else:
        assert code(header, profile.types) == "type_not_allowed"


# kid (RFC 8725 §3.10)


@pytest.mark.parametrize(
    "kid",
    ["", None, 0, 1, 1.5, True, False, [], ["key-1"], {}, {"key-1": 1},
     "k" * (MAX_KEY_ID_CHARS + 1), "k" * 100_000],
)  # fmt: skip
def test_a_kid_that_is_no_short_text_is_malformed(kid: object) -> None:
    assert code({**SOUND, "kid": kid}) == "jwt_malformed"


KIDS = [
    "../../../../etc/passwd", "/dev/null", "/proc/self/environ", "file:///etc/passwd",
    "C:\\boot.ini",
    "key-1' OR '1'='1", "x' UNION SELECT 'secret';--", "key-1\"; DROP TABLE keys;--",
    "key-1|/usr/bin/id", "$(id)", "`id`", "; sleep 10", "| sleep 10 #",
    "${jndi:ldap://evil.example/a}",
    "https://evil.example/jwks.json", "http://169.254.169.254/latest/meta-data/", "data:,x",
    "key-1\x00", "key-1\n", "KEY-1", " key-1", "key-1 ", "key\u20111", "\u212aey-1", "%6bey-1",
    "key-1/../key-1", "*", "key-?", ".*", "{{7*7}}", "__proto__", "None", "null", "rs256",
]  # fmt: skip


@pytest.mark.usefixtures("no_outside")
@pytest.mark.parametrize("kid", KIDS)
def test_a_kid_is_compared_and_never_followed(
    kid: str,
    issuer: FakeIssuer,
    trusting: Callable[..., JwtAuthenticator],
    refusal: Callable[[JwtAuthenticator, str], str],
) -> None:
    token = issuer.token(header={"kid": kid}, key=issuer.key())

    assert refusal(trusting(issuer), token) == "key_not_found"


@pytest.mark.usefixtures("no_outside")
@pytest.mark.parametrize(
    "name", ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "jwks", "jwks_uri", "key", "keys"]
)
def test_a_key_in_the_header_is_not_looked_at(
    name: str, issuer: FakeIssuer, trusting: Callable[..., JwtAuthenticator]
) -> None:
    value = {"kty": "oct", "k": "AAAA"} if name == "jwk" else "https://evil.example/x"
    token = issuer.token(header={name: value})

    verified, _ = trusting(issuer).authenticate(BearerToken(token))

    assert verified.principal.key_id == "RS256"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["alg", "typ", "kid", "crit", "b64", "enc", "zip", "cty", "jwk", "x"])


@given(st.dictionaries(NAMES | st.text(max_size=4), JSON), st.booleans())
def test_no_header_raises_anything_but_a_credential_error(
    header: dict[str, Any], nearly_right: bool
) -> None:
    if nearly_right:
        header = {"alg": "RS256", "typ": "at+jwt", **header}
    try:
        chosen = validate_header(header, ALLOWED, AT_JWT)
    except CredentialError:
        return
    assert chosen.algorithm in ALLOWED
    assert chosen.key_id is None or 0 < len(chosen.key_id) <= MAX_KEY_ID_CHARS
