"""A remembered token is the very same text, for one and for twenty threads."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from authorizers.errors import CredentialError, UntrustedCredential
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.model.clock import Deadline
from authorizers.model.credential import BearerToken
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey

Trusting = Callable[..., JwtAuthenticator]
Refusal = Callable[[JwtAuthenticator, str], str]
State = Callable[[JwtAuthenticator, str], str]

PAST = Deadline(float("-inf"), float("-inf"))


@pytest.fixture
def issuer(issued_by: Callable[..., FakeIssuer]) -> FakeIssuer:
    return issued_by("ES256")


def test_a_token_is_verified_once(
    issuer: FakeIssuer, source: Any, remembering: JwtAuthenticator
) -> None:
    token = issuer.token()

    first, miss = remembering.authenticate(BearerToken(token))
    second, hit = remembering.authenticate(BearerToken(token))

    assert (miss, hit, source.asked) == ("miss", "hit", 1)
    assert second is first


def test_nothing_is_remembered_where_that_is_turned_off(
    issuer: FakeIssuer, source: Any, trusting: Trusting, state: State
) -> None:
    authenticator = trusting(issuer, algorithms=("ES256",), source=source, cache_size=0)
    token = issuer.token()

    assert [state(authenticator, token) for _ in range(3)] == ["off"] * 3
    assert source.asked == 3


def test_a_refused_token_is_refused_every_time(
    issuer: FakeIssuer, remembering: JwtAuthenticator, refusal: Refusal
) -> None:
    for token in (issuer.token({"aud": "x"}), issuer.token(header={"alg": "none"}), "a.b.c", ""):
        assert len({refusal(remembering, token) for _ in range(3)}) == 1
    assert not remembering._remembered


# One text, one entry


def test_tokens_of_one_subject_with_other_scopes_never_share(
    issuer: FakeIssuer, remembering: JwtAuthenticator
) -> None:
    """CVE-2026-35039: the key of the memory is the exact text, not what it says."""
    small = issuer.token({"scope": "read", "jti": "same"})
    great = issuer.token({"scope": "read admin", "jti": "same"})

    for _ in range(2):
        assert remembering.authenticate(BearerToken(small))[0].principal.scopes == {"read"}
        assert remembering.authenticate(BearerToken(great))[0].principal.scopes == {"read", "admin"}


def test_a_token_changed_in_one_character_is_not_the_remembered_one(
    issuer: FakeIssuer, remembering: JwtAuthenticator, state: State
) -> None:
    token = issuer.token()
    state(remembering, token)

    for place in range(len(token)):
        for other in ("A", "B"):
            changed = token[:place] + other + token[place + 1 :]
            if changed != token:
                with pytest.raises(CredentialError):
                    remembering.authenticate(BearerToken(changed))
    assert state(remembering, token) == "hit"


@pytest.mark.parametrize("extra", ["=", " ", "\n", ".", ".A", "\u00e9"])
def test_a_token_with_something_added_is_not_the_remembered_one(
    extra: str, issuer: FakeIssuer, remembering: JwtAuthenticator, refusal: Refusal, state: State
) -> None:
    token = issuer.token()
    state(remembering, token)

    for changed in (token + extra, extra + token):
        assert refusal(remembering, changed) == "jwt_malformed"


def test_what_is_remembered_of_a_token_is_not_its_text(
    issuer: FakeIssuer, remembering: JwtAuthenticator, state: State
) -> None:
    token = issuer.token()
    state(remembering, token)

    ((digest, verified),) = remembering._remembered._values.items()
    assert digest == BearerToken(token).digest
    assert token not in repr((digest, verified, verified.principal, verified.key))


# Bounded


def test_the_memory_holds_no_more_than_its_size_and_drops_the_least_recently_used(
    issuer: FakeIssuer, trusting: Trusting, state: State
) -> None:
    authenticator = trusting(issuer, algorithms=("ES256",), cache_size=3)
    tokens = [issuer.token() for _ in range(4)]
    for token in tokens[:3]:
        state(authenticator, token)

    assert state(authenticator, tokens[0]) == "hit"
    assert state(authenticator, tokens[3]) == "miss"

    assert len(authenticator._remembered) == 3
    assert [state(authenticator, token) for token in (tokens[0], tokens[2], tokens[3])] == (
        ["hit"] * 3
    )
    assert state(authenticator, tokens[1]) == "miss"


def test_a_token_verified_again_in_a_full_memory_drops_no_other(
    issuer: FakeIssuer, source: Any, clock: FrozenClock, trusting: Trusting, state: State
) -> None:
    authenticator = trusting(issuer, algorithms=("ES256",), source=source, cache_size=2)
    one, two = issuer.token(), issuer.token()
    state(authenticator, one)
    state(authenticator, two)

    source.key.usable_until = PAST
    assert state(authenticator, two) == "miss"
    source.key.usable_until = Deadline.after(60, clock)

    assert [state(authenticator, one), state(authenticator, two)] == ["hit", "hit"]


# Threads


@pytest.mark.parametrize("cache_size", [1, 2, 1024])
def test_twenty_threads_get_each_their_own_principal(
    cache_size: int, issuer: FakeIssuer, trusting: Trusting, state: State
) -> None:
    authenticator = trusting(issuer, algorithms=("ES256",), cache_size=cache_size)
    tokens = {f"user-{n}": issuer.token({"sub": f"user-{n}"}) for n in range(8)}
    forged = issuer.token(key=SigningKey.generate("ES256", "ES256"))
    start = threading.Barrier(20)

    def work(number: int) -> None:
        start.wait(30)
        for turn in range(25):
            name = f"user-{(number + turn) % 8}"
            verified, _ = authenticator.authenticate(BearerToken(tokens[name]))
            assert verified.principal.principal_id.endswith(f"|{name}")
            with pytest.raises(UntrustedCredential, match="signature_invalid"):
                authenticator.authenticate(BearerToken(forged))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(20)))

    state(authenticator, tokens["user-0"])
    assert len(authenticator._remembered) <= cache_size
