"""Aligned columns: as wide on a terminal as what stands in them is."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from authorizers.cli.console import printable, say

Cell = str | tuple[str, str]  # text, or text and its style


def say_table(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Print a line for each row. What is foreign in it is made printable before it is measured."""
    made = [[_measured(cell) for cell in row] for row in rows]
    titles = [(title, "bold", len(title)) for title in head]
    widths = [max(width for _, _, width in column) for column in zip(titles, *made, strict=True)]
    widths[-1] = 0
    for line in (titles, *made):
        parts = [
            (text + " " * (room - width + 2), style)
            for (text, style, width), room in zip(line, widths, strict=True)
        ]
        say(*parts[:-1], (line[-1][0], line[-1][1]))


def _measured(cell: Cell) -> tuple[str, str, int]:
    text, style = (cell, "") if isinstance(cell, str) else cell
    text = printable(text)
    return text, style, cell_len(text)


def shortened(text: str, cells: int) -> str:
    """Return `text` in at most so many columns of a terminal, with … for what is left out."""
    text = printable(text)
    return text if cell_len(text) <= cells else set_cell_size(text, cells - 1).rstrip() + "…"
