"""The conditions of a hand-written policy, in IAM's own words, checked when they are written."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizers.builder.condition_value import READERS
from authorizers.builder.operators import KEYS, ONE_VALUE, OPERATORS
from authorizers.errors import ConfigurationError, Problem

Written = Mapping[str, Mapping[str, Any]]

_SPELLED = {key.lower(): key for key in KEYS}


class Clause(NamedTuple):
    """One key under one operator; the values are alternatives."""

    operator: str
    key: str
    values: tuple[str, ...]


Condition = tuple[Clause, ...]  # all of them must hold


def read_condition(when: object) -> Condition:
    """
    Read a condition as a policy has it: `{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}`.

    Raises:
        ConfigurationError: `condition_invalid`, with everything that is wrong in it.
    """
    if not isinstance(when, Mapping) or not when:
        raise _invalid(Problem("when", "write {operator: {key: values}}, or leave `when` out"))
    found: list[Clause] = []
    problems: list[Problem] = []
    for operator, keys in when.items():
        for key, values in keys.items() if isinstance(keys, Mapping) and keys else [(None, None)]:
            try:
                found.append(_clause(operator, key, values))
            except ValueError as error:
                problems.append(Problem(f"when.{_named(operator)}", str(error)))
    if len({clause[:2] for clause in found}) < len(found):
        problems.append(Problem("when", "a key stands twice below an operator; join its values"))
    if problems:
        raise _invalid(*problems)
    return tuple(sorted(found))


def written(condition: Condition | None) -> dict[str, dict[str, list[str]]] | None:
    """Return the condition as a policy has it, or None where there is none."""
    if condition is None:
        return None
    operators: dict[str, dict[str, list[str]]] = {}
    for operator, key, values in condition:
        operators.setdefault(operator, {})[key] = list(values)
    return operators


def _clause(operator: object, key: object, values: object) -> Clause:
    name = _operator(operator)
    base = name.removesuffix("IfExists")
    spelled = _key(key)
    kind = KEYS[spelled]
    compared = "flag" if base == "Null" else OPERATORS[base]
    if base != "Null" and compared != kind:
        fitting = ", ".join(name for name, other in OPERATORS.items() if other == kind)
        raise ValueError(f"does not compare {spelled}; write {fitting} or Null")
    items = list(values) if isinstance(values, list | tuple) else [values]
    if not items:
        raise ValueError(f"{spelled} has an empty list, and nothing is in it; write a value")
    if len(items) > 1 and base in ONE_VALUE:
        raise ValueError(f"takes one value of {spelled}: of several, the widest would count")
    read = READERS[compared]
    return Clause(name, spelled, tuple(dict.fromkeys(read(item, base) for item in items)))


def _operator(name: object) -> str:
    base = name.removesuffix("IfExists") if isinstance(name, str) else ""
    if isinstance(name, str) and (name == "Null" or base in OPERATORS):
        return name
    raise ValueError(
        f"is none of the operators {', '.join(OPERATORS)}, with or without IfExists, and Null"
    )


def _key(name: object) -> str:
    if name is None:
        raise ValueError("write {key: values} below an operator")
    spelled = _SPELLED.get(name.lower()) if isinstance(name, str) else None
    if spelled is None:
        raise ValueError(
            f"{_named(name)} is not set where a Lambda authorizer decides; write one of"
            f" {', '.join(KEYS)}"
        )
    return spelled


def _named(name: object) -> str:
    """Return a name for a message: on one line, and not endless."""
    plain = isinstance(name, str) and name.isascii() and name.isprintable()
    return str(name)[:64] if plain else "a name"


def _invalid(*problems: Problem) -> ConfigurationError:
    return ConfigurationError(*problems, code="condition_invalid")
