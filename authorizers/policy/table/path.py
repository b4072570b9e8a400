"""
A document's routes laid out side by side: what each matches, and which may matter to which.

API Gateway prefers literal over `{name}` over `{name+}`, left to right; HTTP APIs take a route
without a greedy parameter first ("Develop routes for HTTP APIs",
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from authorizers.model.arn import METHODS
from authorizers.model.route import Route, specificity
from authorizers.policy import language
from authorizers.policy.covering import covers
from authorizers.policy.language import (
    ANY,
    ONE,
    SOME,
    Words,
    beyond_of,
    pattern_of,
    words_of_pattern,
    words_of_route,
)

# A document's own words, and the process ends when it is compiled: all may be remembered.
meet = lru_cache(maxsize=100_000)(language.meet)


class Path(NamedTuple):
    """
    One route, or some of its methods: the language of its paths, its rank, and the IAM `pattern`
    that allows them.

    Where siblings leave a greedy route paths with a slash, an odd one such as `a/` is in the
    language, so that others are kept off it, and not in the pattern: it may be the sibling's.
    """

    number: int
    route: Route
    methods: frozenset[str]
    words: Words
    pattern: str
    beyond: tuple[str, ...]  # covers what the pattern matches and the route does not
    rank: tuple[int, ...]
    fixed: frozenset[int]  # places of parameters that have a value whenever more is granted

    @property
    def order(self) -> tuple[int, str]:
        """The place among all paths: documents compile to the same bytes each time."""
        return self.number, self.pattern

    @property
    def glob(self) -> Words:
        """The language of the pattern, which may be larger than that of the route."""
        words = words_of_pattern(self.pattern)
        return tuple(ONE if i in self.fixed else word for i, word in enumerate(words))

    @property
    def odd(self) -> tuple[str, ...]:
        """Patterns for the paths with a slash at the end that may also be sent to the route."""
        sibling = (f"{pattern_of(self.words[:-1])}/",) if self.words[-2:] == (SOME, ANY) else ()
        return odd_spellings(self.pattern) + sibling

    @property
    def greedy(self) -> bool:
        """Whether the path may have any number of segments."""
        return self.rank[-1:] in ((2,), (3,))


def lay_out(
    routes: Sequence[Route],
    bound: Callable[[int], bool],
    fixed: Callable[[int], frozenset[str]],
) -> list[Path]:
    """
    Lay the routes out, each with the methods and the paths that others leave to it.

    A route is several, of the same number, where siblings leave other paths to some of its methods.
    One whose parameters may be `bound` to values is taken whole: its resources are not these.
    `fixed` are the names of those that have a value wherever more than single paths is granted.
    """
    words = [words_of_route(route) for route in routes]
    siblings: dict[Words, set[str]] = {}
    for route, path in zip(routes, words, strict=True):
        siblings.setdefault(path, set()).update(_methods(route))
    explicit = {
        (w, r.methods[0]) for w, r in zip(words, routes, strict=True) if len(r.methods) == 1
    }
    paths = []
    for number, (route, path) in enumerate(zip(routes, words, strict=True)):
        left: dict[Words, set[str]] = {path: set()}
        for method in _methods(route):
            if len(_methods(route)) == 1 or (path, method) not in explicit:
                part = path if bound(number) else _left_of(path, method, siblings)
                left.setdefault(part, set()).add(method)
        several = {w: methods for w, methods in left.items() if methods} or left
        for part, methods in several.items():
            paths.append(_path(number, route, frozenset(methods), part, fixed(number)))
    return paths


def _methods(route: Route) -> Sequence[str]:
    return METHODS if route.key == "$default" else route.methods


def _left_of(words: Words, method: str, siblings: Mapping[Words, set[str]]) -> Words:
    """
    Return the paths of a greedy route without those that a sibling takes anyway: of `/{proxy+}`
    beside `/{id}` there are left those of two segments and more, of `$default` beside
    `/{proxy+}` the root.
    """
    if words == (ANY,) and method in siblings.get((SOME,), ()):
        return ("",)
    if words[-1] == SOME and method in siblings.get((*words[:-1], ONE), ()):
        return (*words[:-1], SOME, ANY)
    return words


def _path(
    number: int, route: Route, methods: frozenset[str], words: Words, fixed: frozenset[str]
) -> Path:
    places = frozenset(i for i, s in enumerate(route.segments) if s[1:-1] in fixed and s[0] == "{")
    allowed = (*words[:-1], SOME) if words[-2:] == (SOME, ANY) else words
    beyond, rank = beyond_of(words, places), specificity(route)
    return Path(number, route, methods, words, pattern_of(allowed), beyond, rank, places)


def odd_spellings(pattern: str) -> tuple[str, ...]:
    """
    Return patterns for the paths that API Gateway may also send to a route, and the route's own
    pattern lacks: those with a slash at the end.

    Paths with a slash too many at the beginning are granted to nobody.
    """
    return (f"{pattern}/",) if pattern and not covers(pattern, f"{pattern}/") else ()


def reaches(patterns: Iterable[str], words: Words) -> bool:
    """Return whether one of the IAM `patterns` matches a path of `words`."""
    return any(meet(words_of_pattern(pattern), words) for pattern in patterns)


def may_outrank(one: Path, other: Path) -> bool:
    """
    Return whether a path that both routes match may be sent to `one`: REST and HTTP APIs
    differ, and where they do, both may get it.
    """
    return one.rank < other.rank or (other.greedy and not one.greedy)


def surely_outranks(one: Path, other: Path) -> bool:
    """Return whether a path that both routes match is sent to `one` by every kind of API."""
    return may_outrank(one, other) and not may_outrank(other, one)


def makes_needless(wide: Path, narrow: Path) -> bool:
    """Return whether the pattern of `wide` makes that of `narrow` needless in a policy."""
    return (
        wide.methods >= narrow.methods > frozenset()
        and narrow.route.key != "$default"
        and covers(wide.pattern, narrow.pattern)
        and (wide.pattern != narrow.pattern or wide.rank < narrow.rank)
    )


class Neighbourhood:
    """Finds, of many paths, the few that a pattern may touch: those of the same start or end."""

    def __init__(self, paths: Iterable[Path]) -> None:
        laid_out = list(paths)
        self._by_start = _Beginnings((path.words, path) for path in laid_out)
        self._by_end = _Beginnings((path.words[::-1], path) for path in laid_out)

    def of(self, words: Words) -> list[Path]:
        """Return at least every path that has something in common with `words`."""
        return min(self._by_start.of(words), self._by_end.of(words[::-1]), key=len)


class _Beginnings:
    def __init__(self, paths: Iterable[tuple[Words, Path]]) -> None:
        self._exactly: dict[Words, list[Path]] = {}
        self._under: dict[Words, list[Path]] = {}
        for words, path in paths:
            start = _literal_start(words)
            self._exactly.setdefault(start, []).append(path)
            for length in range(len(start) + 1):
                self._under.setdefault(start[:length], []).append(path)

    def of(self, words: Words) -> list[Path]:
        start = _literal_start(words)
        shorter = [p for i in range(len(start)) for p in self._exactly.get(start[:i], ())]
        return shorter + self._under.get(start, [])


def _literal_start(words: Words) -> Words:
    for i, word in enumerate(words):
        if word in (ONE, SOME, ANY):
            return words[:i]
    return words
