"""
Which routes one caller may have together, at most. Used where documents are compiled.

A caller has one scheme, and one value in a claim: routes that need different ones are never in
the same policy.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from authorizers.rules.satisfiable import typed

Compiled = Sequence[Any]
Needs = Mapping[tuple[str, ...], frozenset[Any]]  # a fact, and the values of which one is needed

MAX_SETS = 5_000


def needs_of(requirement: Compiled) -> Needs:
    """Return what whoever meets the requirement surely has."""
    kind, *arguments = requirement
    if kind in ("scheme", "certificate_scheme"):
        return {(kind,): frozenset(arguments)}
    if kind == "principal":
        return {("principal",): frozenset(arguments[0])}
    if kind == "claim" and arguments[1] != "contains":
        path, operator, wanted = arguments
        values = wanted if operator == "any_of" else [wanted]
        return {("claim", path): frozenset(map(typed, values))}
    if kind == "all_of":
        return _of_all([needs_of(part) for part in arguments[0]])
    if kind == "any_of":
        return _of_any([needs_of(part) for part in arguments[0]])
    return {}


def _of_all(parts: Sequence[Needs]) -> Needs:
    joined: dict[tuple[str, ...], frozenset[Any]] = {}
    for part in parts:
        for fact, values in part.items():
            joined[fact] = joined.get(fact, values) & values
    return joined


def _of_any(parts: Sequence[Needs]) -> Needs:
    shared = set(parts[0]).intersection(*parts[1:]) if parts else set()
    return {fact: frozenset().union(*(part[fact] for part in parts)) for fact in shared}


def sets_of_routes(requirements: Sequence[Compiled]) -> Iterator[tuple[int, ...]]:
    """
    Yield sets of routes, by their numbers, such that the routes of any caller are within one.

    The fewer callers' facts tell routes apart, the larger the sets; they are never too small.
    """
    needs = [needs_of(requirement) for requirement in requirements]
    routes = tuple(i for i, r in enumerate(requirements) if r[0] != "never")
    yield from _divided(routes, needs, MAX_SETS)


def _divided(
    routes: tuple[int, ...], needs: Sequence[Needs], room: int, known: frozenset[Any] = frozenset()
) -> Iterator[tuple[int, ...]]:
    facts = {fact for route in routes for fact in needs[route]} - known
    values = {
        fact: frozenset().union(*(needs[r][fact] for r in routes if fact in needs[r]))
        for fact in facts
    }
    told_apart = [fact for fact in facts if 1 < len(values[fact]) <= room]
    if not told_apart:
        yield routes
        return
    fact = max(told_apart, key=lambda f: (sum(f in needs[r] for r in routes), f))
    for value in sorted(values[fact], key=repr):
        within = tuple(r for r in routes if fact not in needs[r] or value in needs[r][fact])
        yield from _divided(within, needs, room // len(values[fact]), known | {fact})
