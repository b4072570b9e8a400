"""The textual encoding of one certificate (RFC 7468 §5.1), read strictly."""

import binascii
import re

MAX_PEM_CHARS = 16 * 1024  # TLS clients' certificates have one to four thousand characters

_ONE = re.compile(
    r"-----BEGIN CERTIFICATE-----\r?\n"
    r"((?:[A-Za-z0-9+/]{1,76}\r?\n)*[A-Za-z0-9+/]{1,76}={0,2}\r?\n)"
    r"-----END CERTIFICATE-----[\r\n]*"
)


def certificate_der(pem: str) -> bytes | None:
    """Return what `pem` encodes: exactly one block and nothing else; None for any other text."""
    match = _ONE.fullmatch(pem) if len(pem) <= MAX_PEM_CHARS else None
    if match is None:
        return None
    try:
        return binascii.a2b_base64(match[1].replace("\r", "").replace("\n", ""), strict_mode=True)
    except binascii.Error:
        return None
