"""
The compiled route table of a document, which it carries to the policy stage.

This is where a document's rules and the policies that can express them meet.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.route import parse_route
from authorizers.policy.table.compilation import InexactTable, Rules, compile_table
from authorizers.policy.table.size import Largest, Terms, largest_policy
from authorizers.rules.callers import sets_of_routes
from authorizers.rules.coexistence import Coexistence
from authorizers.rules.forms import Forms, forms_of, networks_text, single_paths_of
from authorizers.rules.mentions import parts_of
from authorizers.rules.requirement import MAX_BOUND_VALUE_CHARS

MAX_POLICY_BYTES = 7_168  # of 8,192 for an answer; the rest is for the principal and the context

# Eight networks of up to 46 bytes with quotes and comma, twice: what an API key's record allows,
# and the Deny for all others, each with its Condition (`api_key.record.MAX_NETWORKS`).
MAX_KEY_NETWORKS_BYTES = 2 * (8 * 46 + 135)

Route = dict[str, Any]  # its key and its compiled requirement


def compile_route_table(
    routes: Sequence[Route], *, inexact: bool, oversized: bool = False, reserved: int = 0
) -> dict[str, Any]:
    """
    Return the table of compiled `routes`, opaque to everybody but the policy stage.

    Its member `largest` bounds the policies of all callers, with `reserved` bytes for what is not
    the routes'.

    Raises:
        ConfigurationError: `configuration_inexact`, no IAM policy can say exactly what these
            routes ask for, or `configuration_oversized`, some caller's policy might not fit,
            each unless accepted; the problems' places are route keys.
    """
    keys = [route["key"] for route in routes]
    requirements = [route["requirement"] for route in routes]
    together = Coexistence(keys, requirements, [_forms(route) for route in routes])
    rules = Rules(
        may_lose=together.may_lose,
        may_be_limited=together.may_be_limited,
        conditional=together.is_conditional,
        bound=together.is_bound,
        fixed=together.always_bound,
        tangled=together.is_tangled,
    )
    try:
        table = compile_table(keys, rules, inexact=inexact)
    except InexactTable as error:
        problems = (Problem(key, sentence) for key, sentence in error.problems)
        raise ConfigurationError(*problems, code="configuration_inexact") from error
    largest = largest_policy(
        table["routes"],
        lambda route: _terms(routes[route]),
        together.may_be_apart,
        sets_of_routes(requirements),
    )
    largest = largest._replace(bytes=largest.bytes + reserved)
    if largest.bytes > MAX_POLICY_BYTES and not oversized:
        raise _oversized(routes, largest)
    return {
        **table,
        "largest": {"bytes": largest.bytes, "routes": [keys[i] for i in largest.routes]},
    }


def _forms(route: Route) -> Forms:
    try:
        return forms_of(route["requirement"])
    except ValueError as error:
        problem = Problem(route["key"], f"{error}; write fewer alternatives")
        raise ConfigurationError(problem, code="configuration_inexact") from None


def _terms(route: Route) -> Terms:
    requirement, parameters = route["requirement"], len(parse_route(route["key"]).parameters)
    networks = networks_text(requirement)
    count = sum(part[0] == "source_ip" for part in parts_of(requirement))
    return Terms(
        single_paths=single_paths_of(requirement),
        more_chars=parameters * MAX_BOUND_VALUE_CHARS,
        networks=(networks, count) if networks else None,
    )


def _oversized(routes: Sequence[Route], largest: Largest) -> ConfigurationError:
    many = [routes[i] for i in largest.routes]
    start, count = _largest_group(many)
    hint = (
        f"{count} of them begin with {start} and have the same requirement: write one route such"
        f" as ANY {start}/{{proxy+}}"
        if count > 1
        else "write routes that begin alike and have one requirement as one, ANY /name/{proxy+}"
    )
    message = (
        f"this and {len(many) - 1} more routes may be granted to one caller, in a policy of up to"
        f" {largest.bytes} bytes where {MAX_POLICY_BYTES} fit; {hint}; or write `oversized: fail`"
    )
    return ConfigurationError(Problem(many[0]["key"], message), code="configuration_oversized")


def _largest_group(routes: Iterable[Route]) -> tuple[str, int]:
    """Return the first segment that most routes of one requirement share, and their number."""
    groups: Counter[tuple[str, str]] = Counter()
    for route in routes:
        segments = parse_route(route["key"]).segments
        if segments and not segments[0].startswith("{"):
            groups[f"/{segments[0]}", repr(route["requirement"])] += 1
    if not groups:
        return "", 0
    (start, _), count = max(groups.items(), key=lambda item: (item[1], item[0]))
    return start, count
