"""Policy variables, their defaults and escapes, in resources and in conditions."""

from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.policy.evaluate import evaluate

HEAD = "arn:aws:execute-api:eu-west-1:123456789012:"
STAGE = f"{HEAD}abcdef1234/prod"


def names(resource: str, path: str, version: str | None = "2012-10-17", **context: str) -> bool:
    statement = {"Effect": "Allow", "Action": "*", "Resource": f"{STAGE}/{resource}"}
    document: dict[str, Any] = {"Statement": [statement]} | (
        {"Version": version} if version else {}
    )
    keys = {key.replace("_", ":", 1): value for key, value in context.items()}
    return evaluate(document, f"{STAGE}/{path}", keys).decision == "allow"


NAMED: list[tuple[str, str, dict[str, str]]] = [
    ("GET/users/${aws:username}", "GET/users/bob", {"aws_username": "bob"}),
    ("GET/users/${AWS:UserName}", "GET/users/bob", {"aws_username": "bob"}),
    ("GET/users/${aws:username}/*", "GET/users/bob/x/y", {"aws_username": "bob"}),
    ("GET/${aws:a}-${aws:b}", "GET/x-y", {"aws_a": "x", "aws_b": "y"}),
    ("GET/${aws:a}${aws:a}", "GET/xx", {"aws_a": "x"}),
    ("GET/${aws:username, 'nobody'}", "GET/nobody", {}),
    ("GET/${aws:username, 'nobody'}", "GET/nobody", {"aws_username": ""}),
    ("GET/${aws:username, 'nobody'}", "GET/bob", {"aws_username": "bob"}),
    ("GET/${aws:username, ''}", "GET/", {}),
    ("GET/${aws:PrincipalTag/team}", "GET/red", {"aws_PrincipalTag/team": "red"}),
    ("GET/${*}", "GET/*", {}),
    ("GET/${?}*", "GET/?x", {}),
    ("GET/${$}{aws:username}", "GET/${aws:username}", {"aws_username": "bob"}),
    ("GET/${aws:a}/*/?", "GET/*?/x/y", {"aws_a": "*?"}),
    ("$connect", "$connect", {}),
    ("GET/$a{b}", "GET/$a{b}", {}),
    ("GET/a:${aws:a}", "GET/a:b:c", {"aws_a": "b:c"}),
]
OTHER: list[tuple[str, str, dict[str, str]]] = [
    ("GET/users/${aws:username}", "GET/users/eve", {"aws_username": "bob"}),
    ("GET/users/${aws:username}", "GET/users/${aws:username}", {"aws_username": "bob"}),
    ("GET/users/${aws:username}", "GET/users/", {}),
    ("GET/users/${aws:username}", "GET/users/", {"aws_username": ""}),
    ("GET/users/${aws:username}*", "GET/users/x", {}),
    ("GET/${aws:username, 'nobody'}", "GET/nobody", {"aws_username": "bob"}),
    ("GET/${*}", "GET/x", {}),
    ("GET/${?}", "GET/x", {}),
    ("GET/${*}*", "GET/xx", {}),
    # A caller who is called `*` is nobody else
    ("GET/users/${aws:username}", "GET/users/bob", {"aws_username": "*"}),
    ("GET/users/${aws:username}", "GET/users/b", {"aws_username": "?"}),
    ("GET/users/${aws:username}/*", "GET/users/bob/x", {"aws_username": "*"}),
    ("GET/users/${aws:a}", "GET/users/bob", {"aws_a": "${aws:b}", "aws_b": "bob"}),
]


@pytest.mark.parametrize(("resource", "path", "context"), NAMED, ids=[row[0] for row in NAMED])
def test_a_resource_with_variables_names(resource: str, path: str, context: dict[str, str]) -> None:
    assert names(resource, path, **context)


@pytest.mark.parametrize(("resource", "path", "context"), OTHER)
def test_a_resource_with_variables_does_not_name(
    resource: str, path: str, context: dict[str, str]
) -> None:
    assert not names(resource, path, **context)


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_before_2012_a_variable_is_text(version: str | None) -> None:
    resource = "GET/${aws:username}"
    assert names(resource, "GET/${aws:username}", version, aws_username="bob")
    assert not names(resource, "GET/bob", version, aws_username="bob")
    assert names("GET/${", "GET/${", version)
    foreign = {"Effect": "Allow", "Action": "*", "Resource": ["arn:x", f"{STAGE}/GET/${{aws:a}}"]}
    document: dict[str, Any] = {"Statement": foreign} | ({"Version": version} if version else {})
    for path, expected in (("${aws:a}", "allow"), ("x", "implicit_deny")):
        assert evaluate(document, f"{STAGE}/GET/{path}", {"aws:a": "x"}).decision == expected


def test_wildcards_before_the_fifth_colon_stay_wildcards_beside_a_value_with_a_star() -> None:
    resource = "arn:aws:execute-api:*:1?3456789012:abcdef1234/*/${aws:a}/?*"
    statement = {"Effect": "Deny", "Action": "*", "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    for path, expected in (("GET/*/x", "explicit_deny"), ("GET/y/x", "implicit_deny")):
        assert evaluate(document, f"{STAGE}/{path}", {"aws:a": "*"}).decision == expected


def test_a_resource_without_a_value_excepts_nothing() -> None:
    """The resource that includes a policy variable with no value will not match any resource."""
    resource = f"{STAGE}/GET/${{aws:username}}"
    deny = {"Effect": "Deny", "Action": "*", "NotResource": resource}
    document = {"Version": "2012-10-17", "Statement": [deny]}
    assert evaluate(document, f"{STAGE}/GET/bob").decision == "explicit_deny"
    bob = {"aws:username": "bob"}
    assert evaluate(document, f"{STAGE}/GET/bob", bob).decision == "implicit_deny"


MALFORMED = [
    "${",
    "${}",
    "${aws:username",
    "${username}",
    "${ aws:username}",
    "${aws:username }",
    "${aws: username}",
    "${aws:username,'x'}",
    "${aws:username, x}",
    '${aws:username, "x"}',
    "${aws:username, 'x}",
    "${aws:username, 'x*'}",
    "${aws:username, 'x?'}",
    "${aws:username, '${aws:b}'}",
    "${${aws:username}}",
    "${**}",
    "${#}",
    "${aws:user*}",
    "${:x}",
    "${aws:}",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_variable_is_an_error_wherever_it_stands(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"Statement\[0\].Resource\[0\]"):
        names(f"GET/{text}", "POST/other", aws_username="bob")
    for operator in ("StringEquals", "StringNotLike", "ArnLike"):
        value = text if operator != "ArnLike" else f"arn:aws:iam::123456789012:{text}"
        condition = {operator: {"aws:x": value}}
        statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
        with pytest.raises(ConfigurationError, match=rf"Condition.{operator}.aws:x"):
            evaluate({"Version": "2012-10-17", "Statement": [statement]}, f"{STAGE}/GET/x")


@pytest.mark.parametrize(
    "resource",
    [
        "${aws:username}",
        "arn:aws:execute-api:${aws:username}:123456789012:abcdef1234/*",
        "arn:${aws:username, 'aws'}:execute-api:*:*:*",
        "arn:aws:execute-api:*${aws:username}",
        "arn:aws:execute-api:${*}",
    ],
)
def test_a_variable_before_the_fifth_colon_is_an_error(resource: str) -> None:
    statement = {"Effect": "Deny", "Action": "*", "Resource": ["*", resource]}
    document = {"Version": "2012-10-17", "Statement": statement}
    with pytest.raises(ConfigurationError, match=r"Statement\[0\].Resource\[1\]: .*fifth colon"):
        evaluate(document, f"{STAGE}/GET/x", {"aws:username": "bob"})


def test_a_key_with_several_values_is_no_variable() -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": f"{STAGE}/GET/${{aws:x}}"}
    document = {"Version": "2012-10-17", "Statement": statement}
    arn = f"{STAGE}/GET/a"
    assert evaluate(document, arn, {"aws:x": ["a"]}).decision == "allow"
    assert evaluate(document, arn, {"aws:x": []}).decision == "implicit_deny"
    with pytest.raises(ConfigurationError, match="context: aws:x has several values"):
        evaluate(document, arn, {"aws:x": ["a", "b"]})
