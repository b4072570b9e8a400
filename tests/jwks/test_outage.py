"""A fetch that fails: the last good set is kept to its limit, and the server is spared."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from authorizers.errors import DependencyError
from authorizers.jwks.address import JwksUri
from authorizers.jwks.cache import DEFAULT_TIMES, KeySetCache
from authorizers.jwks.source import RemoteKeys
from authorizers.testing import faulty
from authorizers.testing.clock import FrozenClock
from authorizers.testing.faulty import Fault, FaultyServer
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey

Events = list[tuple[str, Mapping[str, object]]]
Remote = Callable[..., RemoteKeys]

FIRST = SigningKey.generate("ES256", "first")
GOOD = faulty.respond_json({"keys": [FIRST.jwk()]})
DOWN = faulty.respond(b"", status="503 Down")
STALE_LIMIT = DEFAULT_TIMES.stale_limit_seconds
LIFE = DEFAULT_TIMES.default_life_seconds


def unavailable(keys: RemoteKeys, key_id: str = "first") -> str:
    with pytest.raises(DependencyError) as raised:
        keys.find(key_id, "ES256")
    assert raised.value.code == "keys_unavailable"
    return raised.value.detail


def test_a_frozen_environment_does_not_make_an_outage_longer(
    remote: Remote, clock: FrozenClock
) -> None:
    with FaultyServer(GOOD) as server:
        keys = remote(server.url)
        keys.find("first", "ES256")
        server.fault = DOWN
        clock.freeze_environment(STALE_LIMIT)
        unavailable(keys)


@pytest.mark.parametrize(
    "fault",
    [
        DOWN,
        faulty.reset,
        faulty.truncated_body,
        faulty.gzip_bomb(),
        faulty.redirect("http://127.0.0.1:1/keys"),
        faulty.respond(b"<html>Sign in</html>", "Content-Type: text/html"),
        faulty.respond(b" " * 5_000_000),
        faulty.respond_json({"keys": []}),
        faulty.respond_json({"keys": [FIRST.jwk(use="enc")]}),
        faulty.respond_json({"keys": [FIRST.jwk()] * 101}),
        faulty.respond_json([]),
        faulty.respond(b"", status="304 Not Modified"),
    ],
    ids=[
        "503",
        "reset",
        "short",
        "bomb",
        "redirect",
        "html",
        "5MB",
        "empty",
        "enc",
        "101",
        "list",
        "304",
    ],
)
def test_a_failed_or_bad_refresh_keeps_the_last_good_set(
    fault: Fault, remote: Remote, clock: FrozenClock, events: Events
) -> None:
    """CVE-2026-48524 and its like: a failed fetch must not wipe the keys."""
    with FaultyServer(GOOD) as server:
        keys = remote(server.url)
        key = keys.find("first", "ES256")
        server.fault = fault
        clock.advance(LIFE)
        assert keys.find("first", "ES256") is key
        assert key.usable(clock)
        assert events[-1][0] == "keys_fetch_failed"
        assert keys.last_error is not None
        server.fault = GOOD
        clock.advance(1)
        keys.find("first", "ES256")
        assert keys.last_error is None


@pytest.mark.parametrize("fault", [DOWN, faulty.reset, faulty.respond(b"<html>")])
def test_without_any_set_nothing_can_be_decided(fault: Fault, remote: Remote) -> None:
    with FaultyServer(fault) as server:
        keys = remote(server.url)
        unavailable(keys)
        unavailable(keys, "invented")
        assert len(server.requests) == 1


def test_an_unknown_kid_during_an_outage_is_no_fault_of_the_caller(
    remote: Remote, clock: FrozenClock
) -> None:
    """The key may exist at the issuer: 500, not 401."""
    with FaultyServer(GOOD) as server:
        keys = remote(server.url)
        keys.find("first", "ES256")
        server.fault = DOWN
        assert "503" in unavailable(keys, "new")
        assert keys.find("first", "ES256").usable(clock)
        assert keys.fetches == 2


@pytest.mark.parametrize("pass_time", [FrozenClock.advance, FrozenClock.freeze_environment])
def test_the_stale_limit_ends_an_outage_closed(
    remote: Remote, clock: FrozenClock, pass_time: Callable[[FrozenClock, float], None]
) -> None:
    """Even in a backoff that would go on: a remembered key dies at the limit, not after it."""
    with FaultyServer(GOOD) as server:
        keys = remote(server.url)
        key = keys.find("first", "ES256")
        server.fault = DOWN
        clock.advance(LIFE)
        keys.find("first", "ES256")
        clock.advance(STALE_LIMIT - LIFE - 1)
        assert keys.find("first", "ES256") is key
        assert key.usable(clock)
        pass_time(clock, 1)
        assert keys.state.backing_off
        assert not key.usable(clock)
        unavailable(keys)
        assert keys.state.keys == 0


def test_the_stale_limit_counts_from_the_last_success_not_from_the_first(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    """An answer "not modified" is a success."""
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    clock.advance(STALE_LIMIT - 1)
    keys.find("first", "ES256")
    issuer.stop()
    clock.advance(STALE_LIMIT - 1)
    assert keys.find("first", "ES256").usable(clock)
    clock.advance(1)
    unavailable(keys)


def test_a_stale_key_is_usable_until_the_next_attempt(remote: Remote, clock: FrozenClock) -> None:
    """A cache of verified tokens asks again as soon as a fetch may be tried, and not before."""
    with FaultyServer(GOOD) as server:
        keys = remote(server.url)
        key = keys.find("first", "ES256")
        server.fault = DOWN
        clock.advance(LIFE)
        keys.find("first", "ES256")
        for backoff in (1, 2, 4, 8):
            clock.advance(backoff - 0.5)
            assert key.usable(clock)
            clock.advance(0.5)
            assert not key.usable(clock)
            assert keys.find("first", "ES256").usable(clock)


def test_failures_are_retried_ever_more_slowly(
    remote: Remote, clock: FrozenClock, events: Events
) -> None:
    with FaultyServer(DOWN) as server:
        keys = remote(server.url)
        for backoff in (1, 2, 4, 8, 16, 32, 60, 60, 60):
            unavailable(keys)
            assert events[-1][1]["retry_after_seconds"] == backoff
            before = keys.fetches
            clock.advance(backoff - 0.5)
            unavailable(keys)
            unavailable(keys, "invented")
            assert keys.state.backing_off
            assert keys.fetches == before
            clock.advance(0.5)


def test_a_success_ends_the_backoff(remote: Remote, clock: FrozenClock, events: Events) -> None:
    with FaultyServer(DOWN) as server:
        keys = remote(server.url)
        for backoff in (1, 2, 4):
            unavailable(keys)
            clock.advance(backoff)
        server.fault = GOOD
        keys.find("first", "ES256")
        server.fault = DOWN
        clock.advance(LIFE)
        keys.find("first", "ES256")
        assert events[-1][1]["retry_after_seconds"] == 1


def test_an_outage_of_years_does_not_overflow(clock: FrozenClock) -> None:
    cache = KeySetCache(clock, DEFAULT_TIMES)
    error = DependencyError("keys_unavailable", "down")
    assert [cache.fail(error) for _ in range(5000)][-1] == DEFAULT_TIMES.max_backoff_seconds


def test_an_interrupted_fetch_counts_as_a_failure(clock: FrozenClock) -> None:
    """Whatever ends the fetch, the next caller finds no flight that never lands."""

    def interrupted(url: str, *, seconds: float, etag: str | None = None) -> Any:
        raise KeyboardInterrupt

    address = JwksUri("https://issuer.example/jwks")
    keys = RemoteKeys(address, algorithms=["ES256"], clock=clock, fetch=interrupted)
    with pytest.raises(KeyboardInterrupt):
        keys.find("first", "ES256")
    assert not keys.state.fetching
    assert "interrupted" in unavailable(keys)
