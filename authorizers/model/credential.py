"""What a caller presents. Masked wherever it might be printed: its `repr` is a fingerprint."""

import hashlib
from collections.abc import Iterable

from authorizers.model.pem import certificate_der


class Credential:
    """
    A secret as presented: untrusted text.

    Not a tuple and not a dataclass, so that neither `repr`, nor JSON, nor unpacking shows it.
    """

    __slots__ = ("_text", "digest")

    def __init__(self, text: str) -> None:
        self._text = text
        self.digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()

    def is_in(self, values: Iterable[str]) -> bool:
        """Return whether one of `values` holds the credential."""
        return any(self._text in value for value in values)

    def reveal(self) -> str:
        """Return the text itself. Only a verifier calls this, and who hands out a new key."""
        return self._text

    def __repr__(self) -> str:
        return f"{type(self).__name__}(sha256:{self.digest.hex()[:8]}…)"

    def __reduce__(self) -> str:
        raise TypeError(f"a {type(self).__name__} is not pickled")


class BearerToken(Credential):
    """
    A token (RFC 6750 §2.1), and the `certificate` of the TLS client that sent it, if it had one:
    a token may be bound to it (RFC 8705 §3).
    """

    __slots__ = ("certificate",)

    def __init__(self, text: str, certificate: "ClientCertificate | None" = None) -> None:
        super().__init__(text)
        self.certificate = certificate


class PresentedApiKey(Credential):
    """An API key."""

    __slots__ = ()


class ClientCertificate(Credential):
    """
    The certificate of a TLS client, in PEM, as API Gateway hands it over. Whoever presented it has
    proven to have its private key; its text is no secret, but it may name a person.
    """

    __slots__ = ()

    def thumbprint(self) -> bytes | None:
        """Return the SHA-256 of its DER (RFC 8705 §3.1), or None if it is not one certificate."""
        der = certificate_der(self._text)
        return None if der is None else hashlib.sha256(der).digest()
