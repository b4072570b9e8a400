"""
Which route of the document API Gateway chose for a request.

Literal segments before `{name}` before `{name+}`, left to right, then `$default`; a route with the
method before one with ANY. Sources: "Develop routes for HTTP APIs"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html); REST
APIs have the same order by resource, and one without the method lets a greedy sibling answer.
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from authorizers.model.arn import ExecuteApiArn
from authorizers.model.route import ANY_ROUTE, Route, parse_route, specificity
from authorizers.rules.route_tree import Match, RouteTree

Wanted = Callable[[Match], bool]

_NAME = re.compile(r"\{[^}+]*")  # parameters may have other names in the API


class RoutedTo(NamedTuple):
    """
    The route's place in the document, and the values of its path parameters.

    `or_to` is set where gateways differ on the route: the caller needs both.
    """

    route: int
    parameters: dict[str, str]
    or_to: "RoutedTo | None" = None


def same_template(one: str, other: str) -> bool:
    """Return whether two route keys differ in the names of their parameters at most."""
    return _template(one) == _template(other)


@lru_cache(maxsize=256)  # of the API's own routes
def _template(key: str) -> str:
    """Return a route key without the names of its parameters."""
    return _NAME.sub("{", key)


def _may_outrank(one: Route, other: Route) -> bool:
    """Return whether some kind of API prefers `one`: HTTP APIs any full match over a greedy one."""
    full_first = "+}" in other.key and "+}" not in one.key
    return full_first or (specificity(one), len(one.methods)) < (
        specificity(other),
        len(other.methods),
    )


def _may_meet(one: Route, other: Route) -> bool:
    """Return whether the two may have a path in common; a no is always right."""
    if "$default" in (one.key, other.key):
        return True
    if set(one.methods).isdisjoint(other.methods):
        return False
    greedy = "+}" in one.key or "+}" in other.key
    return (greedy or len(one.segments) == len(other.segments)) and all(
        a == b or "{" in (a[0], b[0]) for a, b in zip(one.segments, other.segments, strict=False)
    )


class RouteTable:
    """The routes of a document, ready to find the one that a request's ARN belongs to."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = tuple(keys)
        self._by_key = {key: i for i, key in enumerate(keys) if key.startswith("$")}
        self._any = self.keys.index(ANY_ROUTE) if ANY_ROUTE in keys else None
        self._routes = [parse_route(key) for key in keys]
        self._tree = RouteTree()
        for i, route in enumerate(self._routes):
            if route.key not in ("$connect", ANY_ROUTE):
                self._tree.add(route, i)
        self._alone: dict[int, bool] = {}
        # Paths come again, with other tokens. As many as the ARNs that are remembered.
        self.find = lru_cache(maxsize=256)(self._find_route)

    @property
    def is_everything(self) -> bool:
        """Whether the one route `*` stands for all."""
        return self._any is not None

    def is_alone(self, route: int) -> bool:
        """Return whether no path and method of the route is that of a more specific route."""
        if route not in self._alone:
            ours = self._routes[route]
            self._alone[route] = not any(
                _may_outrank(r, ours) and _may_meet(r, ours) for r in self._routes
            )
        return self._alone[route]

    def named(self, key: str | None, routed: RoutedTo | None, asked: str | None) -> RoutedTo | None:
        """
        Return `routed`, and with it the more specific route that the event's own `key` names:
        where the gateway's reading of the path and ours differ, the caller needs both. `asked` is
        the request's method, which the key of a route of every method does not say.
        """
        if key is None or routed is None or self.is_everything:
            return routed
        method, _, path = _template(key).partition(" ")
        said = asked if method == "ANY" and asked else method
        named = self._by_template.get(f"{said} {path}", self._by_template.get(f"ANY {path}"))
        if named is None or named == routed.route:
            return routed
        if not _may_outrank(self._routes[named], self._routes[routed.route]):
            return routed
        return routed._replace(or_to=RoutedTo(named, {}, routed.or_to))

    @cached_property
    def _by_template(self) -> dict[str, int]:
        return {_template(key): i for i, key in enumerate(self.keys)}

    def _find_route(self, arn: ExecuteApiArn) -> RoutedTo | None:
        """Return the route of the request that `arn` names, or None where no route matches."""
        if self._any is not None:
            return RoutedTo(self._any, {})
        if arn.method is None:
            route = self._by_key.get(arn.route_key or "")
            return None if route is None else RoutedTo(route, {})
        if arn.path.startswith("/") or arn.path.endswith("//"):
            return None  # gateways differ on where a path with a slash too many belongs
        return self._find(arn.method, arn.path, _anything)

    def _find(self, method: str, path: str, wanted: Wanted) -> RoutedTo | None:
        """Return the best of the matches that are `wanted`."""
        for match in self._tree.matches(method, path):
            if wanted(match):
                names = self._routes[match.route].parameters
                parameters = dict(zip(names, match.values, strict=False))
                or_to = self._disputed(method, path, match, wanted) if match.greedy else None
                return RoutedTo(match.route, parameters, or_to)
        return None

    def _disputed(self, method: str, path: str, found: Match, wanted: Wanted) -> RoutedTo | None:
        """
        Return the other route that a gateway may send the path of a greedy one to: on HTTP APIs
        a full match comes before any greedy one, and an odd slash may lead to a plain path.
        """

        def better(match: Match) -> bool:
            return wanted(match) and self._rank(match) < self._rank(found)

        def full_but_later(match: Match) -> bool:
            return wanted(match) and not match.greedy and self._rank(match) > self._rank(found)

        def either(match: Match) -> bool:
            return better(match) or full_but_later(match)

        return self._plainly(method, path, either) or self._find(method, path, full_but_later)

    def _rank(self, match: Match) -> tuple[tuple[int, ...], int]:
        route = self._routes[match.route]
        return specificity(route), len(route.methods)

    def _plainly(self, method: str, path: str, wanted: Wanted) -> RoutedTo | None:
        """
        Return the more specific route that `path` has without a slash at its end: gateways
        differ on whether such a path is sent there.
        """
        return self._find(method, path[:-1], wanted) if path.endswith("/") else None


def _anything(_: Match) -> bool:
    return True
