"""Many threads at once: one fetch, nobody waits who need not, and nobody waits for ever."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from authorizers.errors import AuthorizersError, DependencyError
from authorizers.jwks.cache import DEFAULT_TIMES, MAX_FETCH_SECONDS
from authorizers.jwks.source import RemoteKeys
from authorizers.testing import faulty
from authorizers.testing.clock import FrozenClock
from authorizers.testing.faulty import FaultyServer
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey

Remote = Callable[..., RemoteKeys]

THREADS = 20
FIRST = SigningKey.generate("ES256", "first")
NEXT = SigningKey.generate("ES256", "next")
BEFORE = faulty.respond_json({"keys": [FIRST.jwk()]})
AFTER = faulty.respond_json({"keys": [FIRST.jwk(), NEXT.jwk()]})
DOWN = faulty.respond(b"", status="503 Down")
A_WHILE = 20.0
"""Longer than anything here takes: a test that waits for it has failed."""


def outcome(keys: RemoteKeys, key_id: str) -> str:
    """Return the kid of the key that was found, or the code of the error."""
    try:
        return str(keys.find(key_id, "ES256").key_id)
    except AuthorizersError as error:
        return error.code


class Held:
    """A fault that answers with `then` when it is released, and tells when a request is there."""

    def __init__(self, then: faulty.Fault) -> None:
        self.then = then
        self.arrived = threading.Event()
        self.release = threading.Event()

    def __call__(self, exchange: faulty.Exchange) -> None:
        self.arrived.set()
        faulty.held_until(self.release, self.then)(exchange)


def test_a_thousand_unknown_kids_from_twenty_threads_cost_one_fetch(
    issuer: FakeIssuer, remote: Remote
) -> None:
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    with ThreadPoolExecutor(THREADS) as pool:
        codes = Counter(pool.map(lambda n: outcome(keys, f"invented-{n}"), range(1000)))
    assert codes == {"key_not_found": 1000}
    assert (keys.fetches, len(issuer.requests)) == (2, 2)


def test_a_storm_at_a_cold_start_costs_one_fetch(issuer: FakeIssuer, remote: Remote) -> None:
    keys = remote(issuer.jwks_uri)
    with ThreadPoolExecutor(THREADS) as pool:
        codes = Counter(pool.map(lambda n: outcome(keys, f"invented-{n}"), range(1000)))
    assert codes == {"key_not_found": 1000}
    assert (keys.fetches, len(issuer.requests)) == (1, 1)


def test_a_storm_during_an_outage_costs_one_fetch_in_the_backoff(remote: Remote) -> None:
    with FaultyServer(BEFORE) as server:
        keys = remote(server.url)
        keys.find("first", "ES256")
        server.fault = DOWN
        with ThreadPoolExecutor(THREADS) as pool:
            codes = Counter(pool.map(lambda n: outcome(keys, f"invented-{n}"), range(1000)))
        assert codes == {"keys_unavailable": 1000}
        assert len(server.requests) == 2


def test_a_valid_key_is_not_delayed_by_the_fetch_for_an_unknown_one(remote: Remote) -> None:
    """The server holds its answer back: what returns meanwhile did not wait for it."""
    held = Held(BEFORE)
    with FaultyServer(BEFORE) as server, ThreadPoolExecutor(THREADS) as pool:
        keys = remote(server.url)
        keys.find("first", "ES256")
        server.fault = held
        storm = [pool.submit(outcome, keys, f"invented-{n}") for n in range(THREADS)]
        assert held.arrived.wait(A_WHILE)
        assert [keys.find("first", "ES256").key_id for _ in range(100)] == ["first"] * 100
        assert keys.state.fetching
        assert not any(future.done() for future in storm)
        held.release.set()
        assert Counter(future.result(A_WHILE) for future in storm) == {"key_not_found": THREADS}
        assert len(server.requests) == 2


def test_a_stale_key_is_not_delayed_by_the_refresh_that_another_thread_makes(
    remote: Remote, clock: FrozenClock
) -> None:
    held = Held(BEFORE)
    with FaultyServer(BEFORE) as server, ThreadPoolExecutor(1) as pool:
        keys = remote(server.url)
        keys.find("first", "ES256")
        clock.advance(DEFAULT_TIMES.default_life_seconds)
        server.fault = held
        refresher = pool.submit(outcome, keys, "first")
        assert held.arrived.wait(A_WHILE)
        key = keys.find("first", "ES256")
        assert key.usable(clock)
        assert keys.state.fetching
        assert not refresher.done()
        clock.advance(MAX_FETCH_SECONDS)
        assert not key.usable(clock)
        held.release.set()
        assert refresher.result(A_WHILE) == "first"
        assert key.usable(clock)
        assert len(server.requests) == 2


def test_all_who_wait_at_a_cold_start_get_the_keys_of_one_fetch(remote: Remote) -> None:
    held = Held(BEFORE)
    with FaultyServer(held) as server, ThreadPoolExecutor(THREADS) as pool:
        keys = remote(server.url)
        callers = [pool.submit(outcome, keys, "first") for _ in range(THREADS)]
        assert held.arrived.wait(A_WHILE)
        held.release.set()
        assert Counter(future.result(A_WHILE) for future in callers) == {"first": THREADS}
        assert len(server.requests) == 1


def test_all_who_wait_for_a_fetch_that_fails_are_told_so(remote: Remote) -> None:
    held = Held(DOWN)
    with FaultyServer(held) as server, ThreadPoolExecutor(THREADS) as pool:
        keys = remote(server.url)
        callers = [pool.submit(outcome, keys, "first") for _ in range(THREADS)]
        assert held.arrived.wait(A_WHILE)
        held.release.set()
        results = Counter(future.result(A_WHILE) for future in callers)
        assert results == {"keys_unavailable": THREADS}
        assert len(server.requests) == 1


def test_a_rotation_in_mid_storm_is_picked_up_by_all_who_wait_for_it(remote: Remote) -> None:
    """Tokens of the new key and invented ones arrive together; the one fetch serves both."""
    held = Held(AFTER)
    with FaultyServer(BEFORE) as server, ThreadPoolExecutor(THREADS) as pool:
        keys = remote(server.url)
        keys.find("first", "ES256")
        server.fault = held
        storm = [pool.submit(outcome, keys, f"invented-{n}") for n in range(THREADS // 2)]
        assert held.arrived.wait(A_WHILE)
        renewed = [pool.submit(outcome, keys, "next") for _ in range(THREADS // 2)]
        held.release.set()
        wait(storm + renewed, A_WHILE)
        assert {future.result() for future in renewed} == {"next"}
        assert {future.result() for future in storm} == {"key_not_found"}
        assert len(server.requests) == 2


def test_a_rotation_during_a_lasting_attack_is_picked_up_after_the_cooldown(
    remote: Remote, clock: FrozenClock
) -> None:
    with FaultyServer(BEFORE) as server, ThreadPoolExecutor(THREADS) as pool:
        keys = remote(server.url)
        keys.find("first", "ES256")
        list(pool.map(lambda n: outcome(keys, f"invented-{n}"), range(100)))
        server.fault = AFTER
        assert outcome(keys, "next") == "key_not_found"
        clock.advance(DEFAULT_TIMES.cooldown_seconds)
        list(pool.map(lambda n: outcome(keys, f"invented-{n}"), range(100)))
        assert outcome(keys, "next") == "next"
        assert len(server.requests) == 3


def test_nobody_waits_longer_than_the_deadline_for_a_server_that_never_answers(
    remote: Remote, clock: FrozenClock
) -> None:
    times = DEFAULT_TIMES._replace(fetch_deadline_seconds=0.2)
    with FaultyServer(BEFORE) as server, ThreadPoolExecutor(THREADS) as pool:
        keys = remote(server.url, times)
        keys.find("first", "ES256")
        server.fault = faulty.never_answer
        storm = [pool.submit(outcome, keys, f"invented-{n}") for n in range(THREADS)]
        results = Counter(future.result(A_WHILE) for future in storm)
        assert results == {"keys_unavailable": THREADS}
        assert outcome(keys, "first") == "first"
        assert len(server.requests) == 2


def test_a_flight_that_never_lands_is_not_waited_for_without_end(clock: FrozenClock) -> None:
    """Should the thread that fetches be starved, those who wait give up by themselves."""
    under_way, stuck = threading.Event(), threading.Event()

    class Nowhere:
        insecure_loopback_http = None

        def locate(self, fetch: object, seconds: float) -> str:
            under_way.set()
            stuck.wait()
            raise DependencyError("keys_unavailable", "nowhere")

        def forget(self) -> None:
            pass

    times = DEFAULT_TIMES._replace(fetch_deadline_seconds=0.01)
    with ThreadPoolExecutor(1) as pool, pytest.MonkeyPatch.context() as patch:
        patch.setattr("authorizers.jwks.source.GRACE_SECONDS", 0.01)
        keys = RemoteKeys(Nowhere(), algorithms=["ES256"], clock=clock, times=times)
        flight = pool.submit(outcome, keys, "first")
        assert under_way.wait(A_WHILE)
        with pytest.raises(DependencyError, match="does not end"):
            keys.find("first", "ES256")
        stuck.set()
        assert flight.result(A_WHILE) == "keys_unavailable"


def test_a_key_that_stays_published_is_always_found(remote: Remote, clock: FrozenClock) -> None:
    """Refreshes, failures and look-ups at full speed: nobody sees a set half taken over."""
    with FaultyServer(AFTER) as server, ThreadPoolExecutor(THREADS) as pool:
        keys = remote(server.url)
        keys.find("first", "ES256")

        def work(n: int) -> bool:
            if n % 50 == 0:
                clock.advance(DEFAULT_TIMES.default_life_seconds)
            elif n % 10 == 0:
                server.fault = (AFTER, DOWN)[n // 10 % 2]
            return keys.find("first" if n % 2 else "next", "ES256").key_id in ("first", "next")

        assert all(pool.map(work, range(1000)))
