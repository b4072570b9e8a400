"""
What API Gateway tells an authorizer of a client's certificate, beside the certificate itself.

Source: API Gateway Developer Guide, "Input to a Lambda authorizer" (`clientCert`); where its sample
has placeholders, the recorded events in aws-lambda-go's test data.
"""

from datetime import datetime
from typing import Any, Final

from cryptography import x509

_PLACEHOLDER: Final = "www.example.com"  # what the guide's sample has for both names


def client_cert(pem: str) -> dict[str, Any]:
    """
    Return the member `clientCert` for `pem`.

    Of what is no certificate it says what the guide's sample says: tests need such events, though
    API Gateway never sends them.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        validity = ("May 28 12:30:02 2019 GMT", "Aug  5 09:36:04 2021 GMT")
        return _member(pem, _PLACEHOLDER, _PLACEHOLDER, "a1:a1:a1:a1:a1:a1:a1:a1", validity)
    validity = (
        _openssl_time(certificate.not_valid_before_utc),
        _openssl_time(certificate.not_valid_after_utc),
    )
    names = (_in_certificate_order(certificate.subject), _in_certificate_order(certificate.issuer))
    return _member(pem, *names, _pairs(certificate.serial_number), validity)


def _member(
    pem: str, subject: str, issuer: str, serial_number: str, validity: tuple[str, str]
) -> dict[str, Any]:
    return {
        "clientCertPem": pem,
        "subjectDN": subject,
        "issuerDN": issuer,
        "serialNumber": serial_number,
        "validity": {"notBefore": validity[0], "notAfter": validity[1]},
    }


def _in_certificate_order(name: x509.Name) -> str:
    """Return `C=US,O=Example,CN=client`: the order of RFC 4514, turned around."""
    return ",".join(part.rfc4514_string() for part in name.rdns)


def _pairs(serial_number: int) -> str:
    """Return lower-case hex pairs with colons."""
    size = max(1, (serial_number.bit_length() + 7) // 8)
    return serial_number.to_bytes(size).hex(":")


def _openssl_time(moment: datetime) -> str:
    """Return `Aug  5 09:36:04 2021 GMT`, with the day in two columns."""
    return f"{moment:%b} {moment.day:2} {moment:%H:%M:%S %Y} GMT"
