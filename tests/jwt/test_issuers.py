"""A token is verified with the keys of the one issuer it names, and by nobody else's."""

from collections.abc import Callable

import pytest

from authorizers.errors import ConfigurationError, DependencyError, UntrustedCredential
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.model.credential import BearerToken
from authorizers.model.key import VerificationKey
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey

Trusting = Callable[..., JwtAuthenticator]
Refusal = Callable[[JwtAuthenticator, str], str]
IssuedBy = Callable[..., FakeIssuer]

ONE, TWO = "https://one.example", "https://two.example"


@pytest.fixture
def one(issued_by: IssuedBy) -> FakeIssuer:
    return issued_by(SigningKey.generate("ES256", "shared-kid"), issuer=ONE)


@pytest.fixture
def two(issued_by: IssuedBy) -> FakeIssuer:
    return issued_by(SigningKey.generate("ES256", "shared-kid"), issuer=TWO)


@pytest.fixture
def both(one: FakeIssuer, two: FakeIssuer, trusting: Trusting) -> JwtAuthenticator:
    return trusting(one, two, algorithms=("ES256",), cache_size=16)


def test_each_issuers_token_is_verified_with_its_own_key(
    one: FakeIssuer, two: FakeIssuer, both: JwtAuthenticator
) -> None:
    for issuer in (one, two):
        principal = both.authenticate(BearerToken(issuer.token()))[0].principal
        assert principal.issuer == issuer.issuer
        assert principal.principal_id == f"{issuer.issuer.removeprefix('https://')}|alice"


def test_one_issuer_cannot_sign_for_another_under_a_shared_kid(
    one: FakeIssuer, two: FakeIssuer, both: JwtAuthenticator, refusal: Refusal
) -> None:
    for forger, victim in ((one, two), (two, one)):
        forged = forger.token({"iss": victim.issuer})
        assert refusal(both, forged) == "signature_invalid"


def test_a_cross_signed_token_is_refused_even_when_a_sound_one_is_remembered(
    one: FakeIssuer, two: FakeIssuer, both: JwtAuthenticator, refusal: Refusal
) -> None:
    sound = one.token()
    both.authenticate(BearerToken(sound))

    header, claims, _ = sound.split(".")
    forged = two.key().sign({"alg": "ES256", "typ": "at+jwt", "kid": "shared-kid"}, {"iss": ONE})
    assert refusal(both, f"{header}.{claims}.{forged.rpartition('.')[2]}") == "signature_invalid"


def test_a_kid_of_another_issuer_is_not_found(
    one: FakeIssuer, issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    other = issued_by(SigningKey.generate("ES256", "other-kid"), issuer=TWO)
    authenticator = trusting(one, other, algorithms=("ES256",))

    assert refusal(authenticator, other.token({"iss": ONE})) == "key_not_found"


def test_an_algorithm_is_allowed_for_the_issuer_that_has_it(
    keys: dict[str, SigningKey], issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    rs, es = issued_by("RS256", issuer=ONE), issued_by("ES256", issuer=TWO)
    mixed = JwtAuthenticator(
        [
            *trusting(rs, algorithms=("RS256",))._verifiers.values(),
            *trusting(es, algorithms=("ES256",))._verifiers.values(),
        ],
        clock=FrozenClock(),
        cache_size=0,
    )

    assert mixed.authenticate(BearerToken(rs.token()))
    assert mixed.authenticate(BearerToken(es.token()))
    assert refusal(mixed, rs.token(key=keys["ES256"])) == "algorithm_not_allowed"


@pytest.mark.parametrize(
    "issuer",
    [
        "", " ", "https://", "https://one.exampl", "https://one.example/", "https://one.example.evil",
        "https://one.examplee", "https://ONE.example", "HTTPS://one.example", "http://one.example",
        "https://one.example:443", "https://one.example?", "https://one.example#",
        "https://one.example/.", "https://one.example//", "https://user@one.example",
        " https://one.example", "https://one.example ", "https://one.example\n", "one.example",
        "https://one.example,https://two.example", "https://%6fne.example", "https://\u043ene.example",
        "https://one\u3002example", "*", ".*", "null", "https://one.example\x00",
    ],
)  # fmt: skip
def test_an_issuer_that_is_nearly_the_configured_one_is_another(
    issuer: str, one: FakeIssuer, both: JwtAuthenticator, refusal: Refusal
) -> None:
    """CVE-2024-53861: equal, and not contained."""
    assert refusal(both, one.token({"iss": issuer})) == "issuer_not_trusted"


def test_the_issuer_is_refused_before_any_key_is_asked_for(
    one: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    class Unreachable:
        def find(self, key_id: str | None, algorithm: str) -> VerificationKey:
            raise AssertionError("a stranger's token made us look for keys")

    authenticator = trusting(one, algorithms=("ES256",), source=Unreachable())

    assert refusal(authenticator, one.token({"iss": TWO})) == "issuer_not_trusted"
    assert refusal(authenticator, one.token(header={"alg": "none"})) == "algorithm_not_allowed"
    assert refusal(authenticator, one.token(header={"typ": "JWT"})) == "type_not_allowed"
    assert refusal(authenticator, one.token(header={"crit": ["x"]})) == "header_not_supported"
    assert refusal(authenticator, one.token(header={"kid": 1})) == "jwt_malformed"


def test_keys_that_cannot_be_had_are_no_fault_of_the_caller(
    one: FakeIssuer, trusting: Trusting
) -> None:
    class Down:
        def find(self, key_id: str | None, algorithm: str) -> VerificationKey:
            raise DependencyError("keys_unavailable", "the issuer's keys cannot be had")

    authenticator = trusting(one, algorithms=("ES256",), source=Down(), cache_size=8)

    for _ in range(2):
        with pytest.raises(DependencyError, match="keys_unavailable"):
            authenticator.authenticate(BearerToken(one.token()))


def test_the_header_and_the_kid_reach_the_key_source_byte_for_byte(
    one: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    seen: list[tuple[str | None, str]] = []

    class Recorder:
        def find(self, key_id: str | None, algorithm: str) -> VerificationKey:
            seen.append((key_id, algorithm))
            raise UntrustedCredential("key_not_found", "none")

    authenticator = trusting(one, algorithms=("ES256",), source=Recorder())

    for kid in ("A", "a", " a", "\u00e4", "a\u0308", "../a"):
        assert refusal(authenticator, one.token(header={"kid": kid})) == "key_not_found"
    assert seen == [(kid, "ES256") for kid in ("A", "a", " a", "\u00e4", "a\u0308", "../a")]


def test_two_schemes_with_one_issuer_do_not_start(one: FakeIssuer, trusting: Trusting) -> None:
    with pytest.raises(ConfigurationError, match="same issuer"):
        trusting(one, one, algorithms=("ES256",))
