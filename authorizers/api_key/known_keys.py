"""The keys that a store has, remembered for as long as the document says."""

from collections.abc import Callable

from authorizers.api_key.record import KeyRecord
from authorizers.api_key.store import KeyStore
from authorizers.model.clock import Clock, Deadline
from authorizers.model.principal import Principal
from authorizers.model.proof import Proof
from authorizers.model.recent import Recent


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
        # Two threads that miss the same id both ask.
        self._keys: Recent[str, KnownKey] = Recent(size)
        self._misses: Recent[str, Deadline] = Recent(size)

    def find(self, key_id: str) -> tuple[KnownKey | None, bool]:
        """
        Return the key with this id, or None, and whether that was remembered.

        Raises:
            DependencyError: the store cannot say.
        """
        known = self._keys.get(key_id)
        if known is not None and not known.until.passed(self._clock):
            return known, True
        miss = self._misses.get(key_id)
        if miss is not None and not miss.passed(self._clock):
            return None, True
        return self._ask(key_id), False

    def _ask(self, key_id: str) -> KnownKey | None:
        until = Deadline.after(self._life_seconds, self._clock)
        miss_until = Deadline.after(self._miss_life_seconds, self._clock)
        record = self._store.find(key_id)
        if record is None:
            self._keys.forget(key_id)
            self._misses.keep(key_id, miss_until)
            return None
        self._misses.forget(key_id)
        known = KnownKey(record, self._principal_of(record), until)
        self._keys.keep(key_id, known)
        return known
