"""What is asked of a system's files when keys are written."""

import fcntl
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from authorizers.errors import ConfigurationError, DependencyError
from authorizers.stores.keys_in_file import KeysInFile
from authorizers.stores.local_file import LOCK_SECONDS, file_errors, folder_lock, replace_file
from authorizers.testing.clock import FrozenClock
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
        (
            OSError(28, "own words"),
            "store_unavailable: file:k could not be written: No space left on device",
        ),
        (OSError("own words"), "store_unavailable: file:k could not be written: OSError"),
        (ValueError("own words"), "store_unavailable: file:k could not be written"),
    ],
    ids=["not found", "not allowed", "a full disk", "no number", "no path"],
)
def test_what_the_system_refuses(failure: Exception, told: str) -> None:
    with pytest.raises(DependencyError) as caught, file_errors("file:k", "written"):
        raise failure
    assert str(caught.value) == told
    assert caught.value.__cause__ is failure


@contextmanager
def held_by_another(folder: Path) -> Iterator[int]:
    """Hold the lock as another process does: by an open file of its own."""
    other = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        yield other
    finally:
        os.close(other)


def test_a_lock_that_is_never_let_go_is_waited_for_and_then_said(tmp_path: Path) -> None:
    path, clock = str(tmp_path / "keys.json"), FrozenClock()
    begun = clock.monotonic()
    waiting = folder_lock(path, monotonic=clock.monotonic, pause=clock.advance)
    with held_by_another(tmp_path), pytest.raises(DependencyError) as caught, waiting:
        pytest.fail("nobody has the lock")
    assert caught.value.code == "store_busy"
    assert "another program has held its folder too long" in caught.value.detail
    assert LOCK_SECONDS <= clock.monotonic() - begun < LOCK_SECONDS + 1
    with folder_lock(path, pause=lambda _: pytest.fail("nobody is waited for")):
        pass


def test_a_lock_that_is_let_go_is_taken(tmp_path: Path) -> None:
    path, clock = str(tmp_path / "keys.json"), FrozenClock()
    with held_by_another(tmp_path) as other:

        def pause(seconds: float) -> None:
            clock.advance(seconds)
            if clock.monotonic() > 1_005:
                fcntl.flock(other, fcntl.LOCK_UN)

        with folder_lock(path, monotonic=clock.monotonic, pause=pause):
            assert 1_005 < clock.monotonic() < 1_006


def test_a_lock_is_kept_as_long_as_it_is_needed(tmp_path: Path) -> None:
    path, clock = str(tmp_path / "keys.json"), FrozenClock()
    waiting = folder_lock(path, monotonic=clock.monotonic, pause=clock.advance)
    with folder_lock(path), pytest.raises(DependencyError, match="store_busy"), waiting:
        pytest.fail("two have the lock")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to another")
def test_a_file_stays_its_owners_when_root_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b"old")
    path.chmod(0o640)
    os.chown(path, 12_345, 23_456)
    replace_file(str(path), b"new")
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (12_345, 23_456, 0o640)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another")
def test_a_file_of_another_group_is_not_shown_to_the_writers_own(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b"old")
    path.chmod(0o644)
    os.chown(path, 12_345, 23_456)
    tmp_path.chmod(0o777)
    program = (
        "import os, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from authorizers.stores.local_file import replace_file\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "os.setgroups([]); os.setgid(34_567); os.setuid(45_678)\n"
        "replace_file('./keys.json', b'new')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (45_678, 34_567, 0o604)
