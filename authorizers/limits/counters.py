"""Where counters are kept, and the changes that move them: each is conditional upon its state."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

Item = Mapping[str, int | None]
"""The counters of one caller by attribute; None is what is there and is no whole number."""


class Fresh(NamedTuple):
    """Set `attribute` to `value`, if it is not there or below `below`."""

    attribute: str
    below: int
    value: int


class Step(NamedTuple):
    """Add `by` to `attribute`, if it is from `first` to `last`."""

    attribute: str
    first: int
    last: int
    by: int


class Removal(NamedTuple):
    """Remove `attribute`, if it is not there or below `below`."""

    attribute: str
    below: int


Change = Fresh | Step | Removal


class Outcome(NamedTuple):
    """Whether all changes were made, or none; and the item as it is after or without them."""

    changed: bool
    item: Item


class Counters(Protocol):
    """Counters of many callers; `authorizers.stores` has the adapters."""

    place: str

    def change(self, name: str, changes: Sequence[Change], ends_at: int) -> Outcome:
        """
        Make all of `changes` to the counters of `name`, or none: in one step that nobody comes
        between, at most one change of an attribute. From `ends_at`, in seconds since 1970, the
        counters of `name` may be forgotten.

        Raises:
            DependencyError: the counters cannot be reached.
        """
        ...
