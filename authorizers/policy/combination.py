"""
What an authorizer's policy and a REST API's resource policy decide together.

In two phases: an explicit denial of the resource policy refuses a request before the authorizer
is asked; afterwards both are evaluated together. Source: API Gateway Developer Guide, "How API
Gateway resource policies affect authorization workflow", tables A and B
(https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizers.errors import ConfigurationError, Problem
from authorizers.policy.evaluate import Decision, Evaluation, evaluate, evaluate_resource_policy
from authorizers.policy.reading.access_request import ConditionKeys


class Combination(NamedTuple):
    """
    The decision, and what each policy decided for itself.

    `authorizer` is `None` if the resource policy refused the request before the authorizer was
    asked, and `resource_policy` if the API has none.
    """

    decision: Decision
    authorizer: Evaluation | None
    resource_policy: Evaluation | None


def combine(authorizer: Decision, resource_policy: Decision, *, same_account: bool) -> Decision:
    """
    Combine two decisions: by table A for a caller of the API's account, by table B for others.

    An explicit denial of either wins. In the same account one of them has to allow: an authorizer
    that is merely silent is overruled. Across accounts both have to. An anonymous caller is read
    by table A [inferred: the page has Lambda authorizers in both].
    """
    decisions = {authorizer, resource_policy}
    if "explicit_deny" in decisions:
        return "explicit_deny"
    if decisions == {"allow"} or (same_account and "allow" in decisions):
        return "allow"
    return "implicit_deny"


def evaluate_with_resource_policy(
    document: Mapping[str, Any],
    resource_policy: Mapping[str, Any] | None,
    arn: str,
    context: ConditionKeys | None = None,
    *,
    same_account: bool,
) -> Combination:
    """
    Evaluate both for `execute-api:Invoke` on `arn`, in two phases. Without a resource policy
    `document` alone decides.

    Raises:
        ConfigurationError: `policy_not_understood`, with the place of what was not; places in the
            resource policy say so.
    """
    if resource_policy is None:
        ours = evaluate(document, arn, context)
        return Combination(ours.decision, ours, None)
    theirs = _resource_policy(resource_policy, arn, context)
    if theirs.decision == "explicit_deny":
        return Combination("explicit_deny", None, theirs)
    ours = evaluate(document, arn, context)
    decision = combine(ours.decision, theirs.decision, same_account=same_account)
    return Combination(decision, ours, theirs)


def _resource_policy(
    document: Mapping[str, Any], arn: str, context: ConditionKeys | None
) -> Evaluation:
    try:
        return evaluate_resource_policy(document, arn, context)
    except ConfigurationError as error:
        problems = (
            Problem(f"resource policy {problem.place}".rstrip(), problem.message)
            for problem in error.problems
        )
        raise ConfigurationError(*problems, code=error.code) from None
