"""Which ARNs a Resource names: tables by hand, and the definition for everything else."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.policy.evaluate import evaluate

HEAD = "arn:aws:execute-api:eu-west-1:123456789012:"
STAGE = f"{HEAD}abcdef1234/prod"
ARN = f"{STAGE}/GET/orders"


def decision(arn: str, effect: str, **resources: object) -> str:
    statement: dict[str, Any] = {"Effect": effect, "Action": "*", **resources}
    return evaluate({"Version": "2012-10-17", "Statement": [statement]}, arn).decision


def is_named(resource: object, arn: str) -> bool:
    """Ask in every form that a statement can have, and expect one answer."""
    answers = {
        decision(arn, "Allow", Resource=resource) == "allow",
        decision(arn, "Deny", Resource=resource) == "explicit_deny",
        decision(arn, "Deny", NotResource=resource) == "implicit_deny",
        decision(arn, "Allow", NotResource=resource) == "implicit_deny",
    }
    assert len(answers) == 1
    return answers.pop()


NAMED = [
    ("*", ARN),
    (ARN, ARN),
    (f"{STAGE}/*", ARN),
    (f"{STAGE}/?*", ARN),
    (f"{STAGE}/GET/*", f"{STAGE}/GET/"),
    (f"{STAGE}/GET/*", f"{STAGE}/GET/a/b/c"),
    (f"{STAGE}/GET/*", f"{STAGE}/GET/a:b:c"),
    (f"{STAGE}/GET/a:b", f"{STAGE}/GET/a:b"),
    (f"{STAGE}/GET/a*d", f"{STAGE}/GET/a:b/c:d"),
    (f"{STAGE}/GET/a?b", f"{STAGE}/GET/a:b"),
    (f"{STAGE}/GET/users/?*/orders", f"{STAGE}/GET/users/1/2/orders"),
    (f"{STAGE}/GET/", f"{STAGE}/GET/"),
    (f"{STAGE}/GET/?rders", ARN),
    (f"{STAGE}/$connect", f"{STAGE}/$connect"),
    (f"{STAGE}/GET/%20~@", f"{STAGE}/GET/%20~@"),
    (f"{STAGE}/GET/x*", f"{STAGE}/GET/x\n"),
    (f"{HEAD}*/*/GET/orders", ARN),
    (f"{HEAD}abcdef1234/*/orders", f"{STAGE}/POST/a/orders"),
    # Wildcards in the first five segments
    ("arn:aws:execute-api:*:*:*", ARN),
    ("arn:aws:execute-api:*", ARN),
    ("arn:aws:execute-api:*:*", ARN),
    ("arn:*", ARN),
    ("arn*", ARN),
    ("arn:*:execute-api:*:*:*", ARN.replace("arn:aws:", "arn:aws-us-gov:")),
    ("arn:aws-cn:execute-api:*:*:*", ARN.replace("arn:aws:", "arn:aws-cn:")),
    ("arn:aws:execute-api:eu-west-1:*:abcdef1234/*", ARN),
    ("arn:aws:execute-api:eu-*-1:123456789012:*/prod/GET/orders", ARN),
    ("arn:aws:execute-api:eu-west-?:1?3456789012:abcdef1234/*", ARN),
    ("arn:aws:execute-api:*:1*2:abcdef1234/*", ARN),
    # A `*` that ends a segment goes beyond its colon
    ("arn:aws:execute-api:*:abcdef1234/prod/GET/orders", ARN),
    ("arn:aws:*:abcdef1234/*", ARN),
    ("arn:aws:execute-api:eu-*:abcdef1234/*", ARN),
    ("arn:*:abcdef1234/prod/*", ARN),
    ("*:abcdef1234/prod/GET/orders", ARN),
    ("*:orders", f"{STAGE}/GET/a:orders"),
    ("arn:aws:execute-api:*:admin", f"{STAGE}/GET/x:admin"),
    ("arn:aws:execute-api:*:*:*:b", f"{STAGE}/GET/a:b"),
    ("arn:aws:execute-api:*:*:admin", f"{STAGE}/GET/x:admin"),
    ("arn:a?s:execute-api:*:abcdef1234/prod/GET/orders", ARN),
    ("arn:aws:execute-api:*:1*2:z", f"{STAGE}/GET/x:1a2:z"),
    ("arn:aws:execute-api:*:1:b", "arn:aws:execute-api:*:1:x:1:b"),
    ("arn:aws:execute-api:*:*:abcdef1234/prod/GET/a:*", f"{STAGE}/GET/a:b:c"),
    ("arn:aws:execute-api:*:*:*x:*", f"{STAGE}/GET/x:"),
]
OTHER = [
    ("", ARN),
    ("?", ARN),
    ("GET/orders", ARN),
    ("/GET/orders", ARN),
    ("orders*", ARN),
    (f"{STAGE}/GET/orders", f"{STAGE}/GET/orders/"),
    (f"{STAGE}/GET/orders", f"{STAGE}/GET/orders\n"),
    (f"{STAGE}/GET/orders", f"{STAGE}/GET/Orders"),
    (f"{STAGE}/GET/orders", ARN.upper()),
    (f"{STAGE}/GET/a.c", f"{STAGE}/GET/abc"),
    (f"{STAGE}/GET/a+", f"{STAGE}/GET/aa"),
    (f"{STAGE}/GET/(a|b)", f"{STAGE}/GET/a"),
    (f"{STAGE}/GET/[ab]", f"{STAGE}/GET/a"),
    (f"{STAGE}/GET/users/?*", f"{STAGE}/GET/users/"),
    (f"{STAGE}/*/*/*", f"{STAGE}/$connect"),
    (f"{HEAD}abcdef123?/*", f"{HEAD}abcdef123/prod/GET/x"),
    ("arn:aws-cn:execute-api:*:*:*", ARN),
    ("arn:aws:s3:*", ARN),
    ("arn:aws:execute-api:us-*:*:*", ARN),
    ("arn:aws:execute-api:eu-west-1", ARN),
    ("arn:aws:execute-api:eu-west-1:123456789012", ARN),
    ("arn:aws:execute-api", ARN),
    ("arn:aws:execute-api:eu-west-1:123456789012:", ARN),
    ("arn:aws:execute-api:eu-west-1:1*2:zbcdef1234/*", ARN),
    # A `*` or `?` elsewhere in a segment stays in it
    ("arn:aws:execute-api:eu*9012:abcdef1234/*", ARN),
    ("arn:aws:execute-api:eu*2:abcdef1234/prod/GET/orders", ARN),
    ("arn:aws:execute-api:eu-west-1?123456789012:abcdef1234/*", ARN),
    ("arn?aws:execute-api:*:*:*", ARN),
    ("*orders", ARN),
    ("arn:aws:execute-api:*rders", ARN),
    ("arn:aws:execute-api:*:1*4:*", ARN),
    ("arn:aws:execute-api:*:*:*:*:b", f"{STAGE}/GET/a:b"),
    ("arn:aws:execute-api:*:1*2:z", f"{STAGE}/GET/x:1a:a2:z"),
    ("arn:aws:execute-api:eu-west-?:1*2:z", f"{STAGE}/GET/x:1a2:z"),
]
NAMED_IDS = [f"{i}-{row[0][:40]}" for i, row in enumerate(NAMED)]
OTHER_IDS = [f"{i}-{row[0][:40]}" for i, row in enumerate(OTHER)]


@pytest.mark.parametrize(("resource", "arn"), NAMED, ids=NAMED_IDS)
def test_a_resource_names_the_arn(resource: str, arn: str) -> None:
    assert is_named(resource, arn)
    assert is_named([resource], arn)
    assert is_named([f"{STAGE}/GET/other", f"{STAGE}/GET/an/?*", resource], arn)


@pytest.mark.parametrize(("resource", "arn"), OTHER, ids=OTHER_IDS)
def test_a_resource_does_not_name_the_arn(resource: str, arn: str) -> None:
    assert not is_named(resource, arn)
    assert not is_named([resource], arn)
    assert not is_named([f"{STAGE}/GET/other", f"{STAGE}/GET/an/?*", resource], arn)


def test_an_empty_list_names_nothing() -> None:
    assert decision(ARN, "Allow", Resource=[]) == "implicit_deny"
    assert decision(ARN, "Deny", Resource=[]) == "implicit_deny"


def by_definition(pattern: str, arn: str) -> bool:
    """
    The page on Resource, as a recursion: before the fifth colon a wildcard stays within its
    segment, unless it is a `*` at the end of it.
    """

    @cache
    def rest_matches(i: int, j: int) -> bool:
        if i == len(pattern):
            return j == len(arn)
        bounded = pattern.count(":", 0, i) < 5
        crosses = not bounded or (pattern[i] == "*" and pattern[i + 1 : i + 2] in ("", ":"))
        takes = j < len(arn) and (crosses or arn[j] != ":")
        if pattern[i] == "*":
            return rest_matches(i + 1, j) or (takes and rest_matches(i, j + 1))
        if pattern[i] == "?":
            return takes and rest_matches(i + 1, j + 1)
        return arn[j : j + 1] == pattern[i] and rest_matches(i + 1, j + 1)

    return rest_matches(0, 0)


SEGMENTS = st.text("ab*?", max_size=3)
PATTERNS = st.lists(SEGMENTS, min_size=1, max_size=8).map(":".join)
ARNS = st.lists(st.text("ab", max_size=3), min_size=6, max_size=8).map(":".join)


@given(PATTERNS, ARNS)
def test_every_answer_is_that_of_the_definition(pattern: str, arn: str) -> None:
    assert is_named(pattern, arn) == by_definition(pattern, arn)


@given(st.lists(st.text("ab/:*?", max_size=6), max_size=4), st.text("ab/:", max_size=6))
def test_the_short_way_for_resources_of_this_api_gives_the_same_answer(
    resources: list[str], path: str
) -> None:
    patterns = [f"{STAGE}/{resource}" for resource in resources]
    expected = any(by_definition(pattern, f"{STAGE}/{path}") for pattern in patterns)
    answer = decision(f"{STAGE}/{path}", "Deny", Resource=patterns)
    assert answer == ("explicit_deny" if expected else "implicit_deny")


@given(PATTERNS, ARNS)
def test_wildcards_in_the_arn_that_is_asked_about_are_text(pattern: str, arn: str) -> None:
    asked = arn.replace("b", "*")
    assert is_named(pattern, asked) == by_definition(pattern, asked)


@pytest.mark.parametrize(
    "arn", ["", "no ARN at all", "a:b:c:d:e", "GET/a", None, 7, b"a:b:c:d:e:f"]
)
def test_what_is_asked_about_must_be_an_arn(arn: Any) -> None:
    """A policy's `*` would allow anything else, too."""
    with pytest.raises(ConfigurationError, match="write the ARN of a request"):
        decision(arn, "Allow", Resource="*")
