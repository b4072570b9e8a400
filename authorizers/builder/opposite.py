"""
The opposite of a condition, for the Deny of what is allowed on that condition only.

A key that is missing fulfils operators with Not and with IfExists, and no others (IAM User Guide,
"IAM JSON policy elements: Condition operators").
"""

from collections.abc import Sequence

from authorizers.builder.condition import Clause, Condition
from authorizers.builder.operators import COMPARED, NEGATED, POSITIVE


def opposites(condition: Condition) -> list[Condition]:
    """Return conditions of which at least one holds exactly where `condition` does not."""
    return [_opposite(clause) for clause in condition]


def _opposite(clause: Clause) -> Condition:
    operator, key, values = clause
    base = operator.removesuffix("IfExists")
    if_exists = base != operator
    if base in POSITIVE:  # with IfExists it says the same
        return (Clause(POSITIVE[base], key, values),)
    if base in NEGATED:
        negated = Clause(NEGATED[base], key, values)
        return (negated, Clause("Null", key, ("false",))) if if_exists else (negated,)
    if base in COMPARED:
        return (Clause(COMPARED[base] + ("" if if_exists else "IfExists"), key, values),)
    if base == "Bool":
        return (Clause("Bool" if if_exists else "BoolIfExists", key, _flipped(values)),)
    return (Clause("Null", key, _flipped(values)),)


def _flipped(values: Sequence[str]) -> tuple[str, ...]:
    return ("false" if values[0] == "true" else "true",)
