"""The product's reading of any policy document is the independent reference's."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.policy.evaluate import evaluate
from tests.policy.reference.evaluator import decide
from tests.policy.reference.patterns import NotUnderstood
from tests.properties.documents import BROKEN, arns, broken, contexts, documents, statements
from tests.properties.scale import part, tried
from tests.properties.tables import STAGE

VERSIONS = st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17", None])


def reference(document: Any, arn: str, context: Any) -> str:
    try:
        return decide(document, arn, context)
    except NotUnderstood:
        return "not understood"


def product(document: Any, arn: str, context: Any) -> str:
    try:
        return evaluate(document, arn, context).decision
    except ConfigurationError as error:
        return "not understood" if error.code == "policy_not_understood" else error.code


@pytest.mark.parametrize("number", range(4))
def test_every_document_is_read_as_the_reference_reads_it(number: int) -> None:
    seen: Counter[str] = Counter()

    @tried(2)
    @part(number)
    @given(st.data(), arns, VERSIONS)
    def property_of(data: st.DataObject, arn: str, version: str | None) -> None:
        many = data.draw(st.lists(statements(arn), min_size=1, max_size=4))
        for asked in [arn, arn, *data.draw(st.lists(arns, min_size=3, max_size=3))]:
            context = data.draw(contexts())
            for some in [many, *([one] for one in many)]:
                document = documents(some, version)
                expected = reference(document, asked, context)
                event(expected)
                seen[expected] += 1
                assert product(document, asked, context) == expected, (document, asked, context)

    property_of()
    assert min(seen[d] for d in ("allow", "explicit_deny", "implicit_deny")) > 100


@tried(2)
@given(st.data(), arns, st.sampled_from(BROKEN))
def test_what_has_no_meaning_is_an_error_wherever_it_stands(
    data: st.DataObject, arn: str, fault: dict[str, Any]
) -> None:
    """An unread Deny would be a way in, and it does not matter that another statement decides."""
    many = data.draw(st.lists(statements(arn, variables=False), min_size=1, max_size=4))
    place = data.draw(st.integers(0, len(many) - 1))
    context = data.draw(contexts())
    wrong = [broken(s, fault) if n == place else s for n, s in enumerate(many)]
    assert reference(documents(wrong), arn, context) == "not understood"
    assert product(documents(wrong), arn, context) == "not understood"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "*",
        {},
        {"Version": "2012-10-17"},
        {"Version": "2012-10-17", "Statement": "*"},
        {"Version": "2012-10-17", "Statement": [None]},
        {"Version": "2012-10-17", "Statement": [[]]},
        {"Version": "2012-10-17", "Statement": [{}]},
        {"Version": "2026-01-01", "Statement": []},
        {"Version": None, "Statement": []},
        {"version": "2012-10-17", "Statement": []},
        {"Version": "2012-10-17", "Statement": [], "Statements": []},
    ],
    ids=str,
)
def test_what_is_no_document_is_an_error(document: Any) -> None:
    assert product(document, f"{STAGE}/GET/a", {}) == "not understood"
