"""
OCSP responses for tests, encoded by hand, so that they can be wrong in every way.

    said = SingleResponse.about(client.certificate, authority, "revoked")
    ocsp_response(authority, [said])

`cryptography` builds none with two SingleResponses, a foreign CertID or an extension of one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from authorizers.mtls.der import encode as tlv
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued

BASIC: Final = "1.3.6.1.5.5.7.48.1.1"  # id-pkix-ocsp-basic, RFC 6960 §4.2.1
NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
ARCHIVE_CUTOFF: Final = "1.3.6.1.5.5.7.48.1.6"
HASHES: Final = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1"}
ECDSA: Final = {"sha1": "1.2.840.10045.4.1", "sha256": "1.2.840.10045.4.3.2"}
RSA: Final = {"sha1": "1.2.840.113549.1.1.5", "sha256": "1.2.840.113549.1.1.11"}
ED25519: Final = "1.3.101.112"

Extensions = Sequence[tuple[str, bool]]
"""Object identifiers and whether each is critical; the value is NULL."""


class SingleResponse(NamedTuple):
    """What is said about one certificate (RFC 6960 §4.2.1)."""

    serial_number: int
    name_hash: bytes
    key_hash: bytes
    this_update: datetime
    next_update: datetime | None
    outcome: Literal["good", "revoked", "unknown"] = "good"
    reason: int | None = None
    hash_name: str = "sha1"
    extensions: Extensions = ()

    @classmethod
    def about(
        cls,
        certificate: x509.Certificate,
        authority: FakeCertificateAuthority,
        outcome: Literal["good", "revoked", "unknown"] = "good",
        **changes: Any,
    ) -> "SingleResponse":
        """Return what is right but for the `changes`: said now, and good for an hour."""
        key = x509.SubjectKeyIdentifier.from_public_key(authority.key.public_key()).digest
        name = _digest("sha1", authority.name.public_bytes())
        now = authority.now()
        dates = (now, now + timedelta(hours=1))
        single = cls(certificate.serial_number, name, key, *dates, outcome)
        return single._replace(**changes)

    def der(self) -> bytes:
        """Return it encoded."""
        length = self.serial_number.bit_length() // 8 + 1
        named = [
            tlv(0x30, oid(HASHES.get(self.hash_name, self.hash_name)), tlv(0x05)),
            tlv(0x04, self.name_hash),
            tlv(0x04, self.key_hash),
            tlv(0x02, self.serial_number.to_bytes(length, "big", signed=True)),
        ]
        end = [] if self.next_update is None else [tlv(0xA0, _time(self.next_update))]
        dates = [_time(self.this_update), *end]
        return tlv(0x30, tlv(0x30, *named), self._status(), *dates, *_extensions(self.extensions))

    def _status(self) -> bytes:
        if self.outcome == "revoked":
            reason = [] if self.reason is None else [tlv(0xA0, tlv(0x0A, bytes([self.reason])))]
            return tlv(0xA1, _time(self.this_update), *reason)
        return tlv(0x80 if self.outcome == "good" else 0x82)


def ocsp_response(  # noqa: PLR0913 each is one way of being wrong
    authority: FakeCertificateAuthority,
    singles: Sequence[SingleResponse],
    *,
    delegate: Issued | None = None,
    by_name: bool = False,
    named: x509.Certificate | None = None,
    certificates: Sequence[x509.Certificate] | None = None,
    produced_at: datetime | None = None,
    extensions: Extensions = (),
    signing_key: Any = None,
    hash_name: str = "sha256",
    algorithm: str | None = None,
) -> bytes:
    """
    Return a response with `singles`, signed by `authority` or its `delegate`, whom it names by
    key or `by_name`; `named` is who is named instead. `certificates` are those that it brings
    along: the delegate's, if left out. `signing_key` forges; `algorithm` is what the signature
    is said to be.
    """
    signer: Any = delegate or authority
    if certificates is None:
        certificates = [delegate.certificate] if delegate else []
    data = tlv(
        0x30,
        _responder_id(named or signer.certificate, by_name),
        _time(produced_at or authority.now()),
        tlv(0x30, *(single.der() for single in singles)),
        *_extensions(extensions),
    )
    signature, used = _sign(signing_key or signer.key, data, hash_name)
    basic = [data, tlv(0x30, oid(algorithm or used)), tlv(0x03, b"\0", signature)]
    if certificates:
        ders = [certificate.public_bytes(Encoding.DER) for certificate in certificates]
        basic.append(tlv(0xA0, tlv(0x30, *ders)))
    return wrapped(tlv(0x30, *basic))


def wrapped(basic: bytes, kind: str = BASIC) -> bytes:
    """Return `basic` as what a successful response holds."""
    return tlv(0x30, tlv(0x0A, b"\0"), tlv(0xA0, tlv(0x30, oid(kind), tlv(0x04, basic))))


def ocsp_failure(status: int) -> bytes:
    """Return a response that says why there is none (RFC 6960 §2.3): 3 is tryLater."""
    return tlv(0x30, tlv(0x0A, bytes([status])))


def ocsp_delegate(authority: FakeCertificateAuthority, **changes: Any) -> Issued:
    """Return whom `authority` lets answer for it; `changes` as in `issue`."""
    ours: dict[str, Any] = {
        "extended_key_usage": (ExtendedKeyUsageOID.OCSP_SIGNING,),
        "extensions": [(x509.OCSPNoCheck(), False)],
    }
    return authority.issue("OCSP responder", **ours | changes)


def oid(dotted: str) -> bytes:
    """Return an object identifier (X.690 §8.19)."""
    first, second, *others = map(int, dotted.split("."))
    content = b""
    for number in (first * 40 + second, *others):
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.insert(0, 0x80 | number & 0x7F)
        content += bytes(digits)
    return tlv(0x06, content)


def _time(moment: datetime) -> bytes:
    return tlv(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode())


def _extensions(extensions: Extensions) -> list[bytes]:
    ders = [
        tlv(0x30, oid(name), tlv(0x01, b"\xff") if critical else b"", tlv(0x04, tlv(0x05)))
        for name, critical in extensions
    ]
    return [tlv(0xA1, tlv(0x30, *ders))] if ders else []


def _responder_id(certificate: x509.Certificate, by_name: bool) -> bytes:
    if by_name:
        return tlv(0xA1, certificate.subject.public_bytes())
    key = x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest
    return tlv(0xA2, tlv(0x04, key))


def _sign(key: Any, data: bytes, hash_name: str) -> tuple[bytes, str]:
    algorithm = hashes.SHA1() if hash_name == "sha1" else hashes.SHA256()  # noqa: S303 to be wrong
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data), ED25519
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), algorithm), RSA[hash_name]
    return key.sign(data, ec.ECDSA(algorithm)), ECDSA[hash_name]


def _digest(hash_name: str, data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA1() if hash_name == "sha1" else hashes.SHA256())  # noqa: S303
    digest.update(data)
    return digest.finalize()
