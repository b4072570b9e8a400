"""One certificate in PEM: its text → `Certificate`, of which nothing is proven yet."""

import hashlib
from collections.abc import Callable
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from authorizers.errors import MalformedCredential
from authorizers.model.pem import MAX_PEM_CHARS, certificate_block, decode_base64

_T = TypeVar("_T")


def parse_certificate(pem: str) -> x509.Certificate:
    """
    Return the one certificate that `pem`, which is untrusted, holds and nothing else.

    Raises:
        MalformedCredential: as `decode_certificate` and `load_certificate`.
    """
    return load_certificate(decode_certificate(pem))


def decode_certificate(pem: str) -> bytes:
    """
    Return what the one block of `pem` encodes: no text around it and no second block (RFC 7468
    §3, §5.1).

    Raises:
        MalformedCredential: `certificate_too_large`, `certificate_not_one`,
            `certificate_malformed`.
    """
    if len(pem) > MAX_PEM_CHARS:
        detail = f"a client certificate has at most {MAX_PEM_CHARS} characters of PEM"
        raise MalformedCredential("certificate_too_large", detail)
    block = certificate_block(pem)
    if block is None:
        detail = "a client certificate is exactly one PEM block CERTIFICATE and nothing else"
        raise MalformedCredential("certificate_not_one", detail)
    der = decode_base64(block)
    if der is None:
        raise malformed("the PEM block is not base64")
    return der


def load_certificate(der: bytes) -> x509.Certificate:
    """
    Return the certificate, which is of version 3 (RFC 5280 §4.1.2.1).

    Raises:
        MalformedCredential: `certificate_malformed`, `certificate_version`.
    """
    certificate = read(lambda: x509.load_der_x509_certificate(der))
    if certificate.version is not x509.Version.v3:
        detail = "a client certificate has version 3: no earlier one says what it is for"
        raise MalformedCredential("certificate_version", detail)
    return certificate


def read(look: Callable[[], _T]) -> _T:
    """
    Return what `look` finds in a certificate. Extensions and names are only parsed when somebody
    looks, and what a hostile one makes a parser raise is not for a list to foresee: pyo3 turns
    a panic into a BaseException.

    Raises:
        MalformedCredential: `certificate_malformed`.
    """
    try:
        return look()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise malformed("the certificate cannot be read") from error


def malformed(detail: str) -> MalformedCredential:
    """Return the refusal of what is not a certificate as RFC 5280 has it."""
    return MalformedCredential("certificate_malformed", detail)


def der_of(certificate: x509.Certificate) -> bytes:
    """Return the certificate as it was signed."""
    return certificate.public_bytes(Encoding.DER)


def fingerprint_sha256(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the whole certificate, in 64 lower-case hexadecimal digits."""
    return hashlib.sha256(der_of(certificate)).hexdigest()
