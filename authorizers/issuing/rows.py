"""
The lines of a CSV file (RFC 4180), none of them lost: what cannot be read is kept as it stands.

The file is UTF-8, with or without a byte order mark. Memory: one line at a time.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

from authorizers.errors import ConfigurationError, Problem

LABEL = "label:"
REQUIRED = "owner"
COLUMNS = (
    REQUIRED, "scopes", "roles", "routes", "networks", "not_before", "expires_at", "usage_plan",
    "reference",
)  # fmt: skip
PROBLEM = "problem"  # the column that a file of rejected lines begins with; it is not looked at
MAX_LINE_CHARS = 64 * 1024  # four times the largest record


class Row(NamedTuple):
    """One line, which may stretch over several: where it begins, its text, and its fields."""

    line: int
    text: str
    fields: dict[str, str]


class BadRow(NamedTuple):
    """A line that is no key, and why."""

    line: int
    text: str
    problem: str


class Rows:
    """The lines of the file at `path` below its head. Each iteration reads the file anew."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            ConfigurationError: `csv_invalid`: it cannot be read, or its head is wrong.
        """
        self._path = path
        with self._open() as file:
            lines = _Lines(file, path)
            self._columns = _read_head(lines, path)
            self.head = lines.taken()

    def __iter__(self) -> Iterator[Row | BadRow]:
        """
        Yield the lines, but empty ones.

        Raises:
            ConfigurationError: `csv_invalid`: from here on nobody can say what is a line.
        """
        with self._open() as file:
            lines = _Lines(file, self._path)
            reader = csv.reader(lines, strict=True)
            next(reader)
            lines.taken()
            while True:
                row = self._next(reader, lines)
                if row is None:
                    return
                if row.text.strip("\r\n"):
                    yield row

    def _next(self, reader: "Iterator[list[str]]", lines: "_Lines") -> Row | BadRow | None:
        line = lines.number + 1
        try:
            fields = next(reader)
        except StopIteration:
            return None
        except csv.Error:
            if lines.number > line or lines.ended:
                problem = "a quote is opened here and not closed before the next one"
                raise _invalid(self._path, line, problem) from None
            return BadRow(line, lines.taken(), "its quotes are wrong (RFC 4180 §2)")
        text = lines.taken()
        problem = _problem_of_fields(fields, self._columns)
        if problem:
            return BadRow(line, text, problem)
        return Row(line, text, dict(zip(self._columns, fields, strict=True)))

    def _open(self) -> TextIO:
        try:
            return self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
        except OSError as error:
            problem = Problem(str(self._path), error.strerror or "cannot be read")
            raise ConfigurationError(problem, code="csv_invalid") from None


class _Lines:
    """The physical lines of a file, with what was read since `taken` was last called."""

    def __init__(self, file: TextIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._text = ""
        self.number = 0
        self.ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(MAX_LINE_CHARS + 1)
        if not line:
            self.ended = True
            raise StopIteration
        self._text += line
        self.number += 1
        if len(self._text) > MAX_LINE_CHARS:
            raise _invalid(self._path, self.number, f"is longer than {MAX_LINE_CHARS} characters")
        return line

    def taken(self) -> str:
        """Return what was read since the last time."""
        text, self._text = self._text, ""
        return text


def _read_head(lines: _Lines, path: Path) -> list[str]:
    try:
        columns = next(csv.reader(lines, strict=True), [])
    except csv.Error:
        columns = []
    problems = list(_problems_of_head(columns))
    if problems:
        found = (Problem(f"{path}:1", problem) for problem in problems)
        raise ConfigurationError(*found, code="csv_invalid")
    return columns


def _problems_of_head(columns: Sequence[str]) -> Iterator[str]:
    if not all(map(str.isprintable, columns)):
        yield "is not UTF-8, or has a character that is not printed"
        return
    if len(columns) == 1 and ";" in columns[0]:
        yield "write commas between columns, not semicolons"
        return
    if REQUIRED not in columns:
        yield f"has no column {REQUIRED}"
    for name in dict.fromkeys(columns):
        if columns.count(name) > 1 and name != PROBLEM:  # rejected twice
            yield f"has the column {name or 'without a name'} twice"
        if name not in (*COLUMNS, PROBLEM) and not re.fullmatch(f"{LABEL}.+", name):
            known = f"{', '.join(COLUMNS)} and {LABEL}NAME"
            yield f"has a column that is not known, {name or 'without a name'}; known: {known}"


def _problem_of_fields(fields: Sequence[str], columns: Sequence[str]) -> str:
    if len(fields) != len(columns):
        return f"has {len(fields)} fields where the head has {len(columns)}"
    for name, field in zip(columns, fields, strict=True):
        if name != PROBLEM and any("\udc80" <= c <= "\udcff" for c in field):
            return f"{name}: is not UTF-8"
        if name != PROBLEM and not field.isprintable():
            return f"{name}: has a line break, or another character that is not printed"
    return ""


def _invalid(path: Path, line: int, problem: str) -> ConfigurationError:
    return ConfigurationError(Problem(f"{path}:{line}", problem), code="csv_invalid")
