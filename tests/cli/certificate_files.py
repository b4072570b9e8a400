"""The files that commands about certificates read, as of a time that stands still."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from authorizers.testing.certificate_authority import FakeCertificateAuthority
from authorizers.testing.clock import FrozenClock

CLOCK = FrozenClock()
AT = ("--at", "2027-01-15T09:00Z")  # an hour later
DAY = timedelta(days=1)
HOSTILE = "\x1b[31mEvil\n::error::x [red]y[/red] \u202e東京"

DOCUMENT = """\
version: 1
authenticate:
  partners:
    client_certificate:
      trust: file:root.pem
      intermediates: file:issuing.pem
      identity: spiffe
      trust_domain: example.org
      revocation: {none: for tests}
routes:
  GET /orders: {certificate: {trust_domain: example.org}}
"""


def document_with(revocation: str) -> str:
    return DOCUMENT.replace("{none: for tests}", revocation)


class Files:
    """A folder with a root, an authority below it, a client's certificate and their lists."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = FakeCertificateAuthority(clock=CLOCK)
        self.issuing = self.root.subordinate()
        self.write("root.pem", self.root.pem)
        self.write("issuing.pem", self.issuing.pem)
        self.write("both.pem", self.root.pem + self.issuing.pem)
        self.write("authorizers.yaml", DOCUMENT)
        self.issue("client.pem", uris=["spiffe://example.org/orders"], serial_number=4711)

    def __getitem__(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, content: str | bytes) -> Path:
        data = content.encode() if isinstance(content, str) else content
        self[name].write_bytes(data)
        return self[name]

    def issue(self, file: str, common_name: str = "client", **changes: Any) -> Path:
        return self.write(file, self.issuing.issue(common_name, **changes).pem)

    def crl(self, file: str, crl: x509.CertificateRevocationList, pem: bool = False) -> Path:
        return self.write(file, crl.public_bytes(Encoding.PEM if pem else Encoding.DER))
