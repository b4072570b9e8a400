"""`authorizers keys rotate` and `revoke`: a new secret for a key, and the end of one."""

from typing import Annotated, Any

import typer

from authorizers.cli.console import PROBLEMS_FOUND, say, say_json
from authorizers.cli.key_words import key_json
from authorizers.cli.keys_place import (
    AsJson,
    Document,
    KeyId,
    Keys,
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
from authorizers.issuing.revocation import revoke_key
from authorizers.issuing.rotation import Rotation, rotate_key


def rotate(  # noqa: PLR0913, PLR0917 each is an option
    key_id: KeyId,
    overlap: Annotated[
        str, typer.Option("--overlap", help="How long the old secret counts: 24h, or a date.")
    ] = "24h",
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

      authorizers keys rotate 7Fh3kQ9ZpLm2 --overlap 7d --document authorizers.yaml > key.txt

      authorizers keys rotate 7Fh3kQ9ZpLm2 --at-once --document authorizers.yaml

    Exit codes: 0 rotated; 1 it cannot be, or nobody knows whether it was; 2
    called wrongly.
    """
    keys = keys_meant(document, scheme, store, prefix, pepper, needs=("prefix", "pepper"))
    refuse_no_id(key_id)
    keys.refuse_embedded()
    time = now()
    end = time if at_once else moment("--overlap", overlap)
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
    _say_rotation(rotation, time, as_json=as_json)


def revoke(
    key_ids: Annotated[
        list[str], typer.Argument(metavar="ID...", help="The keys' ids.", show_default=False)
    ],
    document: Document = None,
    scheme: Scheme = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """
    Revoke keys, for good. Doing it twice changes nothing.

    Examples:

      authorizers keys revoke 7Fh3kQ9ZpLm2 --document authorizers.yaml

      authorizers keys revoke 7Fh3kQ9ZpLm2 Xa81mmQp0d2B --store dynamodb:ApiKeys --json

    Exit codes: 0 all are revoked now; 1 one is not; 2 called wrongly.
    """
    keys = keys_meant(document, scheme, store)
    refuse_no_id(*key_ids)
    keys.refuse_embedded()
    results = _revoked(keys, list(dict.fromkeys(key_ids)))
    if as_json:
        say_json(results)
    for result in () if as_json else results:
        _say_revocation(result)
    if any(result["revoked"] for result in results):
        say(f"effective within {_within(keys)}", error=True)
    raise typer.Exit(0 if all(result["revoked"] for result in results) else PROBLEMS_FOUND)


def _revoked(keys: Keys, key_ids: list[str]) -> list[dict[str, Any]]:
    """Revoke one after the other; what stops one stops no other."""
    results: list[dict[str, Any]] = []
    try:
        registry = keys.place.registry()
    except AuthorizersError as error:
        stopped(error)
    for key_id in key_ids:
        result: dict[str, Any] = {"id": key_id, "revoked": True}
        try:
            record, changed = revoke_key(registry, key_id, now())
            result |= {"owner": record.owner, "changed": changed}
            if record.gateway_key.key_id:
                result["gateway_key"] = record.gateway_key.key_id
        except AuthorizersError as error:
            result |= {"revoked": False, "problem": error.detail}
        results.append(result)
    return results


def _say_revocation(result: dict[str, Any]) -> None:
    if not result["revoked"]:
        say(("error: ", "bold red"), f"{result['id']}: {result['problem']}", error=True)
        return
    word, style = ("revoked", "green") if result["changed"] else ("was revoked:", "yellow")
    say((word, style), f" {result['id']} of {result['owner']}")
    if "gateway_key" in result:
        say("its key of API Gateway is disabled by: authorizers keys sync", error=True)


def _within(keys: Keys) -> str:
    life = keys.place.life_seconds
    read = "the life of the document's scheme (60 seconds by default)"
    said = f"{read if life is None else f'{life} seconds'} and API Gateway's TTL of an answer"
    return f"{said}, once functions have the file" if "file" in keys.place.keys else said


def _say_rotation(rotation: Rotation, time: int, *, as_json: bool) -> None:
    record = rotation.issued.record
    ends = render_moment(rotation.old_ends_at)
    if as_json:
        said = {"key": rotation.issued.key.reveal(), **key_json(record, time)}
        say_json({**said, "old_ends_at": ends, "certain": rotation.doubt is None})
    else:
        typer.echo(rotation.issued.key.reveal())
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
