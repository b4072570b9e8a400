"""A remembered token dies with its expiry, its greatest age, and its key, on either clock."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.errors import DependencyError
from authorizers.jwks.address import JwksUri
from authorizers.jwks.source import RemoteKeys
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.model.clock import Deadline
from authorizers.model.credential import BearerToken
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey

Trusting = Callable[..., JwtAuthenticator]
Refusal = Callable[[JwtAuthenticator, str], str]
State = Callable[[JwtAuthenticator, str], str]


@pytest.fixture
def issuer(issued_by: Callable[..., FakeIssuer]) -> FakeIssuer:
    return issued_by("ES256")


# Until the token expires


def test_a_remembered_token_dies_when_it_expires(
    issuer: FakeIssuer,
    clock: FrozenClock,
    remembering: JwtAuthenticator,
    refusal: Refusal,
    state: State,
) -> None:
    token = issuer.token({"exp": clock.wall() + 10})
    state(remembering, token)

    clock.advance(9.9)
    assert state(remembering, token) == "hit"
    clock.advance(0.1)
    assert refusal(remembering, token) == "token_expired"


def test_a_remembered_token_has_the_same_leeway_and_no_more(
    issuer: FakeIssuer, clock: FrozenClock, trusting: Trusting, refusal: Refusal, state: State
) -> None:
    authenticator = trusting(issuer, algorithms=("ES256",), leeway=30, cache_size=8)
    token = issuer.token({"exp": clock.wall() + 10})
    state(authenticator, token)

    clock.advance(39.9)
    assert state(authenticator, token) == "hit"
    clock.advance(0.1)
    assert refusal(authenticator, token) == "token_expired"


def test_a_remembered_token_dies_at_its_greatest_age(
    issuer: FakeIssuer, clock: FrozenClock, trusting: Trusting, refusal: Refusal, state: State
) -> None:
    authenticator = trusting(issuer, algorithms=("ES256",), max_age=60, cache_size=8)
    token = issuer.token({"exp": clock.wall() + 3600})
    state(authenticator, token)

    clock.advance(59.9)
    assert state(authenticator, token) == "hit"
    clock.advance(0.1)
    assert refusal(authenticator, token) == "token_too_old"


def test_a_token_that_expires_while_the_environment_is_frozen_is_not_served(
    issuer: FakeIssuer,
    clock: FrozenClock,
    remembering: JwtAuthenticator,
    refusal: Refusal,
    state: State,
) -> None:
    token = issuer.token({"exp": clock.wall() + 10})
    state(remembering, token)

    clock.freeze_environment(10)

    assert refusal(remembering, token) == "token_expired"


# As long as its key stands


def test_a_remembered_token_is_verified_again_when_its_key_is_due(
    issuer: FakeIssuer, source: Any, clock: FrozenClock, remembering: JwtAuthenticator, state: State
) -> None:
    source.key.usable_until = Deadline.after(60, clock)
    token = issuer.token()
    state(remembering, token)

    clock.advance(59.9)
    assert state(remembering, token) == "hit"
    clock.advance(0.1)
    assert state(remembering, token) == "miss"
    assert source.asked == 2


def test_a_freeze_does_not_extend_the_life_of_a_key(
    issuer: FakeIssuer, source: Any, clock: FrozenClock, remembering: JwtAuthenticator, state: State
) -> None:
    source.key.usable_until = Deadline.after(60, clock)
    token = issuer.token()
    state(remembering, token)

    clock.freeze_environment(60)

    assert state(remembering, token) == "miss"


def test_a_clock_set_back_does_not_extend_the_life_of_a_key(
    issuer: FakeIssuer, source: Any, clock: FrozenClock, remembering: JwtAuthenticator, state: State
) -> None:
    source.key.usable_until = Deadline.after(60, clock)
    token = issuer.token()
    state(remembering, token)

    clock.advance(60)
    clock.freeze_environment(-60)

    assert state(remembering, token) == "miss"


def test_a_withdrawn_key_takes_its_tokens_along(
    issuer: FakeIssuer, source: Any, remembering: JwtAuthenticator, refusal: Refusal, state: State
) -> None:
    tokens = [issuer.token() for _ in range(3)]
    for token in tokens:
        state(remembering, token)

    source.withdraw()

    for token in tokens:
        assert refusal(remembering, token) == "key_not_found"


def test_a_key_withdrawn_by_its_issuer_dies_at_the_next_refresh(
    clock: FrozenClock, trusting: Trusting, refusal: Refusal, state: State
) -> None:
    old, new = SigningKey.generate("ES256", "old"), SigningKey.generate("ES256", "new")
    with FakeIssuer(keys=(old, new), clock=clock) as issuer:
        issuer.cache_control = "max-age=120"
        address = JwksUri(issuer.jwks_uri, insecure_loopback_http="this test's own issuer")
        source = RemoteKeys(address, algorithms=["ES256"], clock=clock)
        authenticator = trusting(issuer, algorithms=("ES256",), source=source, cache_size=8)
        token = issuer.token({"exp": clock.wall() + 3600}, key=old)

        assert [state(authenticator, token), state(authenticator, token)] == ["miss", "hit"]
        issuer.withdraw(old)
        clock.advance(119)
        assert state(authenticator, token) == "hit"
        clock.advance(1)
        assert refusal(authenticator, token) == "key_not_found"
        assert source.fetches == 2


def test_a_remembered_token_does_not_outlive_the_issuers_last_good_answer(
    clock: FrozenClock, trusting: Trusting, state: State
) -> None:
    key = SigningKey.generate("ES256", "only")
    with FakeIssuer(keys=(key,), clock=clock) as issuer:
        address = JwksUri(issuer.jwks_uri, insecure_loopback_http="this test's own issuer")
        source = RemoteKeys(address, algorithms=["ES256"], clock=clock)
        authenticator = trusting(issuer, algorithms=("ES256",), source=source, cache_size=8)
        token = issuer.token({"exp": clock.wall() + 10**6})
        state(authenticator, token)

    clock.advance(21_600)

    with pytest.raises(DependencyError, match="keys_unavailable"):
        authenticator.authenticate(BearerToken(token))
