"""The life of a fetched set: when it is fetched again, what is served meanwhile, when it ends."""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from authorizers.errors import ConfigurationError, DependencyError, UntrustedCredential
from authorizers.jwks.address import Discovery, JwksUri
from authorizers.jwks.cache import DEFAULT_TIMES, KeySetCache, RefreshTimes
from authorizers.jwks.source import RemoteKeys
from authorizers.model.clock import SystemClock
from authorizers.testing import faulty
from authorizers.testing.clock import FrozenClock
from authorizers.testing.faulty import Fault, FaultyServer
from authorizers.testing.issuer import JWKS_PATH, METADATA_PATH, FakeIssuer
from authorizers.testing.signing_key import SigningKey

Events = list[tuple[str, Mapping[str, object]]]
Remote = Callable[..., RemoteKeys]

FIRST = SigningKey.generate("ES256", "first")
OTHER = SigningKey.generate("ES256", "other")
GOOD = faulty.respond_json({"keys": [FIRST.jwk()]})
DOWN = faulty.respond(b"", status="503 Down")
STALE_LIMIT = DEFAULT_TIMES.stale_limit_seconds
LIFE = DEFAULT_TIMES.default_life_seconds


def not_found(keys: RemoteKeys, key_id: str | None, algorithm: str = "ES256") -> str:
    with pytest.raises(UntrustedCredential) as raised:
        keys.find(key_id, algorithm)
    return raised.value.code


def unavailable(keys: RemoteKeys, key_id: str = "first") -> str:
    with pytest.raises(DependencyError) as raised:
        keys.find(key_id, "ES256")
    assert raised.value.code == "keys_unavailable"
    return raised.value.detail


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


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [
        (None, 600),
        ("max-age=1200", 1200),
        ("max-age=86400", 3600),
        ("max-age=5", 60),
        ("no-store", 60),
        ("no-cache, max-age=3000", 60),
        ("public", 600),
    ],
)
def test_the_life_of_a_set_has_a_floor_a_ceiling_and_a_default(
    issuer: FakeIssuer,
    remote: Remote,
    clock: FrozenClock,
    cache_control: str | None,
    seconds: float,
) -> None:
    issuer.cache_control = cache_control
    keys = remote(issuer.jwks_uri)
    key = keys.find("first", "ES256")
    clock.advance(seconds - 1)
    assert key.usable(clock)
    keys.find("first", "ES256")
    assert keys.fetches == 1
    clock.advance(1)
    assert not key.usable(clock)
    keys.find("first", "ES256")
    assert keys.fetches == 2


def test_a_frozen_environment_does_not_make_a_life_longer(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    key = keys.find("first", "ES256")
    clock.freeze_environment(LIFE)
    assert not key.usable(clock)
    keys.find("first", "ES256")
    assert keys.fetches == 2


def test_a_frozen_environment_does_not_make_an_outage_longer(
    remote: Remote, clock: FrozenClock
) -> None:
    with FaultyServer(GOOD) as server:
        keys = remote(server.url)
        keys.find("first", "ES256")
        server.fault = DOWN
        clock.freeze_environment(STALE_LIMIT)
        unavailable(keys)


def test_a_set_that_has_not_changed_is_revalidated_by_its_etag(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock, events: Events
) -> None:
    keys = remote(issuer.jwks_uri)
    key = keys.find("first", "ES256")
    for refresh in (1, 2):
        clock.advance(LIFE)
        assert keys.find("first", "ES256") is key
        assert key.usable(clock)
        assert issuer.requests[refresh].if_none_match is not None
    assert [fields["modified"] for name, fields in events if name == "keys_fetched"] == [
        True,
        False,
        False,
    ]


def test_an_etag_is_not_sent_once_the_set_has_been_given_up(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    clock.advance(STALE_LIMIT)
    assert keys.find("first", "ES256").usable(clock)
    assert issuer.requests[1].if_none_match is None


def test_an_etag_is_not_sent_to_another_address(issuer: FakeIssuer, clock: FrozenClock) -> None:
    """Two addresses may use the same ETag for different sets."""
    keys = discovered(issuer, clock)
    keys.find("first", "ES256")
    issuer.metadata["jwks_uri"] = issuer.jwks_uri + "?moved"
    clock.advance(3600)
    assert keys.find("first", "ES256").key_id == "first"
    assert issuer.requests[-1] == (JWKS_PATH + "?moved", None)


def test_a_key_that_stays_is_the_same_object_with_a_longer_life(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    key = keys.find("first", "ES256")
    new = issuer.rotate()
    clock.advance(LIFE)
    assert keys.find(new.key_id, "ES256").usable(clock)
    assert keys.find("first", "ES256") is key
    assert key.usable(clock)


def test_a_new_key_is_usable_after_one_refresh(issuer: FakeIssuer, remote: Remote) -> None:
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    new = issuer.rotate()
    assert keys.find(new.key_id, "ES256").key_id == new.key_id
    assert keys.fetches == 2


def test_a_withdrawn_key_dies_at_the_next_refresh(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    """Whoever remembers the key, such as a cache of verified tokens, sees it die."""
    keys = remote(issuer.jwks_uri)
    withdrawn = keys.find("first", "ES256")
    issuer.withdraw(issuer.key())
    new = issuer.rotate("ES256")
    assert withdrawn.usable(clock)
    assert keys.find(new.key_id, "ES256").usable(clock)
    assert not withdrawn.usable(clock)
    assert not_found(keys, "first") == "key_not_found"


def test_a_key_replaced_under_its_kid_dies(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    replaced = keys.find("first", "ES256")
    issuer.withdraw(issuer.key())
    issuer.rotate(key=SigningKey.generate("ES256", "first"))
    clock.advance(LIFE)
    assert keys.find("first", "ES256") is not replaced
    assert not replaced.usable(clock)


def test_an_unknown_kid_is_fetched_for_once_in_the_cooldown(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    for n in range(50):
        assert not_found(keys, f"invented-{n}") == "key_not_found"
    assert keys.fetches == 2
    assert keys.state.cooling_down
    clock.advance(DEFAULT_TIMES.cooldown_seconds - 1)
    not_found(keys, "invented")
    assert keys.fetches == 2
    clock.advance(1)
    not_found(keys, "invented")
    assert keys.fetches == 3


def test_an_unknown_kid_at_a_cold_start_costs_no_second_fetch(
    issuer: FakeIssuer, remote: Remote
) -> None:
    keys = remote(issuer.jwks_uri)
    assert not_found(keys, "invented") == "key_not_found"
    assert not_found(keys, "invented") == "key_not_found"
    assert keys.fetches == 1


def test_an_unknown_algorithm_counts_as_an_unknown_key(issuer: FakeIssuer, remote: Remote) -> None:
    keys = remote(issuer.jwks_uri)
    for algorithm in ("RS256", "HS256", "none", ""):
        assert not_found(keys, "first", algorithm) == "key_not_found"
        assert not_found(keys, None, algorithm) == "key_not_found"
    assert keys.fetches == 1


def test_a_rotation_does_not_use_up_the_cooldown(issuer: FakeIssuer, remote: Remote) -> None:
    """A refresh that found its key was worth it: the next new key is fetched for at once."""
    keys = remote(issuer.jwks_uri)
    for _ in range(3):
        new = issuer.rotate()
        assert keys.find(new.key_id, "ES256").key_id == new.key_id
    assert not keys.state.cooling_down


def test_a_rotation_in_the_cooldown_is_seen_after_it(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    not_found(keys, "invented")
    new = issuer.rotate()
    assert not_found(keys, new.key_id) == "key_not_found"
    clock.advance(DEFAULT_TIMES.cooldown_seconds)
    assert keys.find(new.key_id, "ES256").key_id == new.key_id


def test_an_ambiguous_key_is_no_reason_to_fetch(issuer: FakeIssuer, remote: Remote) -> None:
    issuer.rotate()
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    assert not_found(keys, None) == "key_ambiguous"
    assert not_found(keys, None) == "key_ambiguous"
    assert keys.fetches == 1


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


def discovered(issuer: FakeIssuer, clock: FrozenClock) -> RemoteKeys:
    address = Discovery(issuer.issuer, clock=clock, insecure_loopback_http="a test")
    return RemoteKeys(address, algorithms=["ES256"], clock=clock)


def test_keys_are_discovered_from_the_issuer(issuer: FakeIssuer, clock: FrozenClock) -> None:
    keys = discovered(issuer, clock)
    keys.find("first", "ES256")
    clock.advance(LIFE)
    keys.find("first", "ES256")
    assert paths(issuer) == [METADATA_PATH, JWKS_PATH, JWKS_PATH]


def test_metadata_of_another_issuer_keeps_the_last_good_set(
    issuer: FakeIssuer, clock: FrozenClock
) -> None:
    keys = discovered(issuer, clock)
    key = keys.find("first", "ES256")
    issuer.metadata["issuer"] = "https://evil.example"
    clock.advance(3600)
    assert keys.find("first", "ES256") is key
    assert "another issuer" in str(keys.last_error)


def test_a_key_set_that_moved_is_found_by_discovering_again(
    issuer: FakeIssuer, clock: FrozenClock
) -> None:
    keys = discovered(issuer, clock)
    issuer.metadata["jwks_uri"] = issuer.jwks_uri + "/gone"
    unavailable(keys)
    del issuer.metadata["jwks_uri"]
    clock.advance(1)
    assert keys.find("first", "ES256").key_id == "first"


def test_one_deadline_covers_the_metadata_and_the_key_set() -> None:
    """The real clock: a server that is slow twice gets no second deadline."""
    with FaultyServer(GOOD) as server:
        address = SlowAddress(server.url)
        times = DEFAULT_TIMES._replace(fetch_deadline_seconds=0.5)
        keys = RemoteKeys(address, algorithms=["ES256"], times=times, clock=address.clock)
        with pytest.raises(DependencyError):
            keys.find("first", "ES256")
        assert address.seconds == 0.5
        assert server.requests == []


class SlowAddress:
    """An address that is found only after the deadline."""

    insecure_loopback_http = None

    def __init__(self, url: str) -> None:
        self.clock = FrozenClock()
        self.url = url
        self.seconds = 0.0

    def locate(self, fetch: object, seconds: float) -> str:
        self.seconds = seconds
        self.clock.advance(seconds)
        return self.url

    def forget(self) -> None:
        pass


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


@pytest.mark.parametrize(
    "key_id",
    [
        "../../etc/passwd",
        "' OR 1=1 --",
        "$(reboot)",
        "http://evil.example/jwks",
        "\r\nX: y",
        "\ud800",
        "\x00",
        "k" * 100_000,
    ],
    ids=lambda key_id: repr(key_id)[:24],
)
def test_a_kid_is_data_and_nothing_else(
    issuer: FakeIssuer, remote: Remote, events: Events, key_id: str
) -> None:
    """RFC 8725 §3.10: it reaches no address, no error text and no log."""
    keys = remote(issuer.jwks_uri)
    with pytest.raises(UntrustedCredential) as raised:
        keys.find(key_id, "ES256")
    assert key_id not in str(raised.value)
    assert key_id not in repr(events)
    assert paths(issuer) == [JWKS_PATH]


def test_nothing_is_remembered_of_unknown_kids(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    """A negative cache would be filled by whoever invents kids; there is none."""
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    held = holdings(keys)
    for n in range(200):
        not_found(keys, f"invented-{n}")
        clock.advance(7)
    assert holdings(keys) == held


def holdings(value: Any, depth: int = 4) -> int:
    """Return how many containers' entries hang on an object."""
    if depth == 0:
        return 0
    if isinstance(value, dict | list | tuple | set):
        inner = list(value.values()) if isinstance(value, dict) else list(value)
        return len(inner) + sum(holdings(item, depth - 1) for item in inner)
    return holdings(getattr(value, "__dict__", ()), depth - 1)


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
