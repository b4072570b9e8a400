"""Every way in which a certificate can be wrong, and the code with which it is refused."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID
from cryptography.x509.oid import ObjectIdentifier as Oid

from authorizers.errors import CredentialError, RejectedCredential, UntrustedCredential
from authorizers.mtls.scheme import CertificateScheme
from authorizers.testing.certificate_authority import (
    FakeCertificateAuthority,
    Issued,
    distinguished_name,
)
from tests.mtls.authorities import (
    CLOCK,
    ISSUING,
    NOW,
    ROOT,
    SPIFFE,
    SPIFFE_ID,
    code_of,
    scheme_of,
    verify,
)

DAY = timedelta(days=1)
UNKNOWN = x509.UnrecognizedExtension(Oid("1.3.6.1.4.1.99999.1"), b"\x05\x00")
KEY_USAGE = ISSUING.issue().certificate.extensions.get_extension_for_class(x509.KeyUsage).value
POLICY = x509.CertificatePolicies([x509.PolicyInformation(Oid("1.2.3.4"), None)])
OTHER_POLICY = x509.CertificatePolicies([x509.PolicyInformation(Oid("1.2.3.5"), None)])
ANY_POLICY = x509.CertificatePolicies([x509.PolicyInformation(Oid("2.5.29.32.0"), None)])
BY_COMMON_NAME = scheme_of()
BY_SPIFFE = scheme_of(SPIFFE)
PINNED_ANCHOR = ISSUING.issue("an anchor that is no authority")
STRANGER = FakeCertificateAuthority("Stranger", clock=CLOCK)


class Case(NamedTuple):
    """What a test makes, who looks at it, and what is said."""

    make: Callable[[], Issued]
    scheme: CertificateScheme
    code: str
    now: float = NOW


@cache
def rsa_key(bits: int, exponent: int = 65537) -> rsa.RSAPrivateKey:
    """Return a key that is made once."""
    return rsa.generate_private_key(exponent, bits)


def leaf(**wrong: Any) -> Callable[[], Issued]:
    """Return what makes a certificate that is good but for what is said."""
    return lambda: ISSUING.issue("orders", **wrong)


def below(
    authority: Callable[[], FakeCertificateAuthority], leaf_of: str = "orders", **wrong: Any
) -> Callable[[], Issued]:
    """Return what makes a good certificate of an authority."""
    return lambda: authority().issue(leaf_of, **wrong)


def by(*path: Callable[[], FakeCertificateAuthority], **demands: Any) -> CertificateScheme:
    """Return a scheme that trusts the root, with other authorities between."""
    identity = demands.pop("identity", "common_name")
    return scheme_of(identity, (ROOT,), [authority() for authority in path], **demands)


def authority(name: str, issuer: Any = lambda: ROOT, **wrong: Any) -> Any:
    """Return what makes an authority once, with something wrong."""
    return cache(lambda: issuer().subordinate(name, **wrong))


def root(name: str, **wrong: Any) -> Any:
    """Return what makes a root once, with something wrong."""
    return cache(lambda: FakeCertificateAuthority(name, clock=CLOCK, **wrong))


def only(anchor: Callable[[], FakeCertificateAuthority], **demands: Any) -> CertificateScheme:
    """Return a scheme that trusts one anchor and nothing else."""
    return scheme_of(demands.pop("identity", "common_name"), (anchor(),), (), **demands)


def constrained(critical: bool = True, **trees: Any) -> Any:
    """Return an authority whose names are constrained."""
    extension = x509.NameConstraints(trees.get("permitted"), trees.get("excluded"))
    return authority("Constrained", extensions=[(extension, critical)])


DSA = dsa.generate_private_key(1024)  # noqa: S505 that it is weak is the point
NOT_CA = authority("Not an authority", is_ca=False)
NO_BASIC = authority("No basic constraints", without=[x509.BasicConstraints])
NO_CERT_SIGN = authority("Signs nothing", key_usage=("crl_sign",))
FOR_SERVERS = authority("For servers", extended_key_usage=[Usage.SERVER_AUTH])
CRITICAL = authority("Critical", extensions=[(UNKNOWN, True)])
EXPIRED = authority("Expired", life=(DAY * 9, -DAY))
FUTURE = authority("Future", life=(-DAY, DAY * 9))
WEAK_RSA = authority("Weak RSA", key=rsa_key(1024))
EDWARDS = authority("Edwards", key=ed25519.Ed25519PrivateKey.generate())
NO_DEPTH = authority("No depth", path_length=0)
TOO_DEEP = authority("Too deep", NO_DEPTH)
THIRD = authority("Third", lambda: ISSUING)
FORGED = authority("Forged", signing_key=STRANGER.key)
POLICIES = authority("Policies", extensions=[(POLICY, False)])
OTHER_POLICIES = authority("Other policies", extensions=[(OTHER_POLICY, False)])
ANY_POLICIES = authority("Any policies", extensions=[(ANY_POLICY, False)])
INHIBITS = authority(
    "Inhibits", extensions=[(ANY_POLICY, False), (x509.InhibitAnyPolicy(0), False)]
)
EXPLICIT = authority("Explicit", extensions=[(x509.PolicyConstraints(0, None), False)])
DNS_ONLY = constrained(permitted=[x509.DNSName("example.org")])
URI_ONLY = constrained(permitted=[x509.UniformResourceIdentifier("example.org")])
EMAIL_ONLY = constrained(permitted=[x509.RFC822Name("example.org")])
NOT_THIS_EMAIL = constrained(excluded=[x509.RFC822Name("example.org")])
DIRECTORY = constrained(False, permitted=[x509.DirectoryName(distinguished_name("orders"))])
NOT_DIRECTORY = constrained(
    False, excluded=[x509.DirectoryName(x509.Name([distinguished_name(None).rdns[0]]))]
)
DIRECTORY_CRITICAL = constrained(permitted=[x509.DirectoryName(distinguished_name("orders"))])
LEADING_DOT = constrained(permitted=[x509.DNSName(".example.org")])
OLD_ROOT = root("Old root", life=(DAY * 9, -DAY))
RSA_ROOT = root("RSA root", key=rsa_key(2048))


def with_email(address: str) -> x509.Name:
    return x509.Name(
        [
            *distinguished_name("orders"),
            x509.NameAttribute(NameOID.EMAIL_ADDRESS, address),
        ]
    )


CASES = {
    # (2) it is no authority's
    "authority": Case(leaf(is_ca=True), BY_COMMON_NAME, "certificate_is_authority"),
    "signs_certificates": Case(
        leaf(key_usage=("digital_signature", "key_cert_sign")),
        BY_COMMON_NAME,
        "certificate_signs_others",
    ),
    "signs_crls": Case(
        leaf(key_usage=("digital_signature", "crl_sign")),
        BY_COMMON_NAME,
        "certificate_signs_others",
    ),
    # (3) it is for TLS clients
    "no_signatures": Case(
        leaf(key_usage=("key_encipherment",)), BY_COMMON_NAME, "certificate_key_usage"
    ),
    "for_servers": Case(
        leaf(extended_key_usage=[Usage.SERVER_AUTH]),
        BY_COMMON_NAME,
        "certificate_extended_key_usage",
    ),
    "for_anything": Case(
        leaf(extended_key_usage=[Usage.ANY_EXTENDED_KEY_USAGE]),
        BY_COMMON_NAME,
        "certificate_extended_key_usage",
    ),
    "for_servers_though_any_is_taken": Case(
        leaf(extended_key_usage=[Usage.SERVER_AUTH]),
        scheme_of(any_extended_key_usage=True),
        "certificate_extended_key_usage",
    ),
    # (4) keys and signatures are strong
    "rsa_1024": Case(leaf(key=rsa_key(1024)), BY_COMMON_NAME, "certificate_key_weak"),
    "rsa_exponent_3": Case(leaf(key=rsa_key(2048, 3)), BY_COMMON_NAME, "certificate_key_weak"),
    "p_192": Case(
        leaf(key=ec.generate_private_key(ec.SECP192R1())), BY_COMMON_NAME, "certificate_key_weak"
    ),
    "p_224": Case(
        leaf(key=ec.generate_private_key(ec.SECP224R1())), BY_COMMON_NAME, "certificate_key_weak"
    ),
    "secp256k1": Case(
        leaf(key=ec.generate_private_key(ec.SECP256K1())), BY_COMMON_NAME, "certificate_key_weak"
    ),
    "dsa": Case(leaf(key=DSA), BY_COMMON_NAME, "certificate_key_weak"),
    "sha_224": Case(
        leaf(hash_algorithm=hashes.SHA224()), BY_COMMON_NAME, "certificate_signature_weak"
    ),
    "sha3": Case(
        leaf(hash_algorithm=hashes.SHA3_256()), BY_COMMON_NAME, "certificate_signature_weak"
    ),
    "authority_rsa_1024": Case(below(WEAK_RSA), by(WEAK_RSA), "authority_weak"),
    "authority_edwards": Case(below(EDWARDS), by(EDWARDS), "authority_weak"),
    # (5) it is valid now
    "expired": Case(leaf(life=(DAY, -timedelta(seconds=1))), BY_COMMON_NAME, "certificate_expired"),
    "not_yet_valid": Case(
        leaf(life=(-timedelta(seconds=1), DAY)), BY_COMMON_NAME, "certificate_not_yet_valid"
    ),
    "half_a_second_late": Case(
        leaf(life=(DAY, timedelta(0))), BY_COMMON_NAME, "certificate_expired", NOW + 0.5
    ),
    "half_a_second_early": Case(
        leaf(life=(timedelta(0), DAY)), BY_COMMON_NAME, "certificate_not_yet_valid", NOW - 0.5
    ),
    "authority_expired": Case(below(EXPIRED), by(EXPIRED), "authority_expired"),
    "authority_not_yet_valid": Case(below(FUTURE), by(FUTURE), "authority_not_yet_valid"),
    "anchor_expired": Case(below(OLD_ROOT), only(OLD_ROOT), "authority_expired"),
    "no_time": Case(leaf(), BY_COMMON_NAME, "certificate_not_yet_valid", float("nan")),
    # (6) it leads to an anchor
    "stranger": Case(
        lambda: STRANGER.issue("orders"), BY_COMMON_NAME, "certificate_issuer_unknown"
    ),
    "self_signed": Case(
        lambda: FakeCertificateAuthority("orders", clock=CLOCK).issue(
            subject=distinguished_name("orders")
        ),
        BY_COMMON_NAME,
        "certificate_issuer_unknown",
    ),
    "intermediate_missing": Case(leaf(), scheme_of(intermediates=()), "certificate_issuer_unknown"),
    "anchor_missing": Case(leaf(), scheme_of(anchors=(STRANGER,)), "certificate_issuer_unknown"),
    "forged": Case(leaf(signing_key=STRANGER.key), BY_COMMON_NAME, "certificate_signature_invalid"),
    "signed_by_its_own_key_in_the_authority_s_name": Case(
        lambda: STRANGER.issue("orders", issuer_name=ISSUING.name),
        BY_COMMON_NAME,
        "certificate_signature_invalid",
    ),
    "authority_forged": Case(below(FORGED), by(FORGED), "certificate_issuer_unknown"),
    "anchor_itself": Case(
        lambda: PINNED_ANCHOR,
        scheme_of(anchors=(ROOT, PINNED_ANCHOR)),
        "certificate_is_anchor",
    ),
    "critical_extension": Case(
        leaf(extensions=[(UNKNOWN, True)]), BY_COMMON_NAME, "certificate_critical_extension"
    ),
    "critical_policies": Case(
        leaf(extensions=[(POLICY, True)]), BY_COMMON_NAME, "certificate_critical_extension"
    ),
    "constrains_names": Case(
        leaf(extensions=[(x509.NameConstraints([x509.DNSName("a")], None), False)]),
        BY_COMMON_NAME,
        "certificate_critical_extension",
    ),
    "authority_is_none": Case(below(NOT_CA), by(NOT_CA), "authority_is_none"),
    "authority_without_basic_constraints": Case(below(NO_BASIC), by(NO_BASIC), "authority_is_none"),
    "anchor_is_none": Case(below(NOT_CA), only(NOT_CA), "authority_is_none"),
    "authority_key_usage": Case(below(NO_CERT_SIGN), by(NO_CERT_SIGN), "authority_key_usage"),
    "authority_for_servers": Case(
        below(FOR_SERVERS), by(FOR_SERVERS), "authority_extended_key_usage"
    ),
    "authority_critical_extension": Case(
        below(CRITICAL), by(CRITICAL), "authority_critical_extension"
    ),
    "path_length": Case(below(TOO_DEEP), by(NO_DEPTH, TOO_DEEP), "path_length_exceeded"),
    "too_many_intermediates": Case(
        below(THIRD), by(THIRD, lambda: ISSUING, max_intermediates=1), "path_too_long"
    ),
    "no_intermediates_allowed": Case(leaf(), scheme_of(max_intermediates=0), "path_too_long"),
    "dns_not_permitted": Case(
        below(DNS_ONLY, dns=["a.example.com"]), by(DNS_ONLY), "name_not_permitted"
    ),
    "dns_suffix_without_a_dot": Case(
        below(DNS_ONLY, dns=["badexample.org"]),
        by(DNS_ONLY, identity="dns"),
        "name_not_permitted",
    ),
    "second_dns_not_permitted": Case(
        below(DNS_ONLY, dns=["a.example.org", "a.example.com"]),
        by(DNS_ONLY, identity="serial"),
        "name_not_permitted",
    ),
    "wildcard_not_permitted": Case(
        below(DNS_ONLY, dns=["*.example.com"]),
        by(DNS_ONLY, identity="dns"),
        "name_not_permitted",
    ),
    "wildcard_under_constraint": Case(
        below(DNS_ONLY, dns=["*.example.org"]), by(DNS_ONLY, identity="dns"), "identity_malformed"
    ),
    "dns_constraint_with_a_leading_dot": Case(
        below(LEADING_DOT, dns=["a.example.org"]),
        by(LEADING_DOT, identity="dns"),
        "name_constraint_not_supported",
    ),
    "uri_under_constraint": Case(
        below(URI_ONLY, uris=["https://example.org/a"]),
        by(URI_ONLY, identity="uri"),
        "name_constraint_not_supported",
    ),
    "spiffe_id_under_constraint": Case(
        below(URI_ONLY, uris=[SPIFFE_ID]),
        by(URI_ONLY, identity=SPIFFE),
        "name_constraint_not_supported",
    ),
    "email_not_permitted": Case(
        below(EMAIL_ONLY, emails=["a@example.com"]),
        by(EMAIL_ONLY, identity="email"),
        "name_not_permitted",
    ),
    "email_in_subject_not_permitted": Case(
        below(EMAIL_ONLY, subject=with_email("a@example.com")),
        by(EMAIL_ONLY, identity="serial"),
        "name_not_permitted",
    ),
    "email_in_subject_not_permitted_beside_one_that_is": Case(
        below(EMAIL_ONLY, subject=with_email("a@example.com"), emails=["a@example.org"]),
        by(EMAIL_ONLY, identity="email"),
        "name_not_permitted",
    ),
    "email_in_subject_excluded_in_another_case": Case(
        below(NOT_THIS_EMAIL, subject=with_email("a@EXAMPLE.org")),
        by(NOT_THIS_EMAIL, identity="serial"),
        "name_not_permitted",
    ),
    "email_in_subject_is_none": Case(
        below(EMAIL_ONLY, subject=with_email("a@b@example.org")),
        by(EMAIL_ONLY, identity="serial"),
        "name_constraint_not_supported",
    ),
    "subject_not_permitted": Case(below(DIRECTORY, "others"), by(DIRECTORY), "name_not_permitted"),
    "subject_excluded": Case(below(NOT_DIRECTORY), by(NOT_DIRECTORY), "name_not_permitted"),
    "subject_excluded_in_another_case": Case(
        below(
            NOT_DIRECTORY,
            subject=x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, " tEsT ")]),
        ),
        by(NOT_DIRECTORY, identity="serial"),
        "name_not_permitted",
    ),
    "subject_under_critical_constraint": Case(
        below(DIRECTORY_CRITICAL), by(DIRECTORY_CRITICAL), "name_constraint_not_supported"
    ),
    "common_name_beside_constraints": Case(
        below(DNS_ONLY), by(DNS_ONLY), "common_name_constrained"
    ),
    "common_name_that_looks_like_a_constrained_name": Case(
        below(DNS_ONLY, "a.example.com"), by(DNS_ONLY), "common_name_constrained"
    ),
    "policy_not_named": Case(below(POLICIES), by(POLICIES, policies=["1.2.3.4"]), "policy_missing"),
    "policy_not_allowed": Case(
        below(OTHER_POLICIES, extensions=[(POLICY, False)]),
        by(OTHER_POLICIES, policies=["1.2.3.4"]),
        "policy_missing",
    ),
    "policy_unknown_to_the_authority": Case(
        leaf(extensions=[(POLICY, False)]), scheme_of(policies=["1.2.3.4"]), "policy_missing"
    ),
    "any_policy_is_none": Case(
        below(ANY_POLICIES, extensions=[(ANY_POLICY, False)]),
        by(ANY_POLICIES, policies=["1.2.3.4"]),
        "policy_missing",
    ),
    "any_policy_inhibited": Case(
        below(INHIBITS, extensions=[(POLICY, False)]),
        by(INHIBITS, policies=["1.2.3.4"]),
        "policy_constraint_not_supported",
    ),
    "explicit_policy_required": Case(
        below(EXPLICIT), by(EXPLICIT), "policy_constraint_not_supported"
    ),
    # (8) it says who its holder is
    "no_common_name": Case(lambda: ISSUING.issue(None), BY_COMMON_NAME, "common_name_not_clean"),
    "no_dns": Case(leaf(uris=["urn:a:b"]), scheme_of("dns"), "identity_missing"),
    "no_uri": Case(leaf(dns=["a.example.org"]), scheme_of("uri"), "identity_missing"),
    "no_email": Case(leaf(dns=["a.example.org"]), scheme_of("email"), "identity_missing"),
    "email_that_is_a_uri": Case(
        leaf(uris=["mailto:a@example.org"]), scheme_of("email"), "identity_missing"
    ),
    "dns_that_is_an_email": Case(
        leaf(emails=["a@example.org"]), scheme_of("dns"), "identity_missing"
    ),
    "email_in_subject_only": Case(
        leaf(subject=with_email("a@example.org")), scheme_of("email"), "identity_missing"
    ),
    "two_dns": Case(
        leaf(dns=["a.example.org", "b.example.org"]), scheme_of("dns"), "identity_ambiguous"
    ),
    "one_dns_twice": Case(
        leaf(dns=["a.example.org", "a.example.org"]), scheme_of("dns"), "identity_ambiguous"
    ),
    "two_uris": Case(leaf(uris=["urn:a:b", "urn:a:c"]), scheme_of("uri"), "identity_ambiguous"),
    "two_emails": Case(
        leaf(emails=["a@example.org", "b@example.org"]), scheme_of("email"), "identity_ambiguous"
    ),
    "wildcard": Case(leaf(dns=["*.example.org"]), scheme_of("dns"), "identity_malformed"),
    "identity_too_long": Case(
        leaf(uris=["https://example.org/" + "a" * 300]), scheme_of("uri"), "identity_too_long"
    ),
    "not_pinned": Case(
        leaf(),
        scheme_of({"kind": "fingerprint", "fingerprints": ["0" * 64]}),
        "certificate_not_pinned",
    ),
    "no_svid_uri": Case(leaf(dns=["a.example.org"]), BY_SPIFFE, "svid_uri"),
    "two_svid_uris": Case(leaf(uris=[SPIFFE_ID, "https://example.org/"]), BY_SPIFFE, "svid_uri"),
    "no_spiffe_id": Case(leaf(uris=["https://example.org/a"]), BY_SPIFFE, "spiffe_id_malformed"),
    "trust_domain_alone": Case(
        leaf(uris=["spiffe://example.org"]), BY_SPIFFE, "spiffe_id_without_path"
    ),
    "trust_domain_of_others": Case(
        leaf(uris=["spiffe://example.com/orders"]), BY_SPIFFE, "trust_domain_mismatch"
    ),
    "trust_domain_below": Case(
        leaf(uris=["spiffe://a.example.org/orders"]), BY_SPIFFE, "trust_domain_mismatch"
    ),
    "svid_without_key_usage": Case(
        leaf(uris=[SPIFFE_ID], key_usage=None), BY_SPIFFE, "svid_key_usage"
    ),
    "svid_key_usage_not_critical": Case(
        leaf(uris=[SPIFFE_ID], extensions=[(KEY_USAGE, False)]), BY_SPIFFE, "svid_key_usage"
    ),
    "svid_for_clients_only": Case(
        leaf(uris=[SPIFFE_ID], extended_key_usage=[Usage.CLIENT_AUTH]),
        BY_SPIFFE,
        "svid_extended_key_usage",
    ),
    "svid_without_subject": Case(
        leaf(uris=[SPIFFE_ID], subject=x509.Name([])), BY_SPIFFE, "svid_name_not_critical"
    ),
}
FAMILIES = {
    "certificate_issuer_unknown": UntrustedCredential,
    "certificate_signature_invalid": UntrustedCredential,
    "certificate_is_anchor": UntrustedCredential,
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_refused_with_its_code(case: Case) -> None:
    issued = case.make()
    with pytest.raises(CredentialError) as refused:
        verify(case.scheme, issued, case.now)
    assert refused.value.code == case.code
    assert type(refused.value) is FAMILIES.get(case.code, RejectedCredential)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_inspection_says_the_same(case: Case) -> None:
    results = case.scheme.inspect(case.make().pem, case.now)
    assert [result.number for result in results] == list(range(1, 9))
    failed = [result for result in results if result.outcome == "failed"]
    assert failed[0].code == case.code
    assert all(result.sentence and result.code for result in failed)


def test_each_case_is_good_but_for_its_defect() -> None:
    assert code_of(BY_COMMON_NAME, ISSUING.issue("orders")) == "verified"
    assert code_of(BY_SPIFFE, ISSUING.issue("orders", uris=[SPIFFE_ID])) == "verified"
