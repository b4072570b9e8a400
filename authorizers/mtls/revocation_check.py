"""
Whether any certificate of a verified path is revoked (RFC 5280 §6.1.3 (a)(3)).

A certificate counts as revoked as soon as one source says so. It counts as good when one source
knows it and none says otherwise. What follows when nobody knows is the deployer's choice, which
has no default: `required` fails, `best_effort` goes on and tells.
"""

from collections.abc import Callable, Sequence
from operator import is_
from typing import TYPE_CHECKING, Literal, NamedTuple

from authorizers.errors import DependencyError, RejectedCredential
from authorizers.model.recent import Recent
from authorizers.mtls.status import RevocationSource, Status

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def same(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    """Return whether these are the same objects, and not only equal ones."""
    return len(some) == len(others) and all(map(is_, some, others))


Mode = Literal["required", "best_effort"]

RETRY_SECONDS = 10  # what nobody could say is asked again after so long
REMEMBERED_PATHS = 256
_NOBODY = Status("unknown", "", "no_revocation_source")


class _Known(NamedTuple):
    """Authorities of which none is revoked: what that rests on, and from when to when it holds."""

    authorities: tuple["Certificate", ...]
    material: tuple[object, ...]
    since: float
    until: float

    def holds(
        self, authorities: tuple["Certificate", ...], material: tuple[object, ...], now: float
    ) -> bool:
        # A clock that was set back makes everything old.
        in_time = self.since <= now < self.until
        return in_time and same(self.authorities, authorities) and same(self.material, material)


class RevocationCheck:
    """
    Asks all sources of a scheme; `on_unknown` is told of what `best_effort` lets pass.

    That the authorities of a path are good is remembered while the answers hold and rest on the
    same objects: clients have the same few. `REMEMBERED_PATHS`, the least recently used goes first.
    """

    def __init__(
        self,
        mode: Mode,
        sources: Sequence[RevocationSource],
        on_unknown: Callable[[Status], None] = lambda _: None,
    ) -> None:
        self._required = mode != "best_effort"
        self._sources = tuple(sources)
        self._on_unknown = on_unknown
        self._good: Recent[tuple[int, ...], _Known] = Recent(REMEMBERED_PATHS)

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
        if len(path) < 2:
            return float("inf")
        return min(self._check_one(path, 0, now), self._check_authorities(path, now))

    def statuses(self, path: Sequence["Certificate"], index: int, now: float) -> list[Status]:
        """Return what each source says about `path[index]`."""
        return [source.status(path, index, now) for source in self._sources]

    def _check_authorities(self, path: Sequence["Certificate"], now: float) -> float:
        if len(path) < 3:
            return float("inf")
        authorities, material = tuple(path[1:]), self.material()
        key = tuple(map(id, authorities))
        known = self._good.get(key)
        if known is not None and known.holds(authorities, material, now):
            return known.until
        until = min(self._check_one(path, index, now) for index in range(1, len(path) - 1))
        self._good.keep(key, _Known(authorities, material, now, until))
        return until

    def _check_one(self, path: Sequence["Certificate"], index: int, now: float) -> float:
        unknown, until = _NOBODY, None
        asked_again = float("inf")  # by then: who did not know may know more than those who did
        for status in self.statuses(path, index, now):
            if status.outcome == "revoked":
                whose = "the certificate" if index == 0 else "the certificate of an authority"
                raise RejectedCredential("certificate_revoked", f"{whose} is revoked")
            if status.outcome == "good":
                until = status.until if until is None else min(until, status.until)
            else:
                unknown = status
                asked_again = min(asked_again, max(status.until, now + RETRY_SECONDS))
        if until is not None:
            return min(until, asked_again)
        if self._required:
            detail = f"nobody can say whether a certificate is revoked: {unknown.code}"
            raise DependencyError("revocation_unknown", detail)
        self._on_unknown(unknown)
        return now + RETRY_SECONDS
