"""
How large a policy may become: a bound for every caller, made when a document is compiled.

An answer of an authorizer has 8 KB. One that is larger would fail in production, for those who
may do most; so the worst case is counted before there is a caller.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from authorizers.policy.document import ENDS_IN_TWO_SLASHES, method_patterns
from authorizers.policy.entry import Entry

# arn:aws:execute-api:ap-southeast-1:123456789012:abcdef1234/ and a stage of 14 characters; for
# longer ones the answer's own check remains
STAGE_ARN_CHARS = 72
_PER_RESOURCE = STAGE_ARN_CHARS + len('/"", ')
_STATEMENT = len('{"Effect": "Allow", "Action": "execute-api:Invoke", "NotResource": []}, ')
_CONDITION = len(', "Condition": {"NotIpAddress": {"aws:SourceIp": []}}')
_FRAME = len('{"Version": "2012-10-17", "Statement": []}')

Row = Mapping[str, Any]


class Largest(NamedTuple):
    """The most bytes that a policy may have, and the routes that make it so large."""

    bytes: int
    routes: tuple[int, ...]


class Terms(NamedTuple):
    """
    On which terms a route may be granted: how many single paths a caller may have of it, of how
    many characters beyond the pattern's; and the text of all networks in conditions, with the
    number of conditions that there may be.
    """

    single_paths: int
    more_chars: int
    networks: tuple[str, int] | None


# May a caller be granted the first route, and not the whole of the second?
Apart = Callable[[int, int], bool]


def largest_policy(
    rows: Sequence[Row],
    terms: Callable[[int], Terms],
    apart: Apart,
    sets: Iterable[tuple[int, ...]],
) -> Largest:
    """
    Return a bound for policies of REST APIs: the largest, over `sets` of routes that one caller
    may have.
    """
    sizes = _Sizes(rows, terms, apart)
    return max((Largest(sizes.of(routes), routes) for routes in sets), default=Largest(0, ()))


class _Sizes:
    def __init__(self, rows: Sequence[Row], terms: Callable[[int], Terms], apart: Apart) -> None:
        self._rows = rows
        self._terms = [terms(i) for i in range(len(rows))]
        self._apart = apart
        self._granted = [self._size_of_grant(i) for i in range(len(rows))]

    def of(self, routes: tuple[int, ...]) -> int:
        """Bound the size for a caller who may be granted any of `routes`, and no others."""
        routes = tuple(r for r in routes if self._rows[r]["key"] != "$connect")
        together = frozenset(routes)
        cut: dict[int, set[str]] = {}
        for route in routes:
            for other, tails in self._cuts(route, together):
                cut.setdefault(other, set()).update(tails)
        denied = {other: _size(tails) for other, tails in cut.items()}
        # What is granted whole is not cut off; of what is granted by single paths the rest is.
        size = sum(
            self._granted[r]
            if self._terms[r].single_paths
            else max(self._granted[r], denied.pop(r, 0))
            for r in routes
        )
        size += sum(denied.values())
        networks = {terms for r in routes if (terms := self._terms[r].networks) is not None}
        conditions = sum(
            2 * (times * (_STATEMENT + _CONDITION) + len(text)) for text, times in networks
        )
        size += _size([ENDS_IN_TWO_SLASHES])
        return _FRAME + 3 * _STATEMENT + size + conditions

    def _size_of_grant(self, route: int) -> int:
        """The Allow, and NotResource in the Deny of everything else; what is denied beside it."""
        row, terms = self._rows[route], self._terms[route]
        covered = not all(self._apart(route, wide) for wide in row.get("within", ()))
        if covered and not terms.networks and not terms.single_paths:
            return 0  # whoever has it has a wider one
        beside = _size([*row.get("guard", ()), *self._beyond(route)])
        times = 3 if terms.networks else 2
        odd = _size(row.get("odd", ())) if terms.networks else 0
        whole = times * _size(row.get("allow", ())) + odd
        single = self._size_of_single_paths(row, terms, times)
        # Who has a route whole has no single paths of it, unless it is for some networks only.
        return beside + (whole + single if terms.networks else max(whole, single))

    def _size_of_single_paths(self, row: Row, terms: Terms, times: int) -> int:
        key, methods = row["key"], method_patterns(Entry(row, len(self._rows)).methods)
        crossings = key.count("{") if key.endswith("+}") else 0
        each = len(methods) * (_PER_RESOURCE + len(key) + terms.more_chars)
        return terms.single_paths * each * (times + crossings)

    def _beyond(self, route: int) -> Iterable[str]:
        """Yield what is denied unless the caller has a deeper route; some always have."""
        for beyond in self._rows[route].get("beyond", ()):
            if all(self._apart(route, deeper) for deeper in beyond["deeper"]):
                yield from beyond["deny"]

    def _cuts(self, route: int, together: frozenset[int]) -> Iterable[tuple[int, Sequence[str]]]:
        """Yield what may have to be denied one by one, where one Deny for all would not do."""
        row = self._rows[route]
        beyond = row.get("beyond", ())
        always = {i for i, b in enumerate(beyond) if together.isdisjoint(b["deeper"])}
        for cut in row.get("cuts", ()):
            if always.isdisjoint(cut["via"]) and self._apart(route, cut["route"]):
                yield cut["route"], cut["deny"]


def _size(tails: Iterable[str]) -> int:
    return sum(_PER_RESOURCE + len(tail) for tail in tails)
