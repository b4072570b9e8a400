"""How often somebody may call: whoever counts says when it is too often."""

from typing import Literal, NamedTuple, Protocol


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
