"""
What every store of keys does, whatever it keeps them in.

A store's tests inherit `KeyStoreContract`, and `ConcurrentKeyStoreContract` where it is shared by
threads, and name the store in the fixture `registry`.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from authorizers.api_key.record import KeyRecord, StoredSecret
from authorizers.api_key.store import KeyRegistry, KeyStore
from authorizers.errors import DependencyError
from tests.stores.key_records import GATEWAY_VALUE, a_full_record, a_record, assert_tells_no_secret

THREADS = 8

UNREADABLE: list[tuple[str, dict[str, Any]]] = [
    ("an id that no key has", {"key_id": "short"}),
    ("no owner", {"owner": ""}),
    ("no secret", {"secrets": ()}),
    ("three secrets", {"secrets": (StoredSecret(b"\x01" * 32, "1"),) * 3}),
    ("half a digest", {"secrets": (StoredSecret(b"\x01" * 16, "1"),)}),
    ("a time in milliseconds", {"expires_at": 1_800_000_000_000}),
    ("a scope that is none", {"scopes": ("",)}),
    ("a label that is a number", {"labels": {"team": 1}}),
]


class KeyStoreContract:
    """One process, one thing after another."""

    @pytest.fixture
    def registry(self) -> KeyRegistry:
        """Return the store, with no keys in it."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, registry: KeyRegistry) -> KeyStore:
        """Return what a function has of the same keys; the same object where there is no other."""
        return registry

    def test_a_key_that_is_not_there_is_none(self, registry: KeyRegistry, store: KeyStore) -> None:
        assert store.find("000000000001") is None
        registry.add(a_record(2))
        assert store.find("000000000001") is None

    @pytest.mark.parametrize("record", [a_record(), a_full_record()], ids=["least", "most"])
    def test_what_is_added_is_found_as_it_was(
        self, registry: KeyRegistry, store: KeyStore, record: KeyRecord
    ) -> None:
        assert registry.add(record)
        assert store.find(record.key_id) == record
        assert list(registry.all()) == [record]

    @pytest.mark.parametrize("member", ["routes", "networks"])
    def test_none_at_all_is_not_no_limit(
        self, registry: KeyRegistry, store: KeyStore, member: str
    ) -> None:
        registry.add(a_record(1, **{member: ()}))
        registry.add(a_record(2, **{member: None}))
        found = [store.find(f"{number:012}") for number in (1, 2)]
        assert [getattr(record, member) for record in found] == [(), None]

    def test_an_id_is_taken_once(self, registry: KeyRegistry, store: KeyStore) -> None:
        assert registry.add(a_record(1, owner="first"))
        assert not registry.add(a_record(1, owner="second"))
        assert not registry.add(a_record(1, owner="first"))
        assert store.find("000000000001") == a_record(1, owner="first")

    @pytest.mark.parametrize("key_id", ["abcdefABCDEF", "ABCDEFabcdef"])
    def test_ids_that_differ_in_case_are_others(
        self, registry: KeyRegistry, store: KeyStore, key_id: str
    ) -> None:
        registry.add(a_record(key_id=key_id))
        assert store.find(key_id.swapcase()) is None
        assert registry.add(a_record(key_id=key_id.swapcase(), owner="other"))

    def test_many_are_added_and_those_there_are_left(
        self, registry: KeyRegistry, store: KeyStore
    ) -> None:
        """230 are several batches of every service, and none of them full."""
        registry.add(a_record(7, owner="before"))
        registry.add(a_record(229, owner="before"))
        many = [a_record(number) for number in range(230)]
        assert registry.add_all(many) == {"000000000007", "000000000229"}
        found = {record.key_id: record.owner for record in registry.all()}
        assert len(found) == 230
        assert {key_id for key_id, owner in found.items() if owner == "before"} == {
            "000000000007",
            "000000000229",
        }
        assert store.find("000000000007") == a_record(7, owner="before")

    def test_adding_many_again_changes_nothing(self, registry: KeyRegistry) -> None:
        many = [a_record(number) for number in range(30)]
        assert registry.add_all(many) == frozenset()
        registry.replace(a_record(3, revoked_at=1_800_000_001))
        before = sorted(registry.all())
        assert registry.add_all(many) == {record.key_id for record in many}
        assert sorted(registry.all()) == before

    def test_of_two_with_one_id_the_first_is_added(
        self, registry: KeyRegistry, store: KeyStore
    ) -> None:
        twice = [a_record(1, owner="first"), a_record(2), a_record(1, owner="second")]
        assert registry.add_all(twice) == {"000000000001"}
        assert store.find("000000000001") == a_record(1, owner="first")
        assert store.find("000000000002") == a_record(2)

    def test_adding_none_does_nothing(self, registry: KeyRegistry) -> None:
        assert registry.add_all([]) == frozenset()
        assert list(registry.all()) == []

    def test_a_replaced_record_counts_up(self, registry: KeyRegistry, store: KeyStore) -> None:
        registry.add(a_full_record())
        for version in (1, 2, 3):
            record = a_record(owner=f"changed {version}", version=version)
            assert registry.replace(record)
            assert store.find(record.key_id) == record._replace(version=version + 1)

    @pytest.mark.parametrize("version", [1, 3, 4, 99])
    def test_a_record_of_another_version_replaces_nothing(
        self, registry: KeyRegistry, store: KeyStore, version: int
    ) -> None:
        registry.add(a_record())
        registry.replace(a_record(revoked_at=1_800_000_001))
        assert not registry.replace(a_record(owner="stale", version=version))
        assert store.find("000000000001") == a_record(revoked_at=1_800_000_001, version=2)

    def test_a_record_that_is_not_there_is_not_made_by_replacing_it(
        self, registry: KeyRegistry, store: KeyStore
    ) -> None:
        registry.add(a_record(2))
        assert not registry.replace(a_record(1))
        assert store.find("000000000001") is None
        assert list(registry.all()) == [a_record(2)]

    def test_a_change_is_seen_by_the_next_read(
        self, registry: KeyRegistry, store: KeyStore
    ) -> None:
        """Same length, same moment: only what is said differs."""
        registry.add(a_record(owner="0"))
        for version in range(1, 8):
            assert registry.replace(a_record(owner=str(version), version=version))
            found = store.find("000000000001")
            assert found is not None
            assert found.owner == str(version)

    @pytest.mark.parametrize("changes", [c for _, c in UNREADABLE], ids=[n for n, _ in UNREADABLE])
    @pytest.mark.parametrize("operation", ["add", "add_all", "replace"])
    def test_what_could_not_be_read_again_is_not_written(
        self, registry: KeyRegistry, operation: str, changes: dict[str, Any]
    ) -> None:
        registry.add(a_full_record())
        bad = a_full_record(1 if operation == "replace" else 2, **changes)
        calls: dict[str, Callable[[], Any]] = {
            "add": lambda: registry.add(bad),
            "add_all": lambda: registry.add_all([a_record(3), bad]),
            "replace": lambda: registry.replace(bad),
        }
        with pytest.raises(DependencyError) as caught:
            calls[operation]()
        assert caught.value.code == "key_record_malformed"
        assert_tells_no_secret(caught.value)
        assert list(registry.all()) == [a_full_record()]

    def test_a_record_changed_after_it_was_added_is_not_changed_here(
        self, registry: KeyRegistry, store: KeyStore
    ) -> None:
        labels = {"team": "a"}
        registry.add(a_record(labels=labels))
        labels["team"] = "b"
        assert store.find("000000000001") == a_record(labels={"team": "a"})

    def test_no_secret_is_told_by_a_store(self, registry: KeyRegistry, store: KeyStore) -> None:
        registry.add(a_full_record())
        assert store.find("000000000001") is not None
        for told in (repr(registry), repr(store), registry.place, store.place):
            assert GATEWAY_VALUE not in told
            assert "01" * 32 not in told


class ConcurrentKeyStoreContract:
    """Several threads at once. Processes are the business of the stores that outlive one."""

    @pytest.fixture
    def registry(self) -> KeyRegistry:
        """Return the store, with no keys in it."""
        raise NotImplementedError

    @pytest.mark.parametrize("version", [1, 2, 3])
    def test_one_of_many_that_replace_wins(self, registry: KeyRegistry, version: int) -> None:
        registry.add(a_record(version=version))
        won = at_once(
            lambda thread: registry.replace(a_record(owner=f"thread {thread}", version=version))
        )
        assert won.count(True) == 1
        winner = a_record(owner=f"thread {won.index(True)}", version=version + 1)
        assert list(registry.all()) == [winner]

    def test_one_of_many_that_add_an_id_wins(self, registry: KeyRegistry) -> None:
        won = at_once(lambda n: registry.add(a_record(owner=f"thread {n}")))
        assert won.count(True) == 1
        assert list(registry.all()) == [a_record(owner=f"thread {won.index(True)}")]

    def test_nothing_that_many_add_is_lost(self, registry: KeyRegistry) -> None:
        def add(thread: int) -> bool:
            return all(registry.add(a_record(100 * thread + n)) for n in range(5))

        assert at_once(add) == [True] * THREADS
        assert len({record.key_id for record in registry.all()}) == 5 * THREADS

    def test_who_tries_again_with_what_is_there_gets_through(self, registry: KeyRegistry) -> None:
        registry.add(a_record())

        def count_up(_: int) -> bool:
            while True:
                known = registry.find("000000000001")
                assert known is not None
                if registry.replace(known):
                    return True

        assert at_once(count_up) == [True] * THREADS
        assert list(registry.all()) == [a_record(version=1 + THREADS)]


def at_once(work: Callable[[int], bool]) -> list[bool]:
    """Return what `work` returns in each of several threads that begin together."""
    barrier = Barrier(THREADS)

    def begin(thread: int) -> bool:
        barrier.wait()
        return work(thread)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(begin, range(THREADS)))
