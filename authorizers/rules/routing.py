"""
Which route of the document API Gateway chose for a request.

Literal segments before `{name}` before `{name+}`, left to right, then `$default`; a route with the
method before one with ANY. Sources: "Develop routes for HTTP APIs"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html); REST
APIs have the same order by resource, and one without the method lets a greedy sibling answer.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from authorizers.model.arn import METHODS, ExecuteApiArn
from authorizers.model.route import ANY_ROUTE, Route, parse_route, specificity

_NAME = re.compile(r"\{[^}+]*")  # parameters may have other names in the API


class RoutedTo(NamedTuple):
    """
    The route's place in the document, and the values of its path parameters.

    `or_to` is set where gateways differ on the route: the caller needs both.
    """

    route: int
    parameters: dict[str, str]
    or_to: "RoutedTo | None" = None


class _Wild(NamedTuple):
    prefix: str  # the path's literal beginning: most candidates differ there
    expression: re.Pattern[str]
    parameters: tuple[str, ...]
    route: int
    greedy: bool


def _expression(route: Route) -> re.Pattern[str]:
    if route.key == "$default":
        return re.compile(r".*", re.DOTALL)
    return re.compile(
        "/".join(
            ("(.+)" if s.endswith("+}") else "([^/]+)") if s.startswith("{") else re.escape(s)
            for s in route.segments
        ),
        re.DOTALL,
    )


def same_template(one: str, other: str) -> bool:
    """Return whether two route keys differ in the names of their parameters at most."""
    return _NAME.sub("{", one) == _NAME.sub("{", other)


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
        self._literal: dict[tuple[str, str], int] = {}
        self._wild: dict[str, list[_Wild]] = {method: [] for method in METHODS}
        routes = [(parse_route(key), i) for i, key in enumerate(keys)]
        # ANY after the methods' own routes of the same path, the most specific paths first
        for route, i in sorted(routes, key=lambda r: (specificity(r[0]), len(r[0].methods))):
            self._add(route, i)
        self._alone: dict[int, bool] = {}
        self._by_template = {_NAME.sub("{", key): i for i, key in enumerate(keys)}
        # Paths come again, with other tokens. As many as the ARNs that are remembered.
        self.find = lru_cache(maxsize=256)(self._find_route)

    @property
    def is_everything(self) -> bool:
        """Whether the one route `*` stands for all."""
        return self._any is not None

    def is_alone(self, route: int) -> bool:
        """Return whether no path and method of the route is that of a more specific route."""
        if route not in self._alone:
            ours, others = parse_route(self.keys[route]), map(parse_route, self.keys)
            self._alone[route] = not any(
                _may_outrank(r, ours) and _may_meet(r, ours) for r in others
            )
        return self._alone[route]

    def _add(self, route: Route, i: int) -> None:
        if route.key in ("$connect", ANY_ROUTE):
            return
        literal = not route.parameters and route.key != "$default"
        greedy = route.key == "$default" or "+}" in route.key
        prefix = "/".join(route.segments).partition("{")[0]
        wild = None if literal else _Wild(prefix, _expression(route), route.parameters, i, greedy)
        for method in route.methods or METHODS:
            if wild is None:
                self._literal.setdefault((method, "/".join(route.segments)), i)
            else:
                self._wild[method].append(wild)

    def named(self, key: str | None, routed: RoutedTo | None) -> RoutedTo | None:
        """
        Return `routed`, and with it the more specific route that the event's own `key` names:
        where the gateway's reading of the path and ours differ, the caller needs both.
        """
        if key is None or routed is None or self.is_everything:
            return routed
        method, _, path = _NAME.sub("{", key).partition(" ")
        named = self._by_template.get(f"{method} {path}", self._by_template.get(f"ANY {path}"))
        if named is None or named == routed.route:
            return routed
        if not _may_outrank(parse_route(self.keys[named]), parse_route(self.keys[routed.route])):
            return routed
        return routed._replace(or_to=RoutedTo(named, {}, routed.or_to))

    def _find_route(self, arn: ExecuteApiArn) -> RoutedTo | None:
        """Return the route of the request that `arn` names, or None where no route matches."""
        if self._any is not None:
            return RoutedTo(self._any, {})
        if arn.method is None:
            route = self._by_key.get(arn.route_key or "")
            return None if route is None else RoutedTo(route, {})
        return self._find(arn.method, arn.path, self._wild[arn.method])

    def _find(self, method: str, path: str, candidates: Sequence[_Wild]) -> RoutedTo | None:
        literal = self._literal.get((method, path))
        if literal is not None:
            return RoutedTo(literal, {})
        for i, wild in enumerate(candidates):
            match = wild.expression.fullmatch(path) if path.startswith(wild.prefix) else None
            if match:
                parameters = dict(zip(wild.parameters, match.groups(), strict=False))
                or_to = self._disputed(method, path, candidates, i) if wild.greedy else None
                return RoutedTo(wild.route, parameters, or_to)
        return None

    def _disputed(
        self, method: str, path: str, candidates: Sequence[_Wild], found: int
    ) -> RoutedTo | None:
        """
        Return the other route that a gateway may send the path of a greedy one to: on HTTP APIs
        a full match comes before any greedy one, and an odd slash may lead to a plain path.
        """
        full = [wild for wild in candidates[found + 1 :] if not wild.greedy]
        return self._plainly(method, path, candidates[:found]) or self._find(method, path, full)

    def _plainly(self, method: str, path: str, specific: Sequence[_Wild]) -> RoutedTo | None:
        """
        Return the more specific route that `path` has without a slash at its end, or one at its
        beginning: gateways differ on whether such a path is sent there.
        """
        bare = path.removesuffix("/")
        for plain in (bare, path.removeprefix("/"), bare.removeprefix("/")):
            if plain != path and (found := self._find(method, plain, specific)) is not None:
                return found
        return None
