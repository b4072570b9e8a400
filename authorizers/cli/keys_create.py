"""`authorizers keys create`: a new key, shown once."""

from typing import Annotated, Any

import typer

from authorizers.api_key.record import KeyRecord, dump_record
from authorizers.cli.console import fail, say, say_json
from authorizers.cli.key_words import key_json, record_yaml
from authorizers.cli.keys_place import (
    AsJson,
    Document,
    Keys,
    Pepper,
    Prefix,
    Scheme,
    Store,
    failed,
    keys_meant,
    moment,
    now,
    stopped,
)
from authorizers.errors import AuthorizersError, ConfigurationError
from authorizers.issuing.creation import create_key
from authorizers.issuing.draft import checked_draft
from authorizers.issuing.issue import IssuedKey, issue_key
from authorizers.issuing.revocation import revoke_key

Texts = list[str] | None


def create(  # noqa: PLR0913, PLR0917 each is an option
    owner: Annotated[
        str, typer.Argument(metavar="OWNER", help="Whose key it is.", show_default=False)
    ],
    scope: Annotated[Texts, typer.Option("--scope", help="A scope. Repeatable.")] = None,
    role: Annotated[Texts, typer.Option("--role", help="A role. Repeatable.")] = None,
    route: Annotated[
        Texts,
        typer.Option("--route", help="For this route only: 'GET /orders'. Repeatable."),
    ] = None,
    network: Annotated[
        Texts,
        typer.Option("--network", help="From this network only: 10.0.0.0/8. Repeatable."),
    ] = None,
    not_before: Annotated[
        str | None, typer.Option("--not-before", help="When it begins: 2026-12-31, or 8h from now.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", help="When it ends: 2026-12-31, or 90d from now.")
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Its usage plan.")] = None,
    label: Annotated[
        Texts, typer.Option("--label", help="What else is known: team=payments. Repeatable.")
    ] = None,
    document: Document = None,
    scheme: Scheme = None,
    store: Store = None,
    prefix: Prefix = None,
    pepper: Pepper = None,
    as_json: AsJson = False,
) -> None:
    """
    Create a key, which is shown once.

    It goes to standard output, alone; only a digest of it is stored. Where
    the document itself holds the records, nothing is stored: the record to be
    pasted is printed on standard error. For the first one of a document, say
    --store document, and its prefix and pepper.

    Examples:

      authorizers keys create acme --expires 90d --document authorizers.yaml

      authorizers keys create acme --route 'GET /orders' --document api.yaml > key

    Exit codes: 0 created; 1 the document does not know a name, or the store
    cannot be written; 2 called wrongly.
    """
    keys = keys_meant(document, scheme, store, prefix, pepper, needs=("prefix", "pepper"))
    draft = KeyRecord(
        "",
        owner,
        (),
        now(),
        scopes=tuple(scope or ()),
        roles=tuple(role or ()),
        routes=tuple(route) if route else None,
        networks=tuple(network) if network else None,
        not_before=moment("--not-before", not_before),
        expires_at=moment("--expires", expires),
        usage_plan=plan,
        labels=_labels(label or []),
    )
    issued = _issued(keys, _checked(keys, draft))
    try:
        _show(keys, issued, as_json=as_json)
    except OSError:
        if not keys.place.embedded:
            _take_back(keys, issued.record.key_id)
        raise
    _say(keys, issued.record)


def _labels(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if not all(separator and name for name, separator, _ in pairs):
        raise fail("--label: write NAME=VALUE")
    if len({name for name, _, _ in pairs}) != len(pairs):
        raise fail("--label: the same name twice")
    return {name: value for name, _, value in pairs}


def _checked(keys: Keys, draft: KeyRecord) -> KeyRecord:
    try:
        draft = checked_draft(draft)
    except ConfigurationError as error:
        raise failed(error) from None
    keys.refuse_unknown(draft)
    return draft


def _issued(keys: Keys, draft: KeyRecord) -> IssuedKey:
    place = keys.place
    try:
        peppers = place.peppers()
        if place.embedded:
            return issue_key(draft, place.prefix, peppers)
        return create_key(place.registry(), draft, place.prefix, peppers)
    except AuthorizersError as error:
        stopped(error)


def _show(keys: Keys, issued: IssuedKey, *, as_json: bool) -> None:
    if not as_json:
        typer.echo(issued.key.reveal())
        return
    said: dict[str, Any] = {"key": issued.key.reveal(), **key_json(issued.record, now())}
    say_json({**said, "record": dump_record(issued.record)} if keys.place.embedded else said)


def _take_back(keys: Keys, key_id: str) -> None:
    """Revoke a key that nobody was shown."""
    try:
        revoke_key(keys.place.registry(), key_id, now())
    except AuthorizersError as error:
        unrevoked = f"{key_id} was created and cannot be shown: revoke it: {error.detail}"
        say(("error: ", "bold red"), unrevoked, error=True)
    else:
        say(f"{key_id} was created and cannot be shown: it is revoked again", error=True)


def _say(keys: Keys, record: KeyRecord) -> None:
    if keys.place.embedded:
        say("add to keys.records of the document, and deploy it:", error=True)
        typer.echo(record_yaml(record), err=True, nl=False)
    else:
        say(("created ", "green"), f"{record.key_id} for {record.owner}", error=True)
    say("the key is shown this once; it cannot be read again", error=True)
