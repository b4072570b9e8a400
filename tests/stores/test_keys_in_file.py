"""Keys in a file: what it looks like, and when it is read again."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from authorizers.stores.keys_in_file import SETTLED_SECONDS, KeysInFile
from tests.stores.key_files import EMPTY, names_in
from tests.stores.key_records import a_full_record, a_record
from tests.stores.key_store_calls import FOUND, calls, refusal
from tests.stores.key_store_contract import ConcurrentKeyStoreContract, KeyStoreContract


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


class TestKeysInFile(KeyStoreContract, ConcurrentKeyStoreContract):
    @pytest.fixture
    def registry(self, path: Path) -> KeysInFile:
        path.write_text(EMPTY)
        return KeysInFile(path)

    @pytest.fixture
    def store(self, registry: KeysInFile, path: Path) -> KeysInFile:
        return KeysInFile(path)


def test_the_first_key_makes_the_file_and_it_is_the_owners_alone(path: Path) -> None:
    umask = os.umask(0)
    try:
        assert KeysInFile(path).add(a_full_record())
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names_in(path.parent) == ["keys.json"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_file_that_is_there_keeps_its_mode(path: Path, mode: int) -> None:
    """Lambda reads a package as somebody else than who built it."""
    path.write_text(EMPTY)
    path.chmod(mode)
    KeysInFile(path).add(a_record())
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_people_can_read_it(path: Path) -> None:
    KeysInFile(path).add(a_record(labels={"team": "a"}))
    assert path.read_text() == (
        "{\n"
        '  "version": 1,\n'
        '  "keys": [\n'
        "    {\n"
        '      "id": "000000000001",\n'
        '      "owner": "orders",\n'
        '      "secrets": [\n'
        "        {\n"
        f'          "hmac_sha256": "{"00" * 31}01",\n'
        '          "pepper": "1"\n'
        "        }\n"
        "      ],\n"
        '      "created_at": 1800000000,\n'
        '      "labels": {\n'
        '        "team": "a"\n'
        "      },\n"
        '      "version": 1\n'
        "    }\n"
        "  ]\n"
        "}\n"
    )


def test_the_same_keys_are_the_same_bytes(tmp_path: Path) -> None:
    for name, numbers in (("a", (1, 2, 3)), ("b", (3, 1, 2))):
        for number in numbers:
            KeysInFile(tmp_path / name).add(a_full_record(number))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_nothing_is_written_where_nothing_changes(path: Path) -> None:
    keys = KeysInFile(path)
    keys.add(a_record())
    os.utime(path, (1, 1))
    assert not keys.add(a_record())
    assert not keys.replace(a_record(version=2))
    assert path.stat().st_mtime == 1


@pytest.mark.parametrize("name", [str, Path], ids=["text", "path"])
def test_its_place_is_its_path(path: Path, name: Callable[[Path], Any]) -> None:
    assert KeysInFile(name(path)).place == f"file:{path}"


def test_a_path_may_lead_elsewhere(tmp_path: Path, path: Path) -> None:
    """A change is made where the link leads, and the link stays."""
    (tmp_path / "real").mkdir()
    path.symlink_to(tmp_path / "real" / "keys.json")
    KeysInFile(path).add(a_record())
    KeysInFile(path).add(a_record(2))
    assert path.is_symlink()
    assert KeysInFile(tmp_path / "real" / "keys.json").find("000000000002") == a_record(2)


def test_a_path_may_be_relative(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    KeysInFile("keys.json").add(a_record())
    assert KeysInFile("keys.json").find(FOUND) == a_record()


@pytest.mark.parametrize("operation", ["find", "replace", "all"])
def test_a_file_that_is_not_there_is_never_no_such_key(path: Path, operation: str) -> None:
    error = refusal(calls(KeysInFile(path))[operation])
    assert str(error) == f"store_not_found: file:{path} does not exist"
    assert names_in(path.parent) == []


@pytest.mark.parametrize("operation", ["add", "add_all", "replace"])
def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, operation: str) -> None:
    keys = KeysInFile(tmp_path / "no" / "keys.json")
    assert refusal(calls(keys)[operation]).code == "store_not_found"
    assert names_in(tmp_path) == []


class Opened:
    """Keeps which files this process opens."""

    def __init__(self) -> None:
        self.paths: list[str] | None = None
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.paths is not None and event == "open":
            self.paths.append(str(arguments[0]))


OPENED = Opened()  # a hook cannot be taken away again


@pytest.fixture
def opened() -> Iterator[list[str]]:
    OPENED.paths = []
    yield OPENED.paths
    OPENED.paths = None


class TestReading:
    def test_a_file_that_has_settled_is_read_once(self, path: Path, opened: list[str]) -> None:
        KeysInFile(path).add(a_record())
        store = KeysInFile(path, wall=lambda: path.stat().st_mtime + SETTLED_SECONDS + 0.01)
        opened.clear()
        for _ in range(3):
            assert store.find(FOUND) == a_record()
            assert store.find("000000000002") is None
        assert opened == [str(path)]

    def test_a_file_that_has_just_been_changed_is_read_each_time(
        self, path: Path, opened: list[str]
    ) -> None:
        """Another change in the same instant could look like none."""
        KeysInFile(path).add(a_record())
        store = KeysInFile(path, wall=lambda: path.stat().st_mtime + SETTLED_SECONDS - 0.01)
        opened.clear()
        for _ in range(3):
            assert store.find(FOUND) == a_record()
        assert opened == [str(path)] * 3

    def test_a_file_from_the_future_is_read_each_time(self, path: Path, opened: list[str]) -> None:
        KeysInFile(path).add(a_record())
        os.utime(path, (5_000_000_000, 5_000_000_000))
        store = KeysInFile(path)
        opened.clear()
        for _ in range(3):
            assert store.find(FOUND) == a_record()
        assert opened == [str(path)] * 3

    def test_a_change_that_hides_its_size_and_time_is_seen(self, path: Path) -> None:
        """By hand and in place, as `sed -i` and `touch -r` may do it."""
        KeysInFile(path).add(a_record(owner="a"))
        store = KeysInFile(path, wall=lambda: 5_000_000_000.0)
        assert store.find(FOUND) == a_record(owner="a")
        before = path.stat()
        path.write_bytes(path.read_bytes().replace(b'"owner": "a"', b'"owner": "b"'))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert store.find(FOUND) == a_record(owner="b")

    def test_what_was_read_is_not_used_when_the_file_is_gone_or_broken(self, path: Path) -> None:
        KeysInFile(path).add(a_record())
        store = KeysInFile(path, wall=lambda: 5_000_000_000.0)
        assert store.find(FOUND) == a_record()
        whole = path.read_bytes()
        path.write_bytes(whole[:-9])
        for _ in range(2):
            assert refusal(lambda: store.find(FOUND)).code == "key_file_malformed"
        path.unlink()
        for _ in range(2):
            assert refusal(lambda: store.find(FOUND)).code == "store_not_found"
        path.write_bytes(whole)
        assert store.find(FOUND) == a_record()
