"""
A document's routes, compiled once: their IAM patterns, and what else those patterns reach.

IAM's `*` crosses `/`, a route's `{id}` does not: allowing `users/?*` for `/users/{id}` also allows
`/users/1/orders`. For each route this module finds the routes that its pattern reaches, and the
pattern that cuts them off again with an explicit Deny. Where every such Deny would take away a
route that the same caller may have, no policy is exact, and the table is refused, unless the
document says `inexact: deny`: then the Deny stays, and the route is lost. It never widens.

Runs where documents are compiled, not in a function; `assembly` reads what it made.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from authorizers.model.route import ANY_ROUTE, parse_route
from authorizers.policy.language import words_of_pattern
from authorizers.policy.table.cut import Cut, cuts_from, takes
from authorizers.policy.table.path import Neighbourhood, Path, lay_out, makes_needless, meet
from authorizers.policy.table.tails import Tails


class InexactTable(ValueError):
    """No IAM policy is exact for these routes. `problems` are pairs of route key and sentence."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key}: {sentence}" for key, sentence in problems))
        self.problems = tuple(problems)


class Rules(NamedTuple):
    """
    What a table needs to know of a document's rules; the numbers are the routes' places.

    `may_lose(a, b, c)`: a caller may be granted more of `a` than single paths, anything of `b`,
    and not the whole of `c`. `may_be_limited(a, b)`: a caller may be granted `a` for some source
    networks only, and anything of `b` from elsewhere. `conditional(a)`: a grant of `a` may hold
    for some networks only; `bound(a)`: it may be bound to values of its parameters, `fixed(a)` are
    those bound wherever it is for more than single paths. `tangled(a)`: a caller may have grants
    of `a` that no pattern keeps apart.
    """

    may_lose: Callable[[int, int, int], bool]
    may_be_limited: Callable[[int, int], bool]
    conditional: Callable[[int], bool]
    bound: Callable[[int], bool]
    fixed: Callable[[int], frozenset[str]]
    tangled: Callable[[int], bool]


def compile_table(keys: Sequence[str], rules: Rules, *, inexact: bool) -> dict[str, Any]:
    """
    Compile the routes `keys` into a table of JSON values.

    Raises:
        InexactTable: some caller's policy could not be exact, and `inexact` is false.
        ValueError: a key is no route, or `*` is not alone.
    """
    if ANY_ROUTE in keys and len(keys) > 1:
        raise ValueError("`*` stands for every route and must be the only one; write ANY /{proxy+}")
    paths = lay_out([parse_route(key) for key in keys], rules.bound, rules.fixed)
    near = Neighbourhood(path for path in paths if path.methods)
    cuts = [list(cuts_from(path, near, rules.may_lose)) for path in paths]
    problems = list(dict.fromkeys(_problems(paths, cuts, near, rules)))
    if problems and not inexact:
        raise InexactTable(problems)
    tails = Tails(paths)
    rows: list[list[_Part]] = [[] for _ in keys]
    for path, row in zip(paths, cuts, strict=True):
        rows[path.number].append(_part(path, row, near, tails))
    return {
        "exact": not problems,
        "routes": [
            _row(parts, tails, conditional=rules.conditional(i)) for i, parts in enumerate(rows)
        ],
    }


class _Part(NamedTuple):
    """A route, or some of its methods, with what must be denied beside it."""

    path: Path
    beyond: list[dict[str, Any]]
    cuts: Sequence[Cut]
    within: frozenset[int]


def _part(path: Path, cuts: Sequence[Cut], near: Neighbourhood, tails: Tails) -> _Part:
    beyond = [b for pattern in path.beyond for b in _beyond(path, pattern, near, tails)]
    others = (p for p in near.of(path.words) if p.number != path.number)
    return _Part(path, beyond, cuts, frozenset(p.number for p in others if makes_needless(p, path)))


def _row(parts: Sequence[_Part], tails: Tails, *, conditional: bool) -> dict[str, Any]:
    """Return the route's row; members with nothing in them are left out."""
    route = parts[0].path.route
    key, methods = route.key, frozenset().union(*(part.path.methods for part in parts))
    each = [(part.path.methods, part.path.pattern) for part in parts]
    allow = [tail for methods, pattern in each for tail in tails.of(methods, [pattern])]
    odd = [tail for part in parts for tail in tails.of(part.path.methods, part.path.odd)]
    beyond = [b for part in parts for b in part.beyond]
    row = {
        "key": key,
        # of ANY without those of siblings, maybe none; else they stand in the key
        "methods": None if methods == set(route.methods) else sorted(methods),
        "allow": [*allow, key] if key.startswith("$") or key == ANY_ROUTE else allow,
        "guard": [tail for part in parts for tail in tails.guard_of(part.path)],
        "odd": odd if conditional else [],
        "beyond": [{"deny": b["deny"], "deeper": b["deeper"]} for b in beyond],
        "within": sorted(frozenset.intersection(*(part.within for part in parts))),
        "cuts": [_cut_row(cut, beyond, tails) for part in parts for cut in part.cuts],
    }
    return {n: value for n, value in row.items() if value or (n == "methods" and value is not None)}


def _beyond(path: Path, pattern: str, near: Neighbourhood, tails: Tails) -> list[dict[str, Any]]:
    """Return what denies the pattern, by methods, and which routes of each that would take away."""
    words = words_of_pattern(pattern)
    met = [p for p in near.of(words) if p.methods & path.methods and meet(words, p.words)]
    by_routes: dict[tuple[int, ...], set[str]] = {}
    for method in path.methods:
        deeper = tuple(sorted(p.number for p in met if method in p.methods))
        by_routes.setdefault(deeper, set()).add(method)
    return [
        {
            "deny": tails.of(frozenset(methods), [pattern]),
            "methods": sorted(methods),
            "deeper": list(deeper),
            "pattern": pattern,
        }
        for deeper, methods in sorted(by_routes.items())
    ]


def _cut_row(cut: Cut, beyond: Sequence[dict[str, Any]], tails: Tails) -> dict[str, Any]:
    """Return the cut, and the places in `beyond` of what denies all of it as well."""
    via = [
        place
        for place, wide in enumerate(beyond)
        if cut.methods <= set(wide["methods"]) and cut.is_within(wide["pattern"])
    ]
    return {"route": cut.reached.number, "deny": tails.of(cut.methods, cut.patterns), "via": via}


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
    paths: Sequence[Path], cuts: Sequence[Sequence[Cut]], near: Neighbourhood, rules: Rules
) -> Iterator[tuple[str, str]]:
    for row in cuts:
        for cut in row:
            for loser in cut.losers:
                yield _lost(cut.reaching.route.key, cut.reached.route.key, loser.route.key)
    for path in paths:
        key = path.route.key
        for kept in near.of(words_of_pattern(path.pattern)):
            taken = (
                kept.number != path.number
                and path.methods & kept.methods
                and rules.may_be_limited(path.number, kept.number)
                and takes(path.pattern, path, kept)
            )
            if taken:
                yield _lost(key, key, kept.route.key)
        if rules.tangled(path.number):
            yield key, _TANGLED
