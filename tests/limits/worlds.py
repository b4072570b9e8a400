"""Environments that count in one place, each with a clock and a memory of its own."""

from collections.abc import Callable, Sequence
from typing import Any

from authorizers.errors import AuthorizersError, DependencyError
from authorizers.limits.counters import Change, Counters, Outcome
from authorizers.limits.meter import KeyMeter
from authorizers.model.clock import Clock
from authorizers.stores.usage_in_memory import UsageInMemory
from authorizers.testing.clock import FrozenClock

KEY = "machines|7Fh3kQ9ZpLm2"


class Watched:
    """Passes changes on, and keeps what they were; before each, `interrupt` is called."""

    def __init__(self, counters: Counters | None = None) -> None:
        self.inner = counters or UsageInMemory()
        self.place = self.inner.place
        self.calls: list[tuple[str, Sequence[Change], int]] = []
        self.outcomes: list[bool] = []
        self.interrupt: Callable[[], object] = lambda: None

    def change(self, name: str, changes: Sequence[Change], ends_at: int) -> Outcome:
        self.calls.append((name, changes, ends_at))
        self.interrupt()
        outcome = self.inner.change(name, changes, ends_at)
        self.outcomes.append(outcome.changed)
        return outcome

    def count(self, call: Callable[[], object]) -> int:
        """Return how many calls `call` costs."""
        before = len(self.calls)
        call()
        return len(self.calls) - before


class Down:
    """Counters that nobody can reach."""

    place = "nowhere"

    def __init__(self, code: str = "store_unavailable") -> None:
        self.error = DependencyError(code, "nowhere could not be read")

    def change(self, name: str, changes: Sequence[Change], ends_at: int) -> Outcome:
        raise self.error


def meter(
    limits: dict[str, Any],
    counters: Counters | None = None,
    clock: Clock | None = None,
    unmetered: list[AuthorizersError] | None = None,
) -> KeyMeter:
    return KeyMeter(
        limits,
        counters or UsageInMemory(),
        clock=clock or FrozenClock(),
        on_unmetered=(unmetered if unmetered is not None else []).append,
    )


def admitted(draw: Any, tries: int, plan: str = "free", route: str | None = None) -> int:
    """Return how many of `tries` are admitted."""
    return sum(draw(KEY, plan, () if route is None else (route,)) is None for _ in range(tries))
