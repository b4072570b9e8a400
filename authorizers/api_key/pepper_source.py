"""The peppers in use: read when a function starts, and again when a digest names one not known."""

from collections.abc import Callable
from threading import Lock

from authorizers.api_key.pepper import Peppers, parse_peppers
from authorizers.errors import AuthorizersError
from authorizers.model.clock import Clock, Deadline

RETRY_SECONDS = 30  # a pepper that nobody has is not asked for at every request


class PepperSource:
    """
    Makes digests with the peppers whose JSON `read` returns; `place` is what messages call it.

    Key: there is one secret. Life: as long as the function, because a pepper never changes its
    value; a new one is found when a digest names it. A failed read is not remembered while there
    is nothing yet; with peppers there they stay, and it is tried again after `RETRY_SECONDS`.
    """

    def __init__(
        self,
        read: Callable[[], bytes | str],
        place: str,
        clock: Clock,
        on_failure: Callable[[AuthorizersError], None] = lambda _: None,
    ) -> None:
        """`on_failure` is told when a pepper that is not known could not be looked for."""
        self._read = read
        self._place = place
        self._clock = clock
        self._on_failure = on_failure
        self._lock = Lock()
        self._peppers: Peppers | None = None
        self._retry_at = Deadline(0.0, 0.0)

    def current(self) -> Peppers:
        """
        Return the peppers.

        Raises:
            DependencyError: they cannot be read.
            ConfigurationError: `pepper_invalid`.
        """
        if self._peppers is None:
            with self._lock:
                if self._peppers is None:
                    self._load()
        assert self._peppers is not None  # noqa: S101 loaded, or an error was raised
        return self._peppers

    def digest(self, name: str, text: str, *, look: bool) -> bytes | None:
        """
        Return the digest of a key's `text` under the pepper `name`, or None if there is no such
        pepper. With `look` one that is not known is looked for, once in `RETRY_SECONDS`. That it
        could not be looked for is told, and no reason to raise: another secret may be good.

        Raises:
            DependencyError, ConfigurationError: as `current`.
        """
        peppers = self.current()
        if look and name not in peppers:
            peppers = self._read_again()
        return peppers.digest(name, text) if name in peppers else None

    def made_up(self, text: str) -> bytes:
        """
        Return a digest of `text` that stands for one that cannot be compared: the same work.

        Raises:
            DependencyError, ConfigurationError: as `current`.
        """
        peppers = self.current()
        return peppers.digest(peppers.current, text)

    def _read_again(self) -> Peppers:
        with self._lock:
            if self._retry_at.passed(self._clock):
                self._retry_at = Deadline.after(RETRY_SECONDS, self._clock)
                try:
                    self._load()
                except AuthorizersError as error:
                    self._on_failure(error)
        return self.current()

    def _load(self) -> None:
        self._peppers = parse_peppers(self._read(), self._place)
