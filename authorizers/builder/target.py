"""
What one step of a hand-written policy speaks of: the route or the pattern that a developer wrote.

A route is meant as API Gateway reads it, a pattern as IAM reads it. The difference, a `*` that
crosses `/`, is worked out here and taken away again by `authorizers.builder.draft`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.arn import METHODS
from authorizers.model.route import ROUTE_KEYS, parse_route
from authorizers.policy.document import EVERY_METHOD, method_patterns
from authorizers.policy.language import (
    ANY,
    ONE,
    SOME,
    Words,
    beyond_of,
    pattern_of,
    words_of_route,
)

REMEMBERED = 1024  # texts of a developer's own: as many as a program has

# RFC 3986 pchar and `/`, and IAM's two wildcards. Without a brace, `$` begins no policy variable.
_PATTERN = re.compile(r"/[A-Za-z0-9._~!$&'()+,;=:@%/*?-]*")
_STARS = re.compile(r"\*{2,}")


class Target(NamedTuple):
    """
    `methods` on the paths of `words`, whose IAM pattern is `pattern`; `key` is how it was written.

    `tails` are the ends of the ARNs, after the stage. `beyond` covers what the pattern matches
    and the words do not. A pattern means all that it matches: its `words` cover at least that, and
    nothing is beyond it. `place` is the same for the same paths meant in the same way. A target is
    `plain` without a wildcard and without ANY, a `route` if it is meant so, and `bare` without a
    method (`$connect`).
    """

    key: str
    methods: frozenset[str]
    words: Words
    pattern: str
    tails: tuple[str, ...]
    place: str
    beyond: tuple[str, ...] = ()
    plain: bool = True
    route: bool = True
    bare: bool = False


def with_methods(target: Target, methods: frozenset[str]) -> Target:
    """Return `target` with other methods."""
    tails, plain = _tails(methods, target.pattern), _is_plain(methods, target.pattern)
    return target._replace(methods=methods, tails=tails, plain=plain)


@lru_cache(maxsize=REMEMBERED)
def route_target(key: str, websocket: bool) -> Target:
    """
    Read a route, `GET /users/{user_id}`, or on a WebSocket API a route key.

    Raises:
        ConfigurationError: `route_invalid`; it says what to write instead.
    """
    if websocket:
        if key not in ROUTE_KEYS:
            raise _invalid("a WebSocket API's authorizer is asked for $connect: write that")
        return Target(key, frozenset(), (), "", (key,), key, bare=True)
    if any(wildcard in key for wildcard in "*?"):
        raise _invalid(
            "a route has no wildcards: write .allow_pattern(method, path) or .deny_pattern, and"
            " see in the library's page what * reaches"
        )
    if key == "$default":
        raise _invalid(
            "$default is what no other route has, which no policy can say: write"
            ' .allow_pattern("ANY", "/*") and .deny the routes that it must not reach'
        )
    if key == "$connect":
        raise _invalid("$connect is a route of WebSocket APIs: say kind='websocket'")
    try:
        route = parse_route(key)
    except ValueError as error:
        raise _invalid(str(error)) from None
    return _route(key, frozenset(route.methods), words_of_route(route))


def bound_target(key: str, target: Target, values: Mapping[str, str]) -> Target:
    """
    Return the `target` of a route whose parameters have `values`, each proven to be one segment.

    Raises:
        ConfigurationError: `route_invalid`; it says what to write instead.
    """
    names = _parameters(key)
    if not values.keys() <= set(names):
        known = ", ".join(name for name in names if name) or "none"
        raise _invalid(f"a value was given for what is no parameter of it; its parameters: {known}")
    words = tuple([values.get(n, w) if n else w for n, w in zip(names, target.words, strict=True)])
    return _route(key, target.methods, words)


@lru_cache(maxsize=REMEMBERED)
def _parameters(key: str) -> tuple[str | None, ...]:
    """Return the name of the parameter in each word of the route, None for a literal one."""
    segments = () if key in ROUTE_KEYS else parse_route(key).segments or ("",)
    return tuple(s[1:-1].removesuffix("+") if s.startswith("{") else None for s in segments)


@lru_cache(maxsize=REMEMBERED)
def pattern_target(method: str, path: str, websocket: bool) -> Target:
    """
    Read an IAM pattern of paths: `*` is any run of characters, `/` included, `?` exactly one.

    Raises:
        ConfigurationError: `pattern_invalid`; it says what to write instead.
    """
    if websocket:
        raise _invalid(
            "routes of WebSocket APIs have no paths: write .allow('$connect')", "pattern"
        )
    if method != "ANY" and method not in METHODS:
        raise _invalid(
            f"the method must be ANY or one of {', '.join(METHODS)}, in capitals", "pattern"
        )
    if "{" in path:
        raise _invalid(
            "write * where anything may stand; {id} is a route's: .allow(route)", "pattern"
        )
    if not _PATTERN.fullmatch(path):
        raise _invalid(
            "the path must begin with / and have only characters of URLs and the wildcards * and ?;"
            " what is no ASCII letter is written in percent-encoding",
            "pattern",
        )
    pattern = _STARS.sub("*", path[1:])
    methods = EVERY_METHOD if method == "ANY" else frozenset((method,))
    tails, place = _tails(methods, pattern), f" {pattern}"
    words, plain = words_around(pattern), _is_plain(methods, pattern)
    return Target(f"{method} {path}", methods, words, pattern, tails, place, (), plain, route=False)


def _route(key: str, methods: frozenset[str], words: Words) -> Target:
    place = pattern = "/".join(words)
    if ONE not in words and SOME not in words:
        plain = methods != EVERY_METHOD
        return Target(key, methods, words, pattern, _tails(methods, pattern), place, (), plain)
    pattern = pattern_of(words)
    tails, beyond = _tails(methods, pattern), beyond_of(words)
    return Target(key, methods, words, pattern, tails, place, beyond, plain=False)


def _is_plain(methods: frozenset[str], pattern: str) -> bool:
    return methods != EVERY_METHOD and not _is_wild(pattern)


def _tails(methods: frozenset[str], pattern: str) -> tuple[str, ...]:
    return tuple([f"{method}/{pattern}" for method in method_patterns(methods)])


@lru_cache(maxsize=REMEMBERED)
def words_around(pattern: str) -> Words:
    """Return words that cover all that `pattern` matches; a `?` may be a slash too."""
    return tuple(
        segment if not _is_wild(segment) else ANY if segment == ANY else SOME
        for segment in pattern.split("/")
    )


def _is_wild(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern


def _invalid(message: str, what: str = "route") -> ConfigurationError:
    return ConfigurationError(Problem(what, message), code=f"{what}_invalid")
