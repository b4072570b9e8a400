"""A few routes and every short request of them, as sets that fit into one integer."""

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from tests.policy.reference.patterns import arn_pattern, matches
from tests.policy.reference.router import is_ordinary, readings

STAGE = "::::::p"  # the shortest text that is a stage's ARN to a pattern

Requests = int  # a set of a world's requests: their places, as bits
Granted = frozenset[str]  # keys of routes


class Wanted(NamedTuple):
    """What a principal must have, and must not have; anything else is nobody's concern."""

    allowed: Requests
    denied: Requests


def bits(chosen: Iterable[bool]) -> Requests:
    return sum(1 << n for n, one in enumerate(chosen) if one)


def subsets(table: Sequence[str]) -> list[Granted]:
    return [frozenset(s) for n in range(len(table) + 1) for s in itertools.combinations(table, n)]


class World:
    """`routes` to make tables of, and all requests of `methods` with up to `depth` segments."""

    def __init__(self, routes: Sequence[str], methods: Sequence[str], depth: int) -> None:
        self.tables = [t for n in (1, 2, 3) for t in itertools.combinations(routes, n)]
        self.requests = [(method, path) for method in methods for path in paths(depth)]
        self._patterns = sorted(self._covered_by_patterns(methods, depth))
        self._covered: dict[str, Requests] = {}

    def wanted(self, table: Sequence[str], granted: Granted) -> Wanted:
        """An odd path need not be allowed to anybody, but is refused where a reading of it is."""
        found = [[match.key for match in readings(table, *request)] for request in self.requests]
        allowed = [bool(keys) and granted.issuperset(keys) for keys in found]
        ordinary = [is_ordinary(path) for _, path in self.requests]
        return Wanted(
            bits(one and plain for one, plain in zip(allowed, ordinary, strict=True)),
            bits(bool(keys) and not one for one, keys in zip(allowed, found, strict=True)),
        )

    def allowed_by(self, policy: Any) -> Requests:
        """Read a policy without conditions: what is allowed and not denied."""
        effects = {"Allow": 0, "Deny": 0}
        everything = (1 << len(self.requests)) - 1
        for statement in policy["Statement"]:
            assert "Condition" not in statement
            named = 0
            for resource in statement.get("Resource", statement.get("NotResource")):
                named |= self._covered_by(resource)
            effects[statement["Effect"]] |= (
                named if "Resource" in statement else everything & ~named
            )
        return effects["Allow"] & ~effects["Deny"]

    def can_be_said(self, wanted: Wanted) -> bool:
        """
        Say whether some Allow and some Deny of patterns give what a principal must have.

        Deny whatever takes nothing away that must stay; what is wrong and still there must be
        kept out by the patterns of the Allow.
        """
        deniable = allowable = 0
        for covered in self._patterns:
            deniable |= 0 if covered & wanted.allowed else covered
        left = wanted.denied & ~deniable
        for covered in self._patterns:
            allowable |= 0 if covered & left else covered
        return not wanted.allowed & ~allowable

    def described(self, requests: Requests) -> list[str]:
        return ["/".join(one) for n, one in enumerate(self.requests) if requests >> n & 1][:5]

    def _covered_by(self, resource: str) -> Requests:
        known = self._covered.get(resource)
        if known is None:
            atoms = arn_pattern(resource, {})
            assert atoms is not None
            known = bits(matches(atoms, f"{STAGE}/{m}/{path}") for m, path in self.requests)
            self._covered[resource] = known
        return known

    def _covered_by_patterns(self, methods: Sequence[str], depth: int) -> set[Requests]:
        """What each pattern covers; none names the segment that stands for all other text."""
        words = ["a", "b", "*", "?*", ""]
        found = set()
        for method, length in itertools.product([*methods, "*"], range(1, depth + 2)):
            for segments in itertools.product(
                words if length <= depth else words[:-1], repeat=length
            ):
                pattern = re.escape("/".join([method, *segments]))
                wild = re.compile(pattern.replace(r"\*", ".*").replace(r"\?", "."))
                found.add(bits(wild.fullmatch("/".join(one)) is not None for one in self.requests))
        return found


def paths(depth: int) -> list[str]:
    """Every path of up to `depth` segments, and short ones with a slash too many."""
    plain = [
        "/".join(segments)
        for length in range(depth + 1)
        for segments in itertools.product("abc", repeat=length)
    ]
    odd = [
        form.format(path)
        for path in plain
        for form in ("/{}", "{}/", "/{}/", "{}//")
        if path.count("/") < 2 and (path or form == "/{}")
    ]
    return plain + odd
