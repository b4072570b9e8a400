"""The paths of a document's routes as a tree of segments: what matches a path, best first."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from authorizers.model.route import Route


class Match(NamedTuple):
    """A route by its number, the values of its parameters in order, and whether it is greedy."""

    route: int
    values: tuple[str, ...]
    greedy: bool


class _Methods:
    """The routes that end at one place, by method; one with ANY comes after those of its own."""

    __slots__ = ("_any", "_own")

    def __init__(self) -> None:
        self._own: dict[str, int] = {}
        self._any: int | None = None

    def add(self, methods: Sequence[str], number: int) -> None:
        if len(methods) == 1:
            self._own[methods[0]] = number
        else:
            self._any = number

    def get(self, method: str) -> int | None:
        return self._own.get(method, self._any)


class _Node:
    __slots__ = ("here", "literal", "parameter", "rest")

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.here = _Methods()
        self.rest = _Methods()  # what a greedy parameter takes from here on


class RouteTree:
    """
    Finds the routes that match a path: literal segments before `{name}` before `{name+}`, left to
    right, then `$default`.
    """

    def __init__(self) -> None:
        self._root = _Node()
        self._default: int | None = None

    def add(self, route: Route, number: int) -> None:
        """Add a route with a path, or `$default`."""
        if route.key == "$default":
            self._default = number
            return
        node = self._root
        for segment in route.segments:
            if segment[0] != "{":
                known = node.literal.get(segment)
                if known is None:
                    known = node.literal[segment] = _Node()
                node = known
            elif segment.endswith("+}"):
                node.rest.add(route.methods, number)
                return
            else:
                node.parameter = node = node.parameter or _Node()
        node.here.add(route.methods, number)

    def matches(self, method: str, path: str) -> Iterator[Match]:
        """Yield all routes that match, in the order in which API Gateway prefers them."""
        segments = path.split("/") if path else []
        yield from _below(self._root, method, segments, ())
        if self._default is not None:
            yield Match(self._default, (), True)


def _below(
    node: _Node, method: str, segments: Sequence[str], values: tuple[str, ...]
) -> Iterator[Match]:
    if not segments:
        number = node.here.get(method)
        if number is not None:
            yield Match(number, values, False)
        return
    first, rest = segments[0], segments[1:]
    literal = node.literal.get(first)
    if literal is not None:
        yield from _below(literal, method, rest, values)
    if first and node.parameter is not None:
        yield from _below(node.parameter, method, rest, (*values, first))
    number = node.rest.get(method)
    if number is not None and (first or rest):
        yield Match(number, (*values, "/".join(segments)), True)
