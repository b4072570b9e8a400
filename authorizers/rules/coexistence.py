"""
Which grants one caller may have together. Used where documents are compiled: where no caller can
have two grants at once, it does not matter that no policy could say them both.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from authorizers.model.route import parse_route
from authorizers.rules.forms import (
    Forms,
    binds_behind_an_open_one,
    is_open,
    is_tangled,
)
from authorizers.rules.implication import somewhere, surely_somewhere, without_paths
from authorizers.rules.mentions import mentions
from authorizers.rules.satisfiable import NEVER, facts_of, satisfiable

Compiled = Sequence[Any]


class Coexistence:
    """
    Answers for the routes of one document, by their numbers, and remembers what it answered.

    `routes` are pairs of key and compiled requirement, `forms` those of the requirements.
    """

    def __init__(
        self, keys: Sequence[str], requirements: Sequence[Compiled], forms: Sequence[Forms]
    ) -> None:
        self._routes = [parse_route(key) for key in keys]
        self._requirements = requirements
        self._forms = forms
        self._open = [self._open_requirement(i) for i in range(len(keys))]
        self._whole = [without_paths(requirement) for requirement in requirements]
        self._same = _numbered(zip(map(repr, requirements), map(repr, self._open), strict=True))
        self._examples = {number: i for i, number in enumerate(self._same)}
        kinds = [i for _, i in sorted(self._examples.items())]
        self._open_parts = [_part(somewhere(self._open[i] or NEVER)) for i in kinds]
        self._parts = [_part(somewhere(requirements[i])) for i in kinds]
        self._lacking_parts = [_part(["not", surely_somewhere(self._whole[i])]) for i in kinds]
        self._loses = lru_cache(maxsize=None)(self._work_out_losing)
        self._parting = lru_cache(maxsize=None)(self._work_out_parting)
        self._limits = lru_cache(maxsize=None)(self._work_out_limiting)

    def may_lose(self, reaching: int, kept: int, reached: int) -> bool:
        """
        Return whether a caller may be granted more of `reaching` than single paths, something of
        `kept`, and not the whole of `reached`.
        """
        if kept == reached and not self.is_bound(reached):
            return False
        same = self._same
        return self._loses(same[reaching], same[kept], same[reached])

    def may_be_apart(self, granted: int, other: int) -> bool:
        """Return whether a caller may be granted something of a route, and not all of another."""
        return self._parting(self._same[granted], self._same[other])

    def may_be_limited(self, route: int, kept: int) -> bool:
        """
        Return whether a caller may be granted more of `route` than single paths for some source
        networks only, and something of `kept` from elsewhere.
        """
        if not self.is_conditional(route) or self._open[route] is None:
            return False
        return self._limits(self._same[route], self._same[kept])

    def is_conditional(self, route: int) -> bool:
        """Return whether a grant of the route may hold for some source networks only."""
        return any(form.networks for form in self._forms[route])

    def is_bound(self, route: int) -> bool:
        """Return whether a grant of the route may be bound to values of its parameters."""
        return any(form.bound for form in self._forms[route])

    def always_bound(self, route: int) -> frozenset[str]:
        """Return the parameters that have a value wherever more than single paths is granted."""
        parameters = frozenset(self._routes[route].parameters)
        partly = [form.bound for form in self._forms[route] if form.bound < parameters]
        return frozenset.intersection(*partly) if partly else frozenset()

    def is_tangled(self, route: int) -> bool:
        """Return whether a caller may have grants of the route that no pattern keeps apart."""
        forms, segments = self._forms[route], self._routes[route].segments
        return is_tangled(forms) or binds_behind_an_open_one(forms, segments)

    def _open_requirement(self, route: int) -> Compiled | None:
        """Return what is demanded for more than single paths of a route; None: nobody has more."""
        parameters, forms = frozenset(self._routes[route].parameters), self._forms[route]
        if not is_open(forms, parameters):
            return None
        partly = any(form.bound and form.bound < parameters for form in forms)
        return self._requirements[route] if partly else without_paths(self._requirements[route])

    def _work_out_losing(self, reaching: int, kept: int, reached: int) -> bool:
        parts = (self._open_parts[reaching], self._parts[kept], self._lacking_parts[reached])
        return _possible_together(parts)

    def _work_out_parting(self, granted: int, other: int) -> bool:
        if mentions(self._whole[self._examples[other]], "source_ip"):
            return True
        return _possible_together((self._parts[granted], self._lacking_parts[other]))

    def _work_out_limiting(self, route: int, kept: int) -> bool:
        route, kept = self._examples[route], self._examples[kept]
        needed = self._open[route]
        return needed is not None and satisfiable(
            [somewhere(needed), self._requirements[kept]], [self._whole[route]]
        )


class _Part(NamedTuple):
    """A requirement, what of a caller decides about it, and whether anybody meets it."""

    requirement: Compiled
    facts: frozenset[Any]
    possible: bool


def _part(requirement: Compiled) -> _Part:
    return _Part(requirement, facts_of(requirement), satisfiable([requirement]))


def _possible_together(parts: Sequence[_Part]) -> bool:
    """Return whether one caller may meet all; those without a fact in common are never asked."""
    if not all(part.possible for part in parts):
        return False
    if sum(len(part.facts) for part in parts) == len(frozenset().union(*(p.facts for p in parts))):
        return True
    return satisfiable([part.requirement for part in parts])


def _numbered(things: Any) -> list[int]:
    """Return a number for each thing, the same for equal ones."""
    numbers: dict[Any, int] = {}
    return [numbers.setdefault(thing, len(numbers)) for thing in things]
