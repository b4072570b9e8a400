"""Laws that hold for every document: deny wins, order is nothing, more is never less."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.policy.evaluate import evaluate
from tests.properties.documents import arns, contexts, documents, statements
from tests.properties.scale import tried


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[tuple[str, Any]]]:
    """Statements about one ARN, and requests for it and for others."""
    arn = draw(arns)
    many = draw(st.lists(statements(arn), min_size=1, max_size=5))
    others = draw(st.lists(arns, min_size=3, max_size=3))
    return many, [(asked, draw(contexts())) for asked in [arn, arn, *others]]


def decision(many: Any, asked: tuple[str, Any]) -> str:
    try:
        return evaluate(documents(many), *asked).decision
    except ConfigurationError as error:
        return error.code


def decided(many: Any, asked: tuple[str, Any]) -> bool:
    """Laws are about what is understood."""
    return decision(many, asked) in ("allow", "explicit_deny", "implicit_deny")


@tried(2)
@given(cases())
def test_any_deny_that_applies_wins(case: Any) -> None:
    many, asked_for = case
    for asked in asked_for:
        alone = [decision([statement], asked) for statement in many]
        if "explicit_deny" in alone and decided(many, asked):
            assert decision(many, asked) == "explicit_deny"


@tried(2)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_statements_is_nothing(case: Any, chance: Any) -> None:
    many, asked_for = case
    shuffled = chance.sample(many, len(many))
    for asked in asked_for:
        assert decision(shuffled, asked) == decision(many, asked)


@tried(2)
@given(cases())
def test_another_deny_never_allows_and_another_allow_never_denies(case: Any) -> None:
    (*many, last), asked_for = case
    for asked in asked_for:
        if not decided([*many, last], asked):
            continue
        before, after = decision(many, asked), decision([*many, last], asked)
        if last["Effect"] == "Deny":
            assert after in (before, "explicit_deny")
        else:
            assert after in (before, "allow")
            assert (before, after) != ("explicit_deny", "allow")


@tried(2)
@given(cases())
def test_a_document_is_the_sum_of_its_statements(case: Any) -> None:
    many, asked_for = case
    for asked in asked_for:
        alone = {decision([statement], asked) for statement in many}
        if decided(many, asked):
            expected = [d for d in ("explicit_deny", "allow", "implicit_deny") if d in alone]
            assert decision(many, asked) == expected[0]


@tried(2)
@given(cases())
def test_text_stands_for_a_list_of_one(case: Any) -> None:
    many, asked_for = case
    for asked in asked_for:
        assert decision([unlisted(s) for s in many], asked) == decision(many, asked)
        assert decision(many[0], asked) == decision(many[:1], asked)


def unlisted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: unlisted(inner) for key, inner in value.items()}
    return value[0] if isinstance(value, list) and len(value) == 1 else value


@tried(2)
@given(cases())
def test_the_case_of_an_action_is_nothing(case: Any) -> None:
    many, asked_for = case
    loud = [
        {key: cased(value, str.upper) if "Action" in key else value for key, value in s.items()}
        for s in many
    ]
    quiet = [
        {key: cased(value, str.lower) if "Action" in key else value for key, value in s.items()}
        for s in many
    ]
    for asked in asked_for:
        assert decision(loud, asked) == decision(quiet, asked) == decision(many, asked)


def cased(value: Any, change: Any) -> Any:
    return [change(text) for text in value] if isinstance(value, list) else change(value)


@tried(2)
@given(cases())
def test_an_element_and_its_negation_divide_the_requests(case: Any) -> None:
    """Without a condition, a Resource and a NotResource of the same patterns never agree."""
    many, asked_for = case
    for asked in asked_for:
        for statement in many:
            patterns = statement.get("Resource", statement.get("NotResource"))
            allow = {"Effect": "Allow", "Action": "*"}
            named = decision([allow | {"Resource": patterns}], asked)
            unnamed = decision([allow | {"NotResource": patterns}], asked)
            assert {named, unnamed} in ({"allow", "implicit_deny"}, {"policy_not_understood"})
