"""
One statement of a policy document: whether it applies to a request, and if not, why not.

Source: IAM User Guide, "IAM JSON policy element reference"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html) and "Grammar
of the IAM JSON policy language"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizers.model.policy import Effect
from authorizers.policy import glob
from authorizers.policy.reading import arn_pattern
from authorizers.policy.reading.access_request import AccessRequest
from authorizers.policy.reading.refusal import named, not_understood

_ELEMENTS = frozenset(
    ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
)
_ELEMENTS_OF_RESOURCE_POLICY = _ELEMENTS | {"Principal", "NotPrincipal"}


class Obstacle(NamedTuple):
    """
    Which element keeps a statement from applying: for `NotResource` the index of the resource that
    is excepted, and for `Condition` the operator and the key that do not hold.
    """

    element: str
    excepted: int | None = None
    condition: tuple[str, str] | None = None


def read(statement: object, request: AccessRequest, place: str) -> tuple[Effect, Obstacle | None]:
    """
    Return the statement's effect, and the first obstacle to it; `None` if it applies.

    Every element is read, whatever one before it says.

    Raises:
        ConfigurationError: `policy_not_understood`, with the place of what was not.
    """
    if not isinstance(statement, dict | Mapping):
        raise not_understood(place, "a statement must be an object")
    elements = _ELEMENTS_OF_RESOURCE_POLICY if request.of_resource else _ELEMENTS
    if not statement.keys() <= elements:
        element = named(min(map(str, statement.keys() - elements)))
        raise not_understood(place, f"the element {element} is not understood here")
    effect = statement.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise not_understood(f"{place}.Effect", "write Allow or Deny")
    if not isinstance(statement.get("Sid", ""), str):
        raise not_understood(f"{place}.Sid", "write text")
    action = _action(statement, request, place)
    resource = _resource(statement, request, place)
    condition = _condition(statement, request, place) if "Condition" in statement else None
    principal = _principal(statement, request, place) if request.of_resource else None
    return effect, principal or action or resource or condition


def _principal(statement: Mapping[str, Any], request: AccessRequest, place: str) -> Obstacle | None:
    from authorizers.policy.reading.principal import names_the_caller  # noqa: PLC0415

    return None if names_the_caller(statement, request, place) else Obstacle("Principal")


def strings(value: object, place: str) -> list[str]:
    """Return a string or a list of strings as a list; raises ConfigurationError for others."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        try:
            "".join(value)  # takes strings only, and is quicker than asking one by one
        except TypeError:
            pass
        else:
            return value
    raise not_understood(place, "write a string or a list of strings")


def _one_of(statement: Mapping[str, Any], element: str, place: str) -> tuple[str, bool, list[str]]:
    """Return which of an element and its negation is there, and what it lists."""
    negation = f"Not{element}"
    negated = negation in statement
    if negated == (element in statement):
        raise not_understood(place, f"write either {element} or {negation}")
    element = negation if negated else element
    listed = strings(statement[element], f"{place}.{element}")
    if negated and not listed:
        raise not_understood(f"{place}.{element}", "an empty list excepts nothing")
    return element, negated, listed


def _action(statement: Mapping[str, Any], request: AccessRequest, place: str) -> Obstacle | None:
    """Actions have no case; those of another service are no concern of a request's."""
    element, negated, actions = _one_of(statement, "Action", place)
    if request.variables and any("${" in action for action in actions):
        raise not_understood(f"{place}.{element}", "an action has no policy variables")
    found = any(glob.matches(action.lower(), request.action) for action in actions)
    return Obstacle(element) if found == negated else None


def _resource(statement: Mapping[str, Any], request: AccessRequest, place: str) -> Obstacle | None:
    element, negated, resources = _one_of(statement, "Resource", place)
    found = arn_pattern.first_that_names(resources, request, f"{place}.{element}")
    return Obstacle(element, found) if (found is not None) == negated else None


def _condition(statement: Mapping[str, Any], request: AccessRequest, place: str) -> Obstacle | None:
    from authorizers.policy.reading.condition import first_that_fails  # noqa: PLC0415 if there is one

    failing = first_that_fails(statement["Condition"], request, f"{place}.Condition")
    return None if failing is None else Obstacle("Condition", condition=failing)
