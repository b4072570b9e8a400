"""What this environment knows of counters, from the last answers."""

from authorizers.limits.counters import Item
from authorizers.model.clock import Clock, Deadline
from authorizers.model.recent import Recent

REMEMBERED = 1024
LIFE_SECONDS = 10


class KnownCounters:
    """
    The items that were seen last.

    Key: the caller's name. What is known is a belief about what to try, for as long as it is kept;
    it is a reason to refuse without asking only for `LIFE_SECONDS` from the answer, so that
    counters that an operator has reset count after that. The 1024 used last are kept. An answer
    that could not be had changes nothing. Of two threads' answers the older may come last: it
    shows less use than there was, and refuses less.
    """

    __slots__ = ("_clock", "_items")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._items: Recent[str, tuple[Item, Deadline]] = Recent(REMEMBERED)

    def find(self, name: str) -> tuple[Item | None, bool]:
        """Return the counters of `name` if they are known, and whether they may refuse."""
        known = self._items.get(name)
        if known is None:
            return None, False
        return known[0], not known[1].passed(self._clock)

    def keep(self, name: str, item: Item) -> None:
        """Remember that the counters of `name` were `item`."""
        self._items.keep(name, (item, Deadline.after(LIFE_SECONDS, self._clock)))
