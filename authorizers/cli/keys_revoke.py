"""`authorizers keys revoke`: the end of keys, for good."""

from typing import Annotated, Any

import typer

from authorizers.cli.console import PROBLEMS_FOUND, say, say_json
from authorizers.cli.keys_place import (
    AsJson,
    Document,
    Keys,
    Scheme,
    Store,
    keys_meant,
    now,
    refuse_no_id,
    stopped,
)
from authorizers.errors import AuthorizersError
from authorizers.issuing.revocation import revoke_key


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

      authorizers keys revoke 7Fh3kQ9ZpLm2 Xa81mmQp0d2B --store dynamodb:ApiKeys

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
