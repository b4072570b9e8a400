"""What the compiled table says of one route: what to allow, and what to deny beside it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from authorizers.model.arn import METHODS
from authorizers.model.route import ANY_ROUTE, Route, parse_route, specificity
from authorizers.policy.document import method_patterns

Tails = dict[str, None]  # ends of ARNs, after the stage; a dictionary is a set in order


class EntryCut(NamedTuple):
    """
    Denying `deny` keeps the route's pattern off another `route`; denying one of the patterns
    beyond it whose places are `via` does so, too.
    """

    route: int
    deny: Tails
    via: frozenset[int]


class Entry:
    """One row of the table."""

    __slots__ = (
        "_route", "allow", "beyond", "cuts", "guard", "key", "methods", "odd", "reaches",
        "websocket",
        "within",
    )  # fmt: skip

    def __init__(self, row: Mapping[str, Any], routes: int) -> None:
        """
        Read a `row` of a table of as many `routes`.

        Raises:
            AttributeError, KeyError, TypeError, ValueError: the row is not whole.
        """
        self.key: str = row["key"]
        self.methods = frozenset(_tails(row["methods"]) if "methods" in row else _methods(self.key))
        self.allow = _tails(row.get("allow", []))
        self.guard = _tails(row.get("guard", []))
        self.odd = _tails(row.get("odd", []))
        self.within = _places(row.get("within", []), routes)
        self.beyond = [
            (_tails(b["deny"]), frozenset(_places(b["deeper"], routes)))
            for b in row.get("beyond", ())
        ]
        self.cuts = [
            EntryCut(
                _places([cut["route"]], routes)[0],
                _tails(cut["deny"]),
                frozenset(_places(cut["via"], len(self.beyond))),
            )
            for cut in row.get("cuts", ())
        ]
        self.reaches = bool(self.guard or self.beyond or self.cuts)
        self._route: Route | None = None
        # whether it is spoken of on a WebSocket API, and on others
        self.websocket = (True, False) if self.key == ANY_ROUTE else (self.key == "$connect",)

    @property
    def route(self) -> Route:
        """The route, parsed when it is first needed: for paths that belong to somebody."""
        if self._route is None:
            self._route = parse_route(self.key)
        return self._route

    def resources(
        self, segments: Iterable[str], *, without: frozenset[str] = frozenset()
    ) -> tuple[str, ...]:
        """Return the route's methods on a path of `segments`."""
        path = "/".join(segments)
        return tuple(f"{method}/{path}" for method in method_patterns(self.methods - without))

    def bound(self, bindings: Mapping[str, str]) -> list[str]:
        """Put the values of bound parameters, already proven to be harmless text, into the path."""
        if not bindings.keys() <= set(self.route.parameters):
            return []
        return [
            bindings.get(s[1:-1].removesuffix("+"), "?*") if s.startswith("{") else s
            for s in self.route.segments
        ]

    def crossings(self, segments: Sequence[str]) -> list[str]:
        """
        Return resources of a greedy route's paths in which an open parameter would hold a slash,
        and a bound one thus another segment than its own.
        """
        if not self.key.endswith("+}"):
            return []
        last = max(i for i, segment in enumerate(segments) if segment != "?*")
        return [
            resource
            for i, segment in enumerate(segments[:last])
            if segment == "?*"
            for resource in self.resources([*segments[:i], "*/*", *segments[i + 1 :]])
        ]

    def outranks(self, other: "Entry") -> bool:
        """Return whether every kind of API prefers this route to the other."""
        return specificity(self.route) < specificity(other.route)

    def may_outrank(self, other: "Entry") -> bool:
        """Return whether some kind of API prefers this route: HTTP APIs any over a greedy one."""
        full_first = other.key.endswith("+}") and not self.key.endswith("+}")
        return full_first or self.outranks(other)

    def takes_path_of(self, other: "Entry", path: Sequence[str]) -> bool:
        """Return whether both routes share a method, and this one matches the literal `path`."""
        segments: Sequence[str] = self.route.segments
        if segments and segments[-1].endswith("+}") and len(path) >= len(segments):
            segments, path = segments[:-1], path[: len(segments) - 1]
        return (
            not self.methods.isdisjoint(other.methods)
            and len(segments) == len(path)
            and all(s.startswith("{") or s == text for s, text in zip(segments, path, strict=True))
        )


def _tails(texts: Any) -> Tails:
    """Return a list of texts as a set in order; a text alone would be read letter by letter."""
    if type(texts) is not list or not all(type(text) is str for text in texts):
        raise ValueError("not a list of texts")
    return dict.fromkeys(texts)


def _places(numbers: Any, below: int) -> tuple[int, ...]:
    if not all(type(number) is int and 0 <= number < below for number in numbers):
        raise ValueError("not the numbers of routes")
    return tuple(numbers)


def _methods(key: str) -> Sequence[str]:
    method = key.partition(" ")[0]
    return METHODS if method == "ANY" else (method,) if method in METHODS else ()
