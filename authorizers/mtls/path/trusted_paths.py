"""All ways from an issuer's name to an anchor, worked out once for each bundle."""

from collections.abc import Iterator
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from authorizers.errors import MalformedCredential
from authorizers.mtls.certificate import fingerprint_sha256, read
from authorizers.mtls.path.authority import Authority
from authorizers.mtls.path.trust import Trust
from authorizers.mtls.path.trusted_path import TrustedPath

# Cross-signed authorities multiply; further ways than these are not tried.
MAX_PATHS_PER_ISSUER: Final = 32


class TrustedPaths:
    """
    The paths of one `Trust`.

    Nothing of it depends on a leaf, and intermediates come from the bundle alone: a caller can make
    nobody search. The paths of an issuer are worked out when its first leaf is seen.
    """

    def __init__(self, trust: Trust, max_intermediates: int) -> None:
        self.trust = trust
        self._max_intermediates = max_intermediates
        self._anchors = {fingerprint_sha256(anchor): anchor for anchor in trust.anchors}
        self._by_subject: dict[bytes, list[x509.Certificate]] = {}
        for certificate in (*trust.anchors, *trust.intermediates):
            named = self._by_subject.setdefault(_subject_der(certificate), [])
            if certificate not in named:
                named.append(certificate)
        self._authorities: dict[x509.Certificate, Authority | None] = {}
        self._known: dict[bytes, tuple[TrustedPath, ...]] = {}

    def is_anchor(self, fingerprint: str) -> bool:
        """Return whether the certificate with this SHA-256 is an anchor."""
        return fingerprint in self._anchors

    def knows(self, issuer_der: bytes) -> bool:
        """Return whether a certificate of the bundle has this name."""
        return issuer_der in self._by_subject

    def issued_by(self, issuer_der: bytes) -> tuple[TrustedPath, ...]:
        """Return the paths that begin at an authority of this name, the shortest first."""
        if issuer_der not in self._by_subject:
            return ()
        if issuer_der not in self._known:
            found = sorted(self._search(issuer_der), key=len)[:MAX_PATHS_PER_ISSUER]
            paths = [TrustedPath(path, self._max_intermediates) for path in found]
            self._known[issuer_der] = tuple(paths)
        return self._known[issuer_der]

    def _search(self, issuer_der: bytes) -> list[tuple[Authority, ...]]:
        """Return the ways to anchors, breadth first: one authority too many, so as to say so."""
        found: list[tuple[Authority, ...]] = []
        ways: list[tuple[Authority, ...]] = [(one,) for one in self._named(issuer_der)]
        for _ in range(self._max_intermediates + 2):
            longer: list[tuple[Authority, ...]] = []
            for way in ways:
                if self.is_anchor(way[-1].fingerprint):
                    found.append(way)
                else:
                    longer += [(*way, above) for above in self._above(way)]
            ways = longer[:MAX_PATHS_PER_ISSUER]
        return found

    def _above(self, way: tuple[Authority, ...]) -> Iterator[Authority]:
        for authority in self._named(way[-1].issuer_der):
            if authority not in way and has_issued(authority.certificate, way[-1].certificate):
                yield authority

    def _named(self, subject_der: bytes) -> Iterator[Authority]:
        for certificate in self._by_subject.get(subject_der, ()):
            authority = self._authority(certificate)
            if authority is not None:
                yield authority

    def _authority(self, certificate: x509.Certificate) -> Authority | None:
        """Return what is read of it; one that cannot be read leads nowhere."""
        if certificate not in self._authorities:
            try:
                self._authorities[certificate] = read(lambda: Authority(certificate))
            except MalformedCredential:
                self._authorities[certificate] = None
        return self._authorities[certificate]


def has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Return whether the key of `issuer` signed `certificate`."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _subject_der(certificate: x509.Certificate) -> bytes:
    """Return the name by which it is looked for. One that has none that can be read has none."""
    try:
        return read(lambda: certificate.subject.public_bytes())  # noqa: PLW0108 subject parses
    except MalformedCredential:
        return b""
