"""
Whether some caller can meet certain requirements and miss others. Used where documents are
compiled, and by the checks of documents.

The requirements are read as propositional logic over what a caller may have: a scope or not, one
scheme, one value in a claim. A search tries the ways to have them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Compiled = Sequence[Any]

NEVER = ["never"]  # met by nobody
MAX_STEPS = 4_000  # people's documents take a few dozen

_Variable = tuple[Any, ...]
_Formula = tuple[Any, ...]  # ("is", variable, values), ("and" | "or", parts), ("not", part)
_Known = dict[_Variable, Any]


def satisfiable(required: Iterable[Compiled], lacking: Iterable[Compiled] = ()) -> bool:
    """
    Return whether one request may meet all of `required` and none of `lacking`.

    False is certain. True may also mean that this was not found out within `MAX_STEPS`.
    """
    reader = _Reader()
    parts = [reader.formula(r) for r in required]
    parts += [("not", reader.formula(r)) for r in lacking]
    return _Search(reader.values).some({}, ("and", tuple(parts)))


def facts_of(requirement: Compiled) -> frozenset[Any]:
    """Return what of a caller decides about the requirement: two with none in common are apart."""
    reader = _Reader()
    reader.formula(requirement)
    return frozenset(reader.values)


class _Reader:
    """Reads requirements as formulas, and collects the values that variables may have."""

    def __init__(self) -> None:
        self.values: dict[_Variable, list[Any]] = {}

    def formula(self, requirement: Compiled) -> _Formula:
        kind, *arguments = requirement
        if kind in ("all_of", "any_of"):
            parts = tuple(self.formula(part) for part in arguments[0])
            return ("and" if kind == "all_of" else "or", parts)
        if kind == "not":
            return ("not", self.formula(arguments[0]))
        if kind in ("authenticated", "never"):
            return ("and" if kind == "authenticated" else "or", ())
        return self._about_the_caller(kind, arguments)

    def _about_the_caller(self, kind: str, arguments: Sequence[Any]) -> _Formula:
        if kind in ("scopes_any", "scopes_all", "role"):
            parts = tuple(self._yes((kind[:5], name)) for name in arguments[0])
            return ("and" if kind == "scopes_all" else "or", parts)
        if kind in ("scheme", "certificate_scheme"):
            return self._one_of((kind,), [arguments[0]])
        if kind == "principal":
            return self._one_of(("principal",), arguments[0])
        if kind == "claim":
            return self._claim(*arguments)
        if kind == "path":  # whose path it is depends on the route: never the same question twice
            return self._yes(("path", len(self.values)))
        return self._yes((kind, repr(arguments)))

    def _claim(self, path: str, operator: str, wanted: Any) -> _Formula:
        if operator == "contains":
            return self._yes(("item", path, typed(wanted)))
        values = wanted if operator == "any_of" else [wanted]
        return self._one_of(("claim", path), map(typed, values))

    def _yes(self, variable: _Variable) -> _Formula:
        return self._one_of(variable, [True])

    def _one_of(self, variable: _Variable, values: Iterable[Any]) -> _Formula:
        wanted = frozenset(values)
        known = self.values.setdefault(variable, [None])  # None: another value, or none at all
        known += sorted(wanted.difference(known), key=repr)
        return ("is", variable, wanted)


def typed(value: Any) -> tuple[str, Any]:
    """Tell `true` from 1, as the comparison of claims does; 1 and 1.0 are one number."""
    return ("bool" if isinstance(value, bool) else "other", value)


class _Search:
    def __init__(self, values: Mapping[_Variable, Sequence[Any]]) -> None:
        self._values = values
        self._steps = 0

    def some(self, known: _Known, formula: _Formula) -> bool:
        """Return whether the formula can hold, given what is known of some variables."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            return True
        truth, open_variable = _evaluate(formula, known)
        if truth is not None:
            return truth
        return any(
            self.some({**known, open_variable: value}, formula)
            for value in self._values[open_variable]
        )


def _evaluate(formula: _Formula, known: _Known) -> tuple[bool | None, _Variable]:
    """Return whether the formula holds, or None and a variable that it still depends on."""
    kind, *parts = formula
    if kind == "is":
        variable, wanted = parts
        return (known[variable] in wanted, ()) if variable in known else (None, variable)
    if kind == "not":
        truth, variable = _evaluate(parts[0], known)
        return (None if truth is None else not truth), variable
    decisive = kind == "or"
    undecided: _Variable = ()
    for part in parts[0]:
        truth, variable = _evaluate(part, known)
        if truth is decisive:
            return decisive, ()
        if truth is None and not undecided:
            undecided = variable
    return (None, undecided) if undecided else (not decisive, ())
