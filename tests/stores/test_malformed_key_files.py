"""Files that are no files of keys, or hold what is no key: an error, and never no such key."""

import json
from pathlib import Path
from typing import Any

import pytest

from authorizers.api_key.record import dump_record
from authorizers.stores.keys_in_file import MAX_BYTES, KeysInFile
from tests.stores.key_files import EMPTY, an_entry, names_in, written
from tests.stores.key_records import a_full_record, a_record
from tests.stores.key_store_calls import FOUND, calls, refusal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


MALFORMED = {
    "nothing": "",
    "half of it": EMPTY[:-2],
    "two of them": EMPTY + EMPTY,
    "no JSON": "keys: []",
    "no UTF-8": '{"version": 1, "keys": [], "\udcff": 1}',
    "a list": "[]",
    "null": "null",
    "no version": '{"keys": []}',
    "no keys": '{"version": 1}',
    "a later version": '{"version": 2, "keys": []}',
    "a version in words": '{"version": "1", "keys": []}',
    "another member": '{"version": 1, "keys": [], "revoked": []}',
    "keys by name": '{"version": 1, "keys": {}}',
    "a key that is none": '{"version": 1, "keys": ["000000000001"]}',
    "a key without an id": '{"version": 1, "keys": [{"owner": "orders"}]}',
    "an id that is a list": '{"version": 1, "keys": [{"id": ["000000000001"]}]}',
    "too deep": "[" * 100_000,
    "a long number": '{"version": ' + "1" * 5_000 + "}",
}


@pytest.mark.parametrize("operation", ["find", "all", "replace", "add", "add_all"])
@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_file_is_an_error_and_is_left_alone(
    path: Path, text: str, operation: str
) -> None:
    data = text.encode("utf-8", "surrogateescape")
    path.write_bytes(data)
    error = refusal(calls(KeysInFile(path))[operation])
    assert str(error) == f"key_file_malformed: file:{path} is not a file of keys"
    assert path.read_bytes() == data


@pytest.mark.parametrize("operation", ["find", "all", "replace", "add", "add_all"])
def test_two_records_of_one_key_are_an_error(path: Path, operation: str) -> None:
    """Where one of them is revoked, whichever is found may be the wrong one."""
    keys = written(path, an_entry(revoked_at=None), an_entry(3), an_entry())
    assert str(refusal(calls(keys)[operation])) == (
        f"key_file_malformed: file:{path} has a key twice"
    )


BAD_ENTRIES: list[dict[str, Any]] = [
    {"id": FOUND},
    an_entry(owner=""),
    an_entry(secrets=[]),
    an_entry(unheard_of=True),
    an_entry(version=0),
    an_entry(version="1"),
    an_entry(version=True),
    an_entry(version=1.0),
    an_entry(version=None),
    dump_record(a_full_record()),
]


@pytest.mark.parametrize("entry", BAD_ENTRIES, ids=range(len(BAD_ENTRIES)))
@pytest.mark.parametrize("operation", ["find", "all", "replace"])
def test_a_malformed_record_is_an_error_and_is_left_alone(
    path: Path, entry: dict[str, Any], operation: str
) -> None:
    keys = written(path, entry, an_entry(3))
    before = path.read_bytes()
    assert refusal(calls(keys)[operation]).code == "key_record_malformed"
    assert path.read_bytes() == before
    assert keys.find("000000000003") == a_full_record(3)


def test_a_malformed_record_is_taken_and_survives_what_is_added(path: Path) -> None:
    keys = written(path, {"id": FOUND, "owner": "by hand"})
    assert not keys.add(a_record())
    assert keys.add(a_record(2))
    assert {"id": FOUND, "owner": "by hand"} in json.loads(path.read_bytes())["keys"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    for operation in ("find", "all", "replace", "add"):
        assert refusal(calls(KeysInFile(tmp_path))[operation]).code == "store_unavailable"


@pytest.mark.parametrize("name", ["keys\0.json", "k" * 300], ids=["a NUL", "too long"])
@pytest.mark.parametrize("operation", ["find", "all", "replace", "add"])
def test_a_path_that_no_file_can_have(tmp_path: Path, name: str, operation: str) -> None:
    keys = KeysInFile(f"{tmp_path}/{name}")
    assert refusal(calls(keys)[operation]).code == "store_unavailable"


class TestSize:
    def test_more_than_a_file_should_hold_is_not_written(self, path: Path) -> None:
        keys = KeysInFile(path)
        keys.add(a_record())
        before = path.read_bytes()
        large = [a_full_record(n, labels={"note": "x" * 10_000}) for n in range(2, 450)]
        error = refusal(lambda: keys.add_all(large))
        assert error.code == "key_file_too_large"
        assert "DynamoDB" in error.detail
        assert path.read_bytes() == before
        assert names_in(path.parent) == ["keys.json"]

    @pytest.mark.parametrize("operation", ["find", "all", "replace", "add"])
    def test_a_file_that_is_too_large_is_not_read(self, path: Path, operation: str) -> None:
        path.write_bytes(EMPTY.encode().ljust(MAX_BYTES + 1))
        assert refusal(calls(KeysInFile(path))[operation]).code == "key_file_too_large"

    def test_a_file_of_exactly_the_bound_is_read(self, path: Path) -> None:
        path.write_bytes(EMPTY.encode().ljust(MAX_BYTES))
        assert KeysInFile(path).find(FOUND) is None
