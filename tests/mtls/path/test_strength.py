"""Keys and signatures that are taken, and those of certificates that were once good enough."""

from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from authorizers.mtls.path.strength import is_strong_key, is_strong_signature
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from tests.mtls.authorities import CLOCK, NOW, ROOT, code_of, scheme_of

FOLDER = Path(cryptography_vectors.__file__).parent / "x509"
RSA = FakeCertificateAuthority(
    "RSA", clock=CLOCK, key=rsa.generate_private_key(public_exponent=65537, key_size=2048)
)
WEAK = {
    "verisign_md2_root.pem": "MD2",
    "ee-pss-sha1-cert.pem": "RSASSA-PSS with SHA-1",
    "accvraiz1.pem": "SHA-1",
}


@pytest.mark.parametrize("file", WEAK)
def test_old_signatures_are_weak(file: str) -> None:
    assert not is_strong_signature(_load(file))


@pytest.mark.parametrize("file", ["cryptography.io.pem", "ecdsa_root.pem"])
def test_signatures_of_the_web_are_strong(file: str) -> None:
    certificate = _load(file)
    assert is_strong_signature(certificate)
    assert is_strong_key(certificate)


@pytest.mark.parametrize("file", ["ed25519/root-ed25519.pem", "ed448/root-ed448.pem"])
def test_edwards_keys_are_strong_for_a_client_and_not_taken_of_an_authority(file: str) -> None:
    certificate = _load(file)
    assert is_strong_signature(certificate)
    assert is_strong_key(certificate)
    assert not is_strong_key(certificate, of_authority=True)


PSS = {
    "sha256": (hashes.SHA256(), 32, "verified"),
    "sha384": (hashes.SHA384(), 48, "verified"),
    "sha512": (hashes.SHA512(), 64, "verified"),
    "salt_too_short": (hashes.SHA256(), 8, "signature_not_taken"),
    "sha224": (hashes.SHA224(), 28, "certificate_signature_weak"),
}


@pytest.mark.parametrize(("algorithm", "salt", "code"), PSS.values(), ids=PSS)
def test_rsassa_pss_by_its_parameters(
    algorithm: hashes.HashAlgorithm, salt: int, code: str
) -> None:
    key = generate_private_key(SECP256R1())
    template = RSA.issue("orders", key=key).certificate
    builder = x509.CertificateBuilder(
        template.issuer,
        template.subject,
        key.public_key(),
        template.serial_number,
        template.not_valid_before_utc,
        template.not_valid_after_utc,
    )
    scheme = padding.PSS(padding.MGF1(algorithm), salt)
    signed = builder.sign(RSA.key, algorithm, rsa_padding=scheme)  # type: ignore[arg-type]
    assert code_of(scheme_of(anchors=(RSA,), intermediates=()), Issued(signed, key)) == code


def test_an_intermediate_signed_weakly_is_refused_and_an_anchor_is_not() -> None:
    weak = ROOT.subordinate("Weak", hash_algorithm=hashes.SHA224())
    issued = weak.issue("orders")
    assert code_of(scheme_of(intermediates=(weak,)), issued) == "authority_weak"
    assert code_of(scheme_of(anchors=(weak,), intermediates=()), issued, NOW) == "verified"


def _load(file: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((FOLDER / file).read_bytes())
