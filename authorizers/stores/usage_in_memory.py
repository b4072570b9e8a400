"""Counters in this process, for tests and for running on one's own machine."""

from collections.abc import Sequence
from threading import Lock

from authorizers.limits.counters import Change, Fresh, Outcome, Step


class UsageInMemory:
    """
    The counters of everybody who shares this object; gone with the process.

    `ends_at` has, by name, from when on the counters might be forgotten. Nothing is forgotten here.
    """

    place = "memory"

    def __init__(self) -> None:
        self.items: dict[str, dict[str, int | None]] = {}
        self.ends_at: dict[str, int] = {}
        self._lock = Lock()

    def change(self, name: str, changes: Sequence[Change], ends_at: int) -> Outcome:
        """Make all of `changes` to the counters of `name`, or none; see `Counters.change`."""
        with self._lock:
            item = self.items.get(name, {})
            if not all(_applies(change, item) for change in changes):
                return Outcome(False, dict(item))
            for change in changes:
                _apply(change, item)
            self.items[name] = item
            self.ends_at[name] = ends_at
            return Outcome(True, dict(item))


def _applies(change: Change, item: dict[str, int | None]) -> bool:
    value = item.get(change.attribute)
    if isinstance(change, Step):
        return value is not None and change.first <= value <= change.last
    return change.attribute not in item or (value is not None and value < change.below)


def _apply(change: Change, item: dict[str, int | None]) -> None:
    if isinstance(change, Step):
        item[change.attribute] = (item[change.attribute] or 0) + change.by
    elif isinstance(change, Fresh):
        item[change.attribute] = change.value
    else:
        item.pop(change.attribute, None)
