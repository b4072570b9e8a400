"""
What a greedy sibling answers: API Gateway sends a request whose method a path does not have to the
next best route, `{proxy+}` or `$default`.

Source: "Develop routes for HTTP APIs"; REST APIs do the same by resource. Neither sends
`/orders/` to `/orders`.
"""

from collections.abc import Iterable, Iterator, Sequence

from authorizers.analysis.check.document import CheckedDocument, Rule
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.check.ours import Ours
from authorizers.analysis.check.routing import (
    covers,
    in_words,
    is_greedy,
    methods_of,
    template_of,
)
from authorizers.analysis.check.rules import some
from authorizers.analysis.template.api import ApiRoute
from authorizers.model.arn import METHODS
from authorizers.model.route import Route, parse_route

_PREFLIGHT = ("OPTIONS",)


def rules_opened(document: CheckedDocument, apis: Sequence[Ours]) -> Iterator[Finding]:
    """Yield the rules that a wider rule continues with a requirement of its own."""
    if document.compiled is None:
        return
    asking = [api for api in apis if api.asking]
    for siblings in _by_template(document):
        for wider, methods in _left_over(document, siblings, asking).items():
            found = _compared(document, siblings, wider, methods)
            if found is not None:
                yield found


def _by_template(document: CheckedDocument) -> Iterable[list[int]]:
    """Yield the rules of one path together, as places in the document."""
    paths: dict[tuple[str, ...], list[int]] = {}
    for i, route in enumerate(document.routing.routes):
        if route.methods and not is_greedy(route):
            paths.setdefault(template_of(route), []).append(i)
    return paths.values()


def _left_over(
    document: CheckedDocument, siblings: Sequence[int], apis: Sequence[Ours]
) -> dict[int, list[str]]:
    """Return the wider rules that answer methods which the path's own rules do not have."""
    routing = document.routing
    declared = {method for i in siblings for method in routing.routes[i].methods}
    (path,) = routing.samples(routing.routes[siblings[0]])
    found: dict[int, list[str]] = {}
    for method in METHODS:
        if method not in declared and (not apis or any(a.asks(method, path) for a in apis)):
            for wider in sorted(routing.answering(method, path)):
                found.setdefault(wider, []).append(method)
    return found


def _compared(
    document: CheckedDocument, siblings: Sequence[int], wider: int, methods: Sequence[str]
) -> Finding | None:
    """Return what is found if `wider` does not require at least what some sibling requires."""
    there = document.rules[wider]
    rules = [document.rules[i] for i in siblings]
    stricter = [rule for rule in rules if not _implied(document, there, rule)]
    weaker = [rule for rule in stricter if _implied(document, rule, there)]
    if not stricter:
        return None
    rule = (weaker or stricter)[0]
    opened = bool(weaker)
    what = "requires less" if opened else "requires something else"
    path = rule.key.partition(" ")[2]
    return Finding(
        document.place_of(rule.key),
        "rule-opened-by-sibling" if opened else "rule-continued-by-sibling",
        f"{in_words(methods)} {path}: answered by the rule {there.key}, which {what} than"
        f" {rule.key}: if that is not meant, write a rule ANY {path}",
    )


def _implied(document: CheckedDocument, one: Rule, other: Rule) -> bool:
    """Return whether whoever meets the one rule meets the other."""
    if one.requirement is None or other.requirement is None:
        return False
    return not document.may_meet(one.requirement, lacking=[other.requirement])


def routes_opened(api: Ours) -> Iterator[Finding]:
    """Yield the routes of an API that ask nobody, or others, and are wider than routes of ours."""
    ours = [parse_route(route.key) for route in api.asking]
    for route in api.others:
        wide = parse_route(route.key)
        if not is_greedy(wide) or methods_of(wide) == _PREFLIGHT:
            continue
        beside = [narrow for narrow in ours if _is_beside(wide, narrow)]
        if beside:
            yield Finding(route.place, "route-opened-by-sibling", _opened(api, route, beside))


def _is_beside(wide: Route, narrow: Route) -> bool:
    return (
        bool(narrow.methods) and template_of(wide) != template_of(narrow) and covers(wide, narrow)
    )


def _opened(api: Ours, route: ApiRoute, beside: Sequence[Route]) -> str:
    asked = "no authorizer" if route.authorizer is None else f"the authorizer {route.authorizer}"
    keys = some([narrow.key for narrow in beside])
    return (
        f"{api.name}: {route.key} asks {asked}, and answers what {keys} leave over, such as"
        f" {_left_over_by(parse_route(route.key), beside)}: give it the authorizer too, or be sure"
        " that nothing behind it serves those paths"
    )


def _left_over_by(wide: Route, beside: Sequence[Route]) -> str:
    """Return a request that the wide route answers in place of one of the others."""
    for narrow in beside:
        for method in methods_of(wide):
            if method not in narrow.methods:
                return f"{method} /{'/'.join(narrow.segments)}"
    return f"{methods_of(wide)[0]} /{'/'.join(beside[0].segments)}/"
