"""What one request presents: a certificate, a token, a key, or one of these with a certificate."""

from collections.abc import Iterable

from authorizers.model.credential import BearerToken, ClientCertificate, PresentedApiKey


class Presented:
    """The credentials of one request, at least one; `other` is what says who calls."""

    __slots__ = ("certificate", "other")

    def __init__(
        self, certificate: ClientCertificate | None, other: BearerToken | PresentedApiKey | None
    ) -> None:
        self.certificate = certificate
        self.other = other

    def is_in(self, values: Iterable[str]) -> bool:
        """Return whether each of them is in one of `values`: the answer depends on all."""
        parts = (self.certificate, self.other)
        return all(part.is_in(values) for part in parts if part is not None)

    def __repr__(self) -> str:
        return f"Presented({self.certificate!r}, {self.other!r})"
