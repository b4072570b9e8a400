"""
What was issued, written before it is stored, so that an import that was killed goes on.

    issued.csv             line,reference,owner,key_id,key      the keys, for whoever hands them out
    issued.csv.progress    {"input_sha256": …}                  which import this is
                           {"stored": 500}                      so many of its lines are stored

A line of `issued.csv` is on the disk before its record is in the store, and a mark of progress
after that. So after a kill every key in the store is in the file; those in the file which may not
be in the store are stored again, under the same ids. Both files are readable by their owner only.
"""

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from authorizers.api_key.format import parse_key
from authorizers.errors import ConfigurationError, CredentialError, Problem
from authorizers.model.credential import PresentedApiKey

COLUMNS = ("line", "reference", "owner", "key_id", "key")
MODE = 0o600
MAX_LINE_BYTES = 16 * 1024  # far more than an owner, a reference and a key
_FORMAT = 1


class IssuedLine(NamedTuple):
    """One line of the output: the line of the input, and the key that was made of it."""

    line: int
    reference: str
    owner: str
    key_id: str
    key: PresentedApiKey


class Journal:
    """The output of one import at `path`, and how far it is. Open: nobody else writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.progress_path = path.with_name(f"{path.name}.progress")
        self.stored = 0
        self.done = False
        self._files: list[int] = []

    def begun(self) -> dict[str, Any] | None:
        """
        Return what the import that was begun is about; None: none was.

        Raises:
            ConfigurationError: `journal_foreign`: the output is there, and no import's.
        """
        lines = self._progress()
        if not lines and self.path.exists():
            raise self._foreign("exists, and is no output of an import: name another one")
        return lines[0] if lines else None

    def refuse_other(self, about: Mapping[str, Any]) -> None:
        """
        Return if the import that was begun is the one that `about` describes.

        Raises:
            ConfigurationError: `journal_foreign`.
        """
        begun = self.begun()
        if begun is not None:
            self._compare(begun, about)

    @contextmanager
    def opened(self, about: Mapping[str, Any]) -> Iterator[None]:
        """
        Begin the import that `about` describes, or go on with it.

        Raises:
            ConfigurationError: `journal_foreign`: the output is of another import; `journal_busy`;
                `journal_unwritable`.
        """
        try:
            with self._errors():
                self._open(about)
            yield
        finally:
            while self._files:
                os.close(self._files.pop())

    def issued(self) -> Iterator[IssuedLine]:
        """
        Yield what was issued before.

        Raises:
            ConfigurationError: `journal_foreign`: somebody else changed the output.
        """
        with self._errors(), self.path.open(encoding="utf-8", newline="") as file:
            next(file)
            number = 1
            for number, fields in enumerate(csv.reader(file), 2):
                yield self._issued_line(number, fields)
        if number - 1 < self.stored:
            raise self._foreign(f"has fewer than the {self.stored} lines that are stored")

    def append(self, lines: Sequence[IssuedLine]) -> None:
        """
        Write `lines`, and return when they are on the disk.

        Raises:
            ConfigurationError: `journal_unwritable`.
        """
        rows = [(*line[:-1], line.key.reveal()) for line in lines]
        with self._errors():
            _write(self._files[1], _rendered(rows))

    def mark_stored(self, count: int) -> None:
        """
        Note that the records of the first `count` lines are in the store.

        Raises:
            ConfigurationError: `journal_unwritable`.
        """
        self.stored = count
        with self._errors():
            _write(self._files[0], json.dumps({"stored": count}) + "\n")

    def finish(self) -> None:
        """
        Note that nothing is left to do.

        Raises:
            ConfigurationError: `journal_unwritable`.
        """
        self.done = True
        with self._errors():
            _write(self._files[0], json.dumps({"stored": self.stored, "done": True}) + "\n")

    def _open(self, about: Mapping[str, Any]) -> None:
        # (1) which import it is, before there is anything of it
        self._files.append(_opened(self.progress_path))
        self._lock()
        lines = self._progress()
        if not lines:
            os.truncate(self._files[0], 0)
            _write(self._files[0], json.dumps({"format": _FORMAT, **about}) + "\n")
        else:
            self._compare(lines[0], about)
            _cut_torn_line(self._files[0])
        for mark in lines[1:]:
            self.stored, self.done = mark["stored"], mark.get("done", False)
        # (2) the keys, but a line that was being written
        self._files.append(_opened(self.path, os.O_EXCL if not lines else 0))
        _cut_torn_line(self._files[1])
        if os.fstat(self._files[1]).st_size == 0:
            _write(self._files[1], _rendered([COLUMNS]))
        _sync_folder(self.path)

    def _compare(self, begun: Mapping[str, Any], about: Mapping[str, Any]) -> None:
        other = [name for name in about if begun.get(name) != about[name]]
        if begun.get("format") != _FORMAT or other:
            what = ", ".join(other) or "format"
            raise self._foreign(f"is the output of another import, which differs in: {what}")

    def _progress(self) -> list[dict[str, Any]]:
        """Return the whole lines of the progress; a last one that is torn was never said."""
        with self._errors():
            try:
                lines = self.progress_path.read_text("utf-8").split("\n")[:-1]
            except FileNotFoundError:
                return []
            try:
                values = [json.loads(line) for line in lines]
            except ValueError:
                values = [None]
        if not all(isinstance(value, dict) for value in values):
            raise self._foreign("has a progress that is none: name another output")
        return values

    def _lock(self) -> None:
        try:
            import fcntl  # noqa: PLC0415 - not on Windows, where nothing is locked
        except ImportError:
            return
        try:
            fcntl.flock(self._files[0], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            problem = Problem(str(self.path), "is being written by another import")
            raise ConfigurationError(problem, code="journal_busy") from None

    def _issued_line(self, number: int, fields: Sequence[str]) -> IssuedLine:
        try:
            line, reference, owner, key_id, text = fields
            if parse_key(text).key_id != key_id:
                raise ValueError
            return IssuedLine(int(line), reference, owner, key_id, PresentedApiKey(text))
        except (ValueError, CredentialError):
            raise self._foreign(f"was changed: line {number} is none of this import") from None

    def _foreign(self, message: str) -> ConfigurationError:
        return ConfigurationError(Problem(str(self.path), message), code="journal_foreign")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            problem = Problem(str(self.path), error.strerror or "cannot be written")
            raise ConfigurationError(problem, code="journal_unwritable") from None


def _opened(path: Path, flags: int = 0) -> int:
    flags |= os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    return os.open(path, flags, MODE)


def _cut_torn_line(file: int) -> None:
    """Cut off a last line that is not whole: what it was to say is not done."""
    end = os.fstat(file).st_size
    start = max(0, end - MAX_LINE_BYTES)
    tail = os.pread(file, end - start, start)
    os.truncate(file, start + tail.rfind(b"\n") + 1)


def _rendered(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _write(file: int, text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(file, data) :]
    os.fsync(file)


def _sync_folder(path: Path) -> None:
    """See to it that the file's name is on the disk, too, where folders can be synchronised."""
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
