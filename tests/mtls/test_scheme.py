"""What a scheme takes, what it then says, and for how long."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import ObjectIdentifier as Oid

from authorizers.errors import DependencyError, RejectedCredential
from authorizers.mtls import der
from authorizers.mtls.certificate import fingerprint_sha256, parse_certificate
from authorizers.mtls.leaf import read_leaf
from authorizers.mtls.path.trust import Trust
from authorizers.mtls.revocation_check import RETRY_SECONDS, Mode, RevocationCheck
from authorizers.mtls.scheme import CertificateScheme
from authorizers.mtls.status import Status
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from tests.mtls.authorities import (
    CLOCK,
    ISSUING,
    NOW,
    ROOT,
    SPIFFE,
    SPIFFE_ID,
    StaticTrust,
    code_of,
    scheme_of,
    verify,
)

DAY = timedelta(days=1)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # SEC 2 §2.4.2
ISSUED = ISSUING.issue("orders", uris=[SPIFFE_ID], life=(DAY, DAY * 9))
FINGERPRINT = fingerprint_sha256(ISSUED.certificate)


def pinned(*fingerprints: str) -> dict[str, object]:
    """Return the identity of a scheme that names its certificates."""
    return {"kind": "fingerprint", "fingerprints": list(fingerprints)}


def test_a_verified_certificate_says_who_it_is_of() -> None:
    verified = verify(scheme_of(SPIFFE), ISSUED)
    principal = verified.principal
    assert principal.principal_id == f"partners|{SPIFFE_ID}"
    assert principal.scheme == "partners"
    assert principal.issuer == fingerprint_sha256(ROOT.certificate)
    assert principal.key_id == FINGERPRINT
    assert principal.scopes == frozenset()
    assert principal.claims == {
        "sub": SPIFFE_ID,
        "certificate": {
            "identity": SPIFFE_ID,
            "fingerprint_sha256": FINGERPRINT,
            "serial": f"{ISSUED.certificate.serial_number:x}",
            "subject": "CN=orders,O=Test",
            "issuer": "CN=Test Issuing CA,O=Test",
            "common_name": "orders",
            "not_before": int(NOW) - 86_400,
            "not_after": int(NOW) + 9 * 86_400,
            "san_dns": [],
            "san_uri": [SPIFFE_ID],
            "san_email": [],
            "spiffe_id": SPIFFE_ID,
            "trust_domain": "example.org",
        },
    }


def test_the_proof_holds_until_the_first_of_the_path_ends() -> None:
    verified = verify(scheme_of(), ISSUED)
    assert verified.path == (ISSUED.certificate, ISSUING.certificate, ROOT.certificate)
    assert verified.leaf_fingerprint.hex() == FINGERPRINT
    assert verified.expires_at == NOW + 9 * 86_400
    short = ROOT.subordinate("Short", life=(DAY, DAY))
    scheme = scheme_of(intermediates=(short,))
    assert verify(scheme, short.issue("orders")).expires_at == NOW + 86_400


KINDS = {
    "uri": ({"uris": ["urn:example:orders"]}, "urn:example:orders"),
    "dns": ({"dns": ["Orders.Example.ORG"]}, "orders.example.org"),
    "email": ({"emails": ["Orders@Example.ORG"]}, "Orders@example.org"),
    "common_name": ({}, "orders"),
}


@pytest.mark.parametrize(("kind", "names"), KINDS.items(), ids=KINDS)
def test_each_kind_of_identity(kind: str, names: tuple[dict[str, list[str]], str]) -> None:
    changes, text = names
    issued = ISSUING.issue("orders", **changes)  # type: ignore[arg-type]
    assert verify(scheme_of(kind), issued).principal.claims["sub"] == text


TAKEN = {
    "without_key_usage": {"key_usage": None},
    "without_extended_key_usage": {"extended_key_usage": None},
    "without_identifiers": {"without": [x509.AuthorityKeyIdentifier, x509.SubjectKeyIdentifier]},
    "without_basic_constraints": {"without": [x509.BasicConstraints]},
    "p_384": {"key": ec.generate_private_key(ec.SECP384R1())},
    "p_521": {"key": ec.generate_private_key(ec.SECP521R1())},
    "ed25519": {"key": ed25519.Ed25519PrivateKey.generate()},
    "rsa_2048": {"key": rsa.generate_private_key(65537, 2048)},
    "extension_that_is_not_known": {
        "extensions": [(x509.UnrecognizedExtension(Oid("1.3.6.1.4.1.99999.1"), b"\x05\0"), False)]
    },
    "first_second": {"life": (timedelta(0), DAY)},
    "last_second": {"life": (DAY, timedelta(0))},
}


@pytest.mark.parametrize("changes", TAKEN.values(), ids=TAKEN)
def test_what_private_authorities_do_is_taken(changes: dict[str, object]) -> None:
    assert code_of(scheme_of(), ISSUING.issue("orders", **changes)) == "verified"  # type: ignore[arg-type]


AUTHORITIES = {
    "without_key_usage": {"key_usage": None},
    "constraints_not_critical": {"extensions": [(x509.BasicConstraints(True, None), False)]},
    "issuer_and_serial_in_identifier": {
        "extensions": [
            (
                x509.AuthorityKeyIdentifier(
                    b"1", [x509.DirectoryName(ROOT.name)], ROOT.certificate.serial_number
                ),
                False,
            )
        ]
    },
    "for_clients": {"extended_key_usage": [Usage.CLIENT_AUTH]},
    "for_anything": {"extended_key_usage": [Usage.ANY_EXTENDED_KEY_USAGE]},
    "rsa": {"key": rsa.generate_private_key(65537, 2048)},
    "p_384": {"key": ec.generate_private_key(ec.SECP384R1())},
    "no_depth": {"path_length": 0},
}


@pytest.mark.parametrize("changes", AUTHORITIES.values(), ids=AUTHORITIES)
def test_what_private_authorities_are_is_taken(changes: dict[str, object]) -> None:
    issuing = ROOT.subordinate("Issuing", **changes)
    assert code_of(scheme_of(intermediates=(issuing,)), issuing.issue("orders")) == "verified"


def test_any_extended_key_usage_is_taken_where_the_scheme_says_so() -> None:
    issued = ISSUING.issue("orders", extended_key_usage=[Usage.ANY_EXTENDED_KEY_USAGE])
    assert code_of(scheme_of(any_extended_key_usage=True), issued) == "verified"


def test_an_issuing_authority_may_be_the_anchor() -> None:
    scheme = scheme_of(anchors=(ISSUING,), intermediates=())
    verified = verify(scheme, ISSUED)
    assert verified.path == (ISSUED.certificate, ISSUING.certificate)
    assert verified.principal.issuer == fingerprint_sha256(ISSUING.certificate)


def test_the_path_ends_at_the_first_anchor() -> None:
    verified = verify(scheme_of(anchors=(ROOT, ISSUING)), ISSUED)
    assert verified.path == (ISSUED.certificate, ISSUING.certificate)


def test_an_intermediate_that_is_no_anchor_is_trusted_in_nothing() -> None:
    stranger = FakeCertificateAuthority("Stranger", clock=CLOCK)
    scheme = scheme_of(intermediates=(stranger,))
    assert code_of(scheme, stranger.issue("orders")) == "certificate_issuer_unknown"


def test_authorities_up_to_the_number_allowed() -> None:
    first = ROOT
    path = [first := first.subordinate(f"Authority {number}") for number in range(4)]
    issued = path[-1].issue("orders")
    assert code_of(scheme_of(intermediates=path, max_intermediates=3), issued) == "path_too_long"
    third = path[-2].issue("orders")
    assert code_of(scheme_of(intermediates=path, max_intermediates=3), third) == "verified"


def test_a_renewed_authority_with_a_new_key_and_the_old_one_are_both_tried() -> None:
    old = FakeCertificateAuthority("Renewed", clock=CLOCK, life=(DAY * 9, DAY))
    new = FakeCertificateAuthority("Renewed", clock=CLOCK)
    scheme = scheme_of(anchors=(old, new), intermediates=())
    assert code_of(scheme, old.issue("orders")) == "verified"
    assert code_of(scheme, new.issue("orders")) == "verified"
    late = NOW + 2 * 86_400
    assert code_of(scheme, old.issue("orders"), late) == "authority_expired"
    assert code_of(scheme, new.issue("orders"), late) == "verified"


def test_of_two_paths_the_one_that_holds_is_taken() -> None:
    other = FakeCertificateAuthority("Other root", clock=CLOCK)
    expired = ROOT.subordinate("Crossed", life=(DAY * 9, -DAY))
    crossed = other.subordinate("Crossed", key=expired.key)
    scheme = scheme_of(anchors=(ROOT, other), intermediates=(expired, crossed))
    verified = verify(scheme, expired.issue("orders"))
    assert verified.path[1:] == (crossed.certificate, other.certificate)


def test_authorities_that_certify_each_other_lead_nowhere() -> None:
    one = FakeCertificateAuthority("One", clock=CLOCK)
    two = FakeCertificateAuthority("Two", clock=CLOCK)
    circle = [one.subordinate("Two", key=two.key), two.subordinate("One", key=one.key)]
    scheme = scheme_of(intermediates=circle)
    assert code_of(scheme, one.issue("orders")) == "certificate_issuer_unknown"


def test_very_many_paths_are_not_all_tried() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    many = [ROOT.subordinate("Twin", key=key) for _ in range(40)]
    assert code_of(scheme_of(intermediates=many), many[0].issue("orders")) == "verified"


POLICY = (x509.CertificatePolicies([x509.PolicyInformation(Oid("1.2.3.4"), None)]), False)


def test_a_policy_that_the_whole_path_is_for() -> None:
    issuing = ROOT.subordinate("Policies", extensions=[POLICY])
    scheme = scheme_of(intermediates=(issuing,), policies=["1.2.3.9", "1.2.3.4"])
    assert code_of(scheme, issuing.issue("orders", extensions=[POLICY])) == "verified"


def test_an_authority_may_be_for_any_policy() -> None:
    any_policy = x509.CertificatePolicies([x509.PolicyInformation(Oid("2.5.29.32.0"), None)])
    issuing = ROOT.subordinate("Policies", extensions=[(any_policy, False)])
    scheme = scheme_of(intermediates=(issuing,), policies=["1.2.3.4"])
    assert code_of(scheme, issuing.issue("orders", extensions=[POLICY])) == "verified"


# Pinned certificates.


def test_a_pinned_certificate_is_its_own_fingerprint() -> None:
    verified = verify(scheme_of(pinned(FINGERPRINT)), ISSUED)
    assert verified.principal.principal_id == f"partners|{FINGERPRINT}"
    assert len(verified.path) == 3


def test_a_pinned_certificate_needs_nobody_else() -> None:
    stranger = FakeCertificateAuthority("Stranger", clock=CLOCK).issue("orders")
    fingerprint = fingerprint_sha256(stranger.certificate)
    verified = verify(scheme_of(pinned(fingerprint)), stranger)
    assert verified.path == (stranger.certificate,)
    assert verified.principal.issuer == fingerprint


def test_a_pinned_certificate_may_be_an_anchor() -> None:
    scheme = scheme_of(pinned(FINGERPRINT), anchors=(ROOT, ISSUED))
    assert verify(scheme, ISSUED).path == (ISSUED.certificate,)


def test_a_pinned_certificate_of_a_known_authority_must_hold() -> None:
    expired = ROOT.subordinate("Expired", life=(DAY, -DAY / 2))
    issued = expired.issue("orders")
    scheme = scheme_of(pinned(fingerprint_sha256(issued.certificate)), (ROOT,), (expired,))
    assert code_of(scheme, issued) == "authority_expired"


def test_pins_are_of_the_whole_certificate() -> None:
    scheme = scheme_of(pinned(FINGERPRINT))
    serial = ISSUED.certificate.serial_number
    same_key = ISSUING.issue("others", key=ISSUED.key)
    same_names = ISSUING.issue("orders", uris=[SPIFFE_ID], serial_number=serial)
    same_but_signature = ISSUING.issue(
        "orders", uris=[SPIFFE_ID], serial_number=serial, key=ISSUED.key, life=(DAY, DAY * 9)
    )
    for issued in (same_key, same_names, same_but_signature):
        assert code_of(scheme, issued) == "certificate_not_pinned"


def test_a_fingerprint_is_of_the_signature_too_which_its_holder_can_write_otherwise() -> None:
    """Why no fingerprint keeps anybody out (config/escapable.py), and why a pin may let in."""
    r, s = decode_dss_signature(ISSUED.certificate.signature)
    octets = ISSUED.certificate.public_bytes(Encoding.DER)
    signed = octets[: -len(ISSUED.certificate.signature) - 3]  # BIT STRING, length, unused bits
    signed = signed[der.read(octets, 0, len(octets)).inner :]
    other = encode_dss_signature(r, P256_ORDER - s)
    twin = der.encode(der.SEQUENCE, signed, der.encode(der.BIT_STRING, b"\0", other))
    issued = Issued(x509.load_der_x509_certificate(twin), ISSUED.key)
    assert verify(scheme_of(SPIFFE), issued).principal.principal_id == f"partners|{SPIFFE_ID}"
    assert fingerprint_sha256(issued.certificate) != FINGERPRINT
    assert code_of(scheme_of(pinned(FINGERPRINT)), issued) == "certificate_not_pinned"


def test_pinned_or_not_an_expired_certificate_is_refused() -> None:
    scheme = scheme_of(pinned(FINGERPRINT))
    assert code_of(scheme, ISSUED, NOW + 10 * 86_400) == "certificate_expired"


def test_who_may_have_issued_it() -> None:
    stranger = FakeCertificateAuthority("Stranger", clock=CLOCK).issue("orders").certificate
    assert scheme_of().may_have_issued(read_leaf(ISSUED.certificate))
    assert not scheme_of().may_have_issued(read_leaf(stranger))
    assert scheme_of(pinned(fingerprint_sha256(stranger))).may_have_issued(read_leaf(stranger))


# Trust that changes, and revocation.


class Source:
    """Says of every certificate what a test wants."""

    def __init__(self, *statuses: Status) -> None:
        self._statuses = statuses
        self.parts: tuple[object, ...] = (object(),)

    def status(self, path: Sequence[Certificate], index: int, now: float) -> Status:
        """Return what is said about the certificate at `index`."""
        return self._statuses[min(index, len(self._statuses) - 1)]

    def material(self) -> tuple[object, ...]:
        """Return what the answer rests on."""
        return self.parts


GOOD = Status("good", "test", until=NOW + 60)


def test_a_proof_holds_no_longer_than_what_is_known_of_revocation() -> None:
    scheme = scheme_of(revocation=RevocationCheck("required", [Source(GOOD)]))
    assert verify(scheme, ISSUED).expires_at == NOW + 60


@pytest.mark.parametrize(
    ("until", "expected"), [(0.0, NOW + RETRY_SECONDS), (NOW + 30, NOW + 30)], ids=["none", "later"]
)
@pytest.mark.parametrize("mode", ["required", "best_effort"])
@pytest.mark.parametrize("index", [0, 1], ids=["leaf", "intermediate"])
def test_who_did_not_know_is_asked_again_however_long_others_know(
    index: int, mode: Mode, until: float, expected: float
) -> None:
    """Else a responder that was away for a moment is not asked while a list of a week holds."""
    silent, known = [GOOD, GOOD], GOOD._replace(until=NOW + 604_800)
    silent[index] = Status("unknown", "test", "http_unavailable", until)
    sources = [Source(*silent), Source(known)]
    scheme = scheme_of(revocation=RevocationCheck(mode, sources))
    assert verify(scheme, ISSUED).expires_at == expected


@pytest.mark.parametrize("index", [0, 1], ids=["leaf", "intermediate"])
def test_revoked_anywhere_is_refused(index: int) -> None:
    statuses = [GOOD, GOOD]
    statuses[index] = Status("revoked", "test", "key_compromise")
    scheme = scheme_of(revocation=RevocationCheck("best_effort", [Source(*statuses)]))
    with pytest.raises(RejectedCredential, match="certificate_revoked"):
        verify(scheme, ISSUED)


def test_a_certificate_that_nobody_issued_is_not_asked_about() -> None:
    scheme = scheme_of(
        revocation=RevocationCheck("required", [Source(Status("unknown", "test", "crl_expired"))])
    )
    stranger = FakeCertificateAuthority("Stranger", clock=CLOCK)
    forged = stranger.issue("orders", issuer_name=ISSUING.name)
    assert code_of(scheme, forged) == "certificate_signature_invalid"
    with pytest.raises(DependencyError, match="revocation_unknown"):
        verify(scheme, ISSUED)


def test_material_is_the_same_until_trust_or_revocation_changes() -> None:
    trust, source = StaticTrust([ISSUING.certificate]), Source(GOOD)
    scheme = CertificateScheme(
        "partners",
        trust,
        {"kind": "common_name"},
        max_intermediates=3,
        any_extended_key_usage=False,
        policies=(),
        revocation=RevocationCheck("required", [source]),
    )
    verified = scheme.verify(read_leaf(ISSUED.certificate), NOW)
    assert verified.material == (trust.trust, *source.parts)
    assert all(a is b for a, b in zip(scheme.material(), verified.material, strict=True))
    source.parts = (object(),)
    assert scheme.material()[1] is not verified.material[1]
    trust.trust = Trust((ROOT.certificate,))
    assert scheme.material()[0] is not verified.material[0]
    assert not scheme.may_have_issued(read_leaf(ISSUED.certificate))


# The operators' tool.


def test_an_inspection_of_a_good_certificate_passes_each_step() -> None:
    results = scheme_of(revocation=RevocationCheck("required", [Source(GOOD)])).inspect(
        ISSUED.pem, NOW
    )
    assert [result.outcome for result in results] == ["passed"] * 8
    assert all(result.source for result in results)
    assert results[-1].facts["principal_id"] == "partners|orders"


def test_an_inspection_goes_on_after_a_step_that_fails() -> None:
    issued = ISSUING.issue(
        "orders", extended_key_usage=[Usage.SERVER_AUTH], is_ca=True, life=(DAY, -DAY / 2)
    )
    results = scheme_of().inspect(issued.pem, NOW)
    assert {result.name: result.code or result.outcome for result in results} == {
        "one certificate": "passed",
        "no authority": "certificate_is_authority",
        "for clients": "certificate_extended_key_usage",
        "strength": "passed",
        "validity": "certificate_expired",
        "path": "skipped",
        "revocation": "skipped",
        "identity": "passed",
    }


def test_an_inspection_of_what_is_none_skips_the_rest() -> None:
    results = scheme_of().inspect("CERT_CONTENT", NOW)
    assert [result.outcome for result in results] == ["failed"] + ["skipped"] * 7
    assert results[0].code == "certificate_not_one"


def test_no_error_repeats_what_the_certificate_says() -> None:
    for result in scheme_of("dns").inspect(
        ISSUING.issue("SECRET", dns=["SECRET.*"], extended_key_usage=[Usage.SERVER_AUTH]).pem, NOW
    ):
        assert "SECRET" not in result.sentence.upper()


def test_text_and_object_prove_the_same() -> None:
    by_object = scheme_of().verify(read_leaf(ISSUED.certificate), NOW)
    by_text = scheme_of().verify(read_leaf(parse_certificate(ISSUED.pem)), NOW)
    assert by_object.principal == by_text.principal
