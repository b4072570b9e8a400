"""
What IAM decides about one request: explicit deny, allow, or implicit deny.

Reads every document, not only ours, as far as authorizers' documents go: Effect, Action, Resource
and NotResource with wildcards, strings or lists, one statement or many, and the conditions
IpAddress and NotIpAddress on aws:SourceIp. What it does not understand is an error that names it.
Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements reference".
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from authorizers.errors import ConfigurationError, Problem
from authorizers.policy import glob

Decision = Literal["allow", "explicit_deny", "implicit_deny"]
INVOKE = "execute-api:invoke"
_ELEMENTS = {"Sid", "Effect", "Action", "Resource", "NotResource", "Condition"}


class Evaluation(NamedTuple):
    """The decision, and the place of the statement that made it; None for an implicit deny."""

    decision: Decision
    statement: int | None = None


def evaluate(
    document: Mapping[str, Any], arn: str, context: Mapping[str, str] | None = None
) -> Evaluation:
    """
    Evaluate `document` for `execute-api:Invoke` on `arn`.

    `context` holds condition keys, such as `aws:SourceIp`. Every statement is read, so that a
    statement that is not understood is never hidden behind an earlier one.

    Raises:
        ConfigurationError: `policy_not_understood`, with the place of what was not.
    """
    effects = [
        _effect(statement, f"Statement[{i}]", arn, context or {})
        for i, statement in enumerate(_statements(document))
    ]
    for effect, decision in (("Deny", "explicit_deny"), ("Allow", "allow")):
        if effect in effects:
            return Evaluation(decision, effects.index(effect))  # type: ignore[arg-type]
    return Evaluation("implicit_deny")


def _refuse(place: str, message: str) -> ConfigurationError:
    return ConfigurationError(Problem(place, message), code="policy_not_understood")


def _statements(document: object) -> Sequence[Any]:
    if not isinstance(document, Mapping):
        raise _refuse("", "the policy document must be an object, not text or a list")
    if document.get("Version") != "2012-10-17":
        raise _refuse("Version", "write 2012-10-17")
    statements = document.get("Statement")
    if isinstance(statements, Mapping):
        return [statements]
    if not isinstance(statements, list):
        raise _refuse("Statement", "write a statement or a list of statements")
    return statements


def _effect(statement: object, place: str, arn: str, context: Mapping[str, str]) -> str | None:
    if not isinstance(statement, Mapping):
        raise _refuse(place, "a statement must be an object")
    if unknown := sorted(map(str, statement.keys() - _ELEMENTS)):
        raise _refuse(place, f"the element {unknown[0]} is not understood here")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise _refuse(f"{place}.Effect", "write Allow or Deny")
    applies = [
        _names_the_action(statement, place),
        _names_the_resource(statement, place, arn),
        _conditions_hold(statement.get("Condition", {}), f"{place}.Condition", context),
    ]
    return str(statement["Effect"]) if all(applies) else None


def _strings(value: object, place: str) -> Sequence[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise _refuse(place, "write a string or a list of strings")
    return values


def _names_the_action(statement: Mapping[str, Any], place: str) -> bool:
    actions = _strings(statement.get("Action"), f"{place}.Action")
    return any(glob.matches(action.lower(), INVOKE) for action in actions)


def _names_the_resource(statement: Mapping[str, Any], place: str, arn: str) -> bool:
    if ("Resource" in statement) == ("NotResource" in statement):
        raise _refuse(place, "write either Resource or NotResource")
    element = "Resource" if "Resource" in statement else "NotResource"
    patterns = _strings(statement[element], f"{place}.{element}")
    if any("${" in pattern for pattern in patterns):
        raise _refuse(f"{place}.{element}", "policy variables are not understood here")
    named = any(_names_the_arn(pattern, arn) for pattern in patterns)
    return named == (element == "Resource")


def _names_the_arn(pattern: str, arn: str) -> bool:
    """Match segment by segment: a wildcard stays within its segment unless it is the last one."""
    if pattern == "*":
        return True
    patterns, segments = pattern.split(":", 5), arn.split(":", 5)
    if len(patterns) < len(segments):
        if not patterns[-1].endswith("*"):
            return False
        segments = [*segments[: len(patterns) - 1], ":".join(segments[len(patterns) - 1 :])]
    return all(map(glob.matches, patterns, segments))


def _conditions_hold(conditions: object, place: str, context: Mapping[str, str]) -> bool:
    if not isinstance(conditions, Mapping):
        raise _refuse(place, "must be an object")
    holds = True
    for operator, keys in conditions.items():
        if operator not in ("IpAddress", "NotIpAddress") or not isinstance(keys, Mapping):
            raise _refuse(
                f"{place}.{operator}", "only IpAddress and NotIpAddress are understood here"
            )
        for key, values in keys.items():
            if str(key).lower() != "aws:sourceip":
                raise _refuse(f"{place}.{operator}", f"the key {key} is not understood here")
            networks = _strings(values, f"{place}.{operator}")
            inside = _within(context.get("aws:SourceIp"), networks, f"{place}.{operator}")
            holds &= inside == (operator == "IpAddress")
    return holds


def _within(address: str | None, networks: Sequence[str], place: str) -> bool:
    """Return whether the address is inside; what is no address, as in a console test, is not."""
    from ipaddress import ip_address, ip_network  # noqa: PLC0415 only documents with networks pay

    try:
        blocks = [ip_network(network, strict=False) for network in networks]
    except ValueError:
        raise _refuse(place, "aws:SourceIp needs addresses and CIDR blocks") from None
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return False
    return any(parsed in block for block in blocks)
