"""Certificates for the sample events, of an authority whose keys nobody keeps."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from authorizers.config.compile import compile_document, render_compiled
from authorizers.testing.certificate_authority import (
    FakeCertificateAuthority,
    Issued,
    distinguished_name,
)
from authorizers.testing.clock import FrozenClock
from authorizers.testing.sample_tokens import EXPIRES_AT, ISSUED_AT

SCHEME: Final = "partners"
TRUST_DOMAIN: Final = "sample.invalid"  # RFC 2606 §2: `.invalid` is nobody's, ever
ORDERS: Final = f"spiffe://{TRUST_DOMAIN}/orders"
ADMIN: Final = f"spiffe://{TRUST_DOMAIN}/admin"
FOLDER: Final = "sample"  # within the function's package
_LIFE: Final = timedelta(seconds=EXPIRES_AT - ISSUED_AT)
_NOW: Final = timedelta(0)
_HOUR: Final = timedelta(hours=1)
_ROUTES: Final[dict[str, Any]] = {
    "GET /orders": {"certificate": {"trust_domain": TRUST_DOMAIN}},
    "POST /orders": {"certificate": {"spiffe_id": ADMIN}},
}


class SampleCertificates:
    """
    A root and an issuing authority, one certificate of each kind, and the lists of who is revoked.

    The private keys are local variables of the constructor: they are gone when that returns.
    """

    def __init__(self) -> None:
        clock = FrozenClock(ISSUED_AT)
        root = FakeCertificateAuthority("Sample Root CA", clock=clock, life=(_NOW, _LIFE))
        issuing = root.subordinate("Sample Issuing CA", life=(_NOW, _LIFE))
        stranger = FakeCertificateAuthority("Sample Stranger CA", clock=clock, life=(_NOW, _LIFE))
        good, revoked = _issue(issuing), _issue(issuing)
        self.good = good.certificate
        self.by_name = _certificates(issuing) | {
            "good certificate": good.pem,
            "revoked certificate": revoked.pem,
            "unknown issuer certificate": _issue(stranger).pem,
            "good certificate in base64": base64.b64encode(
                good.certificate.public_bytes(Encoding.DER)
            ).decode(),
            "two certificates": good.pem + issuing.pem,
            "certificate text": "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n",
            "certificate placeholder": "CERT_CONTENT",  # what the guide's sample event has
        }
        lists = {
            "root.crl": root.crl(life=(_NOW, _LIFE)),
            "issuing.crl": issuing.crl([revoked.certificate.serial_number], life=(_NOW, _LIFE)),
        }
        self._files = {"root.pem": root.pem.encode(), "issuing.pem": issuing.pem.encode()} | {
            name: crl.public_bytes(Encoding.DER) for name, crl in lists.items()
        }

    def write(self, folder: Path) -> None:
        """Write the bundles and the lists that `scheme` names, below `folder`."""
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        for name, content in self._files.items():
            (folder / FOLDER / name).write_bytes(content)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the function: the whole document, which names the files."""
        authenticate = {SCHEME: {"client_certificate": scheme()}}
        return document_environment(authenticate, _ROUTES)


def scheme() -> dict[str, Any]:
    """Return the scheme under which the certificates are what their names say."""
    return {
        "trust": f"file:{FOLDER}/root.pem",
        "intermediates": f"file:{FOLDER}/issuing.pem",
        "identity": "spiffe",
        "trust_domain": TRUST_DOMAIN,
        "revocation": {
            "mode": "required",
            "crls": [f"file:{FOLDER}/root.crl", f"file:{FOLDER}/issuing.crl"],
        },
    }


def document_environment(
    authenticate: Mapping[str, Any], routes: Mapping[str, Any]
) -> dict[str, str]:
    """Return the variables of a function that reads a document of these schemes and routes."""
    document = compile_document(
        json.dumps({"version": 1, "authenticate": authenticate, "routes": routes})
    )
    return {
        "AUTHORIZERS_CONFIG": render_compiled(document).decode().rstrip(),
        "AUTHORIZERS_HTTP_RESPONSES": "simple_uncached",
    }


def _issue(authority: FakeCertificateAuthority, uri: str = ORDERS, **changes: Any) -> Issued:
    return authority.issue("orders", **{"uris": [uri], "life": (_NOW, _LIFE)} | changes)


def _certificates(issuing: FakeCertificateAuthority) -> dict[str, str]:
    """Return those that the authority issued, wrong each in the way of its name."""
    own_key = ec.generate_private_key(ec.SECP256R1())
    weak_key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 on purpose
    year = timedelta(days=365)
    changes: dict[str, dict[str, Any]] = {
        "admin certificate": {"uri": ADMIN},
        "expired certificate": {"life": (_NOW, _HOUR)},
        "future certificate": {"life": (year - _LIFE, _LIFE)},
        "server certificate": {"extended_key_usage": (Usage.SERVER_AUTH,)},
        "authority certificate": {"is_ca": True, "key_usage": ("key_cert_sign", "crl_sign")},
        "other trust domain certificate": {"uri": "spiffe://other.invalid/orders"},
        "two identities certificate": {"uris": [ORDERS, ADMIN]},
        "self-signed certificate": {
            "key": own_key,
            "signing_key": own_key,
            "issuer_name": distinguished_name("orders"),
        },
        "weak certificate": {"key": weak_key},
    }
    return {name: _issue(issuing, **change).pem for name, change in changes.items()}
