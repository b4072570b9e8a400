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
    What a table needs to know of a document's rules; the numbers are the routes' places.

    `implies(a, b)`: whoever is granted anything of `a`, from wherever, is granted all of `b` from
    there. `open_implies(a, b)`: the same of those who are granted more of `a` than single paths,
    and `open(a)` says that there may be such. `bound(a)`: a grant may be bound to a parameter's
    value. `conditional(a)`: it may hold for some source networks only. `tangled(a)`: one caller
    may have grants of `a` that no pattern keeps apart.
    """

    implies: Callable[[int, int], bool]
    open_implies: Callable[[int, int], bool]
    open: Callable[[int], bool]
    bound: Callable[[int], bool]
    conditional: Callable[[int], bool]
    tangled: Callable[[int], bool]


class _Path(NamedTuple):
    route: Route
    methods: frozenset[str]
    pattern: str
    beyond: tuple[str, ...]  # covers what the pattern matches and the route does not
    language: Language
    rank: tuple[int, ...]  # API Gateway prefers literal over {name} over {name+}, left to right

    @property
    def greedy(self) -> bool:
        """Whether the path may have any number of segments."""
        return self.rank[-1:] in ((2,), (3,))


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
    """
    Return patterns that cover what the route's pattern matches beyond the route's own paths.

    Either a parameter holds a slash, or, where nothing but parameters stands between it and a
    greedy one, it is empty: everything else that follows is the greedy one's.
    """
    parts = ["?*" if segment.startswith("{") else segment for segment in route.segments]
    names = [i for i, s in enumerate(route.segments) if s.startswith("{") and not s.endswith("+}")]
    return tuple(
        "/".join(
            [*parts[:i], "", "*"]
            if _leads_to_greedy(route, i)
            else [*parts[:i], "*/*", *parts[i + 1 :]]
        )
        for i in names
    )


def _leads_to_greedy(route: Route, i: int) -> bool:
    return route.segments[-1].endswith("+}") and all(s.startswith("{") for s in route.segments[i:])


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


def _odd_spellings(path: _Path) -> tuple[str, ...]:
    """
    Return patterns for the paths that API Gateway may also send to the route, and the route's
    own pattern lacks: with a slash at the end, or one more at the beginning.
    """
    plain = path.pattern
    spellings = (f"{plain}/", f"/{plain}", f"/{plain}/")
    return tuple(s for s in dict.fromkeys(spellings) if not glob.matches(plain, s))


def _reached_spellings(reaching: _Path, reached: _Path) -> tuple[str, ...]:
    wide = language_of_glob(reaching.pattern)
    spellings = (reached.pattern, *_odd_spellings(reached))
    return tuple(s for s in spellings if meet(wide, language_of_glob(s)))


def _may_outrank(one: _Path, other: _Path) -> bool:
    """
    Return whether a path that both routes match may be sent to `one`.

    REST APIs decide from left to right; HTTP APIs take a route without a greedy parameter first
    ("Develop routes for HTTP APIs"). Where they differ, both may get it.
    """
    return one.rank < other.rank or (other.greedy and not one.greedy)


def _takes_from(cut_path: _Path, other: _Path) -> bool:
    """Return whether denying the pattern of `cut_path` denies a path that is routed to `other`."""
    return _reaches(cut_path.beyond, other.language) or (
        _may_outrank(other, cut_path) and meet(cut_path.language, other.language)
    )


def _cut(paths: Sequence[_Path], reaching: int, reached: int) -> _Cut | None:
    granted, other = paths[reaching], paths[reached]
    methods = granted.methods & other.methods
    if not methods or reaching == reached:
        return None
    spellings = _reached_spellings(granted, other)
    if _may_outrank(other, granted) and (
        meet(granted.language, other.language) or _reaches(_odd_spellings(other), granted.language)
    ):
        return _Cut(reaching, reached, methods, spellings, deep=False)
    beyond = tuple(b for b in granted.beyond if _reaches([b], other.language))
    if not beyond:
        return None
    patterns = beyond if _takes_from(other, granted) else spellings
    return _Cut(reaching, reached, methods, patterns, deep=True)


def _conflict(paths: Sequence[_Path], cut: _Cut, kept: int, rules: Rules) -> bool:
    """Return whether a caller has `kept` and `reaching`, not `reached`, and loses `kept`."""
    reached, other = paths[cut.reached], paths[kept]
    if kept == cut.reached or not cut.methods & other.methods:
        return False
    if rules.open_implies(cut.reaching, cut.reached) or rules.implies(kept, cut.reached):
        return False
    if cut.deep and reached.pattern not in cut.patterns:
        return _reaches(cut.patterns, other.language)
    return _takes_from(reached, other)


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
    path = paths[i]
    return {
        "key": path.route.key,
        "methods": sorted(path.methods),
        "pattern": path.pattern,
        "beyond": list(path.beyond),
        "odd": list(_odd_spellings(path)) if any(cut.reached == i for cut in cuts) else [],
        "within": [j for j in requests if j != i and _covers(paths[j], path)],
        "deeper": [
            j
            for j in requests
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


_TANGLED = (
    "IAM's wildcards cannot keep the paths that belong to a caller apart from the others: under"
    " any_of, bind the same parameters for the same networks; before {name+}, bind the parameters"
    " from the left; or write `inexact: deny`"
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
    reaching = [cut for cut in cuts if rules.open(cut.reaching)]
    problems = [
        _lost(key[cut.reaching], key[cut.reached], key[kept])
        for cut in reaching
        for kept in requests
        if _conflict(paths, cut, kept, rules)
    ]
    problems += [
        _lost(key[cut.reaching], key[cut.reached], key[cut.reached])
        for cut in reaching
        if rules.bound(cut.reached) and not rules.open_implies(cut.reaching, cut.reached)
    ]
    problems += [
        _lost(key[i], key[i], key[j])
        for i in requests
        for j in requests
        if rules.conditional(i)
        and rules.open(i)
        and i != j
        and paths[i].methods & paths[j].methods
        and not rules.implies(j, i)
        and _takes_from(paths[i], paths[j])
    ]
    problems += [(key[i], _TANGLED) for i in requests if rules.tangled(i)]
    return list(dict.fromkeys(problems))
