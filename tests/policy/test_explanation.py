"""Why a document decides as it does: the deciding statement, and why each other one did not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.policy.evaluate import evaluate
from authorizers.policy.explanation import explain

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
ARN = f"{STAGE}/GET/orders"


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    defaults = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": ARN}
    for element in ("Action", "Resource"):
        if f"Not{element}" in elements:
            del defaults[element]
    return defaults | elements


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def why(one: dict[str, Any], context: Any = None, **options: Any) -> str:
    """Return the sentence for a statement that stands alone, and expect it not to apply."""
    (reading,) = explain(document(one), ARN, context, **options).statements
    assert not reading.applies
    return reading.why


NETWORK = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
FAILING = "its condition IpAddress on aws:SourceIp does not hold"


def test_the_deciding_statement_says_by_which_resource() -> None:
    allow = statement(Sid="Orders", Resource=[f"{STAGE}/POST/x", f"{STAGE}/GET/*"])
    explanation = explain(document(statement("Deny", Resource=f"{STAGE}/PUT/*"), allow), ARN)
    assert explanation[:2] == ("allow", 1)
    assert explanation.statements == (
        ("Statement[0]", None, "Deny", False, "its Resource does not name the ARN"),
        (
            "Statement[1]",
            "Orders",
            "Allow",
            True,
            f"it decides: Resource[1] names the ARN: {STAGE}/GET/*",
        ),
    )


def test_a_statement_that_applies_may_still_not_decide() -> None:
    allow, deny = statement(), statement("Deny")
    explanation = explain(document(allow, deny, deny), ARN)
    assert explanation[:2] == ("explicit_deny", 1)
    first, second, third = (reading.why.partition(":")[0] for reading in explanation.statements)
    assert first == "it applies, but Statement[1] denies, and a Deny wins"
    assert second == "it decides"
    assert third == "it applies, but Statement[1] denies already"
    again = explain(document(allow, allow), ARN).statements[1]
    assert again.why.startswith("it applies, but Statement[0] allows already")


def test_conditions_and_exceptions_that_hold_are_said_so() -> None:
    inside = {"aws:SourceIp": "10.0.0.1"}
    (reading,) = explain(document(statement(Condition=NETWORK)), ARN, inside).statements
    assert reading.why.endswith("; its conditions hold")
    (reading,) = explain(document(statement("Deny", NotResource="arn:x")), ARN).statements
    assert reading.why == "it decides: its NotResource does not except the ARN"


@pytest.mark.parametrize(
    ("elements", "sentence"),
    [
        ({"Action": "s3:*"}, "its Action does not name execute-api:invoke"),
        ({"NotAction": "execute-api:*"}, "its NotAction excepts execute-api:invoke"),
        ({"Resource": f"{STAGE}/POST/x"}, "its Resource does not name the ARN"),
        ({"Resource": []}, "its Resource does not name the ARN"),
        (
            {"NotResource": ["arn:x", f"{STAGE}/*"]},
            f"NotResource[1] excepts the ARN: {STAGE}/*",
        ),
        (
            {"Condition": NETWORK},
            f"{FAILING}: the request does not have that key",
        ),
        (
            {"Action": "s3:*", "Resource": "arn:x", "Condition": NETWORK},
            "its Action does not name execute-api:invoke",
        ),
        ({"Resource": "arn:x", "Condition": NETWORK}, "its Resource does not name the ARN"),
    ],
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_statement_that_does_not_apply_says_why(
    effect: str, elements: dict[str, Any], sentence: str
) -> None:
    assert why(statement(effect, **elements)) == sentence


def test_a_condition_that_fails_says_whether_the_key_was_there() -> None:
    both = {"Bool": {"aws:SecureTransport": "true"}, **NETWORK}
    context = {"aws:SecureTransport": "true", "AWS:sourceip": "192.0.2.1"}
    assert why(statement(Condition=both), context) == f"{FAILING}: the request has other values"


def test_a_resource_policy_is_explained_too() -> None:
    bob = "arn:aws:iam::444455556666:user/Bob"
    caller = {"aws:PrincipalArn": "arn:aws:iam::444455556666:user/Eve"}
    only_bob = statement(Principal={"AWS": bob}, Resource="execute-api:/*")
    assert why(only_bob, caller, of_resource=True) == "it speaks of another caller"
    (reading,) = explain(document(only_bob | {"Principal": "*"}), ARN, of_resource=True).statements
    assert reading.why == "it decides: Resource[0] names the ARN: execute-api:/*"


def test_another_action_is_explained() -> None:
    policy = document(statement(Action="execute-api:ManageConnections"))
    assert explain(policy, ARN).decision == "implicit_deny"
    assert explain(policy, ARN, action="execute-api:ManageConnections").decision == "allow"


def test_one_statement_without_a_list_and_none_at_all() -> None:
    alone = {"Version": "2012-10-17", "Statement": statement()}
    assert explain(alone, ARN).statements[0].place == "Statement[0]"
    assert explain(document(), ARN) == ("implicit_deny", None, ())


def test_what_is_not_understood_is_not_explained() -> None:
    with pytest.raises(ConfigurationError, match=r"Statement\[1\]"):
        explain(document(statement(), statement(Principal="*")), ARN)


def test_sentences_have_plain_characters_only() -> None:
    (reading,) = explain(document(statement(Resource=f"{STAGE}/GET/*\n\x1b[31m*")), ARN).statements
    assert reading.why.isprintable()
    (reading,) = explain(document(statement(Resource=f"{STAGE}*\n*")), f"{ARN}\né").statements
    assert reading.applies
    assert reading.why.isprintable()
    assert reading.why.isascii()


RESOURCES = st.sampled_from(["*", ARN, f"{STAGE}/GET/*", f"{STAGE}/POST/*", "arn:aws:s3:*"])
STATEMENTS = st.builds(
    lambda effect, action, element, resource, condition: statement(
        effect, Action=action, Condition=condition, **{element: resource}
    ),
    st.sampled_from(["Allow", "Deny"]),
    st.sampled_from(["*", "execute-api:invoke", "s3:*"]),
    st.sampled_from(["Resource", "NotResource"]),
    RESOURCES | st.lists(RESOURCES, min_size=1, max_size=3),
    st.sampled_from([{}, NETWORK, {"Null": {"aws:SourceIp": "true"}}]),
)


@given(st.lists(STATEMENTS, max_size=4), st.sampled_from([{}, {"aws:SourceIp": "10.1.1.1"}]))
def test_the_decision_is_always_that_of_evaluate(many: list[Any], context: Any) -> None:
    explanation = explain(document(*many), ARN, context)
    assert explanation[:2] == evaluate(document(*many), ARN, context)
    assert [r.effect for r in explanation.statements] == [one["Effect"] for one in many]
    deciding = [r.place for r in explanation.statements if r.why.startswith("it decides: ")]
    expected = explanation.statement
    assert deciding == ([] if expected is None else [f"Statement[{expected}]"])
    for reading in explanation.statements:
        assert reading.applies == reading.why.startswith("it ")
