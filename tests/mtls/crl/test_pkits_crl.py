"""
NIST's PKITS, sections 4.4 (basic revocation), 4.14 (distribution points) and 4.15 (delta lists),
from the files of `cryptography_vectors`: all lists and certificates at once, so that choosing
among them is part of each test. What is expected stands in the names of the files.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from authorizers.errors import DependencyError
from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.source import Crls

DATA = files("cryptography_vectors") / "x509" / "PKITS_data"
NOW = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
TESTS = (
    *("InvalidMissingCRLTest1", "InvalidRevokedCATest2", "InvalidRevokedEETest3"),
    *("InvalidBadCRLSignatureTest4", "InvalidBadCRLIssuerNameTest5", "InvalidWrongCRLTest6"),
    *("ValidTwoCRLsTest7", "InvalidUnknownCRLEntryExtensionTest8"),
    *("InvalidUnknownCRLExtensionTest9", "InvalidUnknownCRLExtensionTest10"),
    *("InvalidOldCRLnextUpdateTest11", "Invalidpre2000CRLnextUpdateTest12"),
    *("ValidGeneralizedTimeCRLnextUpdateTest13", "ValidNegativeSerialNumberTest14"),
    *("InvalidNegativeSerialNumberTest15", "ValidLongSerialNumberTest16"),
    *("ValidLongSerialNumberTest17", "InvalidLongSerialNumberTest18"),
    "ValidSeparateCertificateandCRLKeysTest19",
    "InvalidSeparateCertificateandCRLKeysTest20",
    "InvalidSeparateCertificateandCRLKeysTest21",
    *("ValidBasicSelfIssuedCRLSigningKeyTest6", "InvalidBasicSelfIssuedCRLSigningKeyTest7"),
    *("InvalidkeyUsageCriticalcRLSignFalseTest4", "InvalidkeyUsageNotCriticalcRLSignFalseTest5"),
    *("ValiddistributionPointTest1", "InvaliddistributionPointTest2"),
    *("InvaliddistributionPointTest3", "ValiddistributionPointTest4"),
    *("ValiddistributionPointTest5", "InvaliddistributionPointTest6"),
    *("ValiddistributionPointTest7", "InvaliddistributionPointTest8"),
    *("InvaliddistributionPointTest9", "ValidNoissuingDistributionPointTest10"),
    *("InvalidonlyContainsUserCertsTest11", "InvalidonlyContainsCACertsTest12"),
    *("ValidonlyContainsCACertsTest13", "InvalidonlyContainsAttributeCertsTest14"),
    *("InvalidonlySomeReasonsTest15", "InvalidonlySomeReasonsTest16"),
    *("InvalidonlySomeReasonsTest17", "ValidonlySomeReasonsTest18"),
    *("ValidonlySomeReasonsTest19", "InvalidonlySomeReasonsTest20"),
    *("InvalidonlySomeReasonsTest21", "ValidIDPwithindirectCRLTest22"),
    *("InvalidIDPwithindirectCRLTest23", "ValidIDPwithindirectCRLTest24"),
    *("ValidIDPwithindirectCRLTest25", "InvalidIDPwithindirectCRLTest26"),
    *("InvalidcRLIssuerTest27", "ValidcRLIssuerTest28", "ValidcRLIssuerTest29"),
    *("InvalidcRLIssuerTest31", "InvalidcRLIssuerTest32"),
    *("ValidcRLIssuerTest33", "InvalidcRLIssuerTest34", "InvalidcRLIssuerTest35"),
    *("InvaliddeltaCRLIndicatorNoBaseTest1", "ValiddeltaCRLTest2", "InvaliddeltaCRLTest3"),
    *("InvaliddeltaCRLTest4", "ValiddeltaCRLTest5", "InvaliddeltaCRLTest6"),
    *("ValiddeltaCRLTest7", "ValiddeltaCRLTest8", "InvaliddeltaCRLTest9"),
    "InvaliddeltaCRLTest10",
)

pytestmark = pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn't positive")


@cache
def certificate(name: str) -> x509.Certificate:
    return x509.load_der_x509_certificate((DATA / "certs" / f"{name}.crt").read_bytes())


@cache
def authorities() -> Sequence[x509.Certificate]:
    names = sorted(file.name for file in (DATA / "certs").iterdir())
    return [
        certificate(name.removesuffix(".crt"))
        for name in names
        if not name.endswith("EE.crt") and "DSA" not in name
    ]


@cache
def source() -> Crls:
    lists = []
    for file in sorted((DATA / "crls").iterdir(), key=lambda file: file.name):
        try:
            crl = Crl.parse(file.read_bytes(), file.name)
        except DependencyError:  # one whose signature was damaged in its first octet
            assert file.name == "BadCRLSignatureCACRL.crl"
        else:
            lists.append(lambda crl=crl: crl)
    anchor = certificate("TrustAnchorRootCertificate")
    return Crls(lists, lambda: [anchor], authorities)


def path_of(certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    anchor = certificate("TrustAnchorRootCertificate")
    while certificates[-1] != anchor:
        certificates.append(
            next(c for c in (anchor, *authorities()) if issued(c, certificates[-1]))
        )
    return certificates


def issued(issuer: x509.Certificate, subject: x509.Certificate) -> bool:
    if issuer.subject != subject.issuer or issuer == subject:
        return False
    try:
        subject.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("name", TESTS)
def test_a_path_is_good_exactly_where_pkits_says_so(name: str) -> None:
    path = path_of([certificate(f"{name}EE")])

    outcomes = [source().status(path, index, NOW).outcome for index in range(len(path) - 1)]

    assert all(outcome == "good" for outcome in outcomes) == name.startswith("Valid"), outcomes


def test_a_list_does_not_vouch_for_the_key_it_is_signed_with() -> None:
    # PKITS 4.14.30 takes it as valid; whoever has that key could say so of himself.
    path = path_of([certificate("ValidcRLIssuerTest30EE")])

    status = source().status(path, 0, NOW)

    assert (status.outcome, status.code) == ("unknown", "crl_issuer_not_good")
