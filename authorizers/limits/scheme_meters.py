"""The meters of several schemes: each counts the requests of its own callers."""

from collections.abc import Mapping

from authorizers.model.meter import Meter, Over


class SchemeMeters:
    """A `Meter` that asks the one of the scheme that a name begins with; others have no limits."""

    def __init__(self, meters: Mapping[str, Meter]) -> None:
        self._meters = meters

    def draw(self, name: str, plan: str | None, routes: tuple[str, ...]) -> Over | None:
        """Count one request of `name`, `<scheme>|<key id>`; see `Meter.draw`."""
        meter = self._meters.get(name.partition("|")[0])
        return None if meter is None else meter.draw(name, plan, routes)

    def limits(self, name: str, plan: str | None) -> bool:
        """Return whether `plan` limits the caller `name`; see `Meter.limits`."""
        meter = self._meters.get(name.partition("|")[0])
        return meter is not None and meter.limits(name, plan)
