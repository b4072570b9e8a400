"""Routes of an API that no rule covers, and rules that no route of an API has."""

from collections.abc import Iterator, Sequence

from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.check.ours import Ours
from authorizers.analysis.check.routing import is_greedy, meet, methods_of, template_of
from authorizers.analysis.template.api import ApiRoute
from authorizers.model.route import ANY_ROUTE, Route, parse_route

_PREFLIGHT = "OPTIONS"


def route_findings(document: CheckedDocument, apis: Sequence[Ours]) -> Iterator[Finding]:
    """Yield where the routes of `apis` and the rules of `document` do not fit together."""
    attached = any(api.attachments for api in apis)
    for api in apis:
        if api.attachments or not attached:
            yield from _unseen(api)
        yield from _unnameable(api)
        if document.rules:
            yield from _uncovered(document, api)
    if apis and document.rules:
        yield from _unused(document, apis)


def _unseen(api: Ours) -> Iterator[Finding]:
    if api.api.unseen is not None:
        yield Finding(
            api.api.place,
            "routes-not-seen",
            f"{api.name}: {api.api.unseen}, so its routes are not compared with the document:"
            " give the definition with --openapi",
        )


def _unnameable(api: Ours) -> Iterator[Finding]:
    for route in filter(api.is_asked, api.unnameable):
        yield Finding(
            route.place,
            "route-not-nameable",
            f"{api.name}: no document can name the route {route.key}: {_why_not(route.key)}",
        )


def _why_not(key: str) -> str:
    try:
        parse_route(key)
    except ValueError as error:
        return str(error)
    return ""


def _uncovered(document: CheckedDocument, api: Ours) -> Iterator[Finding]:
    for route in api.asking:
        if not _is_covered(document, parse_route(route.key)):
            yield Finding(
                route.place,
                "route-without-rule",
                f"{api.name}: no rule covers {route.key}, so nobody may call it: write a rule; if"
                f" that is meant, `{route.key}: {{nobody: true}}`",
            )


def _is_covered(document: CheckedDocument, route: Route) -> bool:
    routing = document.routing
    if routing.is_everything or route.key == "$connect":
        return routing.is_everything or route.key in routing.keys
    if is_greedy(route):  # rules may well be finer
        return any(True for _ in routing.meeting(route.key))
    return any(
        routing.answering(method, path)
        for path in routing.samples(route)
        for method in methods_of(route)
    )


def _unused(document: CheckedDocument, apis: Sequence[Ours]) -> Iterator[Finding]:
    asking = [parse_route(route.key) for api in apis for route in api.asking]
    by_template: dict[tuple[str, ...], list[tuple[Ours, ApiRoute]]] = {}
    for api in apis:
        for route in api.others:
            by_template.setdefault(template_of(parse_route(route.key)), []).append((api, route))
    templates = {(template_of(route), m) for route in asking for m in methods_of(route)}
    everything_seen = not any(api.api.unseen for api in apis)
    for rule in document.routing.routes:
        if rule.key == ANY_ROUTE:
            continue
        not_asked = list(_not_asked(rule, by_template.get(template_of(rule), ()), templates))
        for api, route in not_asked:
            yield _rule_not_asked(document, rule, api, route)
        if not_asked or not everything_seen:
            continue
        same = any((template_of(rule), m) in templates for m in methods_of(rule))
        if not same and not any(meet(rule, route) for route in asking):
            yield _rule_without_route(document, rule)


def _not_asked(
    rule: Route,
    others: Sequence[tuple[Ours, ApiRoute]],
    templates: set[tuple[tuple[str, ...], str]],
) -> Iterator[tuple[Ours, ApiRoute]]:
    """Yield the routes of the rule's own path, and with its methods, that ask nobody, or others."""
    wanted = [m for m in methods_of(rule) if m != _PREFLIGHT or len(rule.methods) == 1]
    for api, route in others:
        theirs = methods_of(parse_route(route.key))
        open_to = (m for m in wanted if m in theirs and (template_of(rule), m) not in templates)
        if any(open_to) or rule.key == route.key == "$connect":
            yield api, route


def _rule_not_asked(document: CheckedDocument, rule: Route, api: Ours, route: ApiRoute) -> Finding:
    asked = "no authorizer" if route.authorizer is None else f"the authorizer {route.authorizer}"
    at = document.place_of(rule.key)
    return Finding(
        route.place,
        "rule-not-asked",
        f"{api.name}: {route.key} asks {asked}, so the rule {rule.key} ({at}) is not"
        " applied: give the route the authorizer, or remove the rule",
    )


def _rule_without_route(document: CheckedDocument, rule: Route) -> Finding:
    return Finding(
        document.place_of(rule.key),
        "rule-without-route",
        f"{rule.key}: no route that asks this authorizer has such requests: correct the path, or"
        " remove the rule",
    )
