"""Whom a scheme trusts: its anchors, and the certificates that lead to them."""

from collections.abc import Sequence
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
