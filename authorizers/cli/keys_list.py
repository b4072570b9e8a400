"""`authorizers keys list` and `show`: which keys there are, and what is known of one."""

import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Annotated

import typer
from rich.cells import cell_len

from authorizers.api_key.record import KeyRecord
from authorizers.cli.console import PROBLEMS_FOUND, fail, printable, say, say_json
from authorizers.cli.key_words import STYLES, key_json, key_lines, table_row
from authorizers.cli.keys_place import (
    AsJson,
    Document,
    KeyId,
    Scheme,
    Store,
    keys_meant,
    moment,
    now,
    refuse_no_id,
    stopped,
)
from authorizers.errors import AuthorizersError, DependencyError
from authorizers.issuing.change import found_record
from authorizers.issuing.state import STATES, USABLE, ends_at, live_secrets, state_of

HEAD = ("ID", "STATE", "EXPIRES", "PEPPER", "PLAN", "OWNER")
SORTED_KEYS = 1000  # more are printed as they come, in no order


def _states(incomplete: str) -> list[str]:
    return [state for state in STATES if state.startswith(incomplete)]


def list_(  # noqa: PLR0913, PLR0917 each is an option
    owner: Annotated[str | None, typer.Option("--owner", help="Keys of this owner.")] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--state",
            help=f"Keys in this state: {', '.join(STATES)}. Repeatable.",
            autocompletion=_states,
        ),
    ] = None,
    expires_within: Annotated[
        str | None,
        typer.Option("--expires-within", help="Keys that still count and end within 30d."),
    ] = None,
    under: Annotated[
        str | None,
        typer.Option("--pepper", help="Keys with a secret under the pepper of this name."),
    ] = None,
    document: Document = None,
    scheme: Scheme = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """
    List keys.

    Up to 1,000 are sorted by owner; more are printed as they are read. Records
    that cannot be read are told at the end.

    Examples:

      authorizers keys list --document authorizers.yaml

      authorizers keys list --store dynamodb:ApiKeys --expires-within 30d

      authorizers keys list --store dynamodb:ApiKeys --pepper 1 --json

    Exit codes: 0 listed; 1 the store, or a record, cannot be read; 2 called
    wrongly.
    """
    keys = keys_meant(document, scheme, store)
    unknown = set(state or ()) - set(STATES)
    if unknown:
        raise fail(f"--state: write one of {', '.join(STATES)}")
    end, time = moment("--expires-within", expires_within), now()

    def wanted(record: KeyRecord) -> bool:
        return (
            owner in (None, record.owner)
            and (not state or state_of(record, time) in state)
            and (end is None or _ends_within(record, time, end))
            and (under is None or under in [s.pepper for s in live_secrets(record, time)])
        )

    problems: list[DependencyError] = []
    try:
        found = filter(wanted, keys.place.registry().all(problems.append))
        say_as = _say_json if as_json else _say_table
        say_as(_sorted(found), time)
    except AuthorizersError as error:
        stopped(error)
    for problem in problems:
        say(("error: ", "bold red"), problem.detail, error=True)
    raise typer.Exit(PROBLEMS_FOUND if problems else 0)


def show(
    key_id: KeyId,
    document: Document = None,
    scheme: Scheme = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """
    Show what is known of one key.

    Digests, and what API Gateway takes for the key, are not shown.

    Examples:

      authorizers keys show 7Fh3kQ9ZpLm2 --document authorizers.yaml

      authorizers keys show 7Fh3kQ9ZpLm2 --store dynamodb:ApiKeys --json

    Exit codes: 0 shown; 1 there is no such key, or the store cannot be read; 2
    called wrongly.
    """
    keys = keys_meant(document, scheme, store)
    refuse_no_id(key_id)
    try:
        record = found_record(keys.place.registry(), key_id)
    except AuthorizersError as error:
        stopped(error)
    if as_json:
        say_json(key_json(record, now()))
        return
    for name, value in key_lines(record, now()):
        say((f"{name:<12}", "bold"), (value, STYLES.get(value, "") if name == "state" else ""))


def _ends_within(record: KeyRecord, time: int, end: int) -> bool:
    ends = ends_at(record)
    return ends is not None and ends <= end and state_of(record, time) in USABLE


def _sorted(found: Iterator[KeyRecord]) -> Iterator[KeyRecord]:
    """Return the same keys, by owner if they are few."""
    first = list(islice(found, SORTED_KEYS))
    more = next(found, None)
    if more is None:
        return iter(sorted(first, key=lambda record: (record.owner, record.key_id)))
    return chain(first, [more], found)


def _say_table(found: Iterator[KeyRecord], time: int) -> None:
    """Print a line for each key, as wide as the first ones need."""
    first = [_cells(record, time) for record in islice(found, SORTED_KEYS)]
    if not first:
        say("no keys", error=True)
        return
    widths = [max(map(cell_len, column)) for column in zip(HEAD, *first, strict=True)]
    widths[-1] = 0
    say(("  ".join(map(str.ljust, HEAD, widths)), "bold"))
    for row in chain(first, (_cells(record, time) for record in found)):
        cells = [
            cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
        ]
        say(f"{cells[0]}  ", (cells[1], STYLES[row[1]]), f"  {'  '.join(cells[2:])}")


def _cells(record: KeyRecord, time: int) -> list[str]:
    return [printable(cell) for cell in table_row(record, time)]


def _say_json(found: Iterator[KeyRecord], time: int) -> None:
    """Print one array, element by element."""
    separator = "["
    for record in found:
        typer.echo(f"{separator}\n{json.dumps(key_json(record, time))}", nl=False)
        separator = ","
    typer.echo("[]" if separator == "[" else "\n]")
