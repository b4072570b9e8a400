"""What an operator is told about a list, all at once."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.defects import check_crl
from authorizers.testing.certificate_authority import FakeCertificateAuthority, distinguished_name

HOUR = timedelta(hours=1)
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")


def parsed(crl: x509.CertificateRevocationList) -> Crl:
    return Crl.parse(crl.public_bytes(Encoding.PEM), "file:issuing.crl")


def codes(crl: Crl, issuing: FakeCertificateAuthority, replaces: Crl | None = None) -> list[str]:
    now = issuing.clock.wall()
    return [found.code for found in check_crl(crl, issuing.certificate, now, replaces=replaces)]


def test_a_good_list_has_no_defect(issuing: FakeCertificateAuthority) -> None:
    crl = parsed(issuing.crl([1, 2]))

    assert check_crl(crl, issuing.certificate, issuing.clock.wall()) == []


def test_all_defects_are_told_at_once(issuing: FakeCertificateAuthority) -> None:
    crl = issuing.crl(
        life=(HOUR * 2, -HOUR),
        extensions=[(UNKNOWN, True)],
        issuer_name=distinguished_name("Other"),
        signing_key=ec.generate_private_key(ec.SECP256R1()),
    )

    assert codes(parsed(crl), issuing) == [
        "crl_expired",
        "crl_extension_unknown",
        "crl_issuer_mismatch",
        "crl_signature_invalid",
    ]


def test_an_authority_with_a_small_key_or_without_crl_sign_is_told(
    root: FakeCertificateAuthority,
) -> None:
    small = root.subordinate(
        "Small", key=ec.generate_private_key(ec.SECP192R1()), key_usage=("key_cert_sign",)
    )

    assert codes(parsed(small.crl()), small) == ["crl_issuer_may_not_sign", "crl_key_weak"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [(7, []), (6, []), (5, ["crl_number_lower"]), (None, ["crl_number_lower"])],
)
def test_a_list_does_not_replace_one_with_a_higher_number(
    number: int | None, expected: list[str], issuing: FakeCertificateAuthority
) -> None:
    replaced = parsed(issuing.crl(number=6))

    assert codes(parsed(issuing.crl(number=number)), issuing, replaced) == expected


def test_a_list_does_not_replace_a_later_one(issuing: FakeCertificateAuthority) -> None:
    earlier = parsed(issuing.crl(life=(HOUR * 3, HOUR)))

    assert codes(earlier, issuing, parsed(issuing.crl())) == ["crl_older"]


def test_a_signature_is_remembered_for_each_key(issuing: FakeCertificateAuthority) -> None:
    crl = parsed(issuing.crl())
    other = ec.generate_private_key(ec.SECP256R1()).public_key()

    for _ in range(2):
        assert crl.verify_signature(issuing.key.public_key())
        assert not crl.verify_signature(other)
