"""One certificate in PEM, and nothing else."""

import base64
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from authorizers.errors import MalformedCredential
from authorizers.model.pem import MAX_PEM_CHARS
from authorizers.mtls.certificate import fingerprint_sha256, parse_certificate
from tests.mtls.authorities import ISSUING, ROOT

ISSUED = ISSUING.issue("orders")
PEM = ISSUED.pem
HEAD, TAIL = "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"
BODY = PEM.removeprefix(HEAD).removesuffix(TAIL)
DER = ISSUED.certificate.public_bytes(Encoding.DER)


def block(data: bytes) -> str:
    """Return `data` as a block of the right form."""
    return HEAD + base64.encodebytes(data).decode() + TAIL


@pytest.mark.parametrize(
    "pem",
    [PEM, PEM.rstrip("\n"), PEM.replace("\n", "\r\n"), block(DER)],
    ids=["as_sent", "no_last_newline", "crlf", "lines_of_76"],
)
def test_one_certificate_is_read(pem: str) -> None:
    assert parse_certificate(pem) == ISSUED.certificate


NOT_ONE = {
    "nothing": "",
    "placeholder": "CERT_CONTENT",
    "placeholder_of_the_documentation": f"{HEAD}...\n{TAIL}",
    "two": PEM + PEM,
    "two_with_comment": PEM + "# another\n" + ISSUING.pem,
    "chain": PEM + ISSUING.pem + ROOT.pem,
    "text_before": "subject: admin\n" + PEM,
    "text_after": PEM + "admin",
    "space_before": " " + PEM,
    "blank_line_after": PEM + "\n",
    "headers": PEM.replace(HEAD, HEAD + "Proc-Type: 4,ENCRYPTED\n\n"),
    "blank_line_within": PEM.replace(HEAD, HEAD + "\n"),
    "one_line": HEAD.strip() + BODY.replace("\n", "") + TAIL,
    "escaped_newlines": PEM.replace("\n", "\\n"),
    "url_encoded": PEM.replace("\n", "%0A"),
    "lower_case_label": PEM.replace("CERTIFICATE", "certificate"),
    "trusted_certificate": PEM.replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
    "old_label": PEM.replace("CERTIFICATE", "X509 CERTIFICATE"),
    "key": ISSUED.key_pem.decode(),
    "no_end": HEAD + BODY,
    "other_end": PEM.replace("END CERTIFICATE", "END X509 CRL"),
    "empty_block": HEAD + TAIL,
    "nul": PEM + "\0",
    "base64_alone": BODY,
    "non_ascii": PEM.replace("M", "\N{CYRILLIC CAPITAL LETTER EM}"),
}
MALFORMED = {
    "half_a_certificate": block(DER[: len(DER) // 2]),
    "trailing_byte": block(DER + b"\0"),
    "two_in_one_block": block(DER + DER),
    "no_asn1": block(b"admin"),
    "a_name": block(ISSUED.certificate.subject.public_bytes()),
    "indefinite_length": block(b"\x30\x80" + DER[4:] + b"\0\0"),
    "padding_missing": HEAD + "MA\n" + TAIL,
    "padding_within": HEAD + "MA==MA==\n" + TAIL,
    "bits_that_are_not_used": HEAD + "MB==\n" + TAIL,
}


@pytest.mark.parametrize("pem", NOT_ONE.values(), ids=NOT_ONE)
def test_what_is_not_one_block_is_refused(pem: str) -> None:
    with pytest.raises(MalformedCredential) as refused:
        parse_certificate(pem)
    assert refused.value.code == "certificate_not_one"


@pytest.mark.parametrize("pem", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_der_is_refused(pem: str) -> None:
    with pytest.raises(MalformedCredential) as refused:
        parse_certificate(pem)
    assert refused.value.code == "certificate_malformed"


def test_a_certificate_without_end_is_not_looked_at() -> None:
    with pytest.raises(MalformedCredential) as refused:
        parse_certificate("-----BEGIN CERTIFICATE-----\n" + "A" * MAX_PEM_CHARS)
    assert refused.value.code == "certificate_too_large"


def test_bits_that_base64_does_not_use_are_zero() -> None:
    """Otherwise one certificate would have several texts."""
    pems = (ISSUING.issue("orders" + "s" * count).pem for count in range(64))
    pem = next(pem for pem in pems if "=\n" in pem)
    last = pem[pem.index("=") - 1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(last) + 1]
    changed = pem.replace(last + "=", other + "=", 1)
    bodies = ["".join(text.splitlines()[1:-1]) for text in (pem, changed)]
    assert base64.b64decode(bodies[0]) == base64.b64decode(bodies[1], validate=True)
    with pytest.raises(MalformedCredential) as refused:
        parse_certificate(changed)
    assert refused.value.code == "certificate_malformed"


def test_version_1_is_refused() -> None:
    file = Path(cryptography_vectors.__file__).parent / "x509/v1_cert.pem"
    old = x509.load_pem_x509_certificate(file.read_bytes())
    with pytest.raises(MalformedCredential) as refused:
        parse_certificate(block(old.public_bytes(Encoding.DER)))
    assert refused.value.code == "certificate_version"


def test_the_fingerprint_is_that_of_the_whole_certificate() -> None:
    other = ISSUING.issue("others", key=ISSUED.key)
    assert len(fingerprint_sha256(ISSUED.certificate)) == 64
    assert fingerprint_sha256(other.certificate) != fingerprint_sha256(ISSUED.certificate)
    assert fingerprint_sha256(x509.load_der_x509_certificate(DER)) == fingerprint_sha256(
        ISSUED.certificate
    )
