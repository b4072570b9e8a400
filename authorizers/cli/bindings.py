"""`authorizers bindings`: who has which role in a table, and changing it."""

from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Annotated, Any

import typer

from authorizers.cli.console import PROBLEMS_FOUND, fail, say, say_json
from authorizers.cli.known_bindings import KnownBindings, known_bindings, subjects_named
from authorizers.cli.moment import parse_moment, render_moment
from authorizers.config.document.roles import validate_role_name
from authorizers.errors import AuthorizersError
from authorizers.model.clock import SystemClock
from authorizers.stores.bindings_editor import BindingsEditor, BoundRole

_HELP = """
List, grant and revoke roles in a table of bindings (needs the aws extra).

Examples:

  authorizers bindings list --table Bindings

  authorizers bindings grant reader --principal 'staff|alice' --document authorizers.yaml

  authorizers bindings revoke reader --group 'staff|ops' --table Bindings
"""
bindings = typer.Typer(help=_HELP, no_args_is_help=True)

Role = Annotated[str, typer.Argument(help="The role's name.", show_default=False)]
Principals = Annotated[
    list[str] | None, typer.Option("--principal", help="A caller: SCHEME|SUBJECT. Repeatable.")
]
Groups = Annotated[
    list[str] | None, typer.Option("--group", help="A group: SCHEME|NAME. Repeatable.")
]
Scopes = Annotated[
    list[str] | None, typer.Option("--scope", help="A scope: SCHEME|SCOPE. Repeatable.")
]
Clients = Annotated[
    list[str] | None, typer.Option("--client", help="A client: SCHEME|CLIENT. Repeatable.")
]
Table = Annotated[
    str | None, typer.Option("--table", help="The table's name. Default: the document's.")
]
Document = Annotated[
    Path | None,
    typer.Option(
        "--document",
        help="The document, YAML or compiled: it names the table, and what it does not know is"
        " refused, or told.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@bindings.command("grant")
def grant(  # noqa: PLR0913, PLR0917 each is an option
    role: Role,
    principal: Principals = None,
    group: Groups = None,
    scope: Scopes = None,
    client: Clients = None,
    until: Annotated[
        str | None, typer.Option("--until", help="When it ends: 2026-12-31, or 8h from now.")
    ] = None,
    table: Table = None,
    document: Document = None,
    as_json: AsJson = False,
) -> None:
    """
    Give a role to callers. It counts as soon as functions read the table again.

    Doing it twice changes nothing. A role that was bound already ends as said
    now.

    Examples:

      authorizers bindings grant reader --principal 'staff|alice' --table Bindings

      authorizers bindings grant admin --group 'staff|ops' --until 8h --document authorizers.yaml

    Exit codes: 0 it is so now; 1 the document does not know a name, or the
    table cannot be written; 2 called wrongly.
    """
    known, end = known_bindings(document, table), _moment(until)
    _refuse_no_name(role)
    subjects = subjects_named(principals=principal, groups=group, scopes=scope, clients=client)
    known.refuse_unknown(role, subjects)
    editor = BindingsEditor(known.table)
    bound = [BoundRole(name, role, inf if end is None else end) for name in subjects]
    words = ("granted", "unchanged:")
    _change(bound, words, lambda b: editor.grant(role, b.subject, until=end), as_json=as_json)


@bindings.command("revoke")
def revoke(  # noqa: PLR0913, PLR0917 each is an option
    role: Role,
    principal: Principals = None,
    group: Groups = None,
    scope: Scopes = None,
    client: Clients = None,
    table: Table = None,
    document: Document = None,
    as_json: AsJson = False,
) -> None:
    """
    Take a role from callers. It stops to count within the document's life and
    API Gateway's TTL.

    Doing it twice changes nothing. What the document itself binds is not taken
    away.

    Examples:

      authorizers bindings revoke reader --principal 'staff|alice' --table Bindings

    Exit codes: 0 it is so now; 1 the table cannot be written; 2 called wrongly.
    """
    known = known_bindings(document, table)
    subjects = subjects_named(principals=principal, groups=group, scopes=scope, clients=client)
    known.warn_of_unknown(role, subjects)
    editor = BindingsEditor(known.table)
    bound = [BoundRole(name, role, inf) for name in subjects]
    words = ("revoked", "was not bound:")
    _change(bound, words, lambda b: editor.revoke(role, b.subject), as_json=as_json)


@bindings.command("list")
def list_(
    role: Annotated[str | None, typer.Option("--role", help="This role only.")] = None,
    table: Table = None,
    document: Document = None,
    as_json: AsJson = False,
) -> None:
    """
    List the roles that a table binds, by subject, with what has ended and what
    is not known.

    Examples:

      authorizers bindings list --table Bindings

      authorizers bindings list --role admin --document authorizers.yaml --json

    Exit codes: 0 listed; 1 a role cannot be read, or the table cannot; 2 called
    wrongly.
    """
    known = known_bindings(document, table)
    try:
        found = sorted(BindingsEditor(known.table).listed())
    except AuthorizersError as error:
        raise _stopped(error) from None
    rows = [(bound, _state(bound, known)) for bound in found if role in (None, bound.role)]
    if as_json:
        say_json([{**_as_json(bound), "state": state} for bound, state in rows])
    for bound, state in () if as_json else rows:
        say(_words(bound), ("" if state == "in force" else f"  ({state})", "yellow"))
    raise typer.Exit(PROBLEMS_FOUND if any(state == "malformed" for _, state in rows) else 0)


def _refuse_no_name(role: str) -> None:
    try:
        validate_role_name(role)
    except ValueError as error:
        raise fail(str(error)) from None


def _moment(text: str | None) -> int | None:
    try:
        return None if text is None else parse_moment(text, SystemClock().wall())
    except ValueError as error:
        raise fail(f"--until: {error}") from None


def _change(
    all_bound: list[BoundRole],
    words: tuple[str, str],
    change: Callable[[BoundRole], bool],
    *,
    as_json: bool,
) -> None:
    """Change one after the other, and tell what was done even if the next cannot be."""
    done: list[tuple[BoundRole, bool]] = []
    failure: AuthorizersError | None = None
    for bound in all_bound:
        try:
            done.append((bound, change(bound)))
        except AuthorizersError as error:
            failure = error
            break
    if as_json:
        say_json([{**_as_json(bound), "changed": was} for bound, was in done])
    for bound, was in () if as_json else done:
        say((words[0] if was else words[1], "green" if was else "yellow"), " ", _words(bound))
    if failure is not None:
        raise _stopped(failure)


def _stopped(error: AuthorizersError) -> typer.Exit:
    say(("error: ", "bold red"), error.detail, error=True)
    return typer.Exit(PROBLEMS_FOUND)


def _state(bound: BoundRole, known: KnownBindings) -> str:
    if bound.ends_at is None:
        return "malformed"
    if bound.ends_at <= SystemClock().wall():
        return "ended"
    return "in force" if known.knows(bound.role, bound.subject) else "not in the document"


def _as_json(bound: BoundRole) -> dict[str, Any]:
    ends = bound.ends_at
    kind, _, name = bound.subject.partition("#")
    until = None if ends in (None, inf) else render_moment(float(ends or 0))
    return {
        "subject": bound.subject,
        "kind": kind,
        "name": name,
        "role": bound.role,
        "until": until,
    }


def _words(bound: BoundRole) -> str:
    kind, _, name = bound.subject.partition("#")
    until = _as_json(bound)["until"]
    return f"{bound.role}  {kind} {name}{f'  until {until}' if until else ''}"
