"""Whatever bytes come, a result or one of our errors follows."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import DependencyError
from authorizers.mtls.ocsp.request import Subject
from authorizers.mtls.ocsp.response import verify_response
from authorizers.testing.certificate_authority import FakeCertificateAuthority
from authorizers.testing.clock import FrozenClock
from authorizers.testing.ocsp_response import SingleResponse, ocsp_delegate, ocsp_response

X509 = Path(cryptography_vectors.__file__).parent / "x509"
FILES = sorted((X509 / "ocsp").iterdir())

AUTHORITY = FakeCertificateAuthority(clock=FrozenClock())
CLIENT = AUTHORITY.issue("orders")
SUBJECT = Subject(CLIENT.certificate, AUTHORITY.certificate)
NOW = AUTHORITY.clock.wall()
REVOKED = SingleResponse.about(CLIENT.certificate, AUTHORITY, "revoked", reason=1)
DELEGATE = ocsp_delegate(AUTHORITY)
VALID = ocsp_response(AUTHORITY, [REVOKED, REVOKED], delegate=DELEGATE)
ANSWER = verify_response(VALID, SUBJECT, NOW)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_of_cryptography_is_refused_about_our_certificate(path: Path) -> None:
    with pytest.raises(DependencyError, match=r"^ocsp_"):
        verify_response(path.read_bytes(), SUBJECT, NOW)


def test_the_files_are_there() -> None:
    assert len(FILES) >= 27


def test_a_real_answer_is_taken_at_its_time() -> None:
    """Of Let's Encrypt, about a certificate of 2018: signed by the issuer's RSA key."""
    issuer = x509.load_pem_x509_certificate((X509 / "letsencryptx3.pem").read_bytes())
    serial_number = 0x031C787A7DC90295007BC5F2220B3B527AF0
    ours = AUTHORITY.issue(issuer_name=issuer.subject, serial_number=serial_number)
    subject = Subject(ours.certificate, issuer)
    data = (X509 / "ocsp" / "resp-sha256.der").read_bytes()
    september = datetime(2018, 9, 1, tzinfo=UTC).timestamp()
    answer = verify_response(data, subject, september)
    since, until = datetime(2018, 8, 30, 11, tzinfo=UTC), datetime(2018, 9, 6, 11, tzinfo=UTC)
    assert answer == (False, "", since.timestamp(), until.timestamp())
    with pytest.raises(DependencyError, match="ocsp_expired"):
        verify_response(data, subject, answer.until)
    with pytest.raises(DependencyError, match="ocsp_signature_invalid"):
        verify_response(data[:-1] + bytes([data[-1] ^ 1]), subject, september)


@given(st.binary(max_size=512))
def test_bytes_that_are_no_answer(data: bytes) -> None:
    with pytest.raises(DependencyError, match="ocsp_malformed"):
        verify_response(data, SUBJECT, NOW)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """An answer of which some bytes were changed, left out, said twice or put in."""
    data = bytearray(VALID)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data) - 1))
        end = draw(st.integers(start, min(len(data), start + 16)))
        how = draw(st.sampled_from(("change", "drop", "repeat", "insert")))
        if how == "change":
            data[start] = draw(st.integers(0, 255))
        elif how == "drop":
            del data[start:end]
        else:
            data[start:start] = data[start:end] if how == "repeat" else draw(st.binary(max_size=8))
        if not data:
            break
    return bytes(data)


@given(mutations())
def test_a_changed_answer_never_says_something_else(data: bytes) -> None:
    with suppress(DependencyError):
        assert verify_response(data, SUBJECT, NOW) == ANSWER


@given(st.data())
def test_a_certificate_that_is_damaged_is_no_responders(data: st.DataObject) -> None:
    """Damage in the delegate's certificate alone: it is not signed by the answer's signature."""
    der = DELEGATE.certificate.public_bytes(Encoding.DER)
    at = VALID.index(der) + data.draw(st.integers(0, len(der) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda byte: byte != VALID[at]))
    with pytest.raises(DependencyError, match=r"^ocsp_"):
        verify_response(VALID[:at] + bytes([value]) + VALID[at + 1 :], SUBJECT, NOW)
