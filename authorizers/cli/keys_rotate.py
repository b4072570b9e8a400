"""`authorizers keys rotate`: a new secret for a key, shown once."""

from typing import Annotated

import typer

from authorizers.cli.console import PROBLEMS_FOUND, fail, say, say_json
from authorizers.cli.key_words import key_json
from authorizers.cli.keys_place import (
    AsJson,
    Document,
    KeyId,
    Pepper,
    Prefix,
    Scheme,
    Store,
    keys_meant,
    moment,
    now,
    refuse_no_id,
    stopped,
)
from authorizers.cli.moment import render_moment
from authorizers.errors import AuthorizersError
from authorizers.issuing.rotation import Rotation, rotate_key

OVERLAP = "24h"


def rotate(  # noqa: PLR0913, PLR0917 each is an option
    key_id: KeyId,
    overlap: Annotated[
        str | None,
        typer.Option(
            "--overlap", help="How long the old secret counts: 7d, or a date.", show_default=OVERLAP
        ),
    ] = None,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="Every old secret ends now: it is known to others.")
    ] = False,
    document: Document = None,
    scheme: Scheme = None,
    store: Store = None,
    prefix: Prefix = None,
    pepper: Pepper = None,
    as_json: AsJson = False,
) -> None:
    """
    Give a key a new secret.

    The new key is shown once, on standard output alone; the old one counts
    until the overlap is over. Its id, and everything else that is known of
    it, stays. A key with two live secrets is not rotated again before the
    older one has ended, unless --at-once ends both.

    Examples:

      authorizers keys rotate 7Fh3kQ9ZpLm2 --document authorizers.yaml

      authorizers keys rotate 7Fh3kQ9ZpLm2 --overlap 7d --document api.yaml > key

      authorizers keys rotate 7Fh3kQ9ZpLm2 --at-once --document authorizers.yaml

    Exit codes: 0 rotated; 1 it cannot be, or nobody knows whether it was; 2
    called wrongly.
    """
    keys = keys_meant(document, scheme, store, prefix, pepper, needs=("prefix", "pepper"))
    refuse_no_id(key_id)
    keys.refuse_embedded()
    time = now()
    if at_once and overlap is not None:
        raise fail("--at-once leaves no --overlap: give one of them")
    end = time if at_once else moment("--overlap", OVERLAP if overlap is None else overlap)
    place = keys.place
    try:
        rotation = rotate_key(
            place.registry(),
            key_id,
            place.prefix,
            place.peppers(),
            now=time,
            old_ends_at=time if end is None else end,
        )
    except AuthorizersError as error:
        stopped(error)
    try:
        _show(rotation, time, as_json=as_json)
    finally:
        _say(rotation)


def _show(rotation: Rotation, time: int, *, as_json: bool) -> None:
    text, ends = rotation.issued.key.reveal(), render_moment(rotation.old_ends_at)
    try:
        if as_json:
            said = {"key": text, **key_json(rotation.issued.record, time)}
            say_json({**said, "old_ends_at": ends, "certain": rotation.doubt is None})
        else:
            typer.echo(text)
    except OSError:
        # The old secret may have ended already: a last resort, lest nobody have the new one.
        say("the new key cannot be written to standard output; it is shown here:", error=True)
        typer.echo(text, err=True)
        raise


def _say(rotation: Rotation) -> None:
    record, ends = rotation.issued.record, render_moment(rotation.old_ends_at)
    if rotation.doubt is not None:
        say(("error: ", "bold red"), rotation.doubt.detail, error=True)
        say(
            f"`authorizers keys show {record.key_id}` tells: if a secret ends {ends}, this key"
            " counts, and is shown this once; if none does, rotate again",
            error=True,
        )
        raise typer.Exit(PROBLEMS_FOUND)
    say(("rotated ", "green"), f"{record.key_id} of {record.owner}", error=True)
    say(f"the old secret ends {ends}; the new key is shown this once", error=True)
