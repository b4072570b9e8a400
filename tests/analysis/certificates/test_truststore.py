"""What is wrong with truststores: every way of being wrong, one by one, and what is right."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

from authorizers.analysis.certificates.truststore import MAX_BYTES, Truststore
from authorizers.analysis.check.finding import FILE_RULES
from authorizers.testing.certificate_authority import (
    FakeCertificateAuthority,
    distinguished_name,
)
from tests.analysis.certificates.conftest import CLOCK, DAY, NOW

Authority = FakeCertificateAuthority
Check = Callable[..., Truststore]
Rules = Callable[..., dict[str, list[int]]]
A_DAY = timedelta(days=1)


def second_line(first: str) -> int:
    return first.count("\n") + 1


def test_a_chain_up_to_its_root_is_right(check: Check, root: Authority, issuing: Authority) -> None:
    found = check(root.pem, issuing.pem)
    assert found.findings == ()
    first, second = found.entries
    assert found.chains.issuers[first.number] == [first]
    assert found.chains.issuers[second.number] == [first]
    assert found.chains.depth == {1: 1, 2: 2}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"is_ca": False}, "not-an-authority"),
        ({"without": [x509.BasicConstraints]}, "not-an-authority"),
        ({"key_usage": ("crl_sign",)}, "authority-cannot-sign"),
        ({"extended_key_usage": [Usage.SERVER_AUTH]}, "authority-not-for-clients"),
        ({"life": (A_DAY * 9, -A_DAY)}, "certificate-expired"),
        ({"life": (A_DAY * 9, A_DAY * 9)}, "certificate-expires-soon"),
        ({"life": (-A_DAY, A_DAY * 900)}, "certificate-not-yet-valid"),
        ({"key": ec.generate_private_key(ec.SECP224R1())}, "weak-key"),
        ({"key": ec.generate_private_key(ec.SECP256K1())}, "weak-key"),
        ({"key": rsa.generate_private_key(65537, 1024)}, "weak-key"),  # noqa: S505 what is refused
        ({"hash_algorithm": hashes.SHA224()}, "weak-signature"),
        ({"signing_key": ec.generate_private_key(ec.SECP256R1())}, "issuer-did-not-sign"),
        ({"issuer_name": distinguished_name("Somebody")}, "issuer-missing"),
        (
            {"extensions": [(x509.NameConstraints([x509.DNSName("a.example")], None), True)]},
            "name-constraints",
        ),
    ],
    ids=[
        "leaf", "no basic constraints", "no keyCertSign", "for servers", "expired", "soon",
        "not yet", "P-224", "secp256k1", "RSA 1024", "SHA-224", "forged", "no issuer",
        "constrained",
    ],
)  # fmt: skip
def test_what_is_wrong_with_one_is_said_of_it_alone(
    rules: Rules, root: Authority, changes: dict[str, Any], rule: str
) -> None:
    wrong = root.subordinate("Wrong", **changes)
    assert rules(root.pem, wrong.pem) == {rule: [second_line(root.pem)]}


def test_an_edwards_key_is_none_that_aws_names(rules: Rules) -> None:
    edwards = Authority("Ed", clock=CLOCK, key=ed25519.Ed25519PrivateKey.generate())
    assert rules(edwards.pem) == {"key-not-listed": [1]}


def test_a_client_that_signed_itself_is_no_authority(rules: Rules) -> None:
    own = Authority("own", clock=CLOCK, is_ca=False, key_usage=("digital_signature",))
    assert rules(own.pem) == {"not-an-authority": [1]}


def test_what_names_itself_and_did_not_sign_itself_has_no_issuer(rules: Rules) -> None:
    wrong = Authority("A", clock=CLOCK, signing_key=ec.generate_private_key(ec.SECP256R1()))
    assert rules(wrong.pem) == {"issuer-missing": [1]}


@pytest.mark.parametrize(
    ("after", "rule"),
    [(0, None), (60 * DAY, "certificate-expires-soon"), (90 * DAY + 1, "certificate-expired")],
)
def test_it_is_asked_as_of_a_time(
    rules: Rules, root: Authority, after: float, rule: str | None
) -> None:
    short = root.subordinate("Short", life=(A_DAY, A_DAY * 90))
    now = NOW + after
    found = rules(root.pem, short.pem, now=now, until=now + 30 * DAY + 1)
    assert list(found) == ([] if rule is None else [rule])


def test_the_last_second_counts(rules: Rules, root: Authority) -> None:
    ends = root.certificate.not_valid_after_utc.timestamp()
    assert "certificate-expired" not in rules(root.pem, now=ends, until=ends)
    assert "certificate-expired" in rules(root.pem, now=ends + 1, until=ends + 1)


def chain(root: Authority, below: int) -> list[str]:
    found, last = [root.pem], root
    for i in range(below):
        last = last.subordinate(f"Level {i}")
        found.append(last.pem)
    return found


def test_four_authorities_are_a_chain_and_five_are_too_many(rules: Rules, root: Authority) -> None:
    five = chain(root, 4)
    assert rules(*five[:4]) == {}
    assert rules(*five) == {"chain-too-long": [second_line("".join(five[:4]))]}


def test_the_order_of_the_file_does_not_matter(rules: Rules, root: Authority) -> None:
    assert rules(*reversed(chain(root, 3))) == {}


def test_a_client_of_the_fourth_is_not_counted_as_one_more(rules: Rules, root: Authority) -> None:
    last = root
    pems = [root.pem]
    for i in range(3):
        last = last.subordinate(f"Level {i}")
        pems.append(last.pem)
    assert list(rules(*pems, last.issue("client").pem)) == ["not-an-authority"]


def test_a_missing_link_is_said_where_it_is_missing(rules: Rules, root: Authority) -> None:
    first, _, third, fourth = chain(root, 3)
    assert rules(first, third, fourth) == {"issuer-missing": [second_line(first)]}


def test_two_that_issued_each_other_come_to_no_root(rules: Rules, root: Authority) -> None:
    one, other = Authority("One", clock=CLOCK), Authority("Other", clock=CLOCK)
    by_other = other.issue(subject=one.name, key=one.key, is_ca=True, key_usage=("key_cert_sign",))
    by_one = one.issue(subject=other.name, key=other.key, is_ca=True, key_usage=("key_cert_sign",))
    found = rules(by_other.pem, by_one.pem, until=NOW)
    assert list(found) == ["no-root"]


@pytest.mark.parametrize(("length", "broken"), [(0, True), (1, False), (None, False)])
def test_a_path_length_is_counted_in_authorities(
    rules: Rules, root: Authority, length: int | None, broken: bool
) -> None:
    upper = root.subordinate("Upper", path_length=length)
    lower = upper.subordinate("Lower")
    found = rules(root.pem, upper.pem, lower.pem)
    assert list(found) == (["path-length-exceeded"] if broken else [])


def test_the_same_one_twice_is_said_and_counted_once(check: Check, root: Authority) -> None:
    found = check(root.pem, root.pem)
    assert [finding.rule for finding in found.findings] == ["certificate-twice"]
    assert len(found.entries) == 1


def test_a_subject_of_two_issuers_is_a_conflict(rules: Rules, root: Authority) -> None:
    other = Authority("Other", clock=CLOCK)
    pems = [a.subordinate("Same").pem for a in (root, other)]
    assert list(rules(root.pem, other.pem, *pems)) == ["subject-conflict"]


def test_a_subject_with_another_key_is_told(rules: Rules, root: Authority) -> None:
    again = Authority(clock=CLOCK)
    assert list(rules(root.pem, again.pem)) == ["subject-with-another-key"]


def test_the_same_authority_issued_again_is_no_conflict(rules: Rules, root: Authority) -> None:
    assert rules(root.pem, Authority(clock=CLOCK, key=root.key).pem) == {}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "no-certificate"),
        ("\x00\xff garbage", "no-certificate"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "certificate-unreadable",
        ),
        ("-----BEGIN CERTIFICATE-----\n~~\n-----END CERTIFICATE-----\n", "certificate-unreadable"),
        ("-----BEGIN CERTIFICATE-----\n", "block-unfinished"),
        ("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", "not-a-certificate"),
        ("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n", "private-key"),
    ],
)
def test_what_is_no_certificate_is_said(rules: Rules, text: str, rule: str) -> None:
    assert rule in rules(text)


def test_der_is_no_truststore(check: Check, root: Authority) -> None:
    data = root.certificate.public_bytes(Encoding.DER).decode("latin-1")
    assert "no-certificate" in [finding.rule for finding in check(data).findings]


def test_nothing_of_a_private_key_is_repeated(check: Check) -> None:
    secret = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"
    assert "hunter2" not in repr(check(secret).findings)


def test_comments_are_information(check: Check, root: Authority) -> None:
    (finding,) = check(f"# the root\n{root.pem}").findings
    assert (finding.rule, finding.severity) == ("text-outside", "info")


def test_more_than_a_thousand_are_too_many(rules: Rules, root: Authority) -> None:
    assert "too-many-certificates" not in rules(*[root.pem] * 1000)
    assert "too-many-certificates" in rules(*[root.pem] * 1001)


def test_more_than_a_megabyte_is_too_large(rules: Rules, root: Authority) -> None:
    space = "\n" * (MAX_BYTES - len(root.pem))
    assert rules(root.pem, space) == {}
    assert rules(root.pem, space, "\n") == {"truststore-too-large": [1]}


def test_a_file_far_too_large_is_not_looked_into(check: Check, root: Authority) -> None:
    found = check(root.pem, "\n" * 20 * MAX_BYTES)
    assert found.entries == ()
    assert [finding.rule for finding in found.findings] == ["truststore-too-large"]


def test_every_byte_may_be_wrong_and_nothing_escapes(check: Check, issuing: Authority) -> None:
    der = issuing.certificate.public_bytes(Encoding.DER)
    for i in range(0, len(der), 7):
        wrong = bytearray(der)
        wrong[i] ^= 0x15
        block = x509_pem(bytes(wrong))
        assert check(block).findings, i


def x509_pem(der: bytes) -> str:
    from base64 import encodebytes

    return f"-----BEGIN CERTIFICATE-----\n{encodebytes(der).decode()}-----END CERTIFICATE-----\n"


def test_a_name_without_common_name_is_shown_whole(check: Check) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test")])
    wrong = Authority(clock=CLOCK, subject=name, is_ca=False)
    assert "certificate 1, O=Test: " in check(wrong.pem).findings[0].message


def test_every_rule_is_known(check: Check) -> None:
    from authorizers.analysis.certificates import contents, together

    assert {*contents.RULES, *together.RULES} <= FILE_RULES.keys()
