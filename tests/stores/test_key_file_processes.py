"""Processes that share a file of keys, and are killed while they write it."""

import subprocess
import sys
from pathlib import Path

import pytest

from authorizers.stores.keys_in_file import KeysInFile
from tests.stores.key_files import EMPTY, names_in
from tests.stores.key_records import a_record
from tests.stores.key_store_calls import FOUND


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


PRELUDE = """
import os, resource, signal, sys
sys.path.insert(0, sys.argv[1])
from authorizers.errors import DependencyError
from authorizers.stores.keys_in_file import KeysInFile
from tests.stores.key_records import a_record
keys, number = KeysInFile(sys.argv[2]), int(sys.argv[3])
"""
ROOT = str(Path(__file__).parents[2])


def a_process(program: str, path: Path, number: int) -> subprocess.Popen[str]:
    """Begin `program`, which has the store `keys` and a `number` of its own."""
    command = [sys.executable, "-c", PRELUDE + program, ROOT, str(path), str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def outcome(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return the exit status of `process`, and what it said."""
    out, _ = process.communicate(timeout=60)
    return process.returncode, out


class TestProcesses:
    def test_processes_that_add_lose_nothing_of_each_others(self, path: Path) -> None:
        program = "assert all(keys.add(a_record(number * 100 + n)) for n in range(25))"
        processes = [a_process(program, path, number) for number in range(3)]
        assert [outcome(process)[0] for process in processes] == [0, 0, 0]
        ids = {record.key_id for record in KeysInFile(path).all()}
        assert ids == {f"{100 * p + n:012}" for p in range(3) for n in range(25)}

    def test_each_change_of_a_key_is_made_on_the_one_before(self, path: Path) -> None:
        KeysInFile(path).add(a_record())
        program = """
for _ in range(20):
    while not keys.replace(keys.find("000000000001")):
        pass
"""
        processes = [a_process(program, path, number) for number in range(3)]
        assert [outcome(process)[0] for process in processes] == [0, 0, 0]
        assert KeysInFile(path).find(FOUND) == a_record(version=61)

    @pytest.mark.parametrize("before", [0, 1], ids=["a new file", "a file that was there"])
    def test_a_kill_before_any_step_leaves_the_old_file_or_the_new(
        self, path: Path, before: int
    ) -> None:
        """The process kills itself before the step with its number."""
        program = """
left = number
def kill(event, arguments):
    global left
    if event in ("open", "fcntl.flock", "os.rename", "os.remove"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
keys.add_all([])  # what is imported late is imported now
sys.addaudithook(kill)
keys.add(a_record(7))
os.write(1, b"added")
"""
        path.write_text(EMPTY)
        statuses = []
        for step in range(30):
            path.unlink()
            if before:
                KeysInFile(path).add(a_record())
            status, out = outcome(a_process(program, path, step))
            statuses.append(status)
            found = [r.key_id for r in KeysInFile(path).all()] if path.exists() else []
            old = [FOUND] * before
            assert found in (old, [*old, "000000000007"])
            assert found != old or not out
            # Neither a lock nor what the process left is in the way of the next.
            assert KeysInFile(path).add(a_record(8))
            assert names_in(path.parent) == ["keys.json"]
            if status == 0:
                break
        assert statuses[-1] == 0
        assert len(statuses) > 4
        assert set(statuses[:-1]) == {-9}

    def test_a_kill_at_any_moment_loses_nothing_that_was_said_to_be_written(
        self, path: Path
    ) -> None:
        program = """
import itertools
for n in itertools.count():
    assert keys.add(a_record(number * 100_000 + n))
    os.write(1, b"%d\\n" % n)
"""
        for number in range(5):
            process = a_process(program, path, number)
            assert process.stdout is not None
            for _ in range(3 + number):
                process.stdout.readline()
            process.kill()
            status, rest = outcome(process)
            assert status == -9
            said = 3 + number + len(rest.splitlines())
            ids = {record.key_id for record in KeysInFile(path).all()}
            assert {f"{number * 100_000 + n:012}" for n in range(said)} <= ids

    def test_a_disk_that_is_full_changes_nothing(self, path: Path) -> None:
        KeysInFile(path).add(a_record())
        before = path.read_bytes()
        program = """
resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
try:
    keys.add_all([a_record(n) for n in range(2, 50)])
except DependencyError as error:
    os.write(1, error.code.encode())
"""
        assert outcome(a_process(program, path, 0)) == (0, "store_unavailable")
        assert path.read_bytes() == before
        assert names_in(path.parent) == ["keys.json"]


def test_what_a_killed_process_left_is_not_followed_where_it_leads(
    path: Path, tmp_path: Path
) -> None:
    """Whoever may write into the folder could have put a link in the way."""
    victim = tmp_path / "victim"
    victim.write_text("whole")
    (tmp_path / ".keys.json.new").symlink_to(victim)
    KeysInFile(path).add(a_record())
    assert victim.read_text() == "whole"
    assert not path.is_symlink()
    assert names_in(tmp_path) == ["keys.json", "victim"]
