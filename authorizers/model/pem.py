"""
The textual encoding of one certificate (RFC 7468 §3, §5.1), read strictly, and by one reader: the
thumbprint of a certificate is that of the bytes that are verified.
"""

import binascii
import re
from base64 import b64decode, b64encode
from typing import Final

# A client's certificate has one to four kilobytes; this is room for very many names.
MAX_PEM_CHARS: Final = 16 * 1024
MAX_BASE64_LINE_CHARS: Final = 76  # RFC 7468 §2 writes 64, and lets a parser take other widths

_BLOCK = re.compile(
    r"-----BEGIN CERTIFICATE-----\r?\n"
    rf"((?:[A-Za-z0-9+/=]{{1,{MAX_BASE64_LINE_CHARS}}}\r?\n)+)"
    r"-----END CERTIFICATE-----(?:\r?\n)?"
)


def certificate_block(pem: str) -> str | None:
    """Return the base64 of `pem`, which is exactly one block and nothing else, or None."""
    block = _BLOCK.fullmatch(pem) if len(pem) <= MAX_PEM_CHARS else None
    return None if block is None else block[1]


def decode_base64(text: str) -> bytes | None:
    """Return what the lines `text` encode, or None: base64 has one text for each value."""
    joined = text.replace("\r", "").replace("\n", "")
    try:
        data = b64decode(joined, validate=True)
    except (binascii.Error, ValueError):  # ValueError: not ASCII
        return None
    return data if b64encode(data).decode() == joined else None


def certificate_der(pem: str) -> bytes | None:
    """Return the bytes of the one certificate that `pem` encodes, or None for any other text."""
    block = certificate_block(pem)
    return None if block is None else decode_base64(block)
