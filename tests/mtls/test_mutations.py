"""A good certificate with some bytes changed is never anybody, and never an error of others."""

import contextlib
from base64 import encodebytes

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError, CredentialError
from authorizers.mtls.certificate import parse_certificate
from authorizers.mtls.leaf import read_leaf
from authorizers.mtls.path.trust_bundle import parse_anchors
from tests.mtls.authorities import ISSUING, NOW, SPIFFE, SPIFFE_ID, scheme_of

GOOD = ISSUING.issue("orders", uris=[SPIFFE_ID], dns=["a.example.org"], emails=["a@example.org"])
DER = GOOD.certificate.public_bytes(Encoding.DER)
AUTHORITY = ISSUING.certificate.public_bytes(Encoding.DER)
SCHEMES = [scheme_of(SPIFFE), scheme_of("common_name"), scheme_of("dns")]

# What `cryptography` warns of is read all the same, as it would be in a function.
pytestmark = pytest.mark.filterwarnings("ignore")


def pem(der: bytes) -> str:
    """Return `der` as API Gateway would hand it over."""
    body = encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


def is_refused(der: bytes) -> bool:
    """Return whether every scheme refuses the certificate with an error of ours."""
    refused = 0
    for scheme in SCHEMES:
        try:
            scheme.verify(read_leaf(parse_certificate(pem(der))), NOW)
        except CredentialError:
            refused += 1
        assert scheme.inspect(pem(der), NOW)
    return refused == len(SCHEMES)


def test_the_good_one_is_taken() -> None:
    assert not is_refused(DER)


def test_each_single_bit_matters() -> None:
    for index in range(len(DER)):
        changed = bytearray(DER)
        changed[index] ^= 1 << (index % 8)
        assert is_refused(bytes(changed)), index


_positions = st.integers(0, len(DER) - 1)


@given(st.dictionaries(_positions, st.integers(0, 255), min_size=1, max_size=4))
def test_changed_bytes(changes: dict[int, int]) -> None:
    changed = bytearray(DER)
    for index, value in changes.items():
        changed[index] = value
    if bytes(changed) != DER:
        assert is_refused(bytes(changed))


@given(_positions, st.integers(0, 40), st.binary(max_size=40))
def test_bytes_put_in_and_taken_out(start: int, length: int, put_in: bytes) -> None:
    changed = DER[:start] + put_in + DER[start + length :]
    if changed != DER:
        assert is_refused(changed)


@given(_positions, _positions, st.integers(1, 60))
def test_parts_moved_about(start: int, to: int, length: int) -> None:
    part, rest = DER[start : start + length], DER[:start] + DER[start + length :]
    changed = rest[:to] + part + rest[to:]
    if changed != DER:
        assert is_refused(changed)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    assert is_refused(data)


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    with pytest.raises(CredentialError):
        parse_certificate(text)


@given(st.integers(0, len(AUTHORITY) - 1), st.integers(0, 255))
def test_an_authority_changed_is_an_anchor_or_an_error_of_ours(index: int, value: int) -> None:
    changed = bytearray(AUTHORITY)
    changed[index] = value
    with contextlib.suppress(ConfigurationError):
        parse_anchors(pem(bytes(changed)).encode(), "partners.pem")
