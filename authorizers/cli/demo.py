"""`authorizers demo`: see the shipped function at work, on this machine."""

import io
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from authorizers.cli.console import PROBLEMS_FOUND, fail, say_json

SAMPLE_EVENTS = Path("events")
PLAIN_WIDTH = 120  # of a log or a pipe, which have none of their own


def demo(
    events: Annotated[
        Path | None,
        typer.Option(
            help="Folder of sample events. Without it ./events, or else events that are made now.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answers as JSON.")] = False,
) -> None:
    """
    Run the shipped function, and show what API Gateway would answer.

    Starts an OpenID Connect issuer on loopback and the function in AWS's
    own runtime client, and sends the sample events and freshly signed
    tokens, good and bad, as all five kinds of event.

    Examples:

      authorizers demo

      authorizers demo --events events --json

    Exit codes: 0 every answer is the expected one; 1 some are not; 2
    called wrongly, or the runtime client is not installed.
    """
    if find_spec("awslambdaric") is None:
        raise fail("the demonstration needs: pip install 'apigw-authorizers[demo]'")
    # Imported here: no other command needs the runtime client and the testing tools.
    from authorizers.demo.performance import perform  # noqa: PLC0415
    from authorizers.demo.rows import as_json as to_json  # noqa: PLC0415

    folder = events or _own_events()
    if folder is not None and not _is_complete(folder):
        raise fail(f"{folder} has no local/expected.json and local/env.json")
    shown, summary = perform(folder, _console(quiet=as_json))
    if as_json:
        say_json(to_json(shown, summary))
    raise typer.Exit(PROBLEMS_FOUND if summary.differing else 0)


def _own_events() -> Path | None:
    """Return ./events where that is a folder of sample events, as in the project's own folder."""
    return SAMPLE_EVENTS if _is_complete(SAMPLE_EVENTS) else None


def _is_complete(folder: Path) -> bool:
    return all((folder / "local" / name).is_file() for name in ("expected.json", "env.json"))


def _console(*, quiet: bool) -> Console:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without arrows is no failure
    console = Console(quiet=quiet, highlight=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    return console
