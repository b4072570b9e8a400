"""One measured figure and its bar, and how a noisy machine is measured."""

from collections.abc import Callable, Sequence
from statistics import median, quantiles
from time import perf_counter
from typing import Any, NamedTuple

TIMES = "×"  # noqa: RUF001 the sign that people read


class Figure(NamedTuple):
    """`measured` against `bar`; smaller is better. `detail` says what stands behind it."""

    what: str
    measured: float
    bar: float
    unit: str
    detail: str

    @property
    def reached(self) -> bool:
        """Whether the bar is reached."""
        return self.measured <= self.bar


class Spread(NamedTuple):
    """Several measurements of one thing: the median to quote, the quartiles to judge the noise."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of `values`."""
        first, _, third = quantiles(values, n=4)
        return cls(first, median(values), third)

    def text(self, unit: str) -> str:
        """Return the median with its quartiles."""
        return f"{self.middle:.1f} {unit} ({self.low:.1f}-{self.high:.1f})"


def seconds_each(action: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Return the mean seconds that `action` takes for one of `items`."""
    started = perf_counter()
    for item in items:
        action(item)
    return (perf_counter() - started) / len(items)
