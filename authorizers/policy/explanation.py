"""
Why a policy document decides as it does: the deciding statement, and why each other one did not.

The decision is that of `evaluate`, by the same reading of each statement. For people and for tools;
the sentences may change, the decision and the places do not.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizers.model.policy import Effect
from authorizers.policy.evaluate import INVOKE, Decision, Evaluation, decided, opened
from authorizers.policy.reading.access_request import AccessRequest, ConditionKeys
from authorizers.policy.reading.arn_pattern import first_that_names
from authorizers.policy.reading.refusal import named
from authorizers.policy.reading.statement import Obstacle, read, strings


class Reading(NamedTuple):
    """How one statement was read: `why` it applied or did not is one sentence."""

    place: str
    sid: str | None
    effect: Effect
    applies: bool
    why: str


class Explanation(NamedTuple):
    """The decision, the index of the statement that made it, and how every statement was read."""

    decision: Decision
    statement: int | None
    statements: tuple[Reading, ...]


def explain(
    document: Mapping[str, Any],
    arn: str,
    context: ConditionKeys | None = None,
    *,
    action: str = INVOKE,
    of_resource: bool = False,
) -> Explanation:
    """
    Explain what `evaluate` decides; with `of_resource`, what `evaluate_resource_policy` does.

    Raises:
        ConfigurationError: `policy_not_understood`, with the place of what was not.
    """
    statements, request = opened(document, arn, context, action, of_resource=of_resource)
    read_so = [read(one, request, f"Statement[{i}]") for i, one in enumerate(statements)]
    evaluation = decided([effect if obstacle is None else None for effect, obstacle in read_so])
    readings = [
        Reading(
            f"Statement[{i}]",
            statement.get("Sid"),
            effect,
            obstacle is None,
            _why_it_applies(statement, request, i, effect, evaluation)
            if obstacle is None
            else _why_not(statement, request, obstacle),
        )
        for i, (statement, (effect, obstacle)) in enumerate(zip(statements, read_so, strict=True))
    ]
    return Explanation(*evaluation, tuple(readings))


def _why_it_applies(
    statement: Mapping[str, Any],
    request: AccessRequest,
    index: int,
    effect: Effect,
    evaluation: Evaluation,
) -> str:
    if "NotResource" in statement:
        reason = "its NotResource does not except the ARN"
    else:
        resources = strings(statement["Resource"], "Resource")
        at = first_that_names(resources, request, "Resource") or 0
        reason = f"Resource[{at}] names the ARN: {named(resources[at], 512)}"
    if statement.get("Condition"):
        reason += "; its conditions hold"
    if index == evaluation.statement:
        return f"it decides: {reason}"
    verb = "denies" if evaluation.decision == "explicit_deny" else "allows"
    decisive = f"Statement[{evaluation.statement}]"
    if effect == "Allow" and verb == "denies":
        return f"it applies, but {decisive} denies, and a Deny wins: {reason}"
    return f"it applies, but {decisive} {verb} already: {reason}"


def _why_not(statement: Mapping[str, Any], request: AccessRequest, obstacle: Obstacle) -> str:
    match obstacle.element:
        case "Principal":
            return "it speaks of another caller"
        case "Action":
            return f"its Action does not name {named(request.action)}"
        case "NotAction":
            return f"its NotAction excepts {named(request.action)}"
        case "Resource":
            return "its Resource does not name the ARN"
        case "NotResource":
            excepted = strings(statement["NotResource"], "NotResource")[obstacle.excepted or 0]
            return f"NotResource[{obstacle.excepted}] excepts the ARN: {named(excepted, 512)}"
        case _:
            return _why_the_condition_fails(request, obstacle.condition or ("", ""))


def _why_the_condition_fails(request: AccessRequest, condition: tuple[str, str]) -> str:
    operator, key = map(named, condition)
    has = "has other values" if request.values(condition[1]) else "does not have that key"
    return f"its condition {operator} on {key} does not hold: the request {has}"
