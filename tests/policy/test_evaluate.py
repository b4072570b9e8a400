"""What IAM decides, for any document: its laws, its forms, and what is not understood."""

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


def test_one_statement_may_stand_without_a_list() -> None:
    assert evaluate({"Version": "2012-10-17", "Statement": statement()}, ARN).decision == "allow"


@pytest.mark.parametrize(
    ("resource", "arn"),
    [
        (f"{STAGE}/GET/*", f"{STAGE}/GET/a:b:c"),
        (f"{STAGE}/GET/a:b", f"{STAGE}/GET/a:b"),
        (f"{STAGE}/GET/", f"{STAGE}/GET/"),
        (f"{STAGE}/$connect", f"{STAGE}/$connect"),
        ("arn:aws:execute-api:*:*:*", ARN),
        ("arn:aws:execute-api:*", ARN),
        ("arn:aws:execute-api:eu-west-1:*:abcdef1234/*", ARN),
        ("arn:aws:execute-api:eu-*-1:123456789012:*/prod/GET/orders", ARN),
        ("arn:aws-cn:execute-api:*:*:*", ARN.replace("arn:aws:", "arn:aws-cn:")),
        (f"{STAGE}/GET/%20~@", f"{STAGE}/GET/%20~@"),
    ],
)
def test_a_resource_names_the_arn(resource: str, arn: str) -> None:
    assert decision(statement(Resource=resource), arn=arn) == "allow"
    assert decision(statement("Deny", NotResource=resource), arn=arn) == "implicit_deny"


@pytest.mark.parametrize(
    ("resource", "arn"),
    [
        (f"{STAGE}/GET/orders", f"{STAGE}/GET/orders/"),
        (f"{STAGE}/GET/orders", f"{STAGE}/GET/orders\n"),
        (f"{STAGE}/GET/orders", f"{STAGE}/GET/Orders"),
        (f"{STAGE}/GET/a.c", f"{STAGE}/GET/abc"),
        (f"{STAGE}/GET/(a|b)", f"{STAGE}/GET/a"),
        ("arn:aws-cn:execute-api:*:*:*", ARN),
        ("arn:aws:execute-api:eu-west-1:1*2:zbcdef1234/*", ARN),
        ("arn:aws:execute-api:eu-west-1:123456789012", ARN),
        ("arn:aws:execute-api", ARN),
        ("", ARN),
        (f"{STAGE}/*/*/*", f"{STAGE}/$connect"),
    ],
)
def test_a_resource_does_not_name_the_arn(resource: str, arn: str) -> None:
    assert decision(statement(Resource=resource), arn=arn) == "implicit_deny"
    assert decision(statement("Deny", NotResource=resource), arn=arn) == "explicit_deny"


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


@pytest.mark.parametrize(
    ("source_ip", "networks", "inside"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", ["192.0.2.0/24", "10.1.2.3/32"], True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.9/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("2001:db8::1", "2001:db8::/32", True),
        ("2001:DB8:0:0::1", "2001:db8::/32", True),
        ("2001:db9::1", "2001:db8::/32", False),
        ("10.1.2.3", "::/0", False),
        ("::ffff:10.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", [], False),
        ("test-invoke-source-ip", "0.0.0.0/0", False),
    ],
)
def test_an_address_is_inside_or_outside(source_ip: str, networks: object, inside: bool) -> None:
    within = statement(Condition={"IpAddress": {"aws:SourceIp": networks}})
    outside = statement(Condition={"NotIpAddress": {"AWS:SOURCEIP": networks}})
    assert (decision(within, source_ip=source_ip) == "allow") is inside
    assert (decision(outside, source_ip=source_ip) == "allow") is not inside


def test_a_missing_address_is_outside_of_everything() -> None:
    everywhere = {"aws:SourceIp": ["0.0.0.0/0", "::/0"]}
    assert decision(statement(Condition={"IpAddress": everywhere})) == "implicit_deny"
    assert decision(statement("Deny", Condition={"NotIpAddress": everywhere})) == "explicit_deny"


def test_every_condition_must_hold() -> None:
    both = {
        "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
        "NotIpAddress": {"aws:SourceIp": "10.1.0.0/16"},
    }
    assert decision(statement(Condition=both), source_ip="10.2.0.1") == "allow"
    assert decision(statement(Condition=both), source_ip="10.1.0.1") == "implicit_deny"
    assert decision(statement(Condition=both), source_ip="192.0.2.1") == "implicit_deny"


NOT_UNDERSTOOD: list[tuple[str, Any, str]] = [
    ("a list", [], "object"),
    ("text", "{}", "object"),
    ("nothing", None, "object"),
    ("no version", {"Statement": []}, "2012-10-17"),
    ("the old version", {"Version": "2008-10-17", "Statement": []}, "2012-10-17"),
    ("a number", {"Version": 2012, "Statement": []}, "2012-10-17"),
    ("no statement", {"Version": "2012-10-17"}, "Statement"),
    ("text as statements", {"Version": "2012-10-17", "Statement": "Allow"}, "Statement"),
    ("text as a statement", document("Allow"), r"Statement\[0\]"),
    ("no effect", document({"Action": "*", "Resource": "*"}), "Effect"),
    ("an effect in another case", document(statement("allow")), "Effect"),
    ("an effect in capitals", document(statement("DENY")), "Effect"),
    ("an effect that is a list", document({**statement(), "Effect": ["Allow"]}), "Effect"),
    ("NotAction", document({**statement(), "NotAction": "s3:*"}), "NotAction"),
    ("a principal", document({**statement(), "Principal": "*"}), "Principal"),
    ("an element in another case", document({**statement(), "resource": "*"}), "resource"),
    ("no action", document({"Effect": "Deny", "Resource": "*"}), "Action"),
    ("an action that is null", document(statement(Action=None)), "Action"),
    ("an action that is a number", document(statement(Action=[1])), "Action"),
    ("no resource", document({"Effect": "Deny", "Action": "*"}), "Resource"),
    ("both resources", document(statement(NotResource="*", Resource="*")), "NotResource"),
    ("a resource that is a map", document(statement(Resource={})), "Resource"),
    ("a resource that is null", document(statement(Resource=[None])), "Resource"),
    ("a policy variable", document(statement(Resource=f"{STAGE}/GET/${{aws:userid}}")), "variable"),
    ("an escaped wildcard", document(statement(Resource=f"{STAGE}/GET/${{*}}")), "variable"),
    ("another operator", document(statement(Condition={"StringEquals": {}})), "StringEquals"),
    ("IfExists", document(statement(Condition={"IpAddressIfExists": {}})), "IpAddressIfExists"),
    ("another key", document(statement(Condition={"IpAddress": {"aws:VpcSourceIp": []}})), "Vpc"),
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


def test_a_condition_is_read_even_where_the_resource_is_another() -> None:
    with pytest.raises(ConfigurationError, match="DateLessThan"):
        decision(statement(Resource=f"{STAGE}/POST/x", Condition={"DateLessThan": {}}))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["*", ARN]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Version", "Statement", "Effect", "Action", "Resource", "NotResource", "Condition"]
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
