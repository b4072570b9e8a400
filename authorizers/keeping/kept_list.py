"""The lists that a document has with a `url`: somebody has to fetch them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizers.config.compiled import CompiledDocument


class KeptList(NamedTuple):
    """One list of the scheme `scheme`: published at `url`, kept as the object `key` of `bucket`."""

    scheme: str
    url: str
    bucket: str
    key: str

    @property
    def place(self) -> str:
        """Where it is kept, for people."""
        return f"s3://{self.bucket}/{self.key}"


def lists_of(document: CompiledDocument) -> list[KeptList]:
    """Return the lists of all schemes, in the order of the document."""
    return [
        KeptList(name, place["url"], place["bucket"], place["name"])
        for name, scheme in document["schemes"].items()
        for place in _crls(scheme)
        if "url" in place
    ]


def _crls(scheme: Mapping[str, Any]) -> list[dict[str, str]]:
    certificates = scheme.get("client_certificate")
    revocation = certificates and certificates["revocation"]
    return revocation["crls"] if revocation else []
