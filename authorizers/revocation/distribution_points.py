"""
The lists that certificates name, as a source of revocation (RFC 5280 §4.2.1.13).

- What is kept: each list, by its address; `MAX_LISTS` of at most `MAX_LIST_BYTES`, the least
  recently used goes first. What is larger is kept in S3, by the function that does that.
- Its life: it is asked for again after `TTL_SECONDS`, and fetched if it has changed.
- A failed fetch: the last good list stays in use, as long as its own dates allow; its address is
  asked again no sooner than `model.refreshed` does that.

Only over http and https, from hosts that are allowed: a directory (LDAP) is never asked. An
address is the certificate's, so no message carries it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import (
    Certificate,
    CRLDistributionPoints,
    ExtensionNotFound,
    UniformResourceIdentifier,
)

from authorizers.errors import AuthorizersError, DependencyError, MalformedCredential
from authorizers.http.allowed_hosts import AllowedHosts
from authorizers.model.clock import Clock
from authorizers.model.recent import Recent
from authorizers.model.refreshed import Life, Refreshed
from authorizers.mtls.certificate import read
from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.source import Crls
from authorizers.mtls.path.trust import TrustSource
from authorizers.mtls.status import Status
from authorizers.revocation.list_address import ListAddress

TTL_SECONDS: Final = 300
MAX_LISTS: Final = 16
MAX_LIST_BYTES: Final = 4 * 1024 * 1024  # some 100,000 entries
MAX_POINTS: Final = 4  # of one certificate: each may cost the caller a whole deadline
MAX_ADDRESSES: Final = 2  # of one distribution point, which are the same list

Points = tuple[tuple[str, ...], ...]
"""The addresses of each distribution point of a certificate."""

Accept = Callable[[Crl, Crl | None], None]
"""Given a new list and the one that it is to replace; raises to refuse it."""
OpenList = Callable[[str, Accept], Callable[[], Crl]]

_SOURCE: Final = "distribution points"
_PLACE: Final = "the list that a certificate names"


class DistributionPoints:
    """
    A `RevocationSource`: asks the lists in a certificate's cRLDistributionPoints whose addresses
    `normal` lets through, which returns the one to ask or None.

    `open_list` returns what gives the list at an address. `trust` has the certificates that may
    have signed it, besides those of the path.
    """

    __slots__ = ("_clock", "_lists", "_normal", "_open_list", "_sources", "_trust")

    def __init__(
        self,
        normal: Callable[[str], str | None],
        open_list: OpenList,
        trust: TrustSource,
        clock: Clock,
    ) -> None:
        self._normal = normal
        self._open_list = open_list
        self._trust = trust
        self._clock = clock
        self._lists: Recent[tuple[str, bytes], Callable[[], Crl]] = Recent(MAX_LISTS)
        self._sources: Recent[tuple[Points, bytes], Crls] = Recent(MAX_LISTS)

    def material(self) -> tuple[object, ...]:
        """Return nothing: no answer holds longer than a list is used without being asked for."""
        return ()

    def status(self, path: Sequence[Certificate], index: int, now: float) -> Status:
        """Return the status of `path[index]` (`RevocationSource.status`)."""
        points = self._points(path[index])
        if not points:
            return Status("unknown", _SOURCE, "crl_no_distribution_point", now + TTL_SECONDS)
        status = self._source(points, path[index:]).status(path, index, now)
        return status._replace(until=min(status.until, now + TTL_SECONDS))

    def _points(self, certificate: Certificate) -> Points:
        points = []
        for addresses in distribution_addresses(certificate):
            urls = [url for url in map(self._normal, addresses) if url is not None]
            if urls:
                points.append(tuple(urls[:MAX_ADDRESSES]))
        return tuple(dict.fromkeys(points))[:MAX_POINTS]

    def _source(self, points: Points, path: Sequence[Certificate]) -> Crls:
        key = (points, path[1].fingerprint(SHA256()))
        source = self._sources.get(key)
        if source is None:
            source = self._crls([partial(self._current, urls, path) for urls in points])
            self._sources.keep(key, source)
        return source

    def _crls(self, crls: Sequence[Callable[[], Crl]]) -> Crls:
        trust = self._trust
        return Crls(crls, lambda: trust.current().anchors, lambda: trust.current().intermediates)

    def _current(self, urls: Sequence[str], path: Sequence[Certificate]) -> Crl:
        """Return the list of one distribution point, from the first address that has it."""
        error: AuthorizersError = DependencyError("crl_unavailable", f"{_PLACE} is not there")
        for url in urls:
            try:
                return self._list(url, path)()
            except AuthorizersError as failed:
                error = failed
        raise error

    def _list(self, url: str, path: Sequence[Certificate]) -> Callable[[], Crl]:
        """Return what gives the list at `url`, for certificates of the issuer in `path`."""
        key = (url, path[1].fingerprint(SHA256()))
        current = self._lists.get(key)
        if current is None:
            current = self._open_list(url, partial(self._accept, path))
            self._lists.keep(key, current)
        return current

    def _accept(self, path: Sequence[Certificate], new: Crl, old: Crl | None) -> None:
        """
        Refuse what cannot be better than the list in force. Over http anybody on the way may put
        another list in the place of the right one, also a right one of another place: that must
        not make a good one be forgotten. `path` begins with a certificate that names the list.

        Raises:
            DependencyError: `crl_signature_invalid`, `crl_older` or `crl_says_less`.
        """
        trust = self._trust.current()
        signers = (*path[1:], *trust.anchors, *trust.intermediates)
        if not any(_has_signed(signer, new) for signer in signers):
            raise DependencyError("crl_signature_invalid", "nobody who is known has signed it")
        if old is None:
            return
        if new.this_update < old.this_update:
            raise DependencyError("crl_older", "it is older than the one that is in force")
        if self._is_known(old, path) and not self._is_known(new, path):
            raise DependencyError("crl_says_less", "it says less than the one that is in force")

    def _is_known(self, crl: Crl, path: Sequence[Certificate]) -> bool:
        status = self._crls([lambda: crl]).status(path, 0, self._clock.wall())
        return status.outcome != "unknown"


def _has_signed(signer: Certificate, crl: Crl) -> bool:
    """Return whether the list is signed with the key of `signer`; one that is not read has not."""
    try:
        key = read(signer.public_key)
    except MalformedCredential:
        return False
    return crl.verify_signature(key)


def distribution_points(
    hosts: AllowedHosts,
    trust: TrustSource,
    clock: Clock,
    on_failure: Callable[[AuthorizersError], None] = lambda _: None,
) -> DistributionPoints:
    """
    Return the source of revocation that fetches lists from `hosts`. `trust` has the certificates
    that may have signed them, besides those of the path; `on_failure` is told of fetches that
    failed.
    """

    def open_list(url: str, accept: Accept) -> Callable[[], Crl]:
        refreshed = Refreshed(
            ListAddress(url, hosts.way(), max_bytes=MAX_LIST_BYTES, place=_PLACE),
            Crl.parse,
            clock,
            Life(TTL_SECONDS, inf),
            unavailable="crl_unavailable",
            accept=accept,
            on_failure=on_failure,
        )
        return refreshed.current

    return DistributionPoints(hosts.normal, open_list, trust, clock)


def distribution_addresses(certificate: Certificate) -> list[list[str]]:
    """
    Return the addresses of each distribution point that `certificate` names in full, whatever
    they are. A name relative to the issuer of the list is one in a directory, and no address.
    """
    try:
        return read(lambda: _addresses(certificate))
    except MalformedCredential:
        return []


def _addresses(certificate: Certificate) -> list[list[str]]:
    try:
        points = certificate.extensions.get_extension_for_class(CRLDistributionPoints).value
    except ExtensionNotFound:
        return []
    return [
        [
            name.value
            for name in point.full_name or ()
            if isinstance(name, UniformResourceIdentifier)
        ]
        for point in points
    ]
