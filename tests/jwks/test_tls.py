"""A server's certificate is always verified; a private CA is named in REQUESTS_CA_BUNDLE."""

import datetime
import ipaddress
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from authorizers.errors import DependencyError
from authorizers.jwks.address import Discovery
from authorizers.jwks.fetch import fetch
from authorizers.jwks.source import RemoteKeys
from authorizers.testing import faulty
from authorizers.testing.faulty import Fault, FaultyServer
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey

DAY = datetime.timedelta(days=1)


def self_signed(folder: Path, address: str) -> Path:
    """Write a certificate that signs itself for `address`, with its key, into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer under test")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{address}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def serving_with(certificate: Path) -> FakeIssuer:
    key = SigningKey.generate("ES256", "first")
    return FakeIssuer(keys=(key,), tls=server_context(certificate))


@pytest.fixture(autouse=True)
def _no_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)


def found_at(issuer: FakeIssuer) -> str | None:
    return RemoteKeys(Discovery(issuer.issuer), algorithms=["ES256"]).find("first", "ES256").key_id


def test_a_certificate_of_nobody_we_trust_is_refused(tmp_path: Path) -> None:
    with serving_with(self_signed(tmp_path, "127.0.0.1")) as issuer:
        with pytest.raises(DependencyError, match="certificate is not trusted"):
            found_at(issuer)
        assert issuer.requests == []


def test_a_certificate_of_the_configured_ca_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path, "127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with serving_with(certificate) as issuer:
        assert issuer.issuer.startswith("https://")
        assert found_at(issuer) == "first"


def test_a_certificate_for_another_host_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path, "192.0.2.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with (
        serving_with(certificate) as issuer,
        pytest.raises(DependencyError, match="certificate is not trusted"),
    ):
        found_at(issuer)


@pytest.mark.parametrize("fault", [faulty.drip_headers, faulty.drip_body, faulty.never_answer])
def test_the_deadline_ends_an_answer_over_tls_that_does_not_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    certificate = self_signed(tmp_path, "127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with FaultyServer(fault, server_context(certificate)) as server:
        with pytest.raises(DependencyError, match="deadline"):
            fetch(server.url, seconds=0.5)
        for thread in threading.enumerate():
            if thread.name == "http-exchange":
                thread.join(2)
                assert not thread.is_alive()
        assert len(server.requests) == 1
