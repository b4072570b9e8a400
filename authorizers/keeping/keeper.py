"""
One list after the other: read what is kept, fetch what is published, check it, and replace.

The last good list is never given up for one that is worse. One list that fails stops no other.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from authorizers.errors import AuthorizersError, DependencyError
from authorizers.keeping.examined_list import ExaminedList, examine_list
from authorizers.keeping.kept_list import KeptList
from authorizers.keeping.outcome import Outcome
from authorizers.mtls.path.trust import Trust

MEDIA_TYPE = "application/pkix-crl"  # RFC 2585 §4.2
# Whoever may not list a bucket is told "denied" of what is not there: S3 API reference, GetObject.
_MAYBE_ABSENT = ("store_not_found", "store_access_denied")


class Place(Protocol):
    """Where one list is kept: `authorizers.stores.s3_writer.WritableS3Object`."""

    def read(self, known_version: str | None = None, /) -> tuple[bytes, str | None] | None:
        """Return the list and its version, or raise `DependencyError`."""
        ...

    def write(self, data: bytes, known_version: str | None, content_type: str, /) -> None:
        """Replace what has `known_version`, or with None nothing, or raise `DependencyError`."""
        ...


class Kept(NamedTuple):
    """What is kept now: its bytes, their version, and, unless it cannot be read, the list."""

    data: bytes
    version: str | None
    examined: ExaminedList | None

    @property
    def genuine(self) -> ExaminedList | None:
        """The list, if it was good once: only then it counts against a newer one."""
        return self.examined if self.examined is not None and self.examined.is_genuine else None


class Keeper:
    """Keeps lists, of which `fetch` returns the published bytes, `place` says where each is."""

    def __init__(
        self,
        fetch: Callable[[str], bytes],
        place: Callable[[KeptList], Place],
        trust: Callable[[str], Trust],
    ) -> None:
        """`trust` returns that of a scheme. What these raise fails one list."""
        self._fetch = fetch
        self._place = place
        self._trust = trust

    def keep(self, kept_list: KeptList, now: float) -> Outcome:
        """Refresh one list as of `now`, in seconds since 1970. Never raises: the next one waits."""
        attempt = _Attempt()
        try:
            return self._keep(kept_list, now, attempt)
        except AuthorizersError as error:
            code, detail = error.code, error.detail
        except Exception as foreign:  # noqa: BLE001 whatever is raised, this list failed
            code, detail = "internal_error", type(foreign).__name__
        return Outcome(kept_list, "failed", _seconds(attempt.kept, now), code, detail)

    def _keep(self, kept_list: KeptList, now: float, attempt: "_Attempt") -> Outcome:
        trust = self._trust(kept_list.scheme)
        place = self._place(kept_list)
        kept = attempt.kept = _read(place, kept_list.place, trust, now)
        data = self._fetch(kept_list.url)
        genuine = None if kept is None else kept.genuine
        replaces = None if genuine is None else genuine.crl
        fresh = examine_list(data, kept_list.url, trust, now, replaces)
        if fresh.defects:
            defect = fresh.defects[0]
            raise DependencyError(defect.code, defect.message)
        if kept is not None and data == kept.data:
            return Outcome(kept_list, "unchanged", fresh.seconds_left(now))
        place.write(data, None if kept is None else kept.version, MEDIA_TYPE)
        return Outcome(kept_list, "replaced", fresh.seconds_left(now))


class _Attempt:
    """How far an attempt came: what is kept, once that was read."""

    kept: Kept | None = None


def _seconds(kept: Kept | None, now: float) -> float:
    """Return for how long authorizers can go on with what is kept."""
    return 0.0 if kept is None or kept.examined is None else kept.examined.seconds_left(now)


def _read(place: Place, name: str, trust: Trust, now: float) -> Kept | None:
    """Return what is kept, or None where nothing is, or nothing that may be read."""
    try:
        answer = place.read()
    except DependencyError as error:
        if error.code in _MAYBE_ABSENT:
            return None  # `write` replaces nothing then, so that it fails if something is there
        raise
    assert answer is not None  # noqa: S101 no version was known
    data, version = answer
    try:
        return Kept(data, version, examine_list(data, name, trust, now))
    except AuthorizersError:
        return Kept(data, version, None)
