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
from authorizers.issuing.appending import append, cut_torn_line, open_for_appending, sync_folder
from authorizers.model.credential import PresentedApiKey

COLUMNS = ("line", "reference", "owner", "key_id", "key")
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
        count = 0
        for count, fields in enumerate(self._lines(), 1):
            yield self._issued_line(count + 1, fields)
        if count < self.stored:
            raise self._foreign(f"has fewer than the {self.stored} lines that are stored")

    def _lines(self) -> Iterator[list[str]]:
        with self._errors(), self.path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            try:
                next(reader)
                yield from reader
            except (ValueError, csv.Error):
                raise self._foreign("was changed: it is no CSV file any more") from None

    def append(self, lines: Sequence[IssuedLine]) -> None:
        """
        Write `lines`, and return when they are on the disk.

        Raises:
            ConfigurationError: `journal_unwritable`.
        """
        rows = [(*line[:-1], line.key.reveal()) for line in lines]
        with self._errors():
            append(self._files[1], _rendered(rows))

    def mark_stored(self, count: int) -> None:
        """
        Note that the records of the first `count` lines are in the store.

        Raises:
            ConfigurationError: `journal_unwritable`.
        """
        self.stored = count
        with self._errors():
            append(self._files[0], json.dumps({"stored": count}) + "\n")

    def finish(self) -> None:
        """
        Note that nothing is left to do.

        Raises:
            ConfigurationError: `journal_unwritable`.
        """
        self.done = True
        with self._errors():
            append(self._files[0], json.dumps({"stored": self.stored, "done": True}) + "\n")

    def _open(self, about: Mapping[str, Any]) -> None:
        # (1) which import it is, before there is anything of it
        self._files.append(open_for_appending(self.progress_path))
        self._lock()
        lines = self._progress()
        if not lines:
            os.truncate(self._files[0], 0)
            append(self._files[0], json.dumps({"format": _FORMAT, **about}) + "\n")
        else:
            self._compare(lines[0], about)
            cut_torn_line(self._files[0])
        for mark in lines[1:]:
            self.stored, self.done = mark["stored"], "done" in mark
        # (2) the keys, but a line that was being written
        self._files.append(open_for_appending(self.path, new=not lines))
        cut_torn_line(self._files[1])
        if os.fstat(self._files[1]).st_size == 0:
            append(self._files[1], _rendered([COLUMNS]))
        sync_folder(self.path)

    def _compare(self, begun: Mapping[str, Any], about: Mapping[str, Any]) -> None:
        other = [name for name in about if begun.get(name) != about[name]]
        if begun.get("format") != _FORMAT or other:
            what = ", ".join(other) or "format"
            raise self._foreign(f"is the output of another import, which differs in: {what}")

    def _progress(self) -> list[dict[str, Any]]:
        """Return the whole lines of the progress; a last one that is torn was never said."""
        with self._errors():
            if not self.progress_path.exists():
                return []
            is_file = self.progress_path.is_file()  # a pipe might never end
            data = self.progress_path.read_bytes() if is_file else b"\n"
        try:
            values = [json.loads(line) for line in data.split(b"\n")[:-1]]
        except (ValueError, RecursionError):
            values = [None]
        whole = all(isinstance(value, dict) for value in values)
        if not whole or not all(type(mark.get("stored")) is int for mark in values[1:]):
            raise self._foreign(f"is not to be gone on with: {self.progress_path} is no progress")
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
        if len(fields) != len(COLUMNS) or not fields[0].isdecimal() or not _is_key(*fields[3:]):
            raise self._foreign(f"was changed: line {number} is none of this import")
        line, reference, owner, key_id, text = fields
        return IssuedLine(int(line), reference, owner, key_id, PresentedApiKey(text))

    def _foreign(self, message: str) -> ConfigurationError:
        return ConfigurationError(Problem(str(self.path), message), code="journal_foreign")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            problem = Problem(str(self.path), error.strerror or "cannot be written")
            raise ConfigurationError(problem, code="journal_unwritable") from None


def _is_key(key_id: str, text: str) -> bool:
    try:
        return parse_key(text).key_id == key_id
    except CredentialError:
        return False


def _rendered(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
