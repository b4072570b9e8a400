"""What the demonstration shows: sections of rows, in each row an answer for each kind of event."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from authorizers.model.request import EventKind


class Cell(NamedTuple):
    """What one event came to, and the status that was expected."""

    status: int
    expected: int
    reason: str
    milliseconds: float
    cold: bool

    @property
    def as_expected(self) -> bool:
        """Whether the client gets what it should."""
        return self.status == self.expected


class Row(NamedTuple):
    """One thing that was sent, as each kind of event; `fetched` is what the issuer served then."""

    what: str
    route: str
    cells: Mapping[EventKind, Cell]
    fetched: tuple[str, ...] = ()
    note: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """The codes of the function's own log, each of them once."""
        return tuple(dict.fromkeys(cell.reason for cell in self.cells.values()))


class Section(NamedTuple):
    """A part of the story. Its rows are run when they are iterated over."""

    title: str
    about: str
    rows: Iterator[Row]


class Shown(NamedTuple):
    """A section that has been run."""

    title: str
    about: str
    rows: tuple[Row, ...]

    @property
    def cells(self) -> Iterator[Cell]:
        """All answers of the section."""
        return (cell for row in self.rows for cell in row.cells.values())


class Summary(NamedTuple):
    """The whole run in numbers."""

    answers: int
    differing: int
    seconds: float
    cold_milliseconds: float
    warm_milliseconds: float
    fetches: int


def summarize(shown: list[Shown], seconds: float) -> Summary:
    """Return the run in numbers; times are medians as the Lambda service sees them."""
    cells = [cell for section in shown for cell in section.cells]
    return Summary(
        len(cells),
        sum(not cell.as_expected for cell in cells),
        seconds,
        _median([cell.milliseconds for cell in cells if cell.cold]),
        _median([cell.milliseconds for cell in cells if not cell.cold]),
        sum(len(row.fetched) for section in shown for row in section.rows),
    )


def as_json(shown: list[Shown], summary: Summary) -> dict[str, Any]:
    """Return the run as `--json` prints it."""
    return {
        "sections": [
            {"title": s.title, "rows": [_row_as_json(row) for row in s.rows]} for s in shown
        ],
        "summary": summary._asdict(),
    }


def _row_as_json(row: Row) -> dict[str, Any]:
    answers = {kind.value: cell._asdict() for kind, cell in row.cells.items()}
    return {"what": row.what, "route": row.route, "answers": answers, "fetched": list(row.fetched)}


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0
