"""The route that API Gateway chooses for a request, and why it chooses no other one."""

from collections.abc import Iterator
from typing import NamedTuple

from authorizers.analysis.judge import Judge
from authorizers.model.arn import METHODS, ExecuteApiArn, parse_arn
from authorizers.model.route import Route, parse_route
from authorizers.rules.routing import RoutedTo


class Other(NamedTuple):
    """A route that is not chosen, and why."""

    route: str
    why: str


class Choice(NamedTuple):
    """
    The chosen route, or None where no route of the document fits the request.

    `disputed` is the route that some kind of API would choose instead: its grant is needed too.
    """

    route: str | None
    routed: RoutedTo | None
    disputed: str | None
    others: tuple[Other, ...]


def choose(judge: Judge, arn: ExecuteApiArn, route_key: str | None = None) -> Choice:
    """Return the route of the request that `arn` names; `route_key` is the event's own word."""
    routed = judge.find(arn, route_key)
    if routed is None:
        return Choice(None, None, None, tuple(_near(judge, arn)))
    chosen = judge.keys[routed.route]
    disputed = None if routed.or_to is None else judge.keys[routed.or_to.route]
    others = (
        Other(key, _why_not(parse_route(key), parse_route(chosen)))
        for key in judge.matching(arn)
        if key not in (chosen, disputed)
    )
    return Choice(chosen, routed, disputed, tuple(others))


def _near(judge: Judge, arn: ExecuteApiArn) -> Iterator[Other]:
    """Yield the routes that the request misses by its method, or by a slash at its end."""
    if arn.method is None:
        return
    seen: set[str] = set()
    tries = [(m, arn.path, "has another method") for m in METHODS if m != arn.method]
    tries += [(arn.method, arn.path.rstrip("/"), "has no slash at its end")]
    for method, path, why in tries:
        routed = judge.find(parse_arn(f"{arn.stage_arn}/{method}/{path}"))
        key = None if routed is None else judge.keys[routed.route]
        if key is not None and key not in seen:
            seen.add(key)
            yield Other(key, why)


def _why_not(other: Route, chosen: Route) -> str:
    if other.key == "$default":
        return "is taken only where no other route fits"
    for theirs, ours in zip(other.segments, chosen.segments, strict=False):
        if _rank(theirs) > _rank(ours):
            takes = "is literal" if _rank(ours) == 0 else "takes one segment"
            return f"{ours} {takes}, and comes before {theirs}"
    if len(other.methods) > len(chosen.methods):
        return f"{chosen.methods[0]} comes before ANY"
    return "comes after it"


def _rank(segment: str) -> int:
    return 0 if segment[0] != "{" else 2 if segment.endswith("+}") else 1
