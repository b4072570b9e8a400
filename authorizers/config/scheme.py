"""A scheme of the document → its compiled form, which `compose` builds verifiers from."""

from typing import Any

from authorizers.config.client_certificate import compile_client_certificate
from authorizers.config.document.api_key import ApiKey
from authorizers.config.document.jwt import AnyAudience, CustomProfile, Jwt
from authorizers.config.document.limits import UNLIMITED, Limit, Limits
from authorizers.config.document.scheme import Scheme


def compile_scheme(scheme: Scheme) -> dict[str, Any]:
    """Return the compiled form of a scheme, of which exactly one field is set."""
    if scheme.api_key is not None:
        return {"api_key": _api_key(scheme.api_key)}
    if scheme.client_certificate is not None:
        return {"client_certificate": compile_client_certificate(scheme.client_certificate)}
    return {"jwt": _jwt(scheme.jwt)} if scheme.jwt is not None else {}


def _jwt(jwt: Jwt) -> dict[str, Any]:
    audience = jwt.audience
    return {
        "issuer": jwt.issuer,
        "audience": {"any": audience.any} if isinstance(audience, AnyAudience) else list(audience),
        "profile": jwt.profile,
        "algorithms": list(dict.fromkeys(jwt.algorithms)),
        "keys": jwt.keys.model_dump(exclude_none=True),
        "leeway_seconds": jwt.leeway,
        "max_age_seconds": jwt.max_age,
        "principal_claim": jwt.principal_claim,
        "custom_profile": _custom_profile(jwt.custom_profile),
    }


def _custom_profile(profile: CustomProfile | None) -> dict[str, Any] | None:
    if profile is None:
        return None
    # Media types are compared without case and without `application/` (RFC 7515 §4.1.9).
    types = [text.lower().removeprefix("application/") for text in profile.types]
    return {**profile.model_dump(), "types": types, "client_claims": profile.client_claims or []}


def _api_key(api_key: ApiKey) -> dict[str, Any]:
    return {
        "prefix": api_key.prefix,
        "pepper": api_key.pepper._asdict(),
        "keys": api_key.keys.model_dump(exclude_none=True),
        "life_seconds": api_key.life,
        "miss_life_seconds": api_key.miss_life,
        "routes_per_key": bool(api_key.routes_per_key),
        "limits": None if api_key.limits is None else _limits(api_key.limits),
    }


def _limits(limits: Limits) -> dict[str, Any]:
    without_plan = limits.without_plan
    return {
        "dynamodb": limits.dynamodb,
        "when_unavailable": limits.when_unavailable,
        "without_plan": None if without_plan == UNLIMITED else without_plan,
        "plans": {
            name: {**_limit(plan), "routes": {k: _limit(route) for k, route in plan.routes.items()}}
            for name, plan in limits.plans.items()
        },
    }


def _limit(limit: Limit) -> dict[str, Any]:
    bucket = {"interval_us": limit.rate, "burst": limit.burst} if limit.rate else None
    return {"bucket": bucket, "quota": limit.quota}
