"""How much is tried: so much in every run, and twenty times as much by `make property`."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings

LONG = settings.get_current_profile_name() == "long"


def tried(times: float) -> settings:
    """
    Return settings for `times` the profile's number of examples.

    Every run tries the same ones, so that a red one can be trusted; the long one tries new ones.
    Nothing is shrunk: a failure names the one request that shows it, of a table that is small
    anyway, and shrinking the many that were asked beside it takes minutes.
    """
    return settings(
        max_examples=int(times * settings().max_examples),
        derandomize=not LONG,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def part(number: int) -> Callable[[Any], Any]:
    """Give each part of a property examples of its own; those of the long run are new anyway."""
    return (lambda test: test) if LONG else seed(number)
