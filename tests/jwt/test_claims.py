"""Time, audience, scopes, subject: each claim is of its type, and exactly what is expected."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import CredentialError, RejectedCredential
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.claims import (
    MAX_SECONDS,
    Expectation,
    scopes_of,
    subject_of,
    validate_audience,
    validate_kind,
    validate_times,
)
from authorizers.jwt.profiles import (
    COGNITO_ACCESS_TOKEN,
    ENTRA,
    OIDC_ID_TOKEN,
    PROFILES,
    RFC_9068_ACCESS_TOKEN,
    Profile,
)
from authorizers.model.credential import BearerToken
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import ABSENT, FakeIssuer

Trusting = Callable[..., JwtAuthenticator]
Refusal = Callable[[JwtAuthenticator, str], str]

NOW = 1_800_000_000.0
API = "https://api.example.com"
EXPECTED = Expectation(RFC_9068_ACCESS_TOKEN, frozenset({API}), 0, None, "sub")
NOT_A_NUMBER = [
    "9999999999", "", " ", "1e10", "NaN", "2100-01-01T00:00:00Z", True, False, None, [], {},
    [9999999999], {"value": 9999999999}, float("inf"), float("-inf"), float("nan"),
    10**400, -(10**400), 10**300, 1e18, -1e18, MAX_SECONDS + 1, -MAX_SECONDS - 1,
]  # fmt: skip


def time_code(claims: dict[str, Any], **changes: Any) -> str:
    with pytest.raises(RejectedCredential) as raised:
        validate_times(claims, EXPECTED._replace(**changes), NOW)
    return raised.value.code


def until(claims: dict[str, Any], **changes: Any) -> float:
    return validate_times(claims, EXPECTED._replace(**changes), NOW)


# exp (RFC 7519 §4.1.4)


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", NOT_A_NUMBER)
def test_a_time_that_is_no_finite_number_is_malformed(name: str, value: object) -> None:
    assert time_code({"exp": NOW + 60, name: value}) == "claim_malformed"


@pytest.mark.parametrize("value", NOT_A_NUMBER)
def test_a_time_that_is_no_number_is_malformed_under_any_leeway_and_age(value: object) -> None:
    assert time_code({"exp": value}, leeway_seconds=300.0, max_age_seconds=1e9) == "claim_malformed"


def test_a_token_that_never_expires_is_refused() -> None:
    assert time_code({"iat": NOW}) == "claim_missing"


@pytest.mark.parametrize("exp", [NOW, NOW - 0.001, NOW - 1, 0, -1, -MAX_SECONDS, 1.5, int(NOW)])
def test_a_token_is_expired_on_and_after_exp(exp: float) -> None:
    assert time_code({"exp": exp}) == "token_expired"


@pytest.mark.parametrize("exp", [NOW + 0.001, NOW + 1, int(NOW) + 1, 1e11, MAX_SECONDS])
def test_a_token_is_good_before_exp(exp: float) -> None:
    assert until({"exp": exp}) == exp


def test_leeway_moves_exp_and_no_further() -> None:
    assert until({"exp": NOW - 29}, leeway_seconds=30) == NOW + 1
    assert time_code({"exp": NOW - 30}, leeway_seconds=30) == "token_expired"


# nbf and iat (RFC 7519 §4.1.5, §4.1.6)


@pytest.mark.parametrize(
    ("name", "code"), [("nbf", "token_not_yet_valid"), ("iat", "token_issued_in_the_future")]
)
def test_a_token_from_the_future_is_refused_beyond_the_leeway(name: str, code: str) -> None:
    claims = {"exp": NOW + 600}

    assert until({**claims, name: NOW}) == NOW + 600
    assert until({**claims, name: -1}) == NOW + 600
    assert until({**claims, name: NOW + 30}, leeway_seconds=30) == NOW + 630
    assert time_code({**claims, name: NOW + 0.001}) == code
    assert time_code({**claims, name: NOW + 31}, leeway_seconds=30) == code
    assert time_code({**claims, name: 1e11}) == code


# max_age


def test_a_token_is_refused_at_its_greatest_age_however_long_it_lives() -> None:
    claims = {"exp": NOW + 3600, "iat": NOW - 60}

    assert until(claims, max_age_seconds=61)
    assert time_code(claims, max_age_seconds=60) == "token_too_old"
    assert time_code(claims, max_age_seconds=1) == "token_too_old"
    assert until(claims, max_age_seconds=31, leeway_seconds=30)
    assert time_code(claims, max_age_seconds=30, leeway_seconds=30) == "token_too_old"


def test_a_token_without_an_age_is_refused_where_age_counts() -> None:
    assert time_code({"exp": NOW + 60}, max_age_seconds=60) == "claim_missing"


def test_a_proof_holds_until_the_token_expires_or_is_too_old() -> None:
    """A remembered token must not outlive its greatest age."""
    claims = {"exp": NOW + 3600, "iat": NOW - 10}

    assert until(claims, max_age_seconds=60) == NOW + 50
    assert until(claims, max_age_seconds=60, leeway_seconds=5) == NOW + 55
    assert until({**claims, "exp": NOW + 20}, max_age_seconds=60) == NOW + 20


@given(
    exp=st.none() | st.integers(-(10**20), 10**20) | st.floats() | st.text() | st.booleans(),
    nbf=st.none() | st.integers(-(10**20), 10**20) | st.floats(),
    leeway=st.integers(0, 300),
)
def test_what_times_let_through_is_a_finite_moment_to_come(exp: Any, nbf: Any, leeway: int) -> None:
    claims = {"exp": exp, "nbf": nbf}
    try:
        end = until(
            {name: value for name, value in claims.items() if value is not None},
            leeway_seconds=leeway,
        )
    except RejectedCredential:
        return
    assert NOW < end < float("inf")
    assert nbf is None or nbf <= NOW + leeway


# Required and exact claims, and proof of possession


def kind_code(claims: dict[str, Any], profile: Profile) -> str:
    with pytest.raises(RejectedCredential) as raised:
        validate_kind(claims, profile)
    return raised.value.code


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_each_required_claim_is_required_and_null_is_none(profile: Profile) -> None:
    sound: dict[str, Any] = dict.fromkeys([*profile.required, *profile.one_of], "x")
    sound |= dict(profile.exact)
    validate_kind(sound, profile)

    for name in profile.required:
        assert kind_code({**sound, name: None}, profile) == "claim_missing"
        assert kind_code({n: v for n, v in sound.items() if n != name}, profile) == "claim_missing"


@pytest.mark.parametrize(
    "profile", [p for p in PROFILES.values() if p.one_of], ids=lambda p: p.name
)
@pytest.mark.parametrize("value", [None, 1, True, [], ["x"], {}])
def test_one_of_several_claims_is_text_or_missing(profile: Profile, value: object) -> None:
    sound: dict[str, Any] = dict.fromkeys(profile.required, "x") | dict(profile.exact)

    assert kind_code({**sound, **dict.fromkeys(profile.one_of, value)}, profile) == "claim_missing"
    for name in profile.one_of:
        validate_kind({**sound, name: "x"}, profile)


@pytest.mark.parametrize("profile", [p for p in PROFILES.values() if p.exact], ids=lambda p: p.name)
@pytest.mark.parametrize("value", ["", "Access ", "refresh", True, 1, [], ["access"], {}, 0, False])
def test_an_exact_claim_is_compared_exactly(profile: Profile, value: object) -> None:
    sound: dict[str, Any] = dict.fromkeys(profile.required, "x") | dict(profile.exact)
    name, expected = profile.exact[0]

    assert kind_code({**sound, name: value}, profile) == "claim_mismatch"
    assert kind_code({**sound, name: expected.swapcase()}, profile) == "claim_mismatch"


@pytest.mark.parametrize(
    ("expected", "sent"), [(1, True), (0, False), (True, 1), (False, 0), (1, "1")]
)
def test_a_boolean_is_no_number_in_an_exact_claim(expected: object, sent: object) -> None:
    profile = RFC_9068_ACCESS_TOKEN._replace(required=(), exact=(("flag", expected),))

    validate_kind({"flag": expected}, profile)
    assert kind_code({"flag": sent}, profile) == "claim_mismatch"
    assert kind_code({}, profile) == "claim_mismatch"


@pytest.mark.parametrize(
    "confirmation",
    [{"x5t#S256": "A"}, {"jkt": "A"}, {"jwk": {}}, {"kid": "a"}, {}, None, "", [], False],
)
def test_a_token_that_is_bound_to_a_key_is_no_bearer_token(confirmation: object) -> None:
    sound: dict[str, Any] = dict.fromkeys(RFC_9068_ACCESS_TOKEN.required, "x")

    assert kind_code({**sound, "cnf": confirmation}, RFC_9068_ACCESS_TOKEN) == "proof_required"


# Audience (RFC 7519 §4.1.3)


def audience_code(claims: dict[str, Any], expected: Expectation = EXPECTED) -> str:
    with pytest.raises(RejectedCredential) as raised:
        validate_audience(claims, expected)
    return raised.value.code


@pytest.mark.parametrize("aud", [API, [API], ["other", API], [API, API], ["", API]])
def test_one_audience_of_several_is_enough(aud: object) -> None:
    validate_audience({"aud": aud}, EXPECTED)


@pytest.mark.parametrize(
    "aud",
    [
        [], "", [""], "other", ["other", "another"], f"{API}/", f"{API} ", f" {API}", API[:-1],
        API.upper(), API.title(), f"{API}.evil.example", f"x{API}", f"{API},other", f"{API} other",
        API.replace("https", "http"), f"{API}\x00", API.replace("a", "\u0430", 1), "*", ".*", "https://",
        f'["{API}"]',
    ],
)  # fmt: skip
def test_another_audience_is_another_audience(aud: object) -> None:
    assert audience_code({"aud": aud}) == "audience_mismatch"


@pytest.mark.parametrize(
    "aud",
    [None, 0, 1, True, False, {}, {API: 1}, [API, 1], [API, None], [[API]], [{"a": API}], 1.5],
)
@pytest.mark.parametrize("audience", [frozenset({API}), None])
def test_an_audience_of_another_type_is_malformed_even_where_any_is_taken(
    aud: object, audience: frozenset[str] | None
) -> None:
    expected = EXPECTED._replace(audience=audience)

    assert audience_code({"aud": aud}, expected) == "claim_malformed"


def test_an_absent_audience_is_malformed() -> None:
    assert audience_code({}) == "claim_malformed"


def test_any_audience_is_taken_where_the_document_says_so() -> None:
    validate_audience({"aud": "whatever"}, EXPECTED._replace(audience=None))


def test_the_audience_of_a_cognito_access_token_is_its_client() -> None:
    expected = Expectation(COGNITO_ACCESS_TOKEN, frozenset({"app"}), 0, None, "sub")

    validate_audience({"client_id": "app"}, expected)
    assert audience_code({"client_id": "other", "aud": "app"}, expected) == "audience_mismatch"
    assert audience_code({"aud": "app"}, expected) == "claim_malformed"


ID_TOKEN = Expectation(OIDC_ID_TOKEN, frozenset({"client", "second"}), 0, None, "sub")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "client"},
        {"aud": ["client"]},
        {"aud": "client", "azp": "client"},
        {"aud": ["client", "second"], "azp": "client"},
    ],
)
def test_an_id_token_for_this_client_is_accepted(claims: dict[str, Any]) -> None:
    validate_audience(claims, ID_TOKEN)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"aud": ["client", "stranger"], "azp": "client"}, "audience_mismatch"),
        ({"aud": ["client", "stranger"]}, "audience_mismatch"),
        ({"aud": "stranger", "azp": "client"}, "audience_mismatch"),
        ({"aud": []}, "audience_mismatch"),
        ({"aud": ["client", "second"]}, "claim_missing"),
        ({"aud": ["client", "second"], "azp": None}, "claim_missing"),
        ({"aud": ["client", "client"]}, "claim_missing"),
        ({"aud": ["client", "second"], "azp": "stranger"}, "authorized_party_mismatch"),
        ({"aud": ["client", "second"], "azp": ""}, "authorized_party_mismatch"),
        ({"aud": ["client", "second"], "azp": "Client"}, "authorized_party_mismatch"),
        ({"aud": "client", "azp": 1}, "claim_malformed"),
        ({"aud": "client", "azp": ["client"]}, "claim_malformed"),
        ({"aud": "client", "azp": {}}, "claim_malformed"),
    ],
)
def test_an_id_token_with_audiences_that_are_not_trusted_is_refused(
    claims: dict[str, Any], code: str
) -> None:
    """OpenID Connect Core 1.0 §3.1.3.7."""
    assert audience_code(claims, ID_TOKEN) == code


# Scopes (RFC 6749 §3.3)


def scope_code(claims: dict[str, Any], profile: Profile = RFC_9068_ACCESS_TOKEN) -> str:
    with pytest.raises(RejectedCredential) as raised:
        scopes_of(claims, profile)
    return raised.value.code


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({}, set()),
        ({"scope": ""}, set()),
        ({"scope": []}, set()),
        ({"scope": "a"}, {"a"}),
        ({"scope": "a b"}, {"a", "b"}),
        ({"scope": "a a"}, {"a"}),
        ({"scope": "a A"}, {"a", "A"}),
        ({"scope": "orders:read https://x.example/y.z"}, {"orders:read", "https://x.example/y.z"}),
        ({"scope": "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"}, {"!#$%&'()*+,-./:;<=>?@[]^_`{|}~"}),
        ({"scope": ["a", "b"]}, {"a", "b"}),
        ({"scp": "a"}, set()),
    ],
)
def test_scopes_are_whole_words(claims: dict[str, Any], scopes: set[str]) -> None:
    assert scopes_of(claims, RFC_9068_ACCESS_TOKEN) == scopes


@pytest.mark.parametrize(
    "scope",
    [
        " ", " a", "a ", "a  b", "a\tb", "a\nb", "a\u00a0b", "a\x00", "a\x7f", 'a"b', "a\\b",
        "caf\u00e9", "a\u2028b", "a\n", None, 0, 1, True, False, {}, {"a": 1}, ["a", 1],
        ["a", None],
        [["a"]], ["a b"], [""], ["a", ""], [" "], ["a\n"], ['a"'], ["caf\u00e9"], 1.5,
    ],
)  # fmt: skip
def test_scopes_in_another_form_are_malformed(scope: object) -> None:
    assert scope_code({"scope": scope}) == "claim_malformed"


def test_each_profile_reads_scopes_from_its_own_claim() -> None:
    assert scopes_of({"scp": "a", "scope": "b"}, ENTRA) == {"a"}
    both = ENTRA._replace(scope_claims=("scp", "scope"))
    assert scopes_of({"scp": ["a"], "scope": "b c"}, both) == {"a", "b", "c"}
    assert scope_code({"scp": ["a"], "scope": "b  c"}, both) == "claim_malformed"


@pytest.mark.parametrize(
    "text", ["a" * 10_000 + '"', "a " * 5_000 + " ", " " * 10_000, "aaaa!" * 2_000 + "\\"]
)
def test_no_scope_makes_the_check_slow(text: str) -> None:
    import time

    started = time.perf_counter()
    assert scope_code({"scope": text}) == "claim_malformed"
    assert time.perf_counter() - started < 0.05


# The principal's claim


@pytest.mark.parametrize(
    "subject", ["a", "alice", "auth0|5f", "a" * 255, "J\u00fcrgen M", "42", "*"]
)
def test_printable_text_is_a_subject(subject: str) -> None:
    assert subject_of({"sub": subject}, "sub") == subject


@pytest.mark.parametrize(
    "subject",
    [
        "", "a" * 256, "a\n", "\n", "a\r\nb", "a\x00", "\x1b[31m", "a\tb", "a\x7f", "a\x85b",
        "a\u2028b",
        "a\u2029", "\u200b", "a\u202eb", "\ufeff", "\u00a0", "a\ud800", 0, 42, True, False, [],
        ["alice"],
        {}, {"id": 1}, 1.5,
    ],
)  # fmt: skip
def test_a_subject_that_could_not_be_logged_as_it_is_is_malformed(subject: object) -> None:
    with pytest.raises(RejectedCredential) as raised:
        subject_of({"sub": subject}, "sub")
    assert raised.value.code == "claim_malformed"


@pytest.mark.parametrize("claims", [{}, {"sub": None}])
def test_a_missing_subject_is_missing(claims: dict[str, Any]) -> None:
    with pytest.raises(RejectedCredential) as raised:
        subject_of(claims, "sub")
    assert raised.value.code == "claim_missing"


# All of them, in a signed token


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": ABSENT}, "claim_missing"),
        ({"exp": "9999999999"}, "claim_malformed"),
        ({"exp": True}, "claim_malformed"),
        ({"exp": 1}, "token_expired"),
        ({"exp": NOW}, "token_expired"),
        ({"nbf": NOW + 1}, "token_not_yet_valid"),
        ({"nbf": None}, "claim_malformed"),
        ({"iat": NOW + 1}, "token_issued_in_the_future"),
        ({"aud": ABSENT}, "claim_missing"),
        ({"aud": []}, "audience_mismatch"),
        ({"aud": None}, "claim_missing"),
        ({"aud": {}}, "claim_malformed"),
        ({"aud": "other"}, "audience_mismatch"),
        ({"cnf": {"jkt": "A"}}, "proof_required"),
        ({"scope": "a  b"}, "claim_malformed"),
        ({"sub": "a\nb"}, "claim_malformed"),
        ({"sub": ABSENT}, "claim_missing"),
        ({"sub": 7}, "claim_malformed"),
        ({"jti": 7}, "claim_malformed"),
        ({"jti": {}}, "claim_malformed"),
        ({"iss": ABSENT}, "jwt_malformed"),
        ({"iss": None}, "jwt_malformed"),
        ({"iss": ["https://issuer.example"]}, "jwt_malformed"),
        ({"iss": {}}, "jwt_malformed"),
        ({"iss": 1}, "jwt_malformed"),
        ({"iss": True}, "jwt_malformed"),
        ({"iss": ""}, "issuer_not_trusted"),
    ],
)
def test_a_signed_token_with_a_wrong_claim_is_refused(
    claims: dict[str, Any], code: str, issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    assert refusal(trusting(issuer), issuer.token(claims)) == code


def test_the_number_1e400_is_no_time(
    issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    sound = b'{"iss":"https://issuer.example","sub":"a","aud":"https://api.example.com",'
    sound += b'"client_id":"c","jti":"j","iat":1,"exp":%s}'
    header = {"alg": "RS256", "typ": "at+jwt", "kid": "RS256"}
    for number in (b"1e400", b"-1e400", b"9" * 400):
        token = issuer.key().sign(header, sound.replace(b"%s", number))
        assert refusal(trusting(issuer), token) == "claim_malformed"


def test_the_principal_is_its_issuers_scheme_and_subject(
    issuer: FakeIssuer, trusting: Trusting
) -> None:
    token = issuer.token({"email": "root@example.com", "scope": "a b"})

    principal = trusting(issuer).authenticate(BearerToken(token))[0].principal

    assert principal.principal_id == "issuer.example|alice"
    assert (principal.scheme, principal.issuer) == ("issuer.example", "https://issuer.example")
    assert (principal.scopes, principal.key_id) == (frozenset({"a", "b"}), "RS256")


def test_the_principal_may_be_another_claim(
    issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    authenticator = trusting(issuer, principal_claim="employee")

    principal = authenticator.authenticate(BearerToken(issuer.token({"employee": "e7"})))[
        0
    ].principal

    assert principal.principal_id == "issuer.example|e7"
    assert refusal(authenticator, issuer.token()) == "claim_missing"
    assert refusal(authenticator, issuer.token({"employee": "a\x1b[2J"})) == "claim_malformed"


def test_a_refusal_names_the_scheme_that_looked_at_the_token(
    issuer: FakeIssuer, trusting: Trusting, clock: FrozenClock
) -> None:
    authenticator = trusting(issuer)

    for token, scheme in (
        (issuer.token({"exp": 1}), "issuer.example"),
        (issuer.token(header={"alg": "none"}), "issuer.example"),
        (issuer.token({"iss": "https://other.example"}), None),
        ("a.b.c", None),
    ):
        with pytest.raises(CredentialError) as raised:
            authenticator.authenticate(BearerToken(token))
        assert raised.value.scheme == scheme
