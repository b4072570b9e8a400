"""What the commands print: colours on terminals only, lines that other programs can read."""

import json
import textwrap
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

PROBLEMS_FOUND = 1
CALLED_WRONGLY = 2
_NARROWEST = 60


def say(*parts: str | tuple[str, str], error: bool = False) -> None:
    """
    Print one line, on standard error if `error`.

    A part is text, or text and its style. Rich leaves colours out where no terminal listens,
    or where NO_COLOR is set; the line is never wrapped. What a terminal would obey, and a line
    break that could begin a command of CI, is a � instead: names come from files.
    """
    line = Text.assemble(*map(_plain, parts))
    Console(stderr=error, highlight=False, soft_wrap=True).print(line)


def _plain(part: str | tuple[str, str]) -> str | tuple[str, str]:
    if isinstance(part, tuple):
        return printable(part[0]), part[1]
    return printable(part)


def printable(text: str) -> str:
    """Return `text` with a � for each character that is not printed: some are commands."""
    return "".join(c if c.isprintable() else "�" for c in text)


def wrapped(text: str, indent: int) -> list[str]:
    """Return lines that fit beside `indent` on a terminal; one elsewhere: programs read lines."""
    console = Console()
    if not console.is_terminal:
        return [text]
    width = max(console.width, _NARROWEST) - indent
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def counted(number: int, name: str) -> str:
    """Return how many there are of what is called `name`."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def say_json(value: Any) -> None:
    """Print `value` as JSON, for other programs."""
    typer.echo(json.dumps(value, indent=2))


def fail(message: str) -> typer.Exit:
    """Print why the command cannot run; raise what is returned."""
    say(("error: ", "bold red"), message, error=True)
    return typer.Exit(CALLED_WRONGLY)
