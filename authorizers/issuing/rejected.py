"""The lines that no key was made of, as they stood, each with the reason before it."""

import csv
import io
import os
from pathlib import Path
from typing import TextIO

from authorizers.errors import ConfigurationError, Problem
from authorizers.issuing.rows import PROBLEM, BadRow


class RejectedLines:
    """
    The file at `path`, made when there is a first line for it. It can be put right and imported:
    its column `problem` is not looked at. Unless `again`, there must be no such file yet.
    """

    def __init__(self, path: Path, head: str, *, again: bool) -> None:
        """
        Raises:
            ConfigurationError: there is such a file, or there can be none.
        """
        self._path = path
        if not again and self._is_there():
            raise ConfigurationError(Problem(str(path), "exists: bad lines would go there"))
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
        try:
            if self._file is None:
                self._file = self._path.open(
                    "w", encoding="utf-8", errors="surrogateescape", newline=""
                )
                self._file.write(f"{PROBLEM},{_whole(self._head)}")
            self._file.write(f"{_field(row.problem)},{_whole(row.text)}")
        except OSError as error:
            raise self._unwritable(error) from None

    def close(self) -> None:
        """
        Return when all is on the disk.

        Raises:
            ConfigurationError: it cannot be written.
        """
        if self._file is None:
            return
        try:
            with self._file:
                self._file.flush()
                os.fsync(self._file.fileno())
        except OSError as error:
            raise self._unwritable(error) from None

    def _is_there(self) -> bool:
        try:
            self._path.lstat()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._unwritable(error) from None
        return True

    def _unwritable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(Problem(str(self._path), error.strerror or "cannot be written"))


def _whole(line: str) -> str:
    return line if line.endswith(("\n", "\r")) else f"{line}\n"


def _field(text: str) -> str:
    field = io.StringIO()
    csv.writer(field, lineterminator="").writerow([text])
    return field.getvalue()
