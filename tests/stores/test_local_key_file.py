"""What is asked of a system's files when keys are written."""

import sys
from pathlib import Path

import pytest

from authorizers.errors import ConfigurationError, DependencyError
from authorizers.stores.keys_in_file import KeysInFile
from authorizers.stores.local_file import file_errors, replace_file
from tests.stores.key_files import names_in
from tests.stores.key_records import a_record


def test_without_locks_keys_are_read_and_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = KeysInFile(tmp_path / "keys.json")
    keys.add(a_record())
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with pytest.raises(ConfigurationError, match="Linux and macOS only"):
        keys.add(a_record(2))
    with pytest.raises(ConfigurationError, match="Linux and macOS only"):
        keys.replace(a_record(owner="other"))
    assert list(keys.all()) == [a_record()]


def test_what_cannot_be_put_in_its_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "keys.json").mkdir()
    with pytest.raises(OSError, match="keys"):
        replace_file(str(tmp_path / "keys.json"), b"x")
    assert names_in(tmp_path) == ["keys.json"]


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (FileNotFoundError(2, "own words"), "store_not_found: file:k does not exist"),
        (PermissionError(13, "own words"), "store_access_denied: file:k may not be written"),
        (OSError(28, "own words"), "store_unavailable: file:k could not be written: OSError 28"),
        (ValueError("own words"), "store_unavailable: file:k could not be written"),
    ],
    ids=["not found", "not allowed", "a full disk", "no path"],
)
def test_what_the_system_refuses(failure: Exception, told: str) -> None:
    with pytest.raises(DependencyError) as caught, file_errors("file:k", "written"):
        raise failure
    assert str(caught.value) == told
    assert caught.value.__cause__ is failure
