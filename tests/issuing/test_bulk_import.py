"""An import that is killed at any point goes on: nothing is lost, and nothing done twice."""

import csv
import resource
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authorizers.api_key.record import KeyRecord
from authorizers.errors import ConfigurationError, DependencyError
from authorizers.issuing import bulk_import
from authorizers.issuing.bulk_import import Imported, KeyImport, digest_of
from authorizers.issuing.candidates import Candidates
from authorizers.issuing.issue import issue_key
from authorizers.issuing.journal import Journal
from authorizers.issuing.rejected import RejectedLines
from authorizers.issuing.rotation import rotate_key
from authorizers.issuing.rows import BadRow, Rows
from tests.issuing.keys import (
    AWAY,
    NEXT_PEPPERS,
    NOW,
    PEPPERS,
    PREFIX,
    Killed,
    TroubledKeys,
    draft,
    raising,
)  # fmt: skip

COUNT = 23


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_import, "BATCH_KEYS", 5)


class Bench:
    """One input, one output, one store."""

    def __init__(self, folder: Path, lines: list[str] | None = None) -> None:
        self.file, self.output = folder / "in.csv", folder / "out.csv"
        self.rejected = folder / "bad.csv"
        lines = lines or [f"owner {i},{i}" for i in range(COUNT)]
        self.file.write_text("\n".join(["owner,reference", *lines]) + "\n")
        self.keys = TroubledKeys()
        self.told: list[int] = []
        self.telling: Callable[[int], None] = self.told.append

    def run(self, *, skip: bool = False, peppers: Any = PEPPERS, **changes: Any) -> Imported:
        journal, rows = Journal(self.output), Rows(self.file)
        again = journal.begun() is not None
        about = {"input_sha256": digest_of(self.file), "started_at": NOW, **changes}
        rejected = RejectedLines(self.rejected, rows.head, again=again) if skip else None
        candidates = Candidates(rows, created_at=NOW, parse_moment=int)
        job = KeyImport(candidates, journal, self.keys, PREFIX, peppers, rejected=rejected)
        return job.run(about, self.telling)

    def lines(self) -> list[dict[str, str]]:
        with self.output.open(newline="") as file:
            return list(csv.DictReader(file))

    def assert_whole(self, count: int = COUNT) -> None:
        """Assert that the store has exactly what the output says, each line once."""
        lines, records = self.lines(), {record.key_id: record for record in self.keys.all()}
        assert [line["reference"] for line in lines] == [str(i) for i in range(count)]
        assert {line["key_id"] for line in lines} == records.keys()
        assert len(records) == count
        for line in lines:
            record = records[line["key_id"]]
            (secret,) = record.secrets
            assert (record.owner, record.created_at) == (line["owner"], NOW)
            assert secret.digest == NEXT_PEPPERS.digest(secret.pepper, line["key"])


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_every_line_has_its_key(bench: Bench) -> None:
    assert bench.run() == Imported(COUNT, 0, 0)
    bench.assert_whole()
    assert bench.keys.writes == ["add_all"] * 5
    assert bench.told == [0, 5, 10, 15, 20, 23]


def test_only_its_owner_can_read_what_was_issued(bench: Bench) -> None:
    bench.run()
    for path in (bench.output, Journal(bench.output).progress_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not any("key" in p.name for p in bench.output.parent.iterdir())
    key = bench.lines()[0]["key"]
    assert key not in Journal(bench.output).progress_path.read_text()


def test_doing_it_again_changes_nothing(bench: Bench) -> None:
    bench.run()
    before = bench.output.read_bytes()
    assert bench.run() == Imported(COUNT, COUNT, 0, already=True)
    assert bench.output.read_bytes() == before
    assert bench.keys.writes == ["add_all"] * 5


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("calls", range(5))
def test_a_kill_around_a_write_loses_nothing(bench: Bench, moment: str, calls: int) -> None:
    setattr(bench.keys, moment, raising(*[None] * calls, Killed()))
    with pytest.raises(Killed):
        bench.run()
    result = bench.run()
    assert (result.stored, result.before) == (COUNT, 5 * calls)
    bench.assert_whole()


@pytest.mark.parametrize("calls", range(6))
def test_a_kill_after_each_mark_loses_nothing(bench: Bench, calls: int) -> None:
    bench.telling = raising(*[None] * calls, Killed())
    with pytest.raises(Killed):
        bench.run()
    bench.telling = bench.told.append
    bench.run()
    bench.assert_whole()


def test_a_kill_at_every_byte_that_is_written_loses_nothing(tmp_path: Path) -> None:
    """The last batch is torn at each place, with and without its records in the store."""
    whole = Bench(tmp_path)
    whole.keys.before = raising(None, Killed())
    with pytest.raises(Killed):
        whole.run()
    output, stored = whole.output.read_bytes(), list(whole.keys.all())
    first = sum(len(line) for line in output.splitlines(keepends=True)[:6])
    for end in range(first, len(output) + 1, 7):
        whole.output.write_bytes(output[:end])
        progress = Journal(whole.output).progress_path
        begun = progress.read_bytes()
        whole.keys = TroubledKeys(stored)
        whole.run()
        whole.assert_whole()
        progress.write_bytes(begun)


@pytest.mark.parametrize("cut", range(1, 40, 6))
def test_a_torn_mark_was_never_made(bench: Bench, cut: int) -> None:
    bench.run()
    progress = Journal(bench.output).progress_path
    progress.write_bytes(progress.read_bytes()[:-cut])
    bench.run()
    bench.assert_whole()


def test_a_kill_before_the_output_is_made_begins_anew(bench: Bench) -> None:
    bench.keys.before = raising(Killed())
    with pytest.raises(Killed):
        bench.run()
    bench.output.unlink()
    bench.run()
    bench.assert_whole()


def test_a_kill_while_the_first_words_are_written_begins_anew(bench: Bench) -> None:
    Journal(bench.output).progress_path.write_text('{"format": 1, "inp')
    bench.run()
    bench.assert_whole()


def test_a_store_that_goes_away_is_gone_on_with(bench: Bench) -> None:
    bench.keys.after = raising(None, AWAY)
    with pytest.raises(DependencyError):
        bench.run()
    bench.run()
    bench.assert_whole()


def test_a_new_pepper_meanwhile_does_no_harm(bench: Bench) -> None:
    bench.keys.after = raising(None, Killed())
    with pytest.raises(Killed):
        bench.run()
    bench.run(peppers=NEXT_PEPPERS)
    bench.assert_whole()
    assert {record.secrets[0].pepper for record in bench.keys.all()} == {"1", "2"}


def test_a_key_that_was_revoked_meanwhile_stays_revoked(bench: Bench) -> None:
    bench.keys.after = raising(Killed())
    with pytest.raises(Killed):
        bench.run()
    first = next(iter(bench.keys.all()))
    bench.keys.replace(first._replace(revoked_at=NOW))
    bench.run()
    record = bench.keys.find(first.key_id)
    assert record is not None
    assert record.revoked_at == NOW


def test_an_id_that_another_key_has_is_an_error(bench: Bench) -> None:
    bench.keys.before = raising(Killed())
    with pytest.raises(Killed):
        bench.run()
    taken: KeyRecord = draft("other")._replace(key_id=bench.lines()[0]["key_id"])
    issued = issue_key(taken, PREFIX, PEPPERS).record
    bench.keys.add(issued._replace(key_id=taken.key_id))
    with pytest.raises(DependencyError) as caught:
        bench.run()
    assert caught.value.code == "key_id_taken"
    assert bench.lines()[0]["key"] not in str(caught.value)


@pytest.mark.parametrize("name", ["input_sha256", "prefix", "store"])
def test_another_import_is_not_gone_on_with(bench: Bench, name: str) -> None:
    bench.keys.after = raising(Killed())
    about: dict[str, Any] = {} if name == "input_sha256" else {name: "one"}
    with pytest.raises(Killed):
        bench.run(**about)
    if name == "input_sha256":
        bench.file.write_text(bench.file.read_text().replace("owner 22", "owner 77"))
    with pytest.raises(ConfigurationError, match=f"which differs in: {name}") as caught:
        bench.run(**{**about, **dict.fromkeys(about, "other")})
    assert caught.value.code == "journal_foreign"
    assert len(list(bench.keys.all())) == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("owner 3", "owner 4"),
        lambda text: text.replace("4,2,", "5,2,"),
        lambda text: text.replace(PREFIX, "orders_test"),
        lambda text: "\n".join(text.split("\n")[:3]) + "\n",
        lambda text: text.split("\n")[0] + "\n",
        lambda text: text + '"\n',
        lambda text: text + "x,y\n",
        lambda _: "",
    ],
    ids=["owner", "line", "prefix", "shorter", "empty", "quote", "more", "nothing"],
)
def test_an_output_that_somebody_changed_is_not_gone_on_with(
    bench: Bench, change: Callable[[str], str]
) -> None:
    bench.keys.before = raising(None, None, Killed())
    with pytest.raises(Killed):
        bench.run()
    bench.output.write_text(change(bench.output.read_text()))
    with pytest.raises(ConfigurationError) as caught:
        bench.run()
    assert caught.value.code == "journal_foreign"
    assert PREFIX not in str(caught.value)
    assert len(list(bench.keys.all())) == 10


@pytest.mark.parametrize("text", ["", "something else\n", "line,reference,owner,key_id,key\n"])
def test_a_file_that_is_there_is_never_overwritten(bench: Bench, text: str) -> None:
    bench.output.write_text(text)
    with pytest.raises(ConfigurationError, match="exists, and is no output") as caught:
        bench.run()
    assert caught.value.code == "journal_foreign"
    assert bench.output.read_text() == text


@pytest.mark.parametrize("text", ["x\n", "[]\n", '{"format": 1}\n{"stored": "5"}\n', "\xff\n"])
def test_a_progress_that_is_none_is_refused(bench: Bench, text: str) -> None:
    Journal(bench.output).progress_path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigurationError) as caught:
        bench.run()
    assert caught.value.code == "journal_foreign"
    assert list(bench.keys.all()) == []


def test_nothing_is_written_through_a_link(bench: Bench, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    Journal(bench.output).progress_path.symlink_to(target)
    with pytest.raises(ConfigurationError) as caught:
        bench.run()
    assert caught.value.code == "journal_unwritable"
    assert not target.exists()


def test_two_at_once_are_refused(bench: Bench) -> None:
    def second(_: str) -> None:
        bench.keys.before = lambda _: None
        with pytest.raises(ConfigurationError) as caught:
            bench.run()
        assert caught.value.code == "journal_busy"

    bench.keys.before = second
    bench.run()
    bench.assert_whole()


def test_a_folder_that_is_not_there_is_said(bench: Bench) -> None:
    bench.output = bench.output.parent / "none" / "out.csv"
    with pytest.raises(ConfigurationError) as caught:
        bench.run()
    assert caught.value.code == "journal_unwritable"
    assert list(bench.keys.all()) == []


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


MIXED = ["a,1", ",2", "b,3", '"x"y,4', "c,1", "d,5", "e", "f,6"]


def test_bad_lines_are_kept_as_they_stood_and_the_others_imported(tmp_path: Path) -> None:
    bench = Bench(tmp_path, MIXED)
    assert bench.run(skip=True) == Imported(4, 0, 4)
    assert [line["owner"] for line in bench.lines()] == ["a", "b", "d", "f"]
    rejected = bench.rejected.read_text().splitlines()
    assert rejected[0] == "problem,owner,reference"
    assert [line.rpartition('",')[2] or line for line in rejected[1:2]] == [
        "owner: an owner is printable text without spaces around it,,2"
    ]
    kept = [line for line in MIXED if any(r.endswith(f",{line}") for r in rejected)]
    assert kept == [",2", '"x"y,4', "c,1", "e"]


@pytest.mark.parametrize("calls", range(2))
def test_a_kill_loses_no_bad_line(tmp_path: Path, calls: int) -> None:
    lines = [f"{line.partition(',')[0]},{'x' * (line == 'e')}" for line in MIXED * 2]
    (tmp_path / "whole").mkdir()
    bench, whole = Bench(tmp_path, lines), Bench(tmp_path / "whole", lines)
    whole.run(skip=True)
    bench.keys.after = raising(*[None] * calls, Killed())
    with pytest.raises(Killed):
        bench.run(skip=True)
    bench.run(skip=True)
    assert bench.rejected.read_bytes() == whole.rejected.read_bytes()
    assert len(bench.lines()) == len(list(bench.keys.all())) == len(whole.lines())


def test_rejected_lines_never_overwrite_another_file(tmp_path: Path) -> None:
    bench = Bench(tmp_path, MIXED)
    bench.rejected.write_text("precious")
    with pytest.raises(ConfigurationError, match="exists: bad lines would go there"):
        bench.run(skip=True)
    assert bench.rejected.read_text() == "precious"
    assert list(bench.keys.all()) == []


def test_a_bad_line_without_a_place_for_it_stops_the_import(tmp_path: Path) -> None:
    bench = Bench(tmp_path, MIXED)
    with pytest.raises(ConfigurationError, match="was changed while it was imported"):
        bench.run()


def test_a_full_disk_leaves_no_part_of_the_rejected_lines(tmp_path: Path) -> None:
    """The limit on a file's size (setrlimit(2)) is this process's own full disk."""
    path = tmp_path / "bad.csv"
    rejected = RejectedLines(path, "owner\n", again=False)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, hard))
    try:
        with pytest.raises(ConfigurationError, match="File too large"):
            rejected.write(BadRow(2, "x" * 100_000, "is too long"))
        rejected.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_rejected_lines_that_are_being_put_right_stay(tmp_path: Path) -> None:
    bench = Bench(tmp_path, MIXED)
    bench.run(skip=True)
    progress = bench.output.with_name("out.csv.progress")
    progress.write_text("".join(progress.read_text().splitlines(keepends=True)[:-1]))
    whole = bench.rejected.read_bytes()
    bench.rejected.write_text("put right")
    with pytest.raises(ConfigurationError, match="is not what would be written: move it away"):
        bench.run(skip=True)
    assert bench.rejected.read_text() == "put right"
    assert names(tmp_path) == ["bad.csv", "in.csv", "out.csv", "out.csv.progress"]
    bench.rejected.rename(tmp_path / "mine.csv")
    assert bench.run(skip=True) == Imported(4, 4, 4)
    assert bench.rejected.read_bytes() == whole


def test_rejected_lines_that_are_there_already_are_the_same(tmp_path: Path) -> None:
    bench = Bench(tmp_path, MIXED)
    bench.run(skip=True)
    progress = bench.output.with_name("out.csv.progress")
    progress.write_text("".join(progress.read_text().splitlines(keepends=True)[:-1]))
    assert bench.run(skip=True) == Imported(4, 4, 4)
    assert names(tmp_path) == ["bad.csv", "in.csv", "out.csv", "out.csv.progress"]


def test_rejected_lines_are_there_when_all_are(tmp_path: Path) -> None:
    bench = Bench(tmp_path, MIXED)
    bench.keys.before = raising(AWAY)
    with pytest.raises(DependencyError):
        bench.run(skip=True)
    assert names(tmp_path) == ["in.csv", "out.csv", "out.csv.progress"]
    bench.run(skip=True)
    assert stat.S_IMODE(bench.rejected.stat().st_mode) == 0o600
    assert len(bench.rejected.read_text().splitlines()) == 5


def test_rejected_lines_are_not_written_through_a_link(tmp_path: Path) -> None:
    bench = Bench(tmp_path, MIXED)
    victim = tmp_path / "victim"
    bench.rejected.symlink_to(victim)
    with pytest.raises(ConfigurationError, match="exists: bad lines would go there"):
        bench.run(skip=True)
    assert not victim.exists()


def test_rejected_lines_whose_name_no_file_can_have_are_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="File name too long"):
        RejectedLines(tmp_path / ("x" * 300), "owner\n", again=False)


def test_lines_that_are_rejected_twice_can_be_imported(tmp_path: Path) -> None:
    first = Bench(tmp_path, MIXED)
    first.run(skip=True)
    (tmp_path / "2").mkdir()
    second = Bench(tmp_path / "2")
    second.file.write_bytes(first.rejected.read_bytes())
    second.keys = first.keys
    assert second.run(skip=True).rejected == 3
    (tmp_path / "3").mkdir()
    third = Bench(tmp_path / "3")
    third.file.write_text(second.rejected.read_text().replace(",,2", ",late,2"))
    assert third.run(skip=True) == Imported(1, 0, 2)
    assert [line["owner"] for line in third.lines()] == ["late"]


def test_a_key_that_was_rotated_meanwhile_is_gone_on_with(bench: Bench) -> None:
    bench.keys.after = raising(None, Killed())
    with pytest.raises(Killed):
        bench.run()
    line = bench.lines()[7]
    rotate_key(bench.keys, line["key_id"], PREFIX, PEPPERS, now=NOW, old_ends_at=NOW)
    rotated = bench.keys.find(line["key_id"])
    assert bench.run() == Imported(COUNT, 5, 0)
    assert bench.keys.find(line["key_id"]) == rotated


def test_a_store_that_was_emptied_meanwhile_is_not_gone_on_with(bench: Bench) -> None:
    bench.keys.after = raising(None, None, Killed())
    with pytest.raises(Killed):
        bench.run()
    bench.keys = TroubledKeys()
    with pytest.raises(ConfigurationError, match="does not have the key") as caught:
        bench.run()
    assert caught.value.code == "journal_foreign"
    assert list(bench.keys.all()) == []


def test_rejected_lines_that_have_no_folder_are_said(tmp_path: Path) -> None:
    bench = Bench(tmp_path, MIXED)
    bench.rejected = tmp_path / "none" / "bad.csv"
    with pytest.raises(ConfigurationError, match="No such file"):
        bench.run(skip=True)


def test_a_file_whose_digest_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        digest_of(tmp_path / "none")
