"""An explanation, for people and for programs."""

from collections.abc import Sequence
from typing import Any

from authorizers.analysis.explanation import CachedAnswer, Explanation, Stage
from authorizers.cli.console import say, wrapped

_SIGNS = {"yes": ("+", "green"), "no": ("x", "red"), "note": (" ", "dim")}
_INDENT = 14
_OUTCOMES = {
    "allow": ("allowed", "bold green"),
    "deny": ("denied", "bold red"),
    "unauthorized": ("not authenticated", "bold red"),
    "error": ("no answer", "bold red"),
}


def show(explanation: Explanation) -> None:
    """Print the stages, and what a cached copy of the answer says about the other routes."""
    word, style = _OUTCOMES[explanation.outcome.value]
    say((explanation.request, "bold"), ": ", (word, style), f" ({explanation.code})")
    for stage in explanation.stages:
        _show_stage(stage, _stage_arn(explanation))
    if explanation.cached:
        _show_cached(explanation)
    elif explanation.policy is not None:
        say("")
        say("API Gateway caches no answers of WebSocket APIs.")


def _stage_arn(explanation: Explanation) -> str:
    """Return what all resources of the policy begin with, so that lines can leave it out."""
    if explanation.policy is None:
        return ""
    statement = explanation.policy["Statement"][0]
    resources = statement.get("Resource") or statement["NotResource"]
    return "/".join(resources[0].split("/", 2)[:2])


def _show_stage(stage: Stage, stage_arn: str) -> None:
    style = {True: "bold green", False: "bold red", None: "bold"}[stage.passed]
    say("")
    say((f"{stage.name:<{_INDENT - 2}}  ", style), stage.summary)
    for mark, text in stage.facts:
        sign, sign_style = _SIGNS[mark]
        short = text if stage.name == "request" or not stage_arn else text.replace(stage_arn, "…")
        first, *rest = wrapped(short, _INDENT + 2)
        say(" " * _INDENT, (f"{sign} ", sign_style), first)
        for line in rest:
            say(" " * (_INDENT + 2), line)


def _show_cached(explanation: Explanation) -> None:
    say("")
    address = explanation.source_ip or "an address that is not known"
    say(("A cached copy of this policy answers", "bold"), f" (to a caller from {address})")
    rows = [(a.route, a.request, _answer(a), _by(a)) for a in explanation.cached]
    head = ("ROUTE", "REQUEST", "ANSWER", "DECIDED BY")
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    say("  ", (_line(head, widths), "dim"))
    for answer, row in zip(explanation.cached, rows, strict=True):
        say("  ", (_line(row, widths), "green" if answer.allowed else ""))
    if explanation.api == "http":
        say(
            "A cached simple answer speaks of this request alone: $context.routeKey must be among"
            " the identity sources."
        )


def _answer(answer: CachedAnswer) -> str:
    return "allow" if answer.allowed else "deny"


def _by(answer: CachedAnswer) -> str:
    return "no statement" if answer.statement is None else f"Statement[{answer.statement}]"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)).rstrip()


def as_json(explanation: Explanation) -> dict[str, Any]:
    """Return the explanation as values of JSON."""
    principal = explanation.principal
    return {
        "request": explanation.request,
        "api": explanation.api,
        "from": explanation.source_ip,
        "allowed": explanation.allowed,
        "outcome": explanation.outcome.value,
        "code": explanation.code,
        "status": explanation.status,
        "stages": [
            {**stage._asdict(), "facts": [fact._asdict() for fact in stage.facts]}
            for stage in explanation.stages
        ],
        "principal": principal
        and {
            "principal_id": principal.principal_id,
            "scheme": principal.scheme,
            "scopes": sorted(principal.scopes),
            "roles": sorted(principal.roles),
            "certificate_scheme": principal.certificate_scheme,
            "claims": dict(principal.claims),
        },
        "route": explanation.route,
        "policy": explanation.policy,
        "statement": explanation.statement,
        "cached": [answer._asdict() for answer in explanation.cached],
    }
