"""`authorizers matrix`: who may do what, in the terminal or as a page."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from authorizers.analysis.matrix import Cell, Matrix
from authorizers.analysis.matrix import matrix as make_matrix
from authorizers.analysis.matrix_page import render
from authorizers.cli.console import fail, say, say_json
from authorizers.cli.document import ReadDocument, load_document
from authorizers.model.principal import Principal

_STYLES = {"allowed": "green", "conditional": "yellow", "denied": "dim"}


def matrix(
    document: Annotated[Path, typer.Argument(help="The YAML document; - for standard input.")],
    principal: Annotated[
        list[str] | None, typer.Option(help="Show only this one of the document's principals.")
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="Print the reason for every cell.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write one page of HTML there; - for standard output.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the matrix as JSON.")] = False,
) -> None:
    """
    Show who may do what: principals across, routes down.

    A cell says allowed, denied, or on which conditions: from which
    networks, or for which values of the path's parameters. The page has
    the reason of every cell where the pointer or the keyboard's focus is;
    it needs no network, and is printed with all reasons.

    Examples:

      authorizers matrix authorizers.yaml

      authorizers matrix authorizers.yaml --principal alice --why

      authorizers matrix authorizers.yaml --html access.html

    Exit codes: 0 shown; 1 the document has problems; 2 called wrongly, or
    it names no principals.
    """
    if as_json and str(html) == "-":
        raise fail("--json and the page cannot both go to standard output: use --html FILE")
    read = load_document(document)
    made = make_matrix(read.document, _chosen(document, read, principal or []))
    if html is not None:
        _write(html, render(made, document.name))
    if as_json:
        say_json(_as_json(made))
    elif html is None:
        _show(made, why=why)


def _chosen(path: Path, read: ReadDocument, names: list[str]) -> Mapping[str, Principal]:
    known = read.examples.principals
    if not known:
        raise fail(
            f"{path} names no principals: write some under principals, to try its rules with"
        )
    for name in names:
        if name not in known:
            raise fail(f"no such principal: {name}; the document has {', '.join(known)}")
    return {name: known[name] for name in names or known}


def _write(target: Path, page: str) -> None:
    if str(target) == "-":
        typer.echo(page, nl=False)
        return
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise fail(f"{target}: {error.strerror}") from None
    say(("ok ", "bold green"), str(target), error=True)


def _as_json(made: Matrix) -> dict[str, Any]:
    return {
        "principals": list(made.principals),
        "exact": made.exact,
        "routes": [
            {
                "route": row.route,
                "cells": {
                    name: cell._asdict()
                    for name, cell in zip(made.principals, row.cells, strict=True)
                },
            }
            for row in made.rows
        ],
    }


def _show(made: Matrix, *, why: bool) -> None:
    console = Console()
    if console.is_terminal:
        console.print(_table(made))
    else:
        for line in _plain(made):
            say(line)
    if why:
        _show_reasons(made)
    if not made.exact:
        say("inexact: deny takes parts of some routes away; authorizers compile lists them")


def _words(cell: Cell) -> str:
    return cell.conditions if cell.answer == "conditional" else cell.answer


def _table(made: Matrix) -> Table:
    table = Table("ROUTE")
    for name in made.principals:
        table.add_column(Text(name))
    for row in made.rows:
        cells = [Text(_words(cell), style=_STYLES[cell.answer]) for cell in row.cells]
        table.add_row(Text(row.route), *cells)
    return table


def _plain(made: Matrix) -> list[str]:
    lines = [("ROUTE", *made.principals)]
    lines += [(row.route, *map(_words, row.cells)) for row in made.rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _show_reasons(made: Matrix) -> None:
    for row in made.rows:
        say("")
        say((row.route, "bold"))
        for name, cell in zip(made.principals, row.cells, strict=True):
            say(f"  {name}: ", (cell.answer, _STYLES[cell.answer]), f": {cell.why}")
