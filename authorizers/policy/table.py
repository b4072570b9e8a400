"""
A document's routes, compiled once: their IAM patterns, and what else those patterns reach.

IAM's `*` crosses `/`, a route's `{id}` does not: allowing `users/?*` for `/users/{id}` also allows
`/users/1/orders`. For each route this module finds the routes that its pattern reaches, and the
pattern that cuts them off again with an explicit Deny. Where that Deny would take away a route
that the same caller may have, no IAM policy is exact, and the table is refused, unless the
document says `inexact: deny`: then the Deny stays, and the route is lost. It never widens.

Runs where documents are compiled, not in a function; `load_table` reads what it made.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from authorizers.model.arn import METHODS
from authorizers.model.route import ANY_ROUTE, Route, parse_route, specificity
from authorizers.policy import glob
from authorizers.policy.language import Language, language_of_glob, language_of_route, meet


class InexactTable(ValueError):
    """No IAM policy is exact for these routes. `problems` are pairs of route key and sentence."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key}: {sentence}" for key, sentence in problems))
        self.problems = tuple(problems)


class Rules(NamedTuple):
    """
    What a table needs to know of a document's rules.

    `implies(a, b)`: whoever is granted route `a`, from wherever, is granted all of `b` from there.
    `bound(i)`: a grant of route `i` may be bound to a parameter's value. `conditional(i)`: it may
    hold for some source networks only.
    """

    implies: Callable[[int, int], bool]
    bound: Callable[[int], bool]
    conditional: Callable[[int], bool]


class _Path(NamedTuple):
    route: Route
    methods: frozenset[str]
    pattern: str
    beyond: tuple[str, ...]  # what the pattern matches and the route does not: longer paths
    language: Language
    rank: tuple[int, ...]  # API Gateway prefers literal over {name} over {name+}, left to right


class _Cut(NamedTuple):
    """Denying `patterns` keeps what `reaching` allows off the route `reached`."""

    reaching: int
    reached: int
    methods: frozenset[str]
    patterns: tuple[str, ...]
    deep: bool


def iam_pattern(route: Route) -> str:
    """Return the pattern for a route's path: parameters become at least one character."""
    if route.key == "$default":
        return "*"
    return "/".join("?*" if segment.startswith("{") else segment for segment in route.segments)


def _beyond(route: Route) -> tuple[str, ...]:
    parts = ["?*" if segment.startswith("{") else segment for segment in route.segments]
    return tuple(
        "/".join([*parts[:i], "?*/?*" if i + 1 < len(parts) else "?*/*", *parts[i + 1 :]])
        for i, segment in enumerate(route.segments)
        if segment.startswith("{") and not segment.endswith("+}")
    )


def _paths(routes: Sequence[Route]) -> list[_Path]:
    """Lay the routes out; a method that has a route of its own is taken from ANY on that path."""
    explicit = {
        (iam_pattern(route), specificity(route), route.methods[0])
        for route in routes
        if len(route.methods) == 1
    }
    paths = []
    for route in routes:
        methods = METHODS if route.key == "$default" else route.methods
        pattern, rank = iam_pattern(route), specificity(route)
        if len(methods) > 1:
            methods = tuple(m for m in methods if (pattern, rank, m) not in explicit)
        paths.append(
            _Path(
                route, frozenset(methods), pattern, _beyond(route), language_of_route(route), rank
            )
        )
    return paths


def _reaches(patterns: Iterable[str], language: Language) -> bool:
    return any(meet(language_of_glob(pattern), language) for pattern in patterns)


def _spellings(path: _Path) -> tuple[str, ...]:
    """
    Return the pattern, and the paths that API Gateway may also send to the route: with a slash at
    the end, or one more at the beginning. A greedy route has them in its own pattern.
    """
    if path.rank[-1:] in ((2,), (3,)):
        return (path.pattern,)
    return (path.pattern, *dict.fromkeys((f"{path.pattern}/", f"/{path.pattern}")))


def _reached_spellings(reaching: _Path, reached: _Path) -> tuple[str, ...]:
    wide = language_of_glob(reaching.pattern)
    return tuple(s for s in _spellings(reached) if meet(wide, language_of_glob(s)))


def _takes_from(cut_path: _Path, other: _Path) -> bool:
    """Return whether denying the pattern of `cut_path` denies a path that is routed to `other`."""
    return _reaches(cut_path.beyond, other.language) or (
        other.rank < cut_path.rank and meet(cut_path.language, other.language)
    )


def _cut(paths: Sequence[_Path], reaching: int, reached: int) -> _Cut | None:
    granted, other = paths[reaching], paths[reached]
    methods = granted.methods & other.methods
    if not methods or reaching == reached:
        return None
    spellings = _reached_spellings(granted, other)
    at_root = other.pattern == "" and bool(spellings)  # `/` may be sent as `//`
    if other.rank < granted.rank and (at_root or meet(granted.language, other.language)):
        return _Cut(reaching, reached, methods, spellings, deep=False)
    if not _reaches(granted.beyond, other.language):
        return None
    apart = not _takes_from(other, granted)
    patterns = spellings if apart else granted.beyond
    return _Cut(reaching, reached, methods, patterns, deep=True)


def _conflict(
    paths: Sequence[_Path], cut: _Cut, kept: int, implies: Callable[[int, int], bool]
) -> bool:
    """Return whether the cut takes `kept` from a caller who may have it and not `reached`."""
    if kept == cut.reached or not cut.methods & paths[kept].methods:
        return False
    if implies(cut.reaching, cut.reached) or implies(kept, cut.reached):
        return False
    reached, other = paths[cut.reached], paths[kept]
    if cut.patterns == paths[cut.reaching].beyond:
        return _reaches(cut.patterns, other.language)
    odd = cut.patterns[1:] if "*" in reached.pattern else ()
    return _takes_from(reached, other) or _reaches(odd, other.language)


def compile_table(keys: Sequence[str], rules: Rules, *, inexact: bool) -> dict[str, Any]:
    """
    Compile the routes `keys` into a table of JSON values.

    Raises:
        InexactTable: some caller's policy could not be exact, and `inexact` is false.
        ValueError: a key is no route, or `*` is not alone.
    """
    if ANY_ROUTE in keys and len(keys) > 1:
        raise ValueError("`*` stands for every route and must be the only one; write ANY /{proxy+}")
    paths = _paths([parse_route(key) for key in keys])
    requests = [i for i, path in enumerate(paths) if path.methods]
    cuts = [cut for i in requests for j in requests if (cut := _cut(paths, i, j))]
    problems = _problems(paths, requests, cuts, rules)
    if problems and not inexact:
        raise InexactTable(problems)
    return {
        "exact": not problems,
        "routes": [_row(paths, requests, i, cuts) for i in range(len(paths))],
    }


def _row(
    paths: Sequence[_Path], requests: Sequence[int], i: int, cuts: Sequence[_Cut]
) -> dict[str, Any]:
    path, others = paths[i], [j for j in requests if j != i]
    return {
        "key": path.route.key,
        "methods": sorted(path.methods),
        "pattern": path.pattern,
        "beyond": list(path.beyond),
        "within": [j for j in others if _covers(paths[j], path)],
        "deeper": [
            j
            for j in others
            if path.methods & paths[j].methods and _reaches(path.beyond, paths[j].language)
        ],
        "cuts": [
            {
                "route": cut.reached,
                "methods": sorted(cut.methods),
                "patterns": list(cut.patterns),
                "deep": cut.deep,
            }
            for cut in cuts
            if cut.reaching == i
        ],
    }


def _covers(wide: _Path, narrow: _Path) -> bool:
    return (
        wide.methods >= narrow.methods > frozenset()
        and narrow.route.key != "$default"
        and glob.matches(wide.pattern, narrow.pattern)
        and (wide.pattern != narrow.pattern or wide.rank < narrow.rank)
    )


def _lost(reaching: str, reached: str, kept: str) -> tuple[str, str]:
    return (
        reached,
        (
            f"whoever is granted {reaching} but not all of this would lose part of {kept}: IAM's"
            " wildcards cannot keep them apart; give two of them the same requirement, or write"
            " `inexact: deny`"
        ),
    )


def _problems(
    paths: Sequence[_Path], requests: Sequence[int], cuts: Sequence[_Cut], rules: Rules
) -> list[tuple[str, str]]:
    key = [path.route.key for path in paths]
    problems = [
        _lost(key[cut.reaching], key[cut.reached], key[kept])
        for cut in cuts
        for kept in requests
        if _conflict(paths, cut, kept, rules.implies)
    ]
    problems += [
        _lost(key[cut.reaching], key[cut.reached], key[cut.reached])
        for cut in cuts
        if rules.bound(cut.reached) and not rules.implies(cut.reaching, cut.reached)
    ]
    problems += [
        _lost(key[i], key[i], key[j])
        for i in requests
        for j in requests
        if rules.conditional(i)
        and i != j
        and paths[i].methods & paths[j].methods
        and not rules.implies(j, i)
        and _takes_from(paths[i], paths[j])
    ]
    return list(dict.fromkeys(problems))
