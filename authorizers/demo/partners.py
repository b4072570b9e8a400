"""The authorities of the demonstration: they issue certificates, and revoke them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued

TRUST_DOMAIN = "example.org"


class Partners:
    """A root, and an authority below it that issues to clients; their files are in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root = FakeCertificateAuthority("Partners Root CA")
        self.issuing = self.root.subordinate("Partners Issuing CA")
        self._revoked: list[int] = []
        folder.joinpath("partners.pem").write_text(self.root.pem, encoding="ascii")
        folder.joinpath("issuing.pem").write_text(self.issuing.pem, encoding="ascii")
        self._publish()

    def issue(self, workload: str = "orders", **changes: Any) -> Issued:
        """Return the certificate of a workload of the partners', or what `changes` make of it."""
        changes.setdefault("uris", [f"spiffe://{TRUST_DOMAIN}/{workload}"])
        return self.issuing.issue(workload, **changes)

    def revoke(self, issued: Issued) -> Issued:
        """Revoke a certificate, publish that, and return it."""
        self._revoked.append(issued.certificate.serial_number)
        self._publish()
        return issued

    def outlived(self) -> None:
        """Put a list in the place of the current one that has not been renewed in time."""
        life = (timedelta(days=8), timedelta(days=-1))
        self._write("issuing.crl", self.issuing.crl(self._revoked, life=life))

    def _publish(self) -> None:
        self._write("issuing.crl", self.issuing.crl(self._revoked))
        self._write("root.crl", self.root.crl())

    def _write(self, name: str, crl: Any) -> None:
        new = self._folder / f"{name}.new"
        new.write_bytes(crl.public_bytes(Encoding.DER))
        new.replace(self._folder / name)
