"""What is wrong or dangerous in a document that compiles, whatever API it is for."""

from collections.abc import Iterator, Sequence
from typing import Any

from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.template.template import place_in
from authorizers.config.compile import find_losses
from authorizers.config.compiled import CompiledDocument
from authorizers.config.table import MAX_POLICY_BYTES
from authorizers.model.arn import METHODS
from authorizers.rules.satisfiable import NEVER

SHOWN_ROUTES = 3


def rule_findings(document: CheckedDocument) -> Iterator[Finding]:
    """Yield what is found in `document` itself."""
    yield from document.problems
    if document.compiled is None:
        return
    yield from _met_by_nobody(document)
    yield from _never_chosen(document)
    yield from _relaxed(document, document.compiled)
    yield from _lossy(document, document.compiled)
    yield from _too_large(document, document.compiled)


def _met_by_nobody(document: CheckedDocument) -> Iterator[Finding]:
    for key, requirement in document.rules:
        if requirement is None or requirement == NEVER or document.may_meet(requirement):
            continue
        yield Finding(
            document.place_of(key),
            "met-by-nobody",
            f"{key}: nobody can meet this requirement: parts of it contradict one another; if"
            " nobody is meant to, write {nobody: true}",
        )


def _never_chosen(document: CheckedDocument) -> Iterator[Finding]:
    for i, (key, _) in enumerate(document.rules):
        if not document.routing.is_ever_chosen(i):
            yield Finding(
                document.place_of(key),
                "rule-never-chosen",
                f"{key}: every request of it is answered by a more specific rule,"
                f" {_answered_by(document, i)}: remove it, or one of those",
            )


def _answered_by(document: CheckedDocument, rule: int) -> str:
    routing, parsed = document.routing, document.routing.routes[rule]
    answering = {
        i: None
        for path in routing.samples(parsed)
        for method in parsed.methods or METHODS
        for i in sorted(routing.answering(method, path))
    }
    return some([routing.keys[i] for i in answering])


def some(texts: Sequence[str]) -> str:
    """Return the first of `texts`, and how many more there are."""
    shown = ", ".join(texts[:SHOWN_ROUTES])
    more = len(texts) - SHOWN_ROUTES
    return f"{shown} and {more} more" if more > 0 else shown


def _relaxed(document: CheckedDocument, compiled: CompiledDocument) -> Iterator[Finding]:
    for name, scheme in compiled["schemes"].items():
        jwt: dict[str, Any] = scheme.get("jwt", {})
        if isinstance(jwt.get("audience"), dict):
            yield Finding(
                document.place("authenticate", name, "jwt", "audience"),
                "any-audience",
                f"{name}: tokens that this issuer made for anybody else open this API too"
                f" ({jwt['audience'].get('any')}): name this API's audiences",
            )
        reason = jwt.get("keys", {}).get("insecure_loopback_http")
        if reason:
            yield Finding(
                document.place("authenticate", name, "jwt", "keys", "insecure_loopback_http"),
                "loopback-http",
                f"{name}: takes http:// on the function's own machine ({reason}): leave it out"
                " of what is deployed",
            )


def _lossy(document: CheckedDocument, compiled: CompiledDocument) -> Iterator[Finding]:
    losses: dict[str, list[str]] = {}
    for loss in find_losses(document.data, compiled):
        losses.setdefault(loss.place, []).append(loss.message)
    for place, (message, *more) in losses.items():
        others = f" ({len(more)} more like this)" if more else ""
        yield Finding(place_in(document.file, place), "inexact-deny", f"{message}{others}")


def _too_large(document: CheckedDocument, compiled: CompiledDocument) -> Iterator[Finding]:
    table = compiled["table"]
    largest = table.get("largest") if isinstance(table, dict) else None
    if not largest or largest["bytes"] <= MAX_POLICY_BYTES:
        return
    keys = [str(key) for key in largest["routes"]]
    yield Finding(
        document.place_of(keys[0]) if keys else document.place("routes"),
        "policy-too-large",
        f"{some(keys)}: whoever may be granted all of these needs a policy of up to"
        f" {largest['bytes']} bytes where {MAX_POLICY_BYTES} fit, and would get 500 instead: write"
        " routes with a common beginning and the same requirement as one, ANY /name/{proxy+}",
    )
