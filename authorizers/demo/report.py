"""The demonstration as people read it: a table for each section, and one line at the end."""

import platform
from importlib.metadata import version
from textwrap import wrap
from typing import TypedDict

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from authorizers.demo.rows import Cell, Row, Section, Shown, Summary
from authorizers.demo.story import Story
from authorizers.model.request import EventKind
from authorizers.testing.sample import HANDLERS


class _Indents(TypedDict):
    initial_indent: str
    subsequent_indent: str


_MAX_WHAT_WIDTH = 46
_WHY_WIDTH = 30  # the longest code
_OTHER_COLUMNS = _WHY_WIDTH + 26 + 7 * 2  # why, five kinds, and the gaps
_NOTE: _Indents = {"initial_indent": " ↳ ", "subsequent_indent": "   "}
_HEADS = {
    EventKind.REST_TOKEN: "REST\nTOKEN",
    EventKind.REST_REQUEST: "REST\nREQUEST",
    EventKind.HTTP_1: "HTTP\n1.0",
    EventKind.HTTP_2: "HTTP\n2.0",
    EventKind.WEBSOCKET: "Web\nSocket",
}
_STYLES = {200: "green", 401: "yellow", 403: "magenta", 500: "red"}
_MEANINGS = {200: "let through", 401: "bad credential", 403: "denied", 500: "no decision"}
_NO_401 = "An HTTP API has no 401 of an authorizer's: a bad credential is 403 there."


class Report:
    """Writes to `console` as the story goes on."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._what_width = max(16, min(_MAX_WHAT_WIDTH, console.width - _OTHER_COLUMNS))

    def opening(self, story: Story) -> None:
        """Say what is about to run, and what the numbers mean."""
        runtime = f"awslambdaric {version('awslambdaric')}, Python {platform.python_version()}"
        facts = Table.grid(padding=(0, 2))
        for head, handler in zip(("functions", "", "", ""), HANDLERS.values(), strict=True):
            facts.add_row(head, handler)
        facts.add_row("", f"in {runtime}")
        facts.add_row("issuer", f"{story.issuer.issuer}, discovery and key set over HTTP")
        facts.add_row(
            "documents",
            "authorizers/demo/document.yaml, compiled to"
            f" {story.compiled_bytes:,} bytes, api_keys.yaml and certificates.yaml",
        )
        facts.add_row("answers", Text("   ").join(_meaning(status) for status in _STYLES))
        facts.add_row("", Text(_NO_401, "dim"))
        facts.columns[0].style = "dim"
        self._console.print(Text("Lambda authorizers, as API Gateway would use them", "bold"))
        self._console.print(Padding(facts, (1, 0, 1, 2)))

    def run(self, section: Section) -> Shown:
        """Run a section, with a word about how far it is, and print its table."""
        rows = []
        with self._console.status(f"{section.title} …") as status:
            for row in section.rows:
                rows.append(row)
                status.update(f"{section.title}: {row.what}")
        shown = Shown(section.title, section.about, tuple(rows))
        self._console.print(_table(shown, self._what_width))
        return shown

    def closing(self, summary: Summary) -> None:
        """Say in one line whether all was as it should be, and what it cost."""
        differing = summary.differing
        verdict = (
            Text(f"{differing} of {summary.answers} answers are not as expected", "bold red")
            if differing
            else Text(f"All {summary.answers} answers are as expected", "bold green")
        )
        times = (
            f"{summary.seconds:.1f} s; a median {summary.warm_milliseconds:.1f} ms warm,"
            f" {summary.cold_milliseconds:.0f} ms cold; {summary.fetches} fetches from the issuer"
        )
        self._console.print(verdict)
        self._console.print(Text(times, "dim"))


def _table(shown: Shown, what_width: int) -> Group:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("what was sent", width=what_width, overflow="fold")
    for head in _HEADS.values():
        table.add_column(head, justify="center", min_width=max(map(len, head.split())))
    table.add_column("why", width=_WHY_WIDTH, overflow="fold")
    for row in shown.rows:
        cells = [_status(row.cells.get(kind)) for kind in _HEADS]
        table.add_row(_what(row, what_width), *cells, "\n".join(row.reasons))
    title = Text.assemble((shown.title, "bold"), "  ", (shown.about, "dim"))
    return Group(title, table)


def _what(row: Row, width: int) -> Text:
    notes = [f"fetched: {fetched}" for fetched in row.fetched] + ([row.note] if row.note else [])
    faults = [
        f"{kind.value}: {cell.status}, not {cell.expected}"
        for kind, cell in row.cells.items()
        if not cell.as_expected
    ]
    return Text.assemble(
        row.what,
        *((f"\n{line}", "bold red") for fault in faults for line in wrap(fault, width, **_NOTE)),
        *((f"\n{line}", "cyan") for note in notes for line in wrap(note, width, **_NOTE)),
    )


def _status(cell: Cell | None) -> Text:
    if cell is None:
        return Text("·", "dim")
    if cell.as_expected:
        return Text(str(cell.status), _STYLES[cell.status])
    return Text(f"{cell.status}!", "bold reverse red")


def _meaning(status: int) -> Text:
    return Text.assemble((str(status), _STYLES[status]), " ", (_MEANINGS[status], "dim"))
