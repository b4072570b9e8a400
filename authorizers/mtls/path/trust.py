"""Whom a scheme trusts: its anchors, and the certificates that lead to them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from cryptography.x509 import Certificate


class Trust(NamedTuple):
    """
    The `anchors`, each of them trusted to issue whatever its constraints allow, and
    `intermediates`, which are trusted in nothing but may stand between (RFC 5280 §6.1.1).
    """

    anchors: Sequence[Certificate]
    intermediates: Sequence[Certificate] = ()


class TrustSource(Protocol):
    """Where the trust of a scheme comes from; it may change while a function is warm."""

    def current(self) -> Trust:
        """
        Return the trust in force: the same object as long as it has not changed.

        Raises:
            DependencyError: it cannot be read, and no good one is left.
            ConfigurationError: what was read is no bundle of certificates.
        """
        ...


Bundle = Callable[[], Sequence[Certificate]]  # the same object as long as it has not changed


class KeptTrust:
    """The trust of two bundles, each of which may change by itself."""

    __slots__ = ("_anchors", "_intermediates", "_trust")

    def __init__(self, anchors: Bundle, intermediates: Bundle = tuple) -> None:
        self._anchors = anchors
        self._intermediates = intermediates
        self._trust: Trust | None = None

    def current(self) -> Trust:
        """
        Return the trust in force (`TrustSource.current`).

        Raises:
            DependencyError, ConfigurationError: one of the bundles cannot be had.
        """
        anchors, intermediates = self._anchors(), self._intermediates()
        trust = self._trust
        if (
            trust is None
            or trust.anchors is not anchors
            or trust.intermediates is not intermediates
        ):
            self._trust = trust = Trust(anchors, intermediates)
        return trust
