"""
Every certificate that `cryptography_vectors` publishes goes through the procedure, and ends in a
result or in one of our errors.
"""

import base64
import contextlib
import re
from collections import Counter
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509

from authorizers.errors import AuthorizersError, ConfigurationError
from authorizers.mtls.certificate import parse_certificate
from authorizers.mtls.identity.identity import KINDS
from authorizers.mtls.leaf import read_leaf
from authorizers.mtls.path.trust_bundle import parse_anchors, parse_trust_bundle
from tests.mtls.authorities import NOW, ROOT, StaticTrust, scheme_of

FOLDER = Path(cryptography_vectors.__file__).parent / "x509"
FILES = [path for path in sorted(FOLDER.rglob("*")) if path.suffix in {".pem", ".der", ".crt"}]
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)

# What is in these files is odd, and `cryptography` says so where it can still read it.
pytestmark = pytest.mark.filterwarnings("ignore")


def texts_of(path: Path) -> list[str]:
    """Return the certificates in a file as PEM: each block, or the whole file as DER."""
    data = path.read_bytes()
    blocks = [block.decode("latin-1").replace("\r", "") for block in _PEM.findall(data)]
    if blocks or b"-----BEGIN" in data:
        return blocks
    body = base64.encodebytes(data).decode()
    return [f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"]


SCHEMES = [
    scheme_of(
        {"kind": kind, "trust_domain": "example.org", "fingerprints": ["0" * 64]},
        policies=policies,
    )
    for kind in sorted(KINDS)
    for policies in ((), ("1.2.3.4",))
]


def test_there_are_very_many() -> None:
    assert sum(len(texts_of(path)) for path in FILES) > 500


def test_each_is_refused_with_an_error_of_ours() -> None:
    codes: Counter[str] = Counter()
    for text in [text for path in FILES for text in texts_of(path)]:
        for scheme in SCHEMES[:: len(SCHEMES) - 1]:
            try:
                scheme.verify(read_leaf(parse_certificate(text)), NOW)
            except AuthorizersError as error:
                codes[error.code] += 1
            else:
                codes["verified"] += 1
    assert codes["verified"] == 0
    assert codes["certificate_issuer_unknown"] > 100
    assert len(codes) >= 8


def test_each_is_inspected_to_the_end() -> None:
    for index, text in enumerate([text for path in FILES for text in texts_of(path)]):
        assert len(SCHEMES[index % len(SCHEMES)].inspect(text, NOW)) == 8


def test_none_is_taken_for_being_an_anchor() -> None:
    """With all of them as anchors, what each says of the others is read too."""
    found: list[x509.Certificate] = []
    for text in [text for path in FILES for text in texts_of(path)]:
        with contextlib.suppress(ConfigurationError):
            found += parse_trust_bundle(text.encode(), "vectors.pem")
    scheme = scheme_of("serial")
    scheme._trust = StaticTrust((ROOT.certificate, *found), found)
    verified = 0
    for certificate in found:
        try:
            scheme.verify(read_leaf(certificate), NOW)
        except AuthorizersError:
            continue
        verified += 1
    assert verified == 0  # each of them is an anchor, and none is pinned


def test_each_is_an_anchor_or_not() -> None:
    anchors = 0
    for text in [text for path in FILES for text in texts_of(path)]:
        with contextlib.suppress(ConfigurationError):
            anchors += len(parse_anchors(text.encode(), "vectors.pem"))
    assert anchors > 100
