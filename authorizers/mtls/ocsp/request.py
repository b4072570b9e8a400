"""
The question about one certificate, and its name in answers (RFC 6960 §4.1).

Certificates are named by SHA-1 hashes of their issuer's name and key: the profile that responders
with many clients follow knows no other (RFC 5019 §2.1.1). It is an identifier, nothing rests on
its strength: the answer's signature is made over it by somebody who is trusted for this issuer.

No nonce is sent: responders that sign in advance cannot answer one, and ignore it (RFC 5019
§4). What keeps an old answer from being played back is its own dates.
"""

from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA1, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from cryptography.x509.ocsp import OCSPRequest, OCSPRequestBuilder


class Subject(NamedTuple):
    """The certificate that is asked about, and the one that issued it."""

    certificate: Certificate
    issuer: Certificate

    def request(self) -> bytes:
        """Return the request (RFC 6960 §4.1.1), in DER."""
        return self._named(SHA1()).public_bytes(Encoding.DER)  # noqa: S303 an identifier

    def is_named(
        self, serial_number: int, name_hash: bytes, key_hash: bytes, algorithm: HashAlgorithm
    ) -> bool:
        """Return whether a CertID names this certificate: in all its parts (RFC 6960 §3.2)."""
        if serial_number != self.certificate.serial_number:
            return False
        ours = self._named(algorithm)
        return (ours.issuer_name_hash, ours.issuer_key_hash) == (name_hash, key_hash)

    def _named(self, algorithm: HashAlgorithm) -> OCSPRequest:
        builder = OCSPRequestBuilder().add_certificate(self.certificate, self.issuer, algorithm)
        return builder.build()
