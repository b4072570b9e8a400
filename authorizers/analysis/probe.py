"""Requests to try a route with: paths that the gateway sends there, and to no other route."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from authorizers.analysis.judge import Judge
from authorizers.model.arn import METHODS, ExecuteApiArn, parse_arn
from authorizers.model.grant import Grant
from authorizers.model.route import ANY_ROUTE, Route, parse_route

# Text that stands where nobody's value does; the second where a route has the first as literal.
_FILLINGS = ("any-{}", "any-other-{}")
SAMPLE_STAGE_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"


class Probe(NamedTuple):
    """A request of a route, and how people write it."""

    route: int
    text: str
    arn: ExecuteApiArn


def request_arn(text: str, stage_arn: str) -> ExecuteApiArn:
    """
    Return the ARN of `text`, such as `GET /orders/42` or `$connect`, on a stage.

    Raises:
        EventError: `arn_malformed`.
    """
    method, separator, path = text.partition(" ")
    if not separator:
        return parse_arn(f"{stage_arn}/{text}")
    return parse_arn(f"{stage_arn}/{method}/{path.removeprefix('/')}")


def probes(
    judge: Judge, route: int, stage_arn: str, grants: Iterable[Grant] = ()
) -> Iterator[Probe]:
    """
    Yield requests of `route`: with each of its methods, a path with nobody's values and the paths
    that `grants` bind. What the gateway would send elsewhere, or perhaps elsewhere, is left out.
    """
    parsed = parse_route(judge.keys[route])
    bound = [dict(grant.bindings) for grant in grants if grant.route == route and grant.bindings]
    for method in _methods(parsed):
        paths = [_path(parsed, {}, filling) for filling in _FILLINGS]
        sample = next(_reaching(judge, route, method, paths, stage_arn), None)
        own = [_path(parsed, values, _FILLINGS[0]) for values in bound]
        found = [sample] if sample else []
        found += _reaching(judge, route, method, own, stage_arn)
        yield from dict.fromkeys(found)


def _methods(route: Route) -> Sequence[str]:
    """Return the methods to try; GET, which people think of, comes first."""
    if route.key == "$connect":
        return ("",)
    return sorted(route.methods or METHODS, key=lambda method: method != "GET")


def _path(route: Route, values: Mapping[str, str], filling: str) -> str:
    if route.key in (ANY_ROUTE, "$default"):
        return f"/{filling.format('path')}"
    return "".join(f"/{_segment(s, values, filling)}" for s in route.segments) or "/"


def _segment(segment: str, values: Mapping[str, str], filling: str) -> str:
    if not segment.startswith("{"):
        return segment
    name = segment[1:-1].removesuffix("+")
    if segment.endswith("+}"):
        return f"{filling.format(name)}/more"
    return values.get(name, filling.format(name))


def _reaching(
    judge: Judge, route: int, method: str, paths: Iterable[str], stage_arn: str
) -> Iterator[Probe]:
    key = judge.keys[route]
    for path in paths:
        text = f"{method} {path}" if method else key
        arn = request_arn(text, stage_arn)
        routed = judge.find(arn)
        if routed is not None and routed.route == route and routed.or_to is None:
            yield Probe(route, text, arn)
