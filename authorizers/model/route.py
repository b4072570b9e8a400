"""A route of an API, as a document names it: `GET /users/{user_id}`, `$connect`."""

import re
from typing import NamedTuple

from authorizers.model.arn import METHODS

ANY_ROUTE = "*"  # every route of the API, for a deployment that has no document
ROUTE_KEYS = ("$connect", "$default")

_LITERAL = r"[A-Za-z0-9._~!&'()+,;=:@%-]+"  # RFC 3986 pchar without `*` and `$`: wildcards to IAM
_PARAMETER = r"\{[A-Za-z0-9._-]+\}"
_PATH = re.compile(
    rf"/|(?:/(?:{_LITERAL}|{_PARAMETER}))+(?:/\{{[A-Za-z0-9._-]+\+\}})?|/\{{[A-Za-z0-9._-]+\+\}}"
)


class Route(NamedTuple):
    """
    `methods` it answers to and the `segments` of its path; a route key alone has neither.

    A segment is literal text, `{name}` for exactly one segment, or `{name+}`, the last one,
    for one or more.
    """

    key: str
    methods: tuple[str, ...]
    segments: tuple[str, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the path's parameters, in order, a greedy one without its plus sign."""
        return tuple(s[1:-1].removesuffix("+") for s in self.segments if s.startswith("{"))


def parse_route(key: str) -> Route:
    """
    Parse a route key of a document.

    Raises:
        ValueError: says what is wrong and what to write instead.
    """
    if key in ROUTE_KEYS or key == ANY_ROUTE:
        return Route(key, (), ())
    method, separator, path = key.partition(" ")
    if not separator:
        raise ValueError(
            "write METHOD /path, such as GET /orders/{order_id}, or $connect or $default"
        )
    if method != "ANY" and method not in METHODS:
        raise ValueError(f"the method must be ANY or one of {', '.join(METHODS)}, in capitals")
    if not _PATH.fullmatch(path):
        raise ValueError(
            "the path must begin with / and have no empty segment, no trailing /, no * ? or $,"
            " and {name+} only as its last segment"
        )
    route = Route(
        key,
        METHODS if method == "ANY" else (method,),
        tuple(path[1:].split("/")) if path != "/" else (),
    )
    if len(set(route.parameters)) != len(route.parameters):
        raise ValueError("each parameter of a path needs a name of its own")
    return route


def specificity(route: Route) -> tuple[int, ...]:
    """Return the key by which API Gateway prefers routes; the smallest that matches is taken."""
    if route.key == "$default":
        return (3,)
    return tuple(0 if s[0] != "{" else 2 if s.endswith("+}") else 1 for s in route.segments)
