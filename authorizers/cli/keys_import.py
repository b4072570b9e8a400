"""`authorizers keys import`: a key for every line of a file."""

import os
from pathlib import Path
from typing import Annotated

import typer

from authorizers.cli.console import PROBLEMS_FOUND, counted, fail, say, say_json
from authorizers.cli.keys_import_run import ImportRun
from authorizers.cli.keys_place import (
    AsJson,
    Document,
    Pepper,
    Prefix,
    Scheme,
    Store,
    keys_meant,
    stopped,
)
from authorizers.errors import AuthorizersError
from authorizers.issuing.bulk_import import Imported
from authorizers.issuing.journal import Journal
from authorizers.issuing.rows import BadRow


def import_(  # noqa: PLR0913, PLR0917 each is an option
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="Where the keys go, as CSV. Only its owner can read it."
        ),
    ],
    skip_bad: Annotated[
        bool,
        typer.Option(
            "--skip-bad", help="Import the good lines, and write the bad ones to --rejected."
        ),
    ] = False,
    rejected: Annotated[
        Path | None,
        typer.Option("--rejected", help="Where bad lines go. Default: FILE.rejected.csv."),
    ] = None,
    no_progress: Annotated[
        bool, typer.Option("--no-progress", help="Print lines and no bar, as without a terminal.")
    ] = False,
    document: Document = None,
    scheme: Scheme = None,
    store: Store = None,
    prefix: Prefix = None,
    pepper: Pepper = None,
    as_json: AsJson = False,
) -> None:
    """
    Create a key for every line of a CSV file.

    Columns: owner; and, as far as they are wanted, scopes, roles, routes and
    networks, separated by spaces; not_before, expires_at, usage_plan,
    reference, which comes once each, and label:NAME. Every bad line is told,
    and then nothing is imported, unless --skip-bad says otherwise.

    Keys are written to --output before they are stored. If the import is
    interrupted, the same command goes on where it was: nothing is lost, and
    nothing is done twice. Keep --output and the file beside it, .progress,
    until then.

    Examples:

      authorizers keys import customers.csv -o issued.csv --document api.yaml

      authorizers keys import in.csv -o issued.csv --skip-bad --document api.yaml

    Exit codes: 0 every line has its key; 1 there are bad lines, or the store or
    a file cannot be written; 2 called wrongly.
    """
    keys = keys_meant(document, scheme, store, prefix, pepper, needs=("prefix", "pepper"))
    keys.refuse_embedded()
    if rejected is not None and not skip_bad:
        raise fail("--rejected is where --skip-bad writes bad lines: give both")
    _refuse_no_file(file)
    rejected = (rejected or file.with_suffix(".rejected.csv")) if skip_bad else None
    _refuse_same(file, output, rejected)
    try:
        imported, bad = ImportRun(keys, file, output, rejected).run(bar=not no_progress)
    except AuthorizersError as error:
        stopped(error)
    _say(imported, bad, rejected, output, as_json=as_json)
    raise typer.Exit(PROBLEMS_FOUND if bad else 0)


def _refuse_no_file(file: Path) -> None:
    try:
        if not file.is_file():
            raise fail(f"{file}: {'is no regular file' if file.exists() else 'no such file'}")
    except OSError as error:
        raise fail(f"{file}: {error.strerror}") from None


def _refuse_same(file: Path, output: Path, rejected: Path | None) -> None:
    try:
        progress_path = Journal(output).progress_path
    except ValueError:
        raise fail("--output: write the name of a file") from None
    paths = (file, output, progress_path, rejected)
    named = [os.path.realpath(path) for path in paths if path is not None]
    if len(set(named)) != len(named):
        raise fail("the file, --output, --output.progress and --rejected must be different files")


def _say(
    imported: Imported | None,
    bad: list[BadRow],
    rejected: Path | None,
    output: Path,
    *,
    as_json: bool,
) -> None:
    if as_json:
        say_json(
            {
                "imported": 0 if imported is None else imported.stored,
                "before": 0 if imported is None else imported.before,
                "output": None if imported is None else str(output),
                "bad": [{"line": row.line, "problem": row.problem} for row in bad],
                "rejected": str(rejected) if bad and rejected else None,
            }
        )
    lines = counted(len(bad), "bad line")
    if imported is None:
        say((f"{lines}; nothing was imported", "bold red"), error=True)
        return
    if imported.already:
        say(f"this import was done before: {counted(imported.stored, 'key')}", error=True)
    else:
        more = f", {imported.before:,} of them before" if imported.before else ""
        say(
            ("imported ", "green"),
            f"{counted(imported.stored, 'key')}{more}; see {output}",
            error=True,
        )
    if bad:
        say((lines, "bold red"), f"; see {rejected}", error=True)
