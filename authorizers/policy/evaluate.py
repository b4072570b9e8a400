"""
What IAM decides about one request: explicit deny, allow, or implicit deny.

Reads every document, not only ours: `reading` has the elements of a statement one by one, and
docs/policies.md what is understood, refused and inferred. What is not understood is an error that
names it. Source: IAM User Guide, "Policy evaluation logic"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from authorizers.model.policy import Effect
from authorizers.policy.reading.access_request import AccessRequest, ConditionKeys
from authorizers.policy.reading.refusal import named, not_understood
from authorizers.policy.reading.statement import read

Decision = Literal["allow", "explicit_deny", "implicit_deny"]
INVOKE = "execute-api:Invoke"
_VERSIONS = ("2012-10-17", "2008-10-17")
_ELEMENTS = frozenset(("Version", "Statement"))


class Evaluation(NamedTuple):
    """The decision, and the place of the statement that made it; None for an implicit deny."""

    decision: Decision
    statement: int | None = None


def evaluate(
    document: Mapping[str, Any],
    arn: str,
    context: ConditionKeys | None = None,
    *,
    action: str = INVOKE,
) -> Evaluation:
    """
    Evaluate `document`, as an authorizer returns it, for `action` on `arn`.

    `context` holds condition keys, such as `aws:SourceIp`, in any case: a text, or a list of them
    for a key with several values. Every statement is read, so that one that is not understood is
    never hidden behind an earlier one.

    Raises:
        ConfigurationError: `policy_not_understood`, with the place of what was not.
    """
    return _evaluate(document, arn, context, action, of_resource=False)


def evaluate_resource_policy(
    document: Mapping[str, Any],
    arn: str,
    context: ConditionKeys | None = None,
    *,
    action: str = INVOKE,
) -> Evaluation:
    """
    Evaluate an API's resource policy in the same way: it has principals, and may use the short form
    `execute-api:/stage/VERB/path` in its resources.

    Raises:
        ConfigurationError: `policy_not_understood`, with the place of what was not.
    """
    return _evaluate(document, arn, context, action, of_resource=True)


def _evaluate(
    document: object, arn: str, context: ConditionKeys | None, action: str, *, of_resource: bool
) -> Evaluation:
    statements, request = opened(document, arn, context, action, of_resource=of_resource)
    readings = [
        read(statement, request, f"Statement[{i}]") for i, statement in enumerate(statements)
    ]
    return decided([effect if obstacle is None else None for effect, obstacle in readings])


def decided(effects: Sequence[Effect | None]) -> Evaluation:
    """Return the decision, given the effect of each statement that applies, `None` for others."""
    if "Deny" in effects:
        return Evaluation("explicit_deny", effects.index("Deny"))
    if "Allow" in effects:
        return Evaluation("allow", effects.index("Allow"))
    return Evaluation("implicit_deny")


def opened(
    document: object, arn: str, context: ConditionKeys | None, action: str, *, of_resource: bool
) -> tuple[Sequence[Any], AccessRequest]:
    """
    Return the document's statements, and the question to them.

    Raises:
        ConfigurationError: `policy_not_understood`, if it is no policy document at all.
    """
    if not isinstance(document, dict | Mapping):
        raise not_understood("", "the policy document must be an object, not text or a list")
    if unknown := document.keys() - _ELEMENTS - ({"Id"} if of_resource else set()):
        element = named(min(map(str, unknown)))
        raise not_understood("", f"the element {element} is not understood here")
    if not isinstance(document.get("Id", ""), str):
        raise not_understood("Id", "write text")
    # Without a version a document is one of 2008, and `${…}` is nothing but text.
    version = document.get("Version", "2008-10-17")
    if version not in _VERSIONS:
        raise not_understood("Version", "write 2012-10-17")
    statements = document.get("Statement")
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list):
        raise not_understood("Statement", "write a statement or a list of statements")
    request = AccessRequest(
        action, arn, context, variables=version == "2012-10-17", of_resource=of_resource
    )
    return statements, request
