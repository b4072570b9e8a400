"""A file of the package: read again only when it looks different."""

import os
from pathlib import Path

import pytest

from authorizers.errors import ConfigurationError, DependencyError
from authorizers.stores.local_bytes import LocalBytes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "partners.pem"
    path.write_bytes(b"one")
    return path


def test_a_file_is_read_with_its_version_and_then_only_when_it_changed(path: Path) -> None:
    file = LocalBytes(str(path), max_bytes=3)
    answer = file.read(None)
    assert answer is not None
    data, version = answer
    assert data == b"one"
    assert file.read(version) is None
    path.write_bytes(b"two")
    os.utime(path, ns=(1, 1))
    assert (file.read(version) or (None,))[0] == b"two"


def test_a_file_that_was_replaced_by_one_of_its_size_and_time_is_another(path: Path) -> None:
    status = path.stat()
    file = LocalBytes(str(path), max_bytes=3)
    version = (file.read() or (b"", None))[1]
    other = path.with_name("other")
    other.write_bytes(b"two")
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)
    assert (file.read(version) or (None,))[0] == b"two"


def test_a_file_that_is_too_large_is_the_deployers_affair(path: Path) -> None:
    with pytest.raises(ConfigurationError, match="larger than 2 bytes"):
        LocalBytes(str(path), max_bytes=2).read()


@pytest.mark.parametrize("name", ["missing.pem", "", "\0", "folder/missing.pem"], ids=ascii)
def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(DependencyError, match="store_"):
        LocalBytes(f"{tmp_path}/{name}", max_bytes=9).read()


def test_messages_call_it_by_its_path(path: Path) -> None:
    assert LocalBytes(str(path), max_bytes=9).place == f"file:{path}"
