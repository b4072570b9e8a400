"""`authorizers keys sync`: API Gateway's own keys for those that have a usage plan."""

from typing import Annotated, Any

import typer

from authorizers.cli.console import PROBLEMS_FOUND, say, say_json
from authorizers.cli.keys_place import (
    AsJson,
    Document,
    Prefix,
    Scheme,
    Store,
    keys_meant,
    now,
)
from authorizers.errors import AuthorizersError, Problem
from authorizers.issuing.gateway_keys import GatewayKeys
from authorizers.issuing.gateway_sync import GatewaySync, Step

_DONE = {
    "create": "created a key of API Gateway for",
    "note": "noted the key of API Gateway of",
    "attach": "attached",
    "disable": "disabled the key of API Gateway of",
}
_PLANNED = {
    "create": "would create a key of API Gateway for",
    "note": "would note the key of API Gateway of",
    "attach": "would attach",
    "disable": "would disable the key of API Gateway of",
}


def sync(  # noqa: PLR0913, PLR0917 each is an option
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    document: Document = None,
    scheme: Scheme = None,
    store: Store = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """
    Let the usage plans of a REST API meter the keys that have one.

    For each such key, API Gateway gets a key of its own, PREFIX_ID, with a
    value that nobody is told, attached to the usage plan of that name or id;
    the authorizer tells API Gateway the value. Those of keys that are revoked
    or expired are disabled. Doing it again changes nothing, and goes on after
    an interruption.

    Examples:

      authorizers keys sync --dry-run --document authorizers.yaml

      authorizers keys sync --store dynamodb:ApiKeys --prefix orders_live

    Exit codes: 0 all is in line, or will be once it is run without --dry-run;
    1 some key cannot be, and each is told; 2 called wrongly.
    """
    keys = keys_meant(document, scheme, store, prefix, needs=("prefix",))
    if not dry_run:
        keys.refuse_embedded()
    steps: list[Step] = []
    problems: list[Problem] = []
    try:
        work = GatewaySync(
            keys.place.registry(), GatewayKeys(), keys.place.prefix, now=now(), dry=dry_run
        )
        for step in work.run(problems.append):
            steps.append(step)
            if not as_json:
                _say_step(step, _PLANNED if dry_run else _DONE)
    except AuthorizersError as error:
        problems.append(Problem("", error.detail))
    finally:
        _say_end(steps, problems, dry_run=dry_run, as_json=as_json)
    if not steps and not problems:
        say("nothing is to be done", error=True)
    raise typer.Exit(PROBLEMS_FOUND if problems else 0)


def _say_step(step: Step, words: dict[str, str]) -> None:
    to = f" to the usage plan {step.plan}" if step.plan else ""
    say((words[step.action], "green"), f" {step.key_id}{to}")


def _say_end(steps: list[Step], problems: list[Problem], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "dry_run": dry_run,
                "steps": [_as_json(step) for step in steps],
                "problems": [{"id": p.place or None, "problem": p.message} for p in problems],
            }
        )
    for problem in problems:
        say(("error: ", "bold red"), str(problem), error=True)


def _as_json(step: Step) -> dict[str, Any]:
    return {"id": step.key_id, "action": step.action, "usage_plan": step.plan or None}
