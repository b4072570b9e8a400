"""
Where the compiled document comes from while a function is warm.

The package's own file is read once. A document kept outside, in a store, is `Refreshed`.
"""

from collections.abc import Callable
from typing import Protocol

from authorizers.config.compiled import CompiledDocument, parse_compiled
from authorizers.errors import AuthorizersError
from authorizers.model import refreshed
from authorizers.model.clock import Clock

DEFAULT_STALE_LIMIT_SECONDS = 3600
RETRY_SECONDS = refreshed.RETRY_SECONDS
DocumentStore = refreshed.BytesStore


class ConfigurationSource(Protocol):
    """Where the document in force comes from."""

    def current(self) -> CompiledDocument:
        """
        Return the document in force: the same object as long as it has not changed.

        Raises:
            ConfigurationError: there is a document, but it is wrong.
            DependencyError: `configuration_unavailable`.
        """
        ...


class FixedDocument:
    """
    A document that cannot change while the function runs. `accept` is asked about it until it has
    taken it: what it depends on may be away for a while.
    """

    __slots__ = ("_accept", "_accepted", "_document")

    def __init__(
        self,
        document: CompiledDocument,
        accept: Callable[[CompiledDocument], None] = lambda _: None,
    ) -> None:
        self._document = document
        self._accept = accept
        self._accepted = False

    def current(self) -> CompiledDocument:
        """
        Return the document.

        Raises:
            ConfigurationError, DependencyError: `accept` refuses it.
        """
        if not self._accepted:
            self._accept(self._document)
            self._accepted = True
        return self._document


class RefreshedDocument(refreshed.Refreshed[CompiledDocument]):
    """
    A document that is read again from its store when its life is over.

    `current` raises `ConfigurationError` if the store's document is wrong, `DependencyError`,
    `configuration_unavailable`, if it cannot be had, and no good one is left.
    """

    __slots__ = ()

    def __init__(  # noqa: PLR0913 - the store, the clock and the listeners are arguments
        self,
        store: DocumentStore,
        clock: Clock,
        *,
        ttl_seconds: float,
        stale_limit_seconds: float = DEFAULT_STALE_LIMIT_SECONDS,
        accept: Callable[[CompiledDocument], None] = lambda _: None,
        on_failure: Callable[[AuthorizersError], None] = lambda _: None,
    ) -> None:
        """
        Nothing is read yet. `accept` is asked about every new document and raises
        `ConfigurationError` to refuse it; `on_failure` is told of every read that failed.
        """
        super().__init__(
            store,
            parse_compiled,
            clock,
            refreshed.Life(ttl_seconds, stale_limit_seconds),
            unavailable="configuration_unavailable",
            accept=lambda document, _: accept(document),
            on_failure=on_failure,
        )
