"""The document in force while a function is warm: its key, its life, and what a failure does."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from authorizers.config.source import RETRY_SECONDS, FixedDocument, RefreshedDocument
from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError, Problem
from authorizers.testing.clock import FrozenClock

TTL = 300
STALE_LIMIT = 3600
Compiled = Callable[[str], bytes]
OUTAGE = DependencyError("store_unavailable", "the store could not be read")


class MemoryStore:
    """A store whose content, version and failure a test sets."""

    place = "memory"

    def __init__(self, data: bytes, version: str | None = "1") -> None:
        self.data, self.version = data, version
        self.failure: AuthorizersError | None = None
        self.reads = 0

    def read(self, known_version: str | None) -> tuple[bytes, str | None] | None:
        self.reads += 1
        if self.failure is not None:
            raise self.failure
        if self.version is not None and known_version == self.version:
            return None
        return self.data, self.version


def source(store: Any, clock: FrozenClock, **more: Any) -> RefreshedDocument:
    return RefreshedDocument(store, clock, ttl_seconds=TTL, stale_limit_seconds=STALE_LIMIT, **more)


def test_a_fixed_document_is_always_the_same_object() -> None:
    document: dict[str, Any] = {}
    assert FixedDocument(document).current() is document


def test_nothing_is_read_before_it_is_needed_and_once_within_the_life(compiled: Compiled) -> None:
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    documents = source(store, clock)
    assert store.reads == 0
    first = documents.current()
    clock.advance(TTL - 1)
    assert documents.current() is first
    assert store.reads == 1


def test_a_changed_document_is_in_force_after_the_life(compiled: Compiled) -> None:
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    documents = source(store, clock)
    documents.current()
    store.data, store.version = compiled("b"), "2"
    clock.advance(TTL)
    assert list(documents.current()["schemes"]) == ["b"]


@pytest.mark.parametrize("version", ["1", None])
def test_an_unchanged_document_stays_the_same_object(
    version: str | None, compiled: Compiled
) -> None:
    """So that whoever was built from it, with its caches, is kept."""
    store, clock = MemoryStore(compiled("a"), version), FrozenClock()
    documents = source(store, clock)
    first = documents.current()
    clock.advance(TTL)
    assert documents.current() is first
    assert store.reads == 2


def test_the_same_content_under_a_new_version_stays_the_same_object(compiled: Compiled) -> None:
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    documents = source(store, clock)
    first = documents.current()
    store.version = "2"
    clock.advance(TTL)
    assert documents.current() is first


def test_a_frozen_environment_does_not_extend_the_life(compiled: Compiled) -> None:
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    documents = source(store, clock)
    documents.current()
    clock.freeze_environment(TTL)
    documents.current()
    assert store.reads == 2


@pytest.mark.parametrize("failure", [OUTAGE, ConfigurationError(Problem("memory", "is too large"))])
def test_a_failed_reload_keeps_the_last_good_document_up_to_the_stale_limit(
    failure: AuthorizersError, compiled: Compiled
) -> None:
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    documents = source(store, clock)
    first = documents.current()
    store.failure = failure
    clock.advance(TTL + STALE_LIMIT - 1)
    assert documents.current() is first
    assert documents.last_error is failure
    clock.advance(1)
    with pytest.raises(type(failure)):
        documents.current()


def test_beyond_the_stale_limit_an_outage_is_a_dependency_error_with_its_own_code(
    compiled: Compiled,
) -> None:
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    documents = source(store, clock)
    documents.current()
    store.failure = OUTAGE
    clock.advance(TTL + STALE_LIMIT)
    with pytest.raises(DependencyError) as caught:
        documents.current()
    assert caught.value.code == "configuration_unavailable"
    assert "the store could not be read" in caught.value.detail


def test_a_document_that_became_wrong_keeps_the_last_good_one(compiled: Compiled) -> None:
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    documents = source(store, clock)
    first = documents.current()
    store.data, store.version = b"version: 1", "2"
    clock.advance(TTL)
    assert documents.current() is first
    assert isinstance(documents.last_error, ConfigurationError)


def test_a_wrong_document_that_was_repaired_is_in_force_at_the_next_attempt(
    compiled: Compiled,
) -> None:
    """The version of the wrong document is not remembered as known."""
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    documents = source(store, clock)
    documents.current()
    store.data, store.version = b"version: 1", "2"
    clock.advance(TTL)
    documents.current()
    store.data, store.version = compiled("b"), "3"
    clock.advance(RETRY_SECONDS)
    assert list(documents.current()["schemes"]) == ["b"]
    assert documents.last_error is None


def test_after_a_failure_there_is_one_attempt_in_the_retry_time(compiled: Compiled) -> None:
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    documents = source(store, clock)
    documents.current()
    store.failure = OUTAGE
    clock.advance(TTL)
    for _ in range(100):
        documents.current()
    assert store.reads == 2
    clock.advance(RETRY_SECONDS)
    documents.current()
    assert store.reads == 3


def test_an_outage_at_the_first_load_is_a_dependency_error_and_no_storm(compiled: Compiled) -> None:
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    store.failure = OUTAGE
    documents = source(store, clock)
    for _ in range(100):
        with pytest.raises(DependencyError, match="configuration_unavailable"):
            documents.current()
    assert store.reads == 1
    store.failure = None
    clock.advance(RETRY_SECONDS)
    assert list(documents.current()["schemes"]) == ["a"]


def test_a_wrong_document_at_the_first_load_is_a_configuration_error() -> None:
    documents = source(MemoryStore(b"version: 1"), FrozenClock())
    with pytest.raises(ConfigurationError, match="authorizers compile"):
        documents.current()


def test_failures_are_reported_as_they_happen(compiled: Compiled) -> None:
    seen: list[AuthorizersError] = []
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    documents = source(store, clock, on_failure=seen.append)
    documents.current()
    store.failure = OUTAGE
    clock.advance(TTL)
    documents.current()
    documents.current()
    assert seen == [OUTAGE]


class SlowStore(MemoryStore):
    """A store that answers when it is told to."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.entered, self.go_on = threading.Event(), threading.Event()

    def read(self, known_version: str | None) -> tuple[bytes, str | None] | None:
        if self.reads:
            self.entered.set()
            assert self.go_on.wait(10)
        return super().read(known_version)


def test_while_one_thread_reads_the_others_use_the_document_they_have(compiled: Compiled) -> None:
    store, clock = SlowStore(compiled("a")), FrozenClock()
    documents = source(store, clock)
    first = documents.current()
    store.data, store.version = compiled("b"), "2"
    clock.advance(TTL)
    reader = threading.Thread(target=documents.current)
    reader.start()
    assert store.entered.wait(10)
    assert documents.current() is first
    store.go_on.set()
    reader.join()
    assert list(documents.current()["schemes"]) == ["b"]
    assert store.reads == 2


def test_threads_that_have_no_document_wait_for_the_one_that_reads(compiled: Compiled) -> None:
    store, clock = MemoryStore(compiled("a")), FrozenClock()
    documents = source(store, clock)
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(documents.current())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(document is found[0] for document in found)
    assert store.reads == 1


def test_a_document_that_is_refused_leaves_the_last_good_one_in_force(compiled: Compiled) -> None:
    """A document may parse and still be of no use; it must not take the good one away."""
    clock, store = FrozenClock(), MemoryStore(compiled("good"))

    def accept(document: dict[str, Any]) -> None:
        if "bad" in document["schemes"]:
            raise ConfigurationError(Problem("document", "no authorizer can be built of it"))

    documents = source(store, clock, accept=accept)
    good = documents.current()
    store.data, store.version = compiled("bad"), "2"
    clock.advance(TTL)
    assert documents.current() is good
    assert isinstance(documents.last_error, ConfigurationError)

    clock.advance(STALE_LIMIT)
    with pytest.raises(ConfigurationError):
        documents.current()


def test_a_foreign_error_of_a_store_is_told_by_its_type_alone(compiled: Compiled) -> None:
    clock, store = FrozenClock(), MemoryStore(compiled("good"))
    documents = source(store, clock)
    good = documents.current()
    store.failure = KeyError("a secret that the store was asked for")  # type: ignore[assignment]
    clock.advance(TTL)
    assert documents.current() is good
    reads = store.reads
    assert documents.current() is good
    assert store.reads == reads

    clock.advance(STALE_LIMIT)
    with pytest.raises(DependencyError, match="KeyError") as raised:
        documents.current()
    assert "secret" not in str(raised.value)
