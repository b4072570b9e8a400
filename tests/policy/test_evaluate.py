"""What IAM decides, for any document: its laws, its elements, and what is not understood."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.policy.evaluate import evaluate

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
ARN = f"{STAGE}/GET/orders"


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    chosen = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": ARN, **elements}
    if "NotResource" in elements and "Resource" not in elements:
        del chosen["Resource"]
    return chosen


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def decision(*statements: Any, arn: str = ARN, source_ip: str | None = None) -> str:
    context = {"aws:SourceIp": source_ip} if source_ip else None
    return evaluate(document(*statements), arn, context).decision


def test_nothing_that_matches_is_an_implicit_deny() -> None:
    assert evaluate(document(), ARN) == ("implicit_deny", None)
    assert decision(statement(Resource=f"{STAGE}/POST/*")) == "implicit_deny"
    assert decision(statement(Resource=[])) == "implicit_deny"


def test_an_allow_of_everything_and_a_deny_of_this_is_denied() -> None:
    assert decision(statement(Resource="*"), statement("Deny")) == "explicit_deny"


def test_the_statement_that_decided_is_named() -> None:
    allow, deny = statement(), statement("Deny")
    other = statement("Deny", Resource=f"{STAGE}/POST/x")
    assert evaluate(document(other, allow), ARN) == ("allow", 1)
    assert evaluate(document(allow, other, deny), ARN) == ("explicit_deny", 2)


@pytest.mark.parametrize("resource", [ARN, [ARN], [f"{STAGE}/POST/x", ARN], "*", ["*"]])
@pytest.mark.parametrize(
    "action",
    [
        "execute-api:Invoke",
        ["execute-api:Invoke"],
        "execute-api:*",
        "*",
        "EXECUTE-API:INVOKE",
        "execute-api:inv*",
        "execute-api:Invok?",
        ["execute-api:ManageConnections", "execute-api:invoke"],
    ],
)
def test_text_and_lists_give_the_same_answer(action: object, resource: object) -> None:
    assert decision(statement(Action=action, Resource=resource)) == "allow"


@pytest.mark.parametrize(
    "action",
    ["execute-api:ManageConnections", "lambda:InvokeFunction", "execute-api", "Invoke", "", []],
)
def test_another_action_does_not_apply(action: object) -> None:
    assert decision(statement(Action=action)) == "implicit_deny"
    assert decision(statement(), statement("Deny", Action=action)) == "allow"


@pytest.mark.parametrize("action", ["s3:*", ["s3:*", "lambda:*"], "execute-api:Manage*", ""])
def test_not_action_speaks_of_all_other_actions(action: object) -> None:
    statement_but = {"Effect": "Deny", "NotAction": action, "Resource": ARN}
    assert decision(statement_but) == "explicit_deny"


@pytest.mark.parametrize("action", ["*", "execute-api:invoke", ["s3:*", "EXECUTE-API:?nvoke"]])
def test_not_action_excepts_what_it_names(action: object) -> None:
    statement_but = {"Effect": "Deny", "NotAction": action, "Resource": ARN}
    assert decision(statement(), statement_but) == "allow"


def test_another_action_may_be_asked_about() -> None:
    policy = document(statement(Action="execute-api:ManageConnections"))
    assert evaluate(policy, ARN, action="execute-api:manageconnections").decision == "allow"
    assert evaluate(policy, ARN).decision == "implicit_deny"


@pytest.mark.parametrize("version", ["2012-10-17", "2008-10-17", None])
def test_every_version_of_the_language_is_read(version: str | None) -> None:
    policy = {"Statement": [statement()]} | ({"Version": version} if version else {})
    assert evaluate(policy, ARN).decision == "allow"


def test_before_2012_an_action_may_look_like_a_variable() -> None:
    policy = {"Version": "2008-10-17", "Statement": statement(Action=["${aws:x}", "*"])}
    assert evaluate(policy, ARN, {"aws:x": "s3:*"}).decision == "allow"


def test_a_sid_says_nothing() -> None:
    assert decision(statement(Sid="Orders of today"), statement(Sid="")) == "allow"


def test_one_statement_may_stand_without_a_list() -> None:
    assert evaluate({"Version": "2012-10-17", "Statement": statement()}, ARN).decision == "allow"


EFFECTS = st.sampled_from(["Allow", "Deny"])
RESOURCES = st.sampled_from(["*", ARN, f"{STAGE}/GET/*", f"{STAGE}/POST/*", f"{STAGE}/*/orders"])
CONDITIONS = st.sampled_from(
    [
        {},
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}},
    ]
)
STATEMENTS = st.builds(
    lambda effect, element, resource, condition: statement(
        effect, **{element: resource, "Condition": condition}
    ),
    EFFECTS,
    st.sampled_from(["Resource", "NotResource"]),
    RESOURCES,
    CONDITIONS,
)
MANY = st.lists(STATEMENTS, max_size=4)
ADDRESSES = st.sampled_from([None, "10.1.1.1", "192.0.2.1"])


@given(MANY, ADDRESSES, st.randoms())
def test_the_order_of_statements_never_matters(
    many: list[Any], source_ip: str | None, chance: Any
) -> None:
    shuffled = chance.sample(many, len(many))
    assert decision(*many, source_ip=source_ip) == decision(*shuffled, source_ip=source_ip)


@given(MANY, STATEMENTS, ADDRESSES)
def test_another_statement_only_moves_towards_its_effect(
    many: list[Any], more: Any, source_ip: str | None
) -> None:
    """A Deny more never allows, an Allow more never denies."""
    before = decision(*many, source_ip=source_ip)
    after = decision(*many, more, source_ip=source_ip)
    if more["Effect"] == "Deny":
        assert after in (before, "explicit_deny")
    else:
        assert after == before or (before, after) == ("implicit_deny", "allow")


@given(MANY, ADDRESSES)
def test_a_deny_that_applies_wins(many: list[Any], source_ip: str | None) -> None:
    denied = any(
        decision({**one, "Effect": "Allow"}, source_ip=source_ip) == "allow"
        for one in many
        if one["Effect"] == "Deny"
    )
    assert (decision(*many, source_ip=source_ip) == "explicit_deny") == denied


NOT_UNDERSTOOD: list[tuple[str, Any, str]] = [
    ("a list", [], "object"),
    ("text", "{}", "object"),
    ("nothing", None, "object"),
    ("an unknown version", {"Version": "2020-10-17", "Statement": []}, "2012-10-17"),
    ("a number", {"Version": 2012, "Statement": []}, "2012-10-17"),
    ("a version that is null", {"Version": None, "Statement": []}, "2012-10-17"),
    ("an unknown element", {"Version": "2012-10-17", "Statements": []}, "Statements"),
    ("an Id", {"Version": "2012-10-17", "Id": "x", "Statement": []}, "Id"),
    ("no statement", {"Version": "2012-10-17"}, "Statement"),
    ("text as statements", {"Version": "2012-10-17", "Statement": "Allow"}, "Statement"),
    ("text as a statement", document("Allow"), r"Statement\[0\]"),
    ("no effect", document({"Action": "*", "Resource": "*"}), "Effect"),
    ("an effect in another case", document(statement("allow")), "Effect"),
    ("an effect in capitals", document(statement("DENY")), "Effect"),
    ("an effect that is a list", document({**statement(), "Effect": ["Allow"]}), "Effect"),
    ("a Sid that is a number", document(statement(Sid=1)), r"Statement\[0\].Sid"),
    ("both actions", document({**statement(), "NotAction": "s3:*"}), "NotAction"),
    (
        "an empty NotAction",
        document({"Effect": "Deny", "NotAction": [], "Resource": "*"}),
        "except",
    ),
    ("an empty NotResource", document(statement(NotResource=[])), "except"),
    ("a variable in an action", document(statement(Action="execute-api:${aws:x}")), "Action"),
    ("actions in a tuple", document(statement(Action=("*",))), "Action"),
    ("nobody in particular", document({**statement(), "NotPrincipal": "*"}), "NotPrincipal"),
    ("a principal", document({**statement(), "Principal": "*"}), "Principal"),
    ("an element in another case", document({**statement(), "resource": "*"}), "resource"),
    ("no action", document({"Effect": "Deny", "Resource": "*"}), "Action"),
    ("an action that is null", document(statement(Action=None)), "Action"),
    ("an action that is a number", document(statement(Action=[1])), "Action"),
    ("no resource", document({"Effect": "Deny", "Action": "*"}), "Resource"),
    ("both resources", document(statement(NotResource="*", Resource="*")), "NotResource"),
    ("a resource that is a map", document(statement(Resource={})), "Resource"),
    ("a resource that is null", document(statement(Resource=[None])), "Resource"),
    ("a condition in a list", document(statement(Condition=[])), "Condition"),
    (
        "a condition of text",
        document(statement(Condition={"IpAddress": "10.0.0.0/8"})),
        "IpAddress",
    ),
    (
        "a network that is none",
        document(statement(Condition={"IpAddress": {"aws:SourceIp": "office"}})),
        "CIDR",
    ),
]


@pytest.mark.parametrize(
    ("policy", "named"), [row[1:] for row in NOT_UNDERSTOOD], ids=[row[0] for row in NOT_UNDERSTOOD]
)
def test_what_is_not_understood_is_an_error_that_names_it(policy: Any, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named) as caught:
        evaluate(policy, ARN, {"aws:SourceIp": "10.0.0.1"})
    assert caught.value.code == "policy_not_understood"


def test_what_is_not_understood_is_not_hidden_behind_a_deny() -> None:
    with pytest.raises(ConfigurationError, match=r"Statement\[1\]"):
        decision(statement("Deny"), {**statement(), "NotAction": "*"})


def test_what_is_not_understood_is_not_hidden_behind_another_path() -> None:
    elsewhere = [f"{STAGE}/GET/{i}" for i in range(90)]
    with pytest.raises(ConfigurationError, match=r"Statement\[0\].Resource\[90\]"):
        decision(statement(Resource=[*elsewhere, f"{STAGE}/GET/${{aws"]))
    with pytest.raises(ConfigurationError, match="Resource: write a string"):
        decision(statement(Resource=[*elsewhere, None]))


def test_an_error_has_only_short_names_in_plain_characters() -> None:
    with pytest.raises(ConfigurationError) as caught:
        decision({**statement(), "é\n\ud800" + "x" * 500: "*"})
    detail = caught.value.detail
    assert detail.isascii()
    assert detail.isprintable()
    assert len(detail) < 200


def test_a_condition_is_read_even_where_the_resource_is_another() -> None:
    with pytest.raises(ConfigurationError, match="DateBefore"):
        decision(statement(Resource=f"{STAGE}/POST/x", Condition={"DateBefore": {}}))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["*", ARN]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Version",
                    "Statement",
                    "Sid",
                    "Effect",
                    "Action",
                    "NotAction",
                    "Resource",
                    "NotResource",
                    "Condition",
                    "StringLike",
                    "DateEquals",
                    "Null",
                    "ForAnyValue:Bool",
                    "aws:SourceIp",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=10,
)


@given(values, st.text(max_size=20))
def test_no_document_whatever_raises_another_error(policy: Any, arn: str) -> None:
    for candidate in (policy, {"Version": "2012-10-17", "Statement": policy}):
        try:
            said = evaluate(candidate, arn, {"aws:SourceIp": "10.0.0.1"})
        except ConfigurationError as error:
            assert error.code == "policy_not_understood"  # noqa: PT017 either way is an answer
        else:
            assert said.decision in ("allow", "explicit_deny", "implicit_deny")
