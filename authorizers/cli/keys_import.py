"""`authorizers keys import`: a key for every line of a file."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from authorizers.api_key.pepper import Peppers
from authorizers.cli.console import PROBLEMS_FOUND, fail, say, say_json
from authorizers.cli.keys_place import (
    AsJson,
    Document,
    Keys,
    Pepper,
    Prefix,
    Scheme,
    Store,
    keys_meant,
    now,
    stopped,
)
from authorizers.cli.moment import parse_moment
from authorizers.cli.progress import progress
from authorizers.errors import AuthorizersError
from authorizers.issuing.bulk_import import Imported, KeyImport, digest_of
from authorizers.issuing.candidates import Candidates
from authorizers.issuing.journal import Journal
from authorizers.issuing.rejected import RejectedLines
from authorizers.issuing.rows import BadRow, Rows


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
        imported, bad = _Import(keys, file, output, rejected).run(bar=not no_progress)
    except AuthorizersError as error:
        stopped(error)
    _say(imported, bad, rejected, output, as_json=as_json)
    raise typer.Exit(PROBLEMS_FOUND if bad else 0)


class _Import:
    """One call: what is read, and what is written."""

    def __init__(self, keys: Keys, file: Path, output: Path, rejected: Path | None) -> None:
        self._keys = keys
        self._file = file
        self._journal = Journal(output)
        self._rejected = rejected
        begun = self._journal.begun()
        self._again = begun is not None
        registry = keys.place.registry()
        self._registry = registry
        self._peppers = keys.place.peppers()
        said = begun.get("started_at") if begun is not None else None
        self._started_at = said if type(said) is int else now()
        self._about = {
            "input_sha256": digest_of(file),
            "started_at": self._started_at,
            "prefix": keys.place.prefix,
            "store": registry.place,
            **_pepper_of(begun, self._peppers),
            "rejected": None if rejected is None else str(rejected),
        }
        if begun is not None:
            self._journal.refuse_other(self._about)

    def run(self, *, bar: bool) -> tuple[Imported | None, list[BadRow]]:
        """Return what was imported, None if nothing was, and the bad lines."""
        rows = Rows(self._file)
        candidates = self._candidates(rows)
        good, bad = 0, []
        for candidate in candidates:
            if isinstance(candidate, BadRow):
                bad.append(candidate._replace(text=""))
                say((f"{self._file}:{candidate.line}: ", "bold"), candidate.problem, error=True)
            else:
                good += 1
        if bad and self._rejected is None:
            return None, bad
        keys = KeyImport(
            candidates,
            self._journal,
            self._registry,
            self._keys.place.prefix,
            self._peppers,
            rejected=self._rejects(rows),
        )
        try:
            with progress("keys", good, bar=bar) as on_progress:
                return keys.run(self._about, on_progress), bad
        except KeyboardInterrupt:
            stored = f"{self._journal.stored:,} of {_count(good, 'key')}"
            say(f"interrupted; {stored} are stored, and the same command goes on", error=True)
            raise

    def _candidates(self, rows: Rows) -> Candidates:
        started_at = self._started_at
        return Candidates(
            rows,
            created_at=started_at,
            parse_moment=lambda text: parse_moment(text, started_at),
            known=self._keys.known,
        )

    def _rejects(self, rows: Rows) -> RejectedLines | None:
        if self._rejected is None:
            return None
        return RejectedLines(self._rejected, rows.head, again=self._again)


def _pepper_of(begun: dict[str, Any] | None, peppers: Peppers) -> dict[str, str | None]:
    """Return which pepper the import began with, and what only the same one makes of a text."""
    name = peppers.current if begun is None else str(begun.get("pepper"))
    made = peppers.digest(name, "authorizers keys import").hex() if name in peppers else None
    return {"pepper": name, "pepper_digest": made}


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
    lines = _count(len(bad), "bad line")
    if imported is None:
        say((f"{lines}; nothing was imported", "bold red"), error=True)
        return
    if imported.already:
        say(f"this import was done before: {_count(imported.stored, 'key')}", error=True)
    else:
        more = f", {imported.before:,} of them before" if imported.before else ""
        say(
            ("imported ", "green"),
            f"{_count(imported.stored, 'key')}{more}; see {output}",
            error=True,
        )
    if bad:
        say((lines, "bold red"), f"; see {rejected}", error=True)


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"
