"""
What IAM decides: an independent reading of its documentation, to judge the product by.

It shares nothing with the product, and it is slow. Sources, in the IAM User Guide: "Grammar of the
IAM JSON policy language" (reference_policies_grammar.html), "Policy evaluation logic"
(reference_policies_evaluation-logic.html), "Conditions with multiple context keys or values"
(reference_policies_condition-logic-multiple-context-keys-or-values.html), "Single-valued vs.
multivalued context keys" (reference_policies_condition-single-vs-multi-valued-context-keys.html).
"""

from collections.abc import Mapping
from typing import Any, Literal

from tests.policy.reference.operators import COMPARISONS
from tests.policy.reference.patterns import (
    Context,
    NotUnderstood,
    arn_pattern,
    matches,
    pattern,
)

Decision = Literal["allow", "explicit_deny", "implicit_deny"]

DOCUMENT = {"Version", "Id", "Statement"}
STATEMENT = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}


def decide(
    document: Any, arn: str, context: Context | None = None, action: str = "execute-api:Invoke"
) -> Decision:
    """
    Return what `document` decides about `action` on `arn`.

    Raises:
        NotUnderstood: something in the document has no meaning, whether or not it would decide.
    """
    version = document.get("Version", "2008-10-17")
    if not set(document) <= DOCUMENT or version not in ("2008-10-17", "2012-10-17"):
        raise NotUnderstood("the document")
    request = context or {}
    variables = request if version == "2012-10-17" else None
    effects = {
        statement["Effect"]
        for statement in listed(document["Statement"], dict)
        if applies(statement, arn, action, request, variables)
    }
    return "explicit_deny" if "Deny" in effects else "allow" if effects else "implicit_deny"


def listed(value: Any, kind: type | tuple[type, ...] = str) -> list[Any]:
    """One may stand without its list."""
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(v, kind) for v in values):
        raise NotUnderstood("an element of another kind")
    return values


def applies(
    statement: Mapping[str, Any],
    arn: str,
    action: str,
    request: Context,
    variables: Context | None,
) -> bool:
    """Every part is read, so that an error is found wherever it stands."""
    if not set(statement) <= STATEMENT or statement.get("Effect") not in ("Allow", "Deny"):
        raise NotUnderstood("the statement")
    return all(
        [
            names(statement, "Action", lambda text: pattern(text.lower(), None), action.lower()),
            names(statement, "Resource", lambda text: arn_pattern(text, variables), arn),
            meets(statement.get("Condition", {}), request, variables),
        ]
    )


def names(statement: Mapping[str, Any], element: str, read: Any, text: str) -> bool:
    """Say whether `element`, or its Not form, names `text`. What has no value names nothing."""
    if (element in statement) == (f"Not{element}" in statement):
        raise NotUnderstood(f"{element} or Not{element}, one of them")
    patterns = [read(p) for p in listed(statement.get(element, statement.get(f"Not{element}")))]
    named = any(atoms is not None and matches(atoms, text) for atoms in patterns)
    return named == (element in statement)


def meets(condition: Any, request: Context, variables: Context | None) -> bool:
    """All operators, and all keys of each, must hold."""
    if not isinstance(condition, dict) or not all(isinstance(k, dict) for k in condition.values()):
        raise NotUnderstood("the condition")
    for keys in condition.values():
        if len({key.lower() for key in keys}) < len(keys):
            raise NotUnderstood("a key that stands twice")
    return all(
        [  # noqa: C419 each is read
            holds(name, key, as_text(values), request, variables)
            for name, keys in condition.items()
            for key, values in keys.items()
        ]
    )


def as_text(values: Any) -> list[str]:
    """Quotation marks are optional for numbers and booleans."""
    found = listed(values, (str, int, float))
    return [str(v).lower() if isinstance(v, bool) else str(v) for v in found]


def holds(
    name: str, key: str, wanted: list[str], request: Context, variables: Context | None
) -> bool:
    given = {k.lower(): v for k, v in request.items()}.get(key.lower(), [])
    values = [given] if isinstance(given, str) else list(given)
    if name == "Null":
        answers = {text.lower() for text in wanted}
        if not answers <= {"true", "false"}:
            raise NotUnderstood("Null is true or false")
        return ("false" if values != [""] and values else "true") in answers
    quantifier, _, operator = name.rpartition(":")
    base = operator.removesuffix("IfExists")
    if quantifier not in ("", "ForAllValues", "ForAnyValue") or base not in COMPARISONS:
        raise NotUnderstood("the operator")
    compare, negated = COMPARISONS[base]
    for text in wanted:
        compare("", text, variables)  # an error of the document does not wait for a request
    if not values:
        return base != operator or quantifier == "ForAllValues" or (negated and not quantifier)
    if quantifier and values == [""]:  # "a null dataset, such as an empty string"
        return quantifier == "ForAllValues"
    if len(values) > 1 and not quantifier:
        raise NotUnderstood("many values need a set operator")
    results = [any(compare(v, text, variables) for text in wanted) != negated for v in values]
    return all(results) if quantifier != "ForAnyValue" else any(results)
