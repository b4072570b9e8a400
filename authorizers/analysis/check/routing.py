"""
Which of several routes answers a request, asked with sample requests.

For a route, a request whose parameters are like no literal of any route is the one that the fewest
others match: what none of them takes away is the route's own. A greedy parameter is
tried in every length up to one segment more than the longest route has.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from authorizers.model.arn import METHODS, parse_arn
from authorizers.model.route import ANY_ROUTE, Route, parse_route
from authorizers.rules.routing import RoutedTo, RouteTable

_STAGE = "arn:aws:execute-api:us-east-1:000000000000:api/stage"  # any stage: routes know none
_KEYS_ALONE = ("$connect", ANY_ROUTE)


class Routing:
    """The routes `keys`, ready to be asked which of them answers what."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = tuple(keys)
        self.routes = tuple(parse_route(key) for key in keys)
        self._table = RouteTable(keys)
        self._answering: dict[tuple[str, str], frozenset[int]] = {}
        segments = [segment for route in self.routes for segment in route.segments]
        self._fresh = "x" * (1 + max(map(len, segments), default=0))
        self._longest = max((len(route.segments) for route in self.routes), default=0)

    @property
    def is_everything(self) -> bool:
        """Whether the one route `*` stands for all."""
        return self._table.is_everything

    def is_alone(self, route: int) -> bool:
        """Return whether no path and method of the route is that of a more specific route."""
        return self._table.is_alone(route)

    def samples(self, route: Route) -> Iterator[str]:
        """Yield paths of `route`, without the leading slash, that as few others match as can be."""
        whole = [self._fresh if s.startswith("{") else s for s in route.segments]
        longest = max(self._longest, len(whole)) + 1
        if route.key == "$default":
            yield from ("/".join([self._fresh] * n) for n in range(longest + 1))
        elif "+}" in route.key:
            yield from (
                "/".join([*whole, *[self._fresh] * n]) for n in range(longest - len(whole) + 1)
            )
        else:
            yield "/".join(whole)

    def answering(self, method: str, path: str) -> frozenset[int]:
        """Return the routes that may answer a request: two where kinds of API differ, or none."""
        request = (method, path)
        if request not in self._answering:
            found = self._table.find(parse_arn(f"{_STAGE}/{method}/{path}"))
            self._answering[request] = frozenset(_all_of(found))
        return self._answering[request]

    def is_ever_chosen(self, route: int) -> bool:
        """Return whether some request is answered by the route."""
        parsed = self.routes[route]
        if parsed.key in _KEYS_ALONE:
            return True
        return any(
            route in self.answering(method, path)
            for path in self.samples(parsed)
            for method in parsed.methods or METHODS
        )

    def meeting(self, key: str) -> Iterator[int]:
        """Yield the routes that have a method and a path in common with the route `key`."""
        other = parse_route(key)
        return (i for i, route in enumerate(self.routes) if meet(route, other))

    def answering_some_of(self, key: str) -> Iterator[int]:
        """Yield the routes that answer some request of `key`, a route of another table."""
        other = parse_route(key)
        for i in self.meeting(key):
            if self.routes[i].key in _KEYS_ALONE:
                yield i
                continue
            path = self._path_of_both(self.routes[i], other)
            methods = set(methods_of(self.routes[i])).intersection(methods_of(other))
            if any(i in self.answering(method, path) for method in sorted(methods)):
                yield i

    def _path_of_both(self, one: Route, other: Route) -> str:
        """Return a path of two routes that meet, as few others match as can be."""
        pairs = zip_longest(one.segments, other.segments, fillvalue="{}")
        both = (a if a[0] != "{" else b if b[0] != "{" else self._fresh for a, b in pairs)
        return "/".join(both)


def _all_of(found: RoutedTo | None) -> Iterator[int]:
    while found is not None:
        yield found.route
        found = found.or_to


def methods_of(route: Route) -> tuple[str, ...]:
    """Return the methods that a route answers to; `$default` answers to all."""
    return METHODS if route.key == "$default" else route.methods


def meet(one: Route, other: Route) -> bool:
    """Return whether two routes have a method and a path in common."""
    if ANY_ROUTE in (one.key, other.key):
        return True
    if "$connect" in (one.key, other.key):
        return one.key == other.key
    shared = not set(methods_of(one)).isdisjoint(methods_of(other))
    return shared and paths_meet(one, other)


def paths_meet(one: Route, other: Route) -> bool:
    """Return whether two routes have a path in common, whatever their methods."""
    if "$default" in (one.key, other.key):
        return True
    if not all(
        a == b or "{" in (a[0], b[0]) for a, b in zip(one.segments, other.segments, strict=False)
    ):
        return False
    short, long_ = sorted((one.segments, other.segments), key=len)
    return len(short) == len(long_) or _is_greedy(short)


def covers(wide: Route, narrow: Route) -> bool:
    """Return whether `wide` has every path of `narrow`, whatever their methods."""
    if wide.key == "$default":
        return True
    if narrow.key == "$default" or (_is_greedy(narrow.segments) and not _is_greedy(wide.segments)):
        return False
    if len(wide.segments) != len(narrow.segments) and not (
        _is_greedy(wide.segments) and len(wide.segments) < len(narrow.segments)
    ):
        return False
    return all(
        a == b or a.startswith("{") for a, b in zip(wide.segments, narrow.segments, strict=False)
    )


def _is_greedy(segments: Sequence[str]) -> bool:
    return bool(segments) and segments[-1].endswith("+}")


def is_greedy(route: Route) -> bool:
    """Return whether a route takes paths of any length."""
    return route.key == "$default" or _is_greedy(route.segments)


def template_of(route: Route) -> tuple[str, ...]:
    """Return a route's path without the names of its parameters, which gateways do not look at."""
    if not route.methods:
        return (route.key,)
    named = (("{+}" if s.endswith("+}") else "{}") if s[0] == "{" else s for s in route.segments)
    return ("/", *named)


def in_words(methods: Sequence[str]) -> str:
    """Return methods as people list them: `GET, HEAD and POST`."""
    *most, last = methods
    return f"{', '.join(most)} and {last}" if most else last
