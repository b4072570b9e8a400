"""The keys that a store has, remembered for as long as the document says."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from authorizers.api_key.record import KeyRecord
from authorizers.api_key.store import KeyStore
from authorizers.model.clock import Clock, Deadline
from authorizers.model.principal import Principal
from authorizers.model.proof import Proof


class KnownKey(Proof):
    """A key's record, and the principal of whoever proves to hold the key."""

    __slots__ = ("metered_as", "plan", "record", "until", "usage_key")

    def __init__(self, record: KeyRecord, principal: Principal, until: Deadline) -> None:
        super().__init__(principal)
        self.record = record
        self.until = until
        self.usage_key = record.gateway_key.value
        self.metered_as = f"{principal.scheme}|{record.key_id}"
        self.plan = record.usage_plan


class KnownKeys:
    """
    Finds keys by their id, and does not ask the store at every request.

    Key: the id. Life: `life_seconds` from before the read, `miss_life_seconds` for an id that the
    store does not have; so a revocation is effective after at most `life_seconds`. `size` keys
    and as many misses are kept, apart, the least recently used goes first: whoever invents ids
    drops no key. A failure of the store is not remembered, and what has outlived its life is
    never used.
    """

    def __init__(
        self,
        store: KeyStore,
        principal_of: Callable[[KeyRecord], Principal],
        *,
        clock: Clock,
        lives_seconds: tuple[float, float],
        size: int,
    ) -> None:
        """`lives_seconds` are that of a key and that of a miss; with a `size` of 0 none is kept."""
        self._store = store
        self._principal_of = principal_of
        self._clock = clock
        self._life_seconds, self._miss_life_seconds = lives_seconds
        self._size = size
        # Each operation on them is one call into C, so threads need no lock of their own. Two that
        # miss the same id both ask.
        self._keys: OrderedDict[str, KnownKey] = OrderedDict()
        self._misses: OrderedDict[str, Deadline] = OrderedDict()

    def find(self, key_id: str) -> tuple[KnownKey | None, bool]:
        """
        Return the key with this id, or None, and whether that was remembered.

        Raises:
            DependencyError: the store cannot say.
        """
        known = self._keys.get(key_id)
        if known is not None and not known.until.passed(self._clock):
            with suppress(KeyError):  # another thread has just dropped it
                self._keys.move_to_end(key_id)
            return known, True
        miss = self._misses.get(key_id)
        if miss is not None and not miss.passed(self._clock):
            return None, True
        return self._ask(key_id), False

    def _ask(self, key_id: str) -> KnownKey | None:
        until = Deadline.after(self._life_seconds, self._clock)
        miss_until = Deadline.after(self._miss_life_seconds, self._clock)
        record = self._store.find(key_id)
        self._keys.pop(key_id, None)
        self._misses.pop(key_id, None)
        if record is None:
            _keep(self._misses, key_id, miss_until, self._size)
            return None
        known = KnownKey(record, self._principal_of(record), until)
        _keep(self._keys, key_id, known, self._size)
        return known


def _keep(kept: "OrderedDict[str, Any]", key: str, value: Any, size: int) -> None:
    kept[key] = value
    while len(kept) > size:
        with suppress(KeyError):  # other threads have dropped them all
            kept.popitem(last=False)
