"""What was used last, as much of it as there is room for."""

from collections import OrderedDict
from contextlib import suppress
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """
    Remembers `size` values by their keys; the least recently used goes first, and 0 keeps none.

    Threads may share it without a lock: each operation on the dictionary is one call into C. How
    long a value may be used is the caller's affair.
    """

    __slots__ = ("_size", "_values")

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return the value, which is now the one used last, or None."""
        value = self._values.get(key)
        if value is not None:
            with suppress(KeyError):  # another thread has just dropped it
                self._values.move_to_end(key)
        return value

    def keep(self, key: K, value: V) -> None:
        """Remember `value`, in the place of what was there."""
        values = self._values
        values.pop(key, None)
        values[key] = value
        while len(values) > self._size:
            with suppress(KeyError):  # other threads have dropped them all
                values.popitem(last=False)

    def forget(self, key: K) -> None:
        """Drop the value of `key`, if there is one."""
        self._values.pop(key, None)

    def __len__(self) -> int:
        return len(self._values)
