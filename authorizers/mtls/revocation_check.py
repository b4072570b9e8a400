"""
Whether any certificate of a verified path is revoked (RFC 5280 §6.1.3 (a)(3)).

A certificate counts as revoked as soon as one source says so. It counts as good when one source
knows it and none says otherwise. What follows when nobody knows is the deployer's choice, which
has no default: `required` fails, `best_effort` goes on and tells.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from authorizers.errors import DependencyError, RejectedCredential
from authorizers.mtls.status import RevocationSource, Status

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

Mode = Literal["required", "best_effort"]

RETRY_SECONDS = 10  # what nobody could say is asked again after so long
_NOBODY = Status("unknown", "", "no_revocation_source")


class RevocationCheck:
    """Asks all sources of a scheme; `on_unknown` is told of what `best_effort` lets pass."""

    def __init__(
        self,
        mode: Mode,
        sources: Sequence[RevocationSource],
        on_unknown: Callable[[Status], None] = lambda _: None,
    ) -> None:
        self._required = mode != "best_effort"
        self._sources = tuple(sources)
        self._on_unknown = on_unknown

    def material(self) -> tuple[object, ...]:
        """Return the objects that answers rest on now."""
        return tuple([part for source in self._sources for part in source.material()])

    def check(self, path: Sequence["Certificate"], now: float) -> float:
        """
        Check every certificate of `path` but the anchor, and return until when the answers hold,
        in seconds since 1970. A path of one is an anchor, or pinned: nobody can revoke it.

        Raises:
            RejectedCredential: `certificate_revoked`, of the client's or of an authority's.
            DependencyError: `revocation_unknown`.
        """
        return min(
            (self._check_one(path, index, now) for index in range(len(path) - 1)),
            default=float("inf"),
        )

    def statuses(self, path: Sequence["Certificate"], index: int, now: float) -> list[Status]:
        """Return what each source says about `path[index]`."""
        return [source.status(path, index, now) for source in self._sources]

    def _check_one(self, path: Sequence["Certificate"], index: int, now: float) -> float:
        unknown = _NOBODY
        until = None
        for status in self.statuses(path, index, now):
            if status.outcome == "revoked":
                whose = "the certificate" if index == 0 else "the certificate of an authority"
                raise RejectedCredential("certificate_revoked", f"{whose} is revoked")
            if status.outcome == "good":
                until = status.until if until is None else min(until, status.until)
            else:
                unknown = status
        if until is not None:
            return until
        if self._required:
            detail = f"nobody can say whether a certificate is revoked: {unknown.code}"
            raise DependencyError("revocation_unknown", detail)
        self._on_unknown(unknown)
        return now + RETRY_SECONDS
