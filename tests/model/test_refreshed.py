"""
What is made of bytes while a function is warm. `tests/config/test_source.py` shows its life with
documents; here is what others need of it.
"""

import threading
from math import inf
from typing import Any

import pytest

from authorizers.errors import (
    AuthorizersError,
    ConfigurationError,
    DependencyError,
    MalformedCredential,
    Problem,
)
from authorizers.model.refreshed import RETRY_SECONDS, Life, Refreshed
from authorizers.testing.clock import FrozenClock

TTL = 300
STALE_LIMIT = 3600
OUTAGE = DependencyError("store_unavailable", "the store could not be read")


class Memory:
    """A store whose content, version and failure a test sets."""

    place = "memory"

    def __init__(self, data: bytes = b"1", version: str | None = "1") -> None:
        self.data, self.version = data, version
        self.failure: BaseException | None = None
        self.known: list[str | None] = []

    def read(self, known_version: str | None) -> tuple[bytes, str | None] | None:
        self.known.append(known_version)
        if self.failure is not None:
            raise self.failure
        if self.version is not None and known_version == self.version:
            return None
        return self.data, self.version


class Number:
    """What these tests make of bytes."""

    def __init__(self, value: int) -> None:
        self.value = value


def parse(data: bytes, place: str) -> Number:
    if not data.isdigit():
        raise ConfigurationError(Problem(place, "is no number"))
    return Number(int(data))


def refreshed(store: Memory, clock: FrozenClock, **more: Any) -> Refreshed[Number]:
    life = more.pop("life", Life(TTL, STALE_LIMIT))
    return Refreshed(store, parse, clock, life, unavailable="number_unavailable", **more)


def test_the_known_version_is_asked_about_and_what_is_unchanged_is_not_parsed() -> None:
    store, clock = Memory(), FrozenClock()
    numbers = refreshed(store, clock)
    first = numbers.current()
    clock.advance(TTL)
    assert numbers.current() is first
    assert store.known == [None, "1"]


def test_the_same_bytes_under_another_version_are_the_same_object() -> None:
    store, clock = Memory(), FrozenClock()
    numbers = refreshed(store, clock)
    first = numbers.current()
    store.version = "2"
    clock.advance(TTL)
    assert numbers.current() is first
    clock.advance(TTL)
    numbers.current()
    assert store.known == [None, "1", "2"]


def test_the_bytes_are_not_kept() -> None:
    """A list of a million entries would be there twice."""
    numbers = refreshed(Memory(b"7"), FrozenClock())
    assert numbers.current().value == 7
    assert all(getattr(numbers, slot) != b"7" for slot in Refreshed.__slots__)


def test_what_is_false_may_be_in_force() -> None:
    store, clock = Memory(b"0"), FrozenClock()
    empty: Refreshed[int] = Refreshed(
        store, lambda data, _: int(data), clock, Life(TTL, 0), unavailable="x"
    )
    assert empty.current() == 0


def test_accept_is_given_what_is_new_and_what_it_replaces() -> None:
    seen: list[tuple[int, int | None]] = []
    store, clock = Memory(b"1"), FrozenClock()
    numbers = refreshed(
        store, clock, accept=lambda new, old: seen.append((new.value, old and old.value))
    )
    numbers.current()
    store.data, store.version = b"2", "2"
    clock.advance(TTL)
    numbers.current()
    assert seen == [(1, None), (2, 1)]


def refuse_older(new: Number, old: Number | None) -> None:
    if old is not None and new.value < old.value:
        raise DependencyError("older", "it is older than the one in force")


def test_what_is_refused_does_not_replace_the_last_good_one() -> None:
    failures: list[AuthorizersError] = []
    store, clock = Memory(b"2"), FrozenClock()
    numbers = refreshed(store, clock, accept=refuse_older, on_failure=failures.append)
    good = numbers.current()
    store.data, store.version = b"1", "2"
    clock.advance(TTL)
    assert numbers.current() is good
    assert [failure.code for failure in failures] == ["older"]
    store.data, store.version = b"3", "3"
    clock.advance(RETRY_SECONDS)
    assert numbers.current().value == 3
    assert store.known == [None, "1", "1"]  # the refused version is not known


@pytest.mark.parametrize("data", [b"", b"x"])
def test_what_does_not_parse_does_not_replace_the_last_good_one(data: bytes) -> None:
    store, clock = Memory(), FrozenClock()
    numbers = refreshed(store, clock)
    good = numbers.current()
    store.data, store.version = data, "2"
    clock.advance(TTL)
    assert numbers.current() is good
    clock.advance(STALE_LIMIT)
    with pytest.raises(ConfigurationError, match="is no number"):
        numbers.current()


def test_without_a_limit_the_last_good_one_stays_through_any_outage() -> None:
    """A revocation list ends by its own dates."""
    store, clock = Memory(), FrozenClock()
    numbers = refreshed(store, clock, life=Life(TTL, inf))
    good = numbers.current()
    store.failure = OUTAGE
    clock.advance(10**9)
    assert numbers.current() is good


def test_beyond_the_stale_limit_nothing_is_in_force() -> None:
    store, clock = Memory(), FrozenClock()
    numbers = refreshed(store, clock)
    numbers.current()
    store.failure = OUTAGE
    clock.advance(TTL + STALE_LIMIT)
    with pytest.raises(DependencyError, match="number_unavailable: memory is not in force"):
        numbers.current()


def test_a_store_that_was_never_there_is_asked_once_in_the_retry_time() -> None:
    store, clock = Memory(), FrozenClock()
    store.failure = OUTAGE
    numbers = refreshed(store, clock)
    for _ in range(10):
        with pytest.raises(DependencyError, match="number_unavailable"):
            numbers.current()
    assert len(store.known) == 1
    clock.advance(RETRY_SECONDS)
    store.failure = None
    assert numbers.current().value == 1


@pytest.mark.parametrize(
    "failure",
    [KeyError("secret"), OSError("secret"), RecursionError("secret")],
    ids=lambda failure: type(failure).__name__,
)
def test_a_foreign_error_is_told_by_its_type_alone(failure: Exception) -> None:
    store = Memory()
    store.failure = failure
    with pytest.raises(DependencyError, match=type(failure).__name__) as raised:
        refreshed(store, FrozenClock()).current()
    assert "secret" not in str(raised.value)


def test_no_failure_of_a_store_is_the_callers() -> None:
    """Whatever a parser raises, the caller of the function cannot mend it: never a 401."""
    store = Memory()
    store.failure = MalformedCredential("certificate_malformed", "the certificate cannot be read")
    with pytest.raises(DependencyError, match="number_unavailable"):
        refreshed(store, FrozenClock()).current()


def test_an_interrupt_is_not_taken_for_an_outage() -> None:
    store = Memory()
    store.failure = KeyboardInterrupt()
    numbers = refreshed(store, FrozenClock())
    with pytest.raises(KeyboardInterrupt):
        numbers.current()
    store.failure = None
    assert numbers.current().value == 1


def test_threads_that_have_nothing_wait_for_the_one_that_reads() -> None:
    store = Memory()
    numbers = refreshed(store, FrozenClock())
    found: list[Number] = []
    threads = [threading.Thread(target=lambda: found.append(numbers.current())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(number) for number in found}) == 1
    assert len(store.known) == 1
