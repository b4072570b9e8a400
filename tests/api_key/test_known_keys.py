"""What is remembered of keys, for how long, and what an outage does."""

import threading
from typing import Any

import pytest

from authorizers.api_key.known_keys import KnownKeys
from authorizers.api_key.record import KeyRecord
from authorizers.errors import DependencyError
from authorizers.model.principal import Principal
from authorizers.testing.clock import FrozenClock
from tests.api_key.keys import NOW, CountedStore, issued

LIFE, MISS_LIFE = 60, 10


def principal(record: KeyRecord) -> Principal:
    return Principal(f"m|{record.owner}", "m", "x", frozenset(), {}, record.key_id)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


def known_keys(store: CountedStore, clock: FrozenClock, **options: Any) -> KnownKeys:
    defaults: dict[str, Any] = {"lives_seconds": (LIFE, MISS_LIFE), "size": 3}
    return KnownKeys(store, principal, clock=clock, **defaults | options)


def test_a_key_is_read_once_in_its_life(clock: FrozenClock) -> None:
    key = issued()
    store = CountedStore(key)
    keys = known_keys(store, clock)
    first, remembered = keys.find(key.record.key_id)
    assert not remembered
    clock.advance(LIFE - 0.001)
    assert keys.find(key.record.key_id) == (first, True)
    assert len(store.calls) == 1
    clock.advance(0.001)
    second, remembered = keys.find(key.record.key_id)
    assert not remembered
    assert second is not first
    assert len(store.calls) == 2


def test_a_life_ends_while_the_environment_is_frozen(clock: FrozenClock) -> None:
    key = issued()
    keys = known_keys(CountedStore(key), clock)
    keys.find(key.record.key_id)
    clock.freeze_environment(LIFE)
    assert not keys.find(key.record.key_id)[1]


def test_a_life_begins_before_the_read(clock: FrozenClock) -> None:
    key = issued()
    store = CountedStore(key)

    class Slow(CountedStore):
        def find(self, key_id: str) -> KeyRecord | None:
            clock.advance(20)
            return store.find(key_id)

    keys = known_keys(Slow(), clock)
    keys.find(key.record.key_id)
    clock.advance(LIFE - 20)
    assert not keys.find(key.record.key_id)[1]


def test_a_revocation_is_seen_when_the_life_is_over(clock: FrozenClock) -> None:
    key = issued()
    store = CountedStore(key)
    keys = known_keys(store, clock)
    keys.find(key.record.key_id)
    store.put(key.record._replace(revoked_at=NOW))
    clock.advance(LIFE)
    known, _ = keys.find(key.record.key_id)
    assert known is not None
    assert known.record.revoked_at == NOW


def test_a_key_that_was_deleted_is_a_miss_when_its_life_is_over(clock: FrozenClock) -> None:
    key = issued()
    store = CountedStore(key)
    keys = known_keys(store, clock)
    keys.find(key.record.key_id)
    del store.records[key.record.key_id]
    clock.advance(LIFE)
    assert keys.find(key.record.key_id) == (None, False)
    assert keys.find(key.record.key_id) == (None, True)


def test_a_miss_is_remembered_for_its_own_life(clock: FrozenClock) -> None:
    key = issued()
    store = CountedStore()
    keys = known_keys(store, clock)
    assert keys.find(key.record.key_id) == (None, False)
    store.put(key.record)
    clock.advance(MISS_LIFE - 0.001)
    assert keys.find(key.record.key_id) == (None, True)
    clock.advance(0.001)
    assert keys.find(key.record.key_id)[0] is not None
    assert len(store.calls) == 2


def test_whoever_invents_ids_drops_no_key(clock: FrozenClock) -> None:
    key = issued()
    store = CountedStore(key)
    keys = known_keys(store, clock)
    keys.find(key.record.key_id)
    for i in range(100):
        assert keys.find(f"{i:012}") == (None, False)
    assert keys.find(key.record.key_id)[1]
    assert len(keys._misses) <= 3


def test_the_key_used_least_recently_is_dropped(clock: FrozenClock) -> None:
    some = [issued() for _ in range(4)]
    keys = known_keys(CountedStore(*some), clock)
    ids = [key.record.key_id for key in some]
    for key_id in (*ids[:3], ids[0], ids[3]):
        keys.find(key_id)
    assert [keys.find(key_id)[1] for key_id in (ids[0], ids[3], ids[2])] == [True, True, True]
    assert not keys.find(ids[1])[1]


@pytest.mark.parametrize("options", [{"size": 0}, {"lives_seconds": (0, 0)}], ids=str)
def test_nothing_is_remembered_where_nothing_shall_be(
    clock: FrozenClock, options: dict[str, Any]
) -> None:
    key = issued()
    store = CountedStore(key)
    keys = known_keys(store, clock, **options)
    for key_id in (key.record.key_id, "0" * 12) * 2:
        assert not keys.find(key_id)[1]
    assert len(store.calls) == 4


def test_a_failure_is_not_remembered_and_nothing_outlives_its_life(clock: FrozenClock) -> None:
    key = issued()
    store = CountedStore(key)
    keys = known_keys(store, clock)
    keys.find(key.record.key_id)
    store.away = True
    assert keys.find(key.record.key_id)[1]  # within its life
    with pytest.raises(DependencyError):
        keys.find("0" * 12)
    clock.advance(LIFE)
    for _ in range(2):
        with pytest.raises(DependencyError):
            keys.find(key.record.key_id)
    store.away = False
    assert not keys.find(key.record.key_id)[1]


def test_a_clock_that_was_set_back_lengthens_no_life(clock: FrozenClock) -> None:
    key = issued()
    keys = known_keys(CountedStore(key), clock)
    keys.find(key.record.key_id)
    clock.freeze_environment(-3600)
    clock.advance(LIFE)
    assert not keys.find(key.record.key_id)[1]


def test_threads_share_what_is_remembered(clock: FrozenClock) -> None:
    some = [issued() for _ in range(50)]
    keys = known_keys(CountedStore(*some), clock, size=10)
    wrong: list[str] = []

    def ask() -> None:
        for key in some * 20:
            known, _ = keys.find(key.record.key_id)
            if known is None or known.record != key.record:
                wrong.append(key.record.key_id)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(keys._keys) <= 10
