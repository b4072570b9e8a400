"""`authorizers canary`: what the document expects of its own rules, checked."""

from pathlib import Path
from typing import Annotated, Any

import typer

from authorizers.analysis.canary import Check, check_expectations
from authorizers.cli.console import PROBLEMS_FOUND, fail, say, say_json
from authorizers.cli.document import load_document


def canary(
    document: Annotated[Path, typer.Argument(help="The YAML document; - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print every answer as JSON.")] = False,
) -> None:
    """
    Check the expectations that stand in a document.

    Each one says what a named principal must be allowed, or denied. The
    rules are asked, and the policies that REST, HTTP and WebSocket APIs
    would be given. Where one of them differs, it is printed with what was
    expected, what came, and why. Run it in CI.

    Examples:

      authorizers canary authorizers.yaml

      authorizers canary authorizers.yaml --json

    In the document:

      principals:
        alice: {scheme: staff, claims: {sub: alice, scope: "a b"}}

      expectations:
        - {principal: alice, allow: [GET /a], deny: [POST /a]}

    Exit codes: 0 everything is as expected; 1 differences, or the document
    has problems; 2 called wrongly, or nothing is expected.
    """
    read = load_document(document)
    if not read.examples.expectations:
        raise fail(f"{document} expects nothing: write expectations, or a canary means nothing")
    checks = check_expectations(read.document, read.examples)
    if as_json:
        say_json(
            {"ok": all(c.holds for c in checks), "checks": [_as_json(check) for check in checks]}
        )
    else:
        _show(document, checks)
    raise typer.Exit(0 if all(check.holds for check in checks) else PROBLEMS_FOUND)


def _word(allowed: bool) -> str:
    return "allow" if allowed else "deny"


def _as_json(check: Check) -> dict[str, Any]:
    expected = check.expected
    line, _, column = expected.place.partition(":")
    return {
        "line": int(line),
        "column": int(column),
        "principal": expected.principal,
        "request": expected.request,
        "from": expected.source_ip,
        "expected": _word(expected.allow),
        "holds": check.holds,
        "answers": [
            {"by": a.witness, "request": a.request, "got": _word(a.allowed), "why": a.why}
            for a in check.answers
        ],
    }


def _show(document: Path, checks: tuple[Check, ...]) -> None:
    failed = [check for check in checks if not check.holds]
    for check in failed:
        _show_difference(document, check)
    held = len(checks) - len(failed)
    if failed:
        count = f"{len(failed)} of {len(checks)} expectations not met"
        say((count, "bold red"), error=True)
    else:
        say(("ok ", "bold green"), f"{held} expectation{'s' * (held != 1)} met", error=True)


def _show_difference(document: Path, check: Check) -> None:
    expected = check.expected
    where = f" from {expected.source_ip}" if expected.source_ip else ""
    say(
        (f"{document}:{expected.place}: ", "bold"),
        f"{expected.principal}: {expected.request}{where}: expected ",
        (_word(expected.allow), "bold"),
    )
    if not check.answers:
        say("  no request is sent to this route: others are always chosen first")
    for answer in check.differing:
        request = "" if answer.request == expected.request else f" for {answer.request}"
        say(
            f"  {answer.witness}{request}: got ",
            (_word(answer.allowed), "bold red"),
            f": {answer.why}",
        )
