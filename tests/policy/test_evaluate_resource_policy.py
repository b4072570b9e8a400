"""A REST API's resource policy: principals, the short form of resources, and what is refused."""

from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.policy.evaluate import evaluate, evaluate_resource_policy

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
ARN = f"{STAGE}/GET/orders"
BOB = "arn:aws:iam::444455556666:user/Bob"
ROLE = "arn:aws:iam::444455556666:role/app/reader"


def decision(
    statement: object, arn: str = ARN, caller: str | None = None, **document: object
) -> str:
    context = {"aws:PrincipalArn": caller} if caller else None
    policy = {"Version": "2012-10-17", "Statement": [statement], **document}
    return evaluate_resource_policy(policy, arn, context).decision


def statement(principal: object = "*", **elements: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
        **elements,
    }


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["*"]}, {"AWS": ["*", "*"]}])
@pytest.mark.parametrize("caller", [None, BOB])
def test_everyone_is_the_anonymous_caller_too(principal: object, caller: str | None) -> None:
    assert decision(statement(principal), caller=caller) == "allow"
    assert decision(statement(principal, Effect="Deny"), caller=caller) == "explicit_deny"


@pytest.mark.parametrize(
    ("principal", "caller"),
    [
        (BOB, BOB),
        (ROLE, ROLE),
        ([ROLE, BOB], BOB),
        (["*", BOB], ROLE),
        ("444455556666", BOB),
        ("arn:aws:iam::444455556666:root", ROLE),
        ("444455556666", "arn:aws:iam::444455556666:root"),
        ("444455556666", "arn:aws:sts::444455556666:assumed-role/x/session"),
        ("arn:aws-cn:iam::444455556666:root", "arn:aws-cn:iam::444455556666:user/Bob"),
    ],
)
def test_a_principal_names_the_caller(principal: object, caller: str) -> None:
    assert decision(statement({"AWS": principal}), caller=caller) == "allow"


@pytest.mark.parametrize(
    ("principal", "caller"),
    [
        (BOB, BOB.lower()),
        (BOB, f"{BOB}y"),
        (ROLE, BOB),
        ("111122223333", BOB),
        ("arn:aws:iam::111122223333:root", BOB),
        ([], BOB),
        ("444455556666", "no ARN"),
        ("444455556666", "arn:aws:iam:444455556666:user/Bob"),
    ],
)
def test_a_principal_does_not_name_the_caller(principal: object, caller: str) -> None:
    assert decision(statement({"AWS": principal}), caller=caller) == "implicit_deny"


def test_no_principal_is_named_by_an_empty_object() -> None:
    assert decision(statement({})) == "implicit_deny"


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_nobody_is_another_than_everyone(principal: object) -> None:
    nobody = statement(NotPrincipal=principal, Effect="Deny")
    del nobody["Principal"]
    assert decision(nobody) == "implicit_deny"


@pytest.mark.parametrize(
    ("principal", "named"),
    [
        (None, "write"),
        ([], "write"),
        (["*"], "write"),
        ("444455556666", "write"),
        (BOB, "write"),
        ({"AWS": None}, "write"),
        ({"AWS": [1]}, "write"),
        ({"AWS": BOB}, "user/Bob needs the caller's aws:PrincipalArn"),
        ({"AWS": ["*", BOB]}, "user/Bob needs the caller's aws:PrincipalArn"),
        ({"AWS": "444455556666"}, "444455556666 needs"),
        ({"AWS": "arn:aws:iam::444455556666:user/*"}, r"user/\* is not understood"),
        ({"AWS": "arn:aws:iam::444455556666:role/r?"}, r"role/r\? is not understood"),
        ({"AWS": "arn:aws:sts::444455556666:assumed-role/r/s"}, "assumed-role/r/s is not"),
        ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, "AIDACKCEVSQ6C2EXAMPLE is not understood"),
        ({"AWS": "44445555666"}, "44445555666 is not understood"),
        ({"AWS": ""}, "is not understood"),
        ({"Service": "apigateway.amazonaws.com"}, "type Service"),
        ({"AWS": "*", "Federated": "accounts.google.com"}, "type Federated"),
        ({"CanonicalUser": "79a5"}, "type CanonicalUser"),
        ({"aws": "*"}, "type aws"),
    ],
)
def test_another_principal_is_an_error_that_names_it(principal: object, named: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"Statement\[0\].Principal: .*{named}") as caught:
        decision(statement(principal))
    assert caught.value.code == "policy_not_understood"


@pytest.mark.parametrize("caller", [None, BOB])
def test_a_named_exception_is_an_error(caller: str | None) -> None:
    """NotPrincipal is no plain complement: the account has to be listed too."""
    but_bob = statement(NotPrincipal={"AWS": BOB}, Effect="Deny")
    del but_bob["Principal"]
    with pytest.raises(ConfigurationError, match=r"NotPrincipal: .*aws:PrincipalArn"):
        decision(but_bob, caller=caller)


def test_an_empty_arn_is_no_caller() -> None:
    policy = {"Version": "2012-10-17", "Statement": statement({"AWS": BOB})}
    with pytest.raises(ConfigurationError, match="needs the caller's aws:PrincipalArn"):
        evaluate_resource_policy(policy, ARN, {"aws:PrincipalArn": ""})


def test_a_statement_needs_one_principal() -> None:
    without = statement()
    del without["Principal"]
    for faulty in (without, statement(NotPrincipal="*")):
        with pytest.raises(ConfigurationError, match=r"Statement\[0\]: write a Principal"):
            decision(faulty)


def test_a_principal_is_read_even_where_the_action_is_another() -> None:
    with pytest.raises(ConfigurationError, match="Service"):
        decision(statement({"Service": "x"}, Action="s3:GetObject"))


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ("execute-api:/*", "prod/GET/orders"),
        ("execute-api:/prod/GET/orders", "prod/GET/orders"),
        ("execute-api:/prod/*", "prod/GET/orders"),
        ("execute-api:/*/GET/orders", "prod/GET/orders"),
        ("execute-api:/prod/GET/a:b/*", "prod/GET/a:b/c"),
        ("execute-api:/prod/$connect", "prod/$connect"),
        ("execute-api:/prod/GET/?*", "prod/GET/x"),
        (f"{STAGE}/*", "prod/GET/orders"),
        ("arn:aws:execute-api:*:*:*", "prod/GET/orders"),
    ],
)
def test_the_short_form_stands_for_this_api(resource: str, path: str) -> None:
    arn = f"arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/{path}"
    for listed in (resource, [resource], [f"{STAGE}/POST/x", resource]):
        assert decision(statement(Resource=listed), arn) == "allow"
    excepted = statement(Effect="Deny", NotResource=resource)
    del excepted["Resource"]
    assert decision(excepted, arn) == "implicit_deny"


@pytest.mark.parametrize(
    "resource",
    [
        "execute-api:/",
        "execute-api:/dev/*",
        "execute-api:/GET/orders",
        "execute-api:/prod/GET/orders/",
        "execute-api:*",
        "execute-api:prod/GET/orders",
        "Execute-Api:/*",
    ],
)
def test_the_short_form_does_not_name_another_path(resource: str) -> None:
    assert decision(statement(Resource=resource)) == "implicit_deny"


def test_the_short_form_has_variables_too() -> None:
    mine = statement(Resource="execute-api:/prod/GET/${aws:username}")
    policy = {"Version": "2012-10-17", "Statement": mine}
    arn = f"{STAGE}/GET/bob"
    assert evaluate_resource_policy(policy, arn, {"aws:username": "bob"}).decision == "allow"
    assert evaluate_resource_policy(policy, arn).decision == "implicit_deny"


def test_an_id_names_a_resource_policy() -> None:
    assert decision(statement(), Id="orders") == "allow"
    with pytest.raises(ConfigurationError, match="Id: write text"):
        decision(statement(), Id=1)


def test_an_authorizers_policy_has_neither_principals_nor_the_short_form() -> None:
    for element in ("Principal", "NotPrincipal"):
        policy = {"Effect": "Deny", element: "*", "Action": "*", "Resource": "*"}
        with pytest.raises(ConfigurationError, match=rf"Statement\[0\]: the element {element}"):
            evaluate({"Version": "2012-10-17", "Statement": policy}, ARN)
    short = {"Effect": "Deny", "Action": "*", "Resource": ["*", "execute-api:/prod/*"]}
    with pytest.raises(ConfigurationError, match=r"Resource\[1\]: the short form"):
        evaluate({"Version": "2012-10-17", "Statement": short}, ARN)


def test_the_usual_network_policy_allows_what_it_does_not_deny() -> None:
    """API Gateway Developer Guide, "Example: Deny API traffic based on source IP address"."""
    deny = statement(Effect="Deny", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})
    policy = {"Version": "2012-10-17", "Statement": [statement(), deny]}
    inside, outside = {"aws:SourceIp": "192.0.2.9"}, {"aws:SourceIp": "198.51.100.9"}
    assert evaluate_resource_policy(policy, ARN, inside) == ("explicit_deny", 1)
    assert evaluate_resource_policy(policy, ARN, outside) == ("allow", 0)
