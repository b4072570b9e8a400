"""What a request would be counted against. Nothing is counted here, and no counter is read."""

from collections.abc import Iterator, Mapping
from typing import Any

from authorizers.analysis.explanation import Fact, Stage
from authorizers.config.compiled import CompiledDocument
from authorizers.limits.plan import Plans
from authorizers.model.meter import usage_key_missing
from authorizers.model.principal import Principal
from authorizers.model.proof import Proof
from authorizers.model.request import ApiKind

_UNCOUNTED = Fact("note", "nothing was counted, and no counter was read")


def limits_stage(
    document: CompiledDocument,
    principal: Principal,
    proof: Proof | None,
    api: ApiKind,
    routes: tuple[str, ...],
) -> Stage | None:
    """
    Say what an allowed request that may be for any of `routes` is counted against; None if its
    scheme has no limits.

    Raises:
        ConfigurationError: `usage_plan_unknown`; or `usage_key_missing`: API Gateway counts on a
            REST API, and the record of the key in `proof` names no key for that.
    """
    scheme: Mapping[str, Any] = document["schemes"][principal.scheme]
    limits = scheme.get("api_key", {}).get("limits")
    if limits is None:
        return None
    said = principal.claims.get("usage_plan")
    plan = said if isinstance(said, str) else None
    plans = Plans(limits)
    if not plans.limit_anything(plan):
        return Stage("limits", None, "none: keys without a plan are unlimited")
    name = plan or limits["without_plan"]
    if api == "rest":
        return _by_usage_plan(name, proof)
    facts = [*_facts(limits["plans"][name], routes), _UNCOUNTED]
    if limits["when_unavailable"] == "allow_unmetered":
        facts.append(Fact("note", "allowed without a count while the table cannot be reached"))
    return Stage("limits", None, f"counted by the plan {name}", tuple(facts))


def _by_usage_plan(name: str, proof: Proof | None) -> Stage:
    if proof is not None and proof.usage_key is None:
        raise usage_key_missing()
    facts = [Fact("note", f"the limits of the plan {name} are for HTTP and WebSocket APIs")]
    if proof is None:
        facts.append(Fact("note", "without an API Gateway key in its record there is no answer"))
    return Stage("limits", None, "counted by API Gateway's own usage plan", tuple(facts))


def _facts(plan: Mapping[str, Any], routes: tuple[str, ...]) -> Iterator[Fact]:
    for text in _in_words(plan):
        yield Fact("note", f"on all routes together: {text}")
    for route in routes:
        for text in _in_words(plan["routes"].get(route, {})):
            yield Fact("note", f"on {route}: {text}")


def _in_words(limits: Mapping[str, Any]) -> Iterator[str]:
    bucket, quota = limits.get("bucket"), limits.get("quota")
    if bucket:
        seconds = bucket["interval_us"] / 1_000_000
        yield f"{bucket['burst']} at once, and one more every {seconds:g} s"
    if quota:
        yield f"{quota['limit']} a {quota['period']} (UTC)"
