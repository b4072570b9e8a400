"""
The path tests of NIST's PKITS (sections 4.1 to 4.13, 4.16), as published in
`cryptography_vectors`: each certificate is accepted or refused as its name says.

https://csrc.nist.gov/projects/pki-testing
"""

import re
from functools import cache
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from authorizers.errors import CredentialError
from authorizers.mtls.certificate import parse_certificate
from authorizers.mtls.identity.distinguished_name import read_name
from authorizers.mtls.leaf import read_leaf
from authorizers.mtls.path.name_constraints import read_constraints
from authorizers.mtls.scheme import CertificateScheme
from tests.mtls.authorities import NOW, StaticTrust

FILES = Path(cryptography_vectors.__file__).parent / "x509/PKITS_data/certs"
# A key that is not there; a serial number that `cryptography` says it will not read much longer.
UNREADABLE = {"DSAParametersInheritedCACert", "ValidDSAParameterInheritanceTest5EE"}

# Refused for what their CRLs say, and not by the path (sections 4.4, 4.5, 4.7, 4.14, 4.15).
BY_CRL = re.compile(
    r"CRL|Revoked|SelfIssued(New|Old)With|IDPwith|deltaCRL|distributionPoint|onlyContains|onlySome"
    r"|cRLIssuer|LongSerialNumber|cRLSign"
)

# Good certificates that are refused here, and why.
STRICTER = {
    # DSA is not taken.
    "ValidDSASignaturesTest4EE": "certificate_key_weak",
    # RFC 5280 §4.1.2.5 wants dates before 2050 in UTCTime.
    "ValidGeneralizedTimenotBeforeDateTest4EE": "validity_malformed",
    # Names of issuers are compared to the byte.
    "ValidNameChainingWhitespaceTest3EE": "certificate_issuer_unknown",
    "ValidNameChainingWhitespaceTest4EE": "certificate_issuer_unknown",
    "ValidNameChainingCapitalizationTest5EE": "certificate_issuer_unknown",
    "ValidRolloverfromPrintableStringtoUTF8StringTest10EE": "certificate_issuer_unknown",
    "ValidUTF8StringCaseInsensitiveMatchTest11EE": "certificate_issuer_unknown",
    # An authority's certificate is no client's.
    "ValidpathLenConstraintTest8EE": "certificate_is_authority",
    "ValidpathLenConstraintTest14EE": "certificate_is_authority",
    # Self-issued certificates count in a path's length.
    "ValidSelfIssuedpathLenConstraintTest15EE": "path_length_exceeded",
    "ValidSelfIssuedpathLenConstraintTest17EE": "path_length_exceeded",
    # `cryptography` knows no constraints of URIs, nor critical ones of directory names.
    "ValidURInameConstraintsTest34EE": "name_constraint_not_supported",
    "ValidURInameConstraintsTest36EE": "name_constraint_not_supported",
    "ValidDNandRFC822nameConstraintsTest27EE": "name_constraint_not_supported",
    **{
        f"ValidDNnameConstraintsTest{number}EE": "name_constraint_not_supported"
        for number in (1, 4, 5, 6, 11, 14, 18, 19)
    },
    # Policy mappings and critical policy constraints are refused wherever they stand.
    **{
        f"ValidPolicyMappingTest{number}EE": "authority_critical_extension"
        for number in (1, 3, 5, 6, 9, 11, 12, 13, 14)
    },
    **{
        f"Valid{name}EE": "authority_critical_extension"
        for name in (
            "SelfIssuedinhibitAnyPolicyTest7",
            "SelfIssuedinhibitAnyPolicyTest9",
            "SelfIssuedinhibitPolicyMappingTest7",
            "SelfIssuedrequireExplicitPolicyTest6",
            "inhibitAnyPolicyTest2",
            "inhibitPolicyMappingTest2",
            "inhibitPolicyMappingTest4",
            "requireExplicitPolicyTest1",
            "requireExplicitPolicyTest2",
            "requireExplicitPolicyTest4",
        )
    },
}
LEAVES = [
    path.stem
    for path in sorted(FILES.glob("*EE.crt"))
    if path.stem.startswith(("Valid", "Invalid"))
    and path.stem not in UNREADABLE
    and not BY_CRL.search(path.stem)
]
CONSTRAINED = [name for name in LEAVES if re.search("DN(and|name)", name) and "DNS" not in name]
# What is wrong with these is a subject alternative name, where `cryptography` looks.
BY_ALTERNATIVE_NAME = {
    "InvalidDNnameConstraintsTest3EE",
    "InvalidDNandRFC822nameConstraintsTest28EE",
}

pytestmark = pytest.mark.filterwarnings("ignore:Parsed a serial number")


def _load(name: str) -> x509.Certificate:
    return x509.load_der_x509_certificate((FILES / f"{name}.crt").read_bytes())


def _pem(name: str) -> str:
    return _load(name).public_bytes(Encoding.PEM).decode()


@cache
def _authorities() -> tuple[x509.Certificate, ...]:
    names = [path.stem for path in sorted(FILES.glob("*.crt")) if path.stem[-2:] != "EE"]
    return tuple([_load(name) for name in names if name not in UNREADABLE])


@cache
def _scheme(policies: tuple[str, ...] = ()) -> CertificateScheme:
    return CertificateScheme(
        "pkits",
        StaticTrust([_load("TrustAnchorRootCertificate")], _authorities()),
        {"kind": "serial"},
        max_intermediates=6,
        any_extended_key_usage=False,
        policies=policies,
        revocation=None,
    )


def _code(name: str, policies: tuple[str, ...] = ()) -> str:
    try:
        _scheme(policies).verify(read_leaf(parse_certificate(_pem(name))), NOW)
    except CredentialError as error:
        return error.code
    return "verified"


@pytest.mark.parametrize("name", LEAVES)
def test_the_path_is_good_or_not_as_the_certificate_s_name_says(name: str) -> None:
    good = _code(name) == "verified"
    assert good == (name.startswith("Valid") and name not in STRICTER)


@pytest.mark.parametrize(("name", "code"), STRICTER.items(), ids=STRICTER)
def test_it_is_refused_for_the_reason_that_is_published(name: str, code: str) -> None:
    assert _code(name) == code


def _paths_below(name: str) -> list[x509.Certificate]:
    """Return the certificates from `name` up to the anchor, by names alone."""
    path = [_load(name)]
    while path[-1].issuer != path[-1].subject or len(path) == 1:
        above = [
            one for one in _authorities() if one.subject == path[-1].issuer and one not in path
        ]
        if not above:
            break
        path.append(above[0])
    return path


@pytest.mark.parametrize("name", CONSTRAINED)
def test_directory_names_are_judged_as_the_certificate_s_name_says(name: str) -> None:
    path = _paths_below(name)
    refused = [
        constraints.refusal(read_name(below.subject))
        for index, authority in enumerate(path)
        for extension in authority.extensions
        if isinstance(extension.value, x509.NameConstraints)
        for constraints in [read_constraints(authority, extension.value)]
        for below in path[:index]
        if below is path[0] or below.subject != below.issuer
    ]
    assert refused
    assert any(refused) == (name.startswith("Invalid") and name not in BY_ALTERNATIVE_NAME)


# Each path is for the policy, or is not (sections 4.8 and 4.9 with NIST-test-policy-1 demanded).
POLICY_1 = ("2.16.840.1.101.3.2.1.48.1",)
POLICY_PATHS = {
    "ValidCertificatePathTest1EE": "verified",
    "AllCertificatesNoPoliciesTest2EE": "policy_missing",
    "DifferentPoliciesTest3EE": "policy_missing",
    "DifferentPoliciesTest4EE": "policy_missing",
    "DifferentPoliciesTest5EE": "policy_missing",
    "DifferentPoliciesTest12EE": "policy_missing",
    "AllCertificatesanyPolicyTest11EE": "policy_missing",
    "AnyPolicyTest14EE": "verified",
    "AllCertificatesSamePoliciesTest13EE": "verified",
    "UserNoticeQualifierTest15EE": "verified",
    "UserNoticeQualifierTest16EE": "verified",
    "UserNoticeQualifierTest19EE": "verified",
    "CPSPointerQualifierTest20EE": "verified",
}


@pytest.mark.parametrize(("name", "code"), POLICY_PATHS.items(), ids=POLICY_PATHS)
def test_a_policy_that_is_demanded_stands_in_the_whole_path(name: str, code: str) -> None:
    assert _code(name, POLICY_1) == code
