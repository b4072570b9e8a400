"""Certificates: what verifies those of each scheme of a compiled document."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from cryptography.x509 import Certificate

from authorizers.compose.way import Log, Way, schemes_of
from authorizers.config.compiled import CompiledDocument
from authorizers.credentials.client_certificate import CertificateExtractor
from authorizers.model.clock import Clock
from authorizers.model.refreshed import BytesStore, Life, Refreshed
from authorizers.mtls.authenticator import CertificateAuthenticator
from authorizers.mtls.path.trust import KeptTrust
from authorizers.mtls.path.trust_bundle import MAX_BUNDLE_BYTES, parse_anchors, parse_trust_bundle
from authorizers.mtls.revocation_check import RevocationCheck
from authorizers.mtls.scheme import CertificateScheme
from authorizers.mtls.status import RevocationSource, Status
from authorizers.responses.challenge import CLIENT_CERTIFICATE

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

STALE_LIMIT_SECONDS = 3600  # for so long a bundle is used when its place cannot be read
T = TypeVar("T")


def certificate_way(document: CompiledDocument, *, clock: Clock, log: Log, cache_size: int) -> Way:
    """
    Build what takes and verifies the certificates of a compiled `document`.

    Raises:
        ConfigurationError: the trust of a scheme is none, or boto3 is missing.
    """
    schemes = build_certificate_schemes(document, clock=clock, log=log)
    authenticator = CertificateAuthenticator(schemes, clock=clock, cache_size=cache_size)
    return Way(CertificateExtractor(), authenticator, CLIENT_CERTIFICATE)


def build_certificate_schemes(
    document: CompiledDocument, *, clock: Clock, log: Log
) -> list[CertificateScheme]:
    """
    Build what verifies the certificates of each scheme of a compiled `document`.

    Trust that cannot be read now is asked for again by the first request.

    Raises:
        ConfigurationError: as `certificate_way`.
    """
    schemes = schemes_of(document, "client_certificate")
    built = [_Builder(name, scheme, clock, log).scheme() for name, scheme in schemes.items()]
    for scheme in built:
        scheme.material()  # read now, at the function's start, and not by the first request
    return built


class _Builder:
    """Puts one scheme together."""

    def __init__(self, name: str, scheme: Mapping[str, Any], clock: Clock, log: Log) -> None:
        self._name = name
        self._scheme = scheme
        self._clock = clock
        self._log = log
        self._trust = self._kept_trust()

    def scheme(self) -> CertificateScheme:
        scheme, revocation = self._scheme, self._scheme["revocation"]
        if revocation is None:
            self._log.event("revocation_not_checked", {"scheme": self._name})
        return CertificateScheme(
            self._name,
            self._trust,
            scheme["identity"],
            max_intermediates=scheme["max_intermediates"],
            any_extended_key_usage=scheme["any_extended_key_usage"],
            policies=scheme["policies"],
            revocation=None if revocation is None else self._revocation(revocation),
        )

    def _kept_trust(self) -> KeptTrust:
        life = Life(self._scheme["refresh_seconds"], STALE_LIMIT_SECONDS)

        def kept(place: Mapping[str, str], parse: Callable[[bytes, str], T]) -> Refreshed[T]:
            store = open_place(place, MAX_BUNDLE_BYTES)
            return self._refreshed(store, parse, life, "trust_unavailable")

        anchors = kept(self._scheme["trust"], parse_anchors)
        anchors.current()
        intermediates = self._scheme["intermediates"]
        if intermediates is None:
            return KeptTrust(anchors.current)
        return KeptTrust(anchors.current, kept(intermediates, parse_trust_bundle).current)

    def _revocation(self, revocation: Mapping[str, Any]) -> RevocationCheck:
        def unknown(status: Status) -> None:
            details = {"scheme": self._name, "code": status.code, "source": status.source}
            self._log.event("revocation_not_known", details)

        sources = tuple(self._sources(revocation))
        return RevocationCheck(revocation["mode"], sources, unknown)

    def _sources(self, revocation: Mapping[str, Any]) -> Iterator[RevocationSource]:
        # What a source needs is imported where a document has one: that is paid at a cold start.
        if revocation["crls"]:
            from authorizers.mtls.crl.source import Crls  # noqa: PLC0415

            crls = [self._kept_crl(place) for place in revocation["crls"]]
            yield Crls(crls, self._anchors, self._intermediates)
        if revocation["distribution_points"]:
            from authorizers.http.allowed_hosts import AllowedHosts  # noqa: PLC0415
            from authorizers.revocation.distribution_points import (  # noqa: PLC0415
                distribution_points,
            )

            hosts = AllowedHosts(revocation["distribution_points"])
            yield distribution_points(hosts, self._trust, self._clock, self._log.failure)
        if revocation["ocsp"]:
            from authorizers.http.allowed_hosts import AllowedHosts  # noqa: PLC0415
            from authorizers.revocation.ocsp_client import ocsp_responders  # noqa: PLC0415

            yield ocsp_responders(AllowedHosts(revocation["ocsp"]))

    def _anchors(self) -> Sequence[Certificate]:
        return self._trust.current().anchors

    def _intermediates(self) -> Sequence[Certificate]:
        return self._trust.current().intermediates

    def _kept_crl(self, place: Mapping[str, str]) -> Callable[[], Any]:
        from authorizers.mtls.crl.crl import MAX_BYTES, Crl  # noqa: PLC0415

        # A list has an end of its own: until then the last good one is better than none.
        life = Life(self._scheme["refresh_seconds"], inf)
        crl = self._refreshed(open_place(place, MAX_BYTES), Crl.parse, life, "crl_unavailable")
        return crl.current

    def _refreshed(
        self, store: BytesStore, parse: Callable[[bytes, str], T], life: Life, unavailable: str
    ) -> Refreshed[T]:
        return Refreshed(
            store, parse, self._clock, life, unavailable=unavailable, on_failure=self._log.failure
        )


def open_place(
    place: Mapping[str, str], max_bytes: int, client: "S3Client | None" = None
) -> BytesStore:
    """Return the store of a bundle or a list, in its compiled form; `client` is for S3."""
    if place["kind"] == "s3":
        from authorizers.stores.s3 import S3Object  # noqa: PLC0415 paid by whoever uses it

        return S3Object(place["bucket"], place["name"], client, max_bytes=max_bytes)
    from authorizers.stores.local_bytes import LocalBytes  # noqa: PLC0415 paid by whoever uses it

    return LocalBytes(place["name"], max_bytes=max_bytes)
