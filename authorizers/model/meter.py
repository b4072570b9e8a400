"""How often somebody may call: whoever counts says when it is too often."""

from typing import Literal, NamedTuple, Protocol

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.proof import Proof


class Over(NamedTuple):
    """A limit is reached. `retry_after_seconds` is at least 1."""

    code: Literal["throttled", "quota_exceeded"]
    retry_after_seconds: int


class Meter(Protocol):
    """Counts requests."""

    def draw(self, name: str, plan: str | None, routes: tuple[str, ...]) -> Over | None:
        """
        Count one request of `name` by the limits of `plan`; return None if it is within them all,
        and count nothing otherwise. `routes` are the declared routes that the request may be for:
        one, or several where gateways differ on it, and then the limits of each apply.

        Raises:
            DependencyError: nobody can count.
            ConfigurationError: `usage_plan_unknown`.
        """
        ...

    def limits(self, name: str, plan: str | None) -> bool:
        """
        Return whether `plan` limits the caller `name` in anything.

        Raises:
            ConfigurationError: `usage_plan_unknown`.
        """
        ...


def usage_key_missing() -> ConfigurationError:
    """Return the error for a key that has limits which nobody would count."""
    message = (
        "this key has limits, and a REST API counts by its usage plans: tell API Gateway of the key"
        " with `authorizers keys sync`"
    )
    return ConfigurationError(Problem("usage plan", message), code="usage_key_missing")


def check_unlimited(meter: Meter, proof: Proof) -> None:
    """
    Check that a REST API's answer to a key without an API Gateway key needs no counting: there the
    gateway counts, by the usage plan of the key that the answer names. It may use this answer for
    another route than the one that was asked for.

    Raises:
        ConfigurationError: `usage_key_missing`, or `usage_plan_unknown`.
    """
    if meter.limits(proof.metered_as, proof.plan):
        raise usage_key_missing()
