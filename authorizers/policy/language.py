"""
The paths that a pattern stands for, and whether two patterns have one in common.

A route's `{id}` is one segment where IAM's `*` is any run of characters, so whether a policy
reaches a route is a question about languages, decided here exactly and not by trying examples.
"""

from typing import NamedTuple

from authorizers.model.route import Route

ANY_CHARACTER = "any"
NOT_A_SLASH = "not /"


class Step(NamedTuple):
    """One step through a pattern: a character of `symbols`, once, or any number of times."""

    symbols: str  # one literal character, or one of the two classes above
    repeats: bool = False


Language = tuple[Step, ...]


def language_of_glob(pattern: str) -> Language:
    """Return the language of an IAM pattern."""
    return tuple(
        Step(ANY_CHARACTER, repeats=character == "*") if character in "*?" else Step(character)
        for character in pattern
    )


def language_of_route(route: Route) -> Language:
    """Return the language of a route's path, without the leading slash."""
    if route.key == "$default":
        return (Step(ANY_CHARACTER, repeats=True),)
    steps: list[Step] = []
    for segment in route.segments:
        if steps:
            steps.append(Step("/"))
        if segment.startswith("{"):
            symbols = ANY_CHARACTER if segment.endswith("+}") else NOT_A_SLASH
            steps += [Step(symbols), Step(symbols, repeats=True)]
        else:
            steps += [Step(character) for character in segment]
    return tuple(steps)


def _share_a_symbol(one: str, other: str) -> bool:
    if one == other or ANY_CHARACTER in (one, other):
        return True
    literal, class_ = (one, other) if len(one) == 1 else (other, one)
    return class_ == NOT_A_SLASH and literal != "/"


def meet(one: Language, other: Language) -> bool:
    """Return whether some text is in both languages: a search through the product automaton."""
    pending, seen = [(0, 0)], {(0, 0)}
    while pending:
        i, j = pending.pop()
        if i == len(one) and j == len(other):
            return True
        for step in _steps(one, other, i, j):
            if step not in seen:
                seen.add(step)
                pending.append(step)
    return False


def _steps(one: Language, other: Language, i: int, j: int) -> list[tuple[int, int]]:
    left = one[i] if i < len(one) else None
    right = other[j] if j < len(other) else None
    steps = []
    if left and left.repeats:
        steps.append((i + 1, j))
    if right and right.repeats:
        steps.append((i, j + 1))
    if left and right and _share_a_symbol(left.symbols, right.symbols):
        steps.append((i if left.repeats else i + 1, j if right.repeats else j + 1))
    return steps
