"""How rows look."""

import io

import pytest
from rich.console import Console

from authorizers.demo.report import Report
from authorizers.demo.rows import Cell, Row, Section, Summary, summarize
from authorizers.model.request import EventKind

GOOD = Cell(200, 200, "granted", 1.0, cold=False)
WRONG = Cell(200, 401, "granted", 100.0, cold=True)


def shown(*rows: Row, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    Report(console).run(Section("A section", "about it", iter(rows)))
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_an_answer_that_differs_says_what_was_expected() -> None:
    assert "200, not 401" in shown(Row("a token", "GET /", {EventKind.HTTP_2: WRONG}))


def test_a_kind_that_was_not_sent_is_a_dot() -> None:
    text = shown(Row("a token", "GET /", {EventKind.HTTP_2: GOOD}))

    assert text.count("·") == 4


def test_what_was_fetched_stands_below_what_was_sent() -> None:
    text = shown(Row("a token", "GET /", {EventKind.HTTP_2: GOOD}, ("keys rsa-1",)))

    assert "↳ fetched: keys rsa-1" in text


def test_reasons_that_differ_between_kinds_are_all_told() -> None:
    other = GOOD._replace(reason="not_granted")
    row = Row(
        "a", "GET /", {EventKind.HTTP_1: GOOD, EventKind.HTTP_2: other, EventKind.WEBSOCKET: GOOD}
    )

    assert row.reasons == ("granted", "not_granted")
    assert "not_granted" in shown(row)


@pytest.mark.parametrize("width", [80, 100, 140])
def test_a_table_fits_its_terminal(width: int) -> None:
    reason = "token_issued_in_the_future"
    cells = dict.fromkeys(EventKind, GOOD._replace(reason=reason))
    text = shown(
        Row("a long description of what was sent " * 3, "GET /", cells, note="n " * 60), width=width
    )

    assert max(map(len, text.splitlines())) <= width
    assert "200" in text


def test_markup_in_what_was_sent_is_only_text() -> None:
    assert "[bold]x[/bold]" in shown(Row("[bold]x[/bold]", "GET /", {EventKind.HTTP_1: GOOD}))


def test_the_summary_counts_what_differs_and_what_was_fetched() -> None:
    console = Console(file=io.StringIO(), width=100)
    rows = [
        Row("a", "GET /", {EventKind.HTTP_1: GOOD, EventKind.HTTP_2: WRONG}, ("keys", "discovery")),
        Row("b", "GET /", {EventKind.HTTP_1: GOOD}),
    ]
    section = Report(console).run(Section("A section", "about it", iter(rows)))

    summary = summarize([section], 2.0)

    assert summary == Summary(3, 1, 2.0, cold_milliseconds=100.0, warm_milliseconds=1.0, fetches=2)


def test_nothing_at_all_has_a_summary() -> None:
    assert summarize([], 0.0) == Summary(0, 0, 0.0, 0.0, 0.0, 0)
