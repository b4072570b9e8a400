"""Fetched keys: found, kept apart, told about and configured."""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping

import pytest

from authorizers.errors import ConfigurationError, UntrustedCredential
from authorizers.jwks.address import Discovery, JwksUri
from authorizers.jwks.cache import DEFAULT_TIMES, RefreshTimes
from authorizers.jwks.source import RemoteKeys
from authorizers.model.clock import SystemClock
from authorizers.testing import faulty
from authorizers.testing.clock import FrozenClock
from authorizers.testing.faulty import FaultyServer
from authorizers.testing.issuer import JWKS_PATH, FakeIssuer
from authorizers.testing.signing_key import SigningKey

Events = list[tuple[str, Mapping[str, object]]]
Remote = Callable[..., RemoteKeys]

FIRST = SigningKey.generate("ES256", "first")
OTHER = SigningKey.generate("ES256", "other")
GOOD = faulty.respond_json({"keys": [FIRST.jwk()]})
LIFE = DEFAULT_TIMES.default_life_seconds


def not_found(keys: RemoteKeys, key_id: str | None, algorithm: str = "ES256") -> str:
    with pytest.raises(UntrustedCredential) as raised:
        keys.find(key_id, algorithm)
    return raised.value.code


def paths(issuer: FakeIssuer) -> list[str]:
    return [request.path for request in issuer.requests]


def test_nothing_is_fetched_before_a_key_is_needed(issuer: FakeIssuer, remote: Remote) -> None:
    keys = remote(issuer.jwks_uri)
    assert (keys.fetches, keys.state.keys, issuer.requests) == (0, 0, [])


def test_a_fetched_key_is_found_again_without_a_fetch(issuer: FakeIssuer, remote: Remote) -> None:
    keys = remote(issuer.jwks_uri)
    assert keys.find("first", "ES256") is keys.find("first", "ES256")
    assert keys.find(None, "ES256").key_id == "first"
    assert paths(issuer) == [JWKS_PATH]


def test_a_token_of_the_issuer_verifies_with_the_key_that_is_found(
    issuer: FakeIssuer, remote: Remote
) -> None:
    signing_input, _, signature = issuer.token().rpartition(".")
    key = remote(issuer.jwks_uri).find("first", "ES256")
    assert key.verify(signing_input.encode(), urlsafe_b64decode(signature + "=="))
    forged, _, signature = issuer.token(key=OTHER, header={"kid": "first"}).rpartition(".")
    assert not key.verify(forged.encode(), urlsafe_b64decode(signature + "=="))


def test_two_issuers_never_share_a_key(remote: Remote) -> None:
    """CVE-2025-46647: the same kid at two issuers names two keys."""
    with (
        FaultyServer(GOOD) as first,
        FaultyServer(faulty.respond_json({"keys": [OTHER.jwk(kid="first")]})) as second,
    ):
        here, there = remote(first.url), remote(second.url)
        assert here.find("first", "ES256") is not there.find("first", "ES256")
        assert not_found(here, "other") == "key_not_found"
        assert not_found(there, "other") == "key_not_found"


def test_what_happened_is_told_without_anything_of_the_keys(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock, events: Events
) -> None:
    issuer.foreign_jwks = [{"kty": "oct", "k": "c2VjcmV0"}, FIRST.jwk(use="enc"), "junk"]
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    issuer.stop()
    clock.advance(LIFE)
    keys.find("first", "ES256")
    assert events == [
        ("keys_over_insecure_http", {"reason": "the issuer of this test is on this machine"}),
        (
            "keys_fetched",
            {
                "keys": 1,
                "skipped": {
                    "it is symmetric or private": 1,
                    "its use is not sig": 1,
                    "it is not a JSON object": 1,
                },
                "modified": True,
                "fresh_seconds": 600,
            },
        ),
        (
            "keys_fetch_failed",
            {
                "reason": "the connection failed",
                "retry_after_seconds": 1,
                "keys_still_served": 1,
            },
        ),
    ]


def test_the_state_can_be_seen(issuer: FakeIssuer, remote: Remote, clock: FrozenClock) -> None:
    keys = remote(issuer.jwks_uri)
    assert keys.state == (0, False, False, False, False)
    keys.find("first", "ES256")
    assert keys.state == (1, True, False, False, False)
    clock.advance(LIFE)
    assert keys.state == (1, False, False, False, False)


@pytest.mark.parametrize(
    "change",
    [
        {"fetch_deadline_seconds": 9},
        {"fetch_deadline_seconds": 0},
        {"min_life_seconds": 601},
        {"default_life_seconds": 3601},
        {"stale_limit_seconds": 3599},
        {"cooldown_seconds": -1},
        {"max_backoff_seconds": float("nan")},
        {"stale_limit_seconds": float("inf")},
    ],
    ids=repr,
)
def test_times_that_make_no_sense_are_the_deployers_to_mend(change: dict[str, float]) -> None:
    times = DEFAULT_TIMES._replace(**change)
    with pytest.raises(ConfigurationError) as raised:
        RemoteKeys(JwksUri("https://issuer.example/jwks"), algorithms=["ES256"], times=times)
    assert raised.value.problems


def test_all_problems_of_times_are_told_at_once() -> None:
    problems = RefreshTimes(cooldown_seconds=0, fetch_deadline_seconds=10).problems()
    assert {p.place for p in problems} == {"cooldown_seconds", "fetch_deadline_seconds"}


def test_the_machines_clock_is_the_default(issuer: FakeIssuer) -> None:
    address = Discovery(issuer.issuer, insecure_loopback_http="a test")
    key = RemoteKeys(address, algorithms=["ES256"]).find("first", "ES256")
    assert key.usable(SystemClock())
