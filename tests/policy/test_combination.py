"""An authorizer's policy and a resource policy together: both tables, and the two phases."""

from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.policy.combination import combine, evaluate_with_resource_policy
from authorizers.policy.evaluate import Decision

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
ARN = f"{STAGE}/GET/orders"
ALLOW: Decision = "allow"
DENY: Decision = "explicit_deny"
SILENT: Decision = "implicit_deny"

TABLE_A = [
    (ALLOW, ALLOW, ALLOW),
    (ALLOW, SILENT, ALLOW),
    (ALLOW, DENY, DENY),
    (SILENT, ALLOW, ALLOW),
    (SILENT, SILENT, SILENT),
    (SILENT, DENY, DENY),
    (DENY, ALLOW, DENY),
    (DENY, SILENT, DENY),
    (DENY, DENY, DENY),
]
TABLE_B = [
    (ALLOW, ALLOW, ALLOW),
    (ALLOW, SILENT, SILENT),
    (ALLOW, DENY, DENY),
    (SILENT, ALLOW, SILENT),
    (SILENT, SILENT, SILENT),
    (SILENT, DENY, DENY),
    (DENY, ALLOW, DENY),
    (DENY, SILENT, DENY),
    (DENY, DENY, DENY),
]
ROWS = [(True, *row) for row in TABLE_A] + [(False, *row) for row in TABLE_B]


def deciding(decision: Decision, **more: Any) -> dict[str, Any]:
    """Return a document that decides so for every request."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **more}
    if decision == DENY:
        statement["Effect"] = "Deny"
    if decision == SILENT:
        statement["Resource"] = f"{STAGE}/POST/other"
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize(("same_account", "authorizer", "resource_policy", "expected"), ROWS)
def test_both_tables_are_those_of_the_page(
    same_account: bool, authorizer: Decision, resource_policy: Decision, expected: Decision
) -> None:
    assert combine(authorizer, resource_policy, same_account=same_account) == expected


@pytest.mark.parametrize(("same_account", "authorizer", "resource_policy", "expected"), ROWS)
def test_documents_decide_as_the_tables_say(
    same_account: bool, authorizer: Decision, resource_policy: Decision, expected: Decision
) -> None:
    combined = evaluate_with_resource_policy(
        deciding(authorizer),
        deciding(resource_policy, Principal="*"),
        ARN,
        same_account=same_account,
    )
    assert combined.decision == expected
    assert combined.resource_policy is not None
    assert combined.resource_policy.decision == resource_policy
    asked = combined.authorizer is not None
    assert asked == (resource_policy != DENY)


def test_an_explicit_denial_of_the_resource_policy_refuses_before_the_authorizer_is_asked() -> None:
    combined = evaluate_with_resource_policy(
        {"no": "policy"}, deciding(DENY, Principal="*"), ARN, same_account=True
    )
    assert combined == ("explicit_deny", None, ("explicit_deny", 0))


@pytest.mark.parametrize("decision", [ALLOW, DENY, SILENT])
@pytest.mark.parametrize("same_account", [True, False])
def test_without_a_resource_policy_the_authorizer_decides(
    decision: Decision, same_account: bool
) -> None:
    document = deciding(decision)
    combined = evaluate_with_resource_policy(document, None, ARN, same_account=same_account)
    assert combined.decision == decision
    assert combined.resource_policy is None


def test_an_authorizer_that_is_merely_silent_is_overruled() -> None:
    """Row four of table A, and why an authorizer's policy ends in an explicit Deny."""
    network = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    allowed = deciding(ALLOW, Principal="*", Condition=network)
    inside = {"aws:SourceIp": "192.0.2.1"}
    for document, expected in ((deciding(SILENT), ALLOW), (deciding(DENY), DENY)):
        combined = evaluate_with_resource_policy(document, allowed, ARN, inside, same_account=True)
        assert combined.decision == expected


def test_an_error_says_which_of_the_two_was_not_understood() -> None:
    good, bad, worse = deciding(ALLOW), deciding(ALLOW, Sid=1), deciding(DENY, Principal={"x": 1})
    with pytest.raises(ConfigurationError, match=r": Statement\[0\].Sid"):
        evaluate_with_resource_policy(bad, None, ARN, same_account=True)
    with pytest.raises(ConfigurationError, match=r": resource policy Statement\[0\].Pri") as caught:
        evaluate_with_resource_policy(good, worse, ARN, same_account=True)
    assert caught.value.code == "policy_not_understood"
    assert caught.value.__suppress_context__
    with pytest.raises(ConfigurationError, match="resource policy: the policy document must be"):
        evaluate_with_resource_policy(good, [], ARN, same_account=True)  # type: ignore[arg-type]
