"""The lines that no key was made of, as they stood, each with the reason before it."""

import csv
import filecmp
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from authorizers.errors import ConfigurationError, Problem
from authorizers.issuing.appending import open_for_appending
from authorizers.issuing.rows import PROBLEM, BadRow


class RejectedLines:
    """
    The file at `path`, there when all of its lines are, if there are any. It can be put right and
    imported: its column `problem` is not looked at.

    There must be no such file yet; unless `again`: then it may be of the run before, and the same.
    """

    def __init__(self, path: Path, head: str, *, again: bool) -> None:
        """
        Raises:
            ConfigurationError: there is such a file, or there can be none.
        """
        self._path = path
        self._new = path.with_name(f".{path.name}.new")
        if self._is_there() and not again:
            raise self._refused("exists: bad lines would go there")
        self._head = head
        self._file: TextIO | None = None
        self.count = 0

    def write(self, row: BadRow) -> None:
        """
        Write one line.

        Raises:
            ConfigurationError: it cannot be written.
        """
        self.count += 1
        with self._errors():
            if self._file is None:
                self._file = self._opened()
                self._file.write(f"{PROBLEM},{_whole(self._head)}")
            self._file.write(f"{_field(row.problem)},{_whole(row.text)}")

    def finish(self) -> None:
        """
        Return when all is on the disk, under its own name.

        Raises:
            ConfigurationError: it cannot be written, or was put right already.
        """
        if self._file is None:
            return
        with self._errors():
            self._file.flush()
            os.fsync(self._file.fileno())
            if not self._is_there():
                self._new.rename(self._path)
            elif not filecmp.cmp(self._new, self._path, shallow=False):
                raise self._refused("is not what would be written: move it away, and go on")

    def close(self) -> None:
        """
        Leave nothing behind that is not whole.

        Raises:
            ConfigurationError: it cannot be written.
        """
        if self._file is None:
            return
        with self._errors():
            try:
                self._file.close()
            finally:
                self._new.unlink(missing_ok=True)

    def _is_there(self) -> bool:
        with self._errors():
            try:
                self._path.lstat()
            except FileNotFoundError:
                return False
            return True

    def _refused(self, message: str) -> ConfigurationError:
        return ConfigurationError(Problem(str(self._path), message))

    def _opened(self) -> TextIO:
        self._new.unlink(missing_ok=True)  # what a run left that was killed
        file = open_for_appending(self._new, new=True)
        return os.fdopen(file, "w", encoding="utf-8", errors="surrogateescape", newline="")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._refused(error.strerror or "cannot be written") from None


def _whole(line: str) -> str:
    return line if line.endswith(("\n", "\r")) else f"{line}\n"


def _field(text: str) -> str:
    field = io.StringIO()
    csv.writer(field, lineterminator="").writerow([text])
    return field.getvalue()
