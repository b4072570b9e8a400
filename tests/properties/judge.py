"""What a policy may say of a request, by the reference router, rules and evaluator alone."""

from collections.abc import Mapping
from typing import Any

from authorizers.model.principal import Principal
from tests.policy.reference.evaluator import decide
from tests.policy.reference.router import Match, is_ordinary, parts_of, readings
from tests.policy.reference.rules import satisfies
from tests.properties.tables import Question


def complaint(
    table: Mapping[str, Any],
    principal: Principal,
    question: Question,
    policy: Any,
    *,
    exact: bool = True,
) -> str | None:
    """
    Say what is wrong with what `policy` decides about `question`; None where nothing is.

    A request with one reading is decided as the rules decide. One that may be sent to several
    routes is allowed only to whom all of them are granted. An undeclared one is refused but in
    the documented gap (docs/architecture.md, "Declare every route"). A policy that need not be
    `exact` may refuse more.
    """
    allowed = decide(policy, question.arn, question.context) == "allow"
    matches = readings(list(table), question.method, question.path)
    if not matches:
        in_gap = lies_in_the_gap(table, principal, question)
        return "an undeclared route is open" if allowed and not in_gap else None
    granted = all(is_granted(table, principal, question, match) for match in matches)
    if allowed and not granted:
        return f"wider than the rules: {[match.key for match in matches]}"
    if granted and not allowed and exact and is_ordinary(question.path):
        return f"narrower than the rules: {[match.key for match in matches]}"
    return None


def is_granted(
    table: Mapping[str, Any], principal: Principal, question: Question, match: Match
) -> bool:
    return satisfies(principal, table[match.key], match.parameters, question.source_ip)


def lies_in_the_gap(table: Mapping[str, Any], principal: Principal, question: Question) -> bool:
    """
    Say whether the path lies beneath a granted route, where another granted one lies too.

    A parameter's pattern reaches over slashes, and whoever is granted something there cannot be
    refused everything there. `$default` is every path, so that nothing is undeclared beside it.
    """
    segments = question.path.split("/")
    deep = [
        parts_of(key)
        for key in table
        if key.split(" ")[0] in ("ANY", question.method)
        and may_be_granted(table[key], principal, question)
    ]
    return any(
        len(parts) <= len(segments) and any(reaches_beneath(other, parts) for other in deep)
        for parts in deep
        if any(part.startswith("{") for part in parts)
    )


def reaches_beneath(other: list[str], parts: list[str]) -> bool:
    return len(other) > len(parts) or other[-1:] == ["{z+}"]


def may_be_granted(requirement: Any, principal: Principal, question: Question) -> bool:
    """Say whether some path of the route is the principal's."""
    match requirement:
        case ["path", _]:
            return True
        case ["all_of", parts]:
            return all(may_be_granted(part, principal, question) for part in parts)
        case ["any_of", parts]:
            return any(may_be_granted(part, principal, question) for part in parts)
    return satisfies(principal, requirement, {}, question.source_ip)
