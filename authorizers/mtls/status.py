"""Whether a certificate is revoked, as far as somebody can say."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


class Status(NamedTuple):
    """
    What one source says about one certificate (RFC 5280 §6.3.3, RFC 6960 §2.2).

    `source` is the place it was read from. `code` says why nothing is known (`crl_expired`), or
    why the certificate is revoked (`key_compromise`); it is "" for `good`. It holds until `until`,
    in seconds since 1970.
    """

    outcome: Literal["good", "revoked", "unknown"]
    source: str
    code: str = ""
    until: float = 0.0


class RevocationSource(Protocol):
    """Says whether certificates are revoked."""

    def status(self, path: Sequence["Certificate"], index: int, now: float) -> Status:
        """
        Return the status of `path[index]` at `now`, in seconds since 1970. `path` goes from the
        client's certificate to a trust anchor, and is verified but for revocation; the issuer of
        `path[index]` is `path[index + 1]`. Never raises: what cannot be had is `unknown`.
        """
        ...

    def material(self) -> tuple[object, ...]:
        """
        Return the objects that answers rest on now: the same ones as long as no answer can have
        changed but by time. Never raises.
        """
        ...
