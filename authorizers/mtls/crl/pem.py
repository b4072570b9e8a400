"""A CRL as text: one block of PEM (RFC 7468 §6), and nothing else."""

import binascii
from typing import Final

from authorizers.mtls import der

_BEGIN: Final = b"-----BEGIN X509 CRL-----"
_END: Final = b"-----END X509 CRL-----"


def der_of(data: bytes) -> bytes:
    """
    Return the DER in `data`, which is DER already or one block of PEM. Both are untrusted.

    Raises:
        DependencyError: `crl_malformed`.
    """
    if data[:1] == bytes((der.SEQUENCE,)):
        return data
    text = data.strip()
    if not text.startswith(_BEGIN) or not text.endswith(_END):
        raise der.malformed("this is neither DER nor one block of PEM that holds a CRL")
    body = b"".join(text[len(_BEGIN) : -len(_END)].split())
    try:
        return binascii.a2b_base64(body, strict_mode=True)
    except binascii.Error:
        raise der.malformed("the block of PEM does not hold base64") from None
