"""
A certificate authority for tests: real keys, real signatures, and every way of being wrong.

    root = FakeCertificateAuthority()
    issuing = root.subordinate("Issuing CA")
    client = issuing.issue("orders", uris=["spiffe://example.org/orders"])
    issuing.crl([client.certificate.serial_number])

A certificate is made wrong by saying so: `issuing.issue("x", key_usage=(), is_ca=True)`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from authorizers.model.clock import Clock, SystemClock

_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
CLIENT_USAGE: Final = (Usage.CLIENT_AUTH, Usage.SERVER_AUTH)  # what an X.509-SVID has
_DAY: Final = timedelta(days=1)


class Issued(NamedTuple):
    """An end entity's certificate, with its private key."""

    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> str:
        """The certificate as API Gateway hands it over."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def key_pem(self) -> bytes:
        """The private key, for a TLS client."""
        return bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


class FakeCertificateAuthority:
    """An authority: a root, or, made by `subordinate`, one below another authority."""

    def __init__(
        self,
        name: str = "Test Root CA",
        *,
        clock: Clock | None = None,
        key: Any = None,
        issuer: "FakeCertificateAuthority | None" = None,
        **changes: Any,
    ) -> None:
        """`changes` are those of `issue`, for the authority's own certificate."""
        self.clock: Clock = clock or (issuer.clock if issuer else SystemClock())
        self.name = changes.pop("subject", None) or distinguished_name(name)
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.issuer = issuer
        ours: dict[str, Any] = {
            "is_ca": True,
            "key_usage": ("key_cert_sign", "crl_sign"),
            "extended_key_usage": None,
            "life": (_DAY * 30, _DAY * 3650),
            "key": self.key,
            "subject": self.name,
        }
        signer = issuer or self
        self.certificate = signer.issue(name, **ours | changes).certificate

    @property
    def pem(self) -> str:
        """The authority's certificate."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def now(self) -> datetime:
        """Return the time by the authority's clock, in whole seconds."""
        return datetime.fromtimestamp(int(self.clock.wall()), UTC)

    def subordinate(
        self, name: str = "Test Issuing CA", **changes: Any
    ) -> "FakeCertificateAuthority":
        """Return an authority whose certificate this one signs; `changes` as in `issue`."""
        return FakeCertificateAuthority(name, issuer=self, **changes)

    def issue(  # noqa: PLR0913 each is one way of being wrong
        self,
        common_name: str | None = "client",
        *,
        subject: x509.Name | None = None,
        uris: Iterable[str] = (),
        dns: Iterable[str] = (),
        emails: Iterable[str] = (),
        is_ca: bool = False,
        path_length: int | None = None,
        key_usage: Sequence[str] | None = ("digital_signature",),
        extended_key_usage: Sequence[x509.ObjectIdentifier] | None = CLIENT_USAGE,
        life: tuple[timedelta, timedelta] = (_DAY, _DAY * 90),
        serial_number: int | None = None,
        key: Any = None,
        public_key: Any = None,
        signing_key: Any = None,
        hash_algorithm: Any = None,
        issuer_name: x509.Name | None = None,
        crl_urls: Iterable[str] = (),
        ocsp_urls: Iterable[str] = (),
        extensions: Iterable[tuple[x509.ExtensionType, bool]] = (),
        without: Iterable[type[x509.ExtensionType]] = (),
    ) -> Issued:
        """
        Return a certificate that this authority signs.

        `life` is how long before and after now it is valid. `key_usage` and `extended_key_usage`
        are left out by None. `extensions` are added with their criticality, or stand in the place
        of those of the same type; those `without` are left out. `signing_key` forges: the
        signature is made with it under this authority's name.
        """
        key = key or ec.generate_private_key(ec.SECP256R1())
        now = self.now()
        builder = x509.CertificateBuilder(
            issuer_name=issuer_name or self.name,
            subject_name=distinguished_name(common_name) if subject is None else subject,
            public_key=public_key or key.public_key(),
            serial_number=serial_number or x509.random_serial_number(),
            not_valid_before=now - life[0],
            not_valid_after=now + life[1],
        )
        present: dict[type[x509.ExtensionType], tuple[x509.ExtensionType, bool]] = {}
        own = self._own_extensions(builder, uris, dns, emails, is_ca, path_length)
        own += _usages(key_usage, extended_key_usage)
        own += _addresses(crl_urls, ocsp_urls)
        for extension, critical in (*own, *extensions):
            present[type(extension)] = (extension, critical)
        for extension, critical in present.values():
            if type(extension) not in tuple(without):
                builder = builder.add_extension(extension, critical)
        algorithm = hash_algorithm or _hash_of(signing_key or self.key)
        return Issued(builder.sign(signing_key or self.key, algorithm), key)

    def crl(  # noqa: PLR0913 each is one way of being wrong
        self,
        revoked: Mapping[int, Sequence[x509.ExtensionType]] | Iterable[int] = (),
        *,
        number: int | None = 1,
        life: tuple[timedelta, timedelta] | None = None,
        extensions: Iterable[tuple[x509.ExtensionType, bool]] = (),
        signing_key: Any = None,
        issuer_name: x509.Name | None = None,
        hash_algorithm: Any = None,
    ) -> x509.CertificateRevocationList:
        """
        Return a CRL that names the serial numbers `revoked`, with extensions of their entries where
        it is a mapping. `life` is how long before and after now it holds.
        """
        before, after = life or (timedelta(hours=1), timedelta(days=7))
        now = self.now()
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=issuer_name or self.name,
            last_update=now - before,
            next_update=now + after,
        )
        if number is not None:
            builder = builder.add_extension(x509.CRLNumber(number), False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        entries = revoked if isinstance(revoked, Mapping) else dict.fromkeys(revoked, ())
        for serial, entry_extensions in entries.items():
            entry = x509.RevokedCertificateBuilder(serial, now - before)
            for extension in entry_extensions:
                critical = isinstance(extension, x509.CertificateIssuer)
                entry = entry.add_extension(extension, critical)
            builder = builder.add_revoked_certificate(entry.build())
        algorithm = hash_algorithm or _hash_of(signing_key or self.key)
        return builder.sign(signing_key or self.key, algorithm)

    def _own_extensions(  # noqa: PLR0913, PLR0917
        self,
        builder: Any,
        uris: Iterable[str],
        dns: Iterable[str],
        emails: Iterable[str],
        is_ca: bool,
        path_length: int | None,
    ) -> list[tuple[x509.ExtensionType, bool]]:
        names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri) for uri in uris]
        names += [x509.DNSName(name) for name in dns]
        names += [x509.RFC822Name(address) for address in emails]
        own: list[tuple[x509.ExtensionType, bool]] = [
            (x509.BasicConstraints(is_ca, path_length), True),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False),
            (x509.SubjectKeyIdentifier.from_public_key(builder._public_key), False),
        ]
        return own + ([(x509.SubjectAlternativeName(names), False)] if names else [])


def distinguished_name(common_name: str | None, **others: str) -> x509.Name:
    """Return `O=Test,CN=<common_name>`; `others` are by the names in `NameOID`, `COUNTRY_NAME`."""
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test")]
    attributes += [x509.NameAttribute(getattr(NameOID, name), v) for name, v in others.items()]
    if common_name is not None:
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
    return x509.Name(attributes)


def _usages(
    key_usage: Sequence[str] | None, extended: Sequence[x509.ObjectIdentifier] | None
) -> list[tuple[x509.ExtensionType, bool]]:
    usages: list[tuple[x509.ExtensionType, bool]] = []
    if key_usage is not None:
        flags = {name: name in key_usage for name in _USAGES}
        usages.append((x509.KeyUsage(**flags), True))
    if extended is not None:
        usages.append((x509.ExtendedKeyUsage(extended), False))
    return usages


def _addresses(
    crl_urls: Iterable[str], ocsp_urls: Iterable[str]
) -> list[tuple[x509.ExtensionType, bool]]:
    found: list[tuple[x509.ExtensionType, bool]] = []
    points = [
        x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)
        for url in crl_urls
    ]
    if points:
        found.append((x509.CRLDistributionPoints(points), False))
    ocsp = AuthorityInformationAccessOID.OCSP
    responders = [
        x509.AccessDescription(ocsp, x509.UniformResourceIdentifier(url)) for url in ocsp_urls
    ]
    if responders:
        found.append((x509.AuthorityInformationAccess(responders), False))
    return found


def _hash_of(key: Any) -> Any:
    """Return the hash to sign with: Ed25519 and Ed448 have their own."""
    return hashes.SHA256() if hasattr(key, "curve") or hasattr(key, "key_size") else None
