"""One step of a hand-written policy: an effect on a target, always or on a condition."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from authorizers.builder.condition import Condition, Written, read_condition
from authorizers.builder.target import (
    REMEMBERED,
    Target,
    bound_target,
    pattern_target,
    route_target,
)
from authorizers.errors import ConfigurationError, Problem
from authorizers.model.policy import Effect
from authorizers.policy.document import EVERY_METHOD
from authorizers.policy.language import ANY
from authorizers.rules.requirement import MAX_BOUND_VALUE_CHARS, path_text


class Step(NamedTuple):
    """One thing that a developer said; `simple` if it allows a plain route on no condition."""

    effect: Effect
    target: Target
    condition: Condition | None = None
    simple: bool = False


# Every route, and every route key. Only a Deny has it as its target.
EVERYTHING = Target("everything", EVERY_METHOD, (ANY,), ANY, (ANY,), "everything", bare=True)


@lru_cache(maxsize=REMEMBERED)
def allow_step(route: str, websocket: bool) -> Step:
    """Return the step that allows a route, without values and without a condition."""
    return _step("Allow", route_target(route, websocket), None)


def route_step(
    effect: Effect,
    route: str,
    values: Mapping[str, object],
    when: Written | None,
    *,
    websocket: bool,
) -> Step:
    """
    Return the step of a route.

    Raises:
        ConfigurationError: `route_invalid`, `path_value_refused` or `condition_invalid`.
    """
    _check_text(route, "route", "GET /orders/{order_id}")
    target = route_target(route, websocket)
    if values:
        target = bound_target(route, target, {n: _segment(n, v) for n, v in values.items()})
    return _step(effect, target, when)


def pattern_step(
    effect: Effect, method: str, path: str, when: Written | None, *, websocket: bool
) -> Step:
    """
    Return the step of a pattern.

    Raises:
        ConfigurationError: `pattern_invalid` or `condition_invalid`.
    """
    _check_text(method, "pattern", "ANY as the method")
    _check_text(path, "pattern", "/reports/* as the path")
    return _step(effect, pattern_target(method, path, websocket), when)


def _check_text(value: object, what: str, sample: str) -> None:
    if not isinstance(value, str):
        problem = Problem(what, f"write text, such as {sample}")
        raise ConfigurationError(problem, code=f"{what}_invalid")


def _step(effect: Effect, target: Target, when: Written | None) -> Step:
    if when is None:
        return Step(effect, target, None, effect == "Allow" and target.plain and target.route)
    return Step(effect, target, read_condition(when))


def _segment(name: str, value: object) -> str:
    text = path_text(value)
    if text is None:
        raise ConfigurationError(
            Problem(
                name,
                "the value is not plainly one segment of a path: text or a whole number, of 1 to"
                f" {MAX_BOUND_VALUE_CHARS} printable ASCII characters, not . or .., without space"
                " and * ? $ { } : / % \\; deny the caller, or use another id",
            ),
            code="path_value_refused",
        )
    return text
