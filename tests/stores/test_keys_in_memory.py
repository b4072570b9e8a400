"""Keys in memory, and those of a document."""

from collections.abc import Callable
from threading import Thread
from typing import Any, Self

import pytest

from authorizers.errors import ConfigurationError
from authorizers.stores.keys_in_memory import KeysInMemory
from tests.stores.key_records import a_full_record, a_record, assert_tells_no_secret
from tests.stores.key_store_contract import ConcurrentKeyStoreContract, KeyStoreContract


class TestKeysInMemory(KeyStoreContract, ConcurrentKeyStoreContract):
    @pytest.fixture
    def registry(self) -> KeysInMemory:
        return KeysInMemory()

    def test_nobody_comes_between_looking_and_replacing(self, registry: KeysInMemory) -> None:
        registry.add(a_record())
        won: list[bool] = []
        other = Thread(target=lambda: won.append(registry.replace(a_record(owner="other"))))

        def meanwhile() -> None:
            other.start()
            other.join(0.05)  # it has to wait, and so do we, but not for ever

        won.append(registry.replace(a_record(version=Slow(1, meanwhile))))
        other.join()
        assert won == [True, False]


class Slow(int):
    """A version during whose comparison something else happens."""

    def __new__(cls, number: int, meanwhile: Callable[[], None]) -> Self:
        version = super().__new__(cls, number)
        version.meanwhile = meanwhile
        return version

    meanwhile: Callable[[], None]

    def __ne__(self, other: object) -> bool:
        self.meanwhile()
        return super().__ne__(other)


def test_the_keys_of_a_document_are_found_as_they_are() -> None:
    store = KeysInMemory([a_record(1), a_full_record(2)], place="orders.yaml")
    assert store.place == "orders.yaml"
    assert store.find("000000000002") == a_full_record(2)
    assert store.find("000000000003") is None


def test_without_a_place_it_is_the_document() -> None:
    assert KeysInMemory().place == "the document"


@pytest.mark.parametrize("second", [{"revoked_at": 1_800_000_001}, {"owner": "another"}, {}])
def test_two_records_of_one_key_are_refused(second: dict[str, Any]) -> None:
    """Where one of them is revoked, whichever is found may be the wrong one."""
    with pytest.raises(ConfigurationError) as caught:
        KeysInMemory([a_full_record(), a_record(2), a_full_record(**second)], place="orders.yaml")
    assert str(caught.value.problems[0]) == "orders.yaml: has the key 000000000001 twice"
    assert_tells_no_secret(caught.value)


def test_the_same_record_given_twice_is_refused() -> None:
    record = a_record()
    with pytest.raises(ConfigurationError):
        KeysInMemory([record, record])


class CountedText(str):
    """Counts how often it is compared."""

    __slots__ = ("compared",)
    compared: int
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        self.compared += 1
        return super().__eq__(other)


@pytest.mark.parametrize("keys", [1, 100_000])
@pytest.mark.parametrize("there", [True, False])
def test_a_key_is_found_without_looking_at_the_others(keys: int, there: bool) -> None:
    record = a_record()
    store = KeysInMemory(record._replace(key_id=f"{number:012}") for number in range(keys))
    key_id = CountedText(f"{0 if there else keys:012}")
    key_id.compared = 0
    assert (store.find(key_id) is not None) is there
    assert key_id.compared <= 1
