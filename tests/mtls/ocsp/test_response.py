"""What an answer proves, and one table of every way in which it proves nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA224, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from authorizers.errors import DependencyError
from authorizers.mtls.ocsp.request import Subject
from authorizers.mtls.ocsp.response import verify_response
from authorizers.mtls.ocsp.single import LEEWAY_SECONDS, WITHOUT_NEXT_UPDATE_SECONDS
from authorizers.testing.certificate_authority import FakeCertificateAuthority, distinguished_name
from authorizers.testing.ocsp_response import (
    ARCHIVE_CUTOFF,
    NONCE,
    SingleResponse,
    ocsp_delegate,
    ocsp_failure,
    ocsp_response,
    wrapped,
)
from tests.mtls.ocsp.asked import Asked

UNKNOWN_EXTENSION = "1.3.6.1.4.1.99999.1"
HOUR = timedelta(hours=1)


def code_of(asked: Asked, data: bytes) -> str:
    with pytest.raises(DependencyError) as raised:
        asked.verify(data)
    assert "\n" not in raised.value.detail
    return raised.value.code


def at(asked: Asked, seconds: float) -> datetime:
    return asked.authority.now() + timedelta(seconds=seconds)


def test_a_good_answer_holds_until_its_next_update(asked: Asked) -> None:
    assert asked.verify(asked.response()) == (False, "", asked.now, asked.now + 3600)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (None, "unspecified"),
        (0, "unspecified"),
        (1, "key_compromise"),
        (2, "ca_compromise"),
        (6, "certificate_hold"),
        (8, "remove_from_crl"),
        (7, "unspecified"),
        (99, "unspecified"),
    ],
)
def test_a_revoked_certificate_is_revoked_for_whatever_reason(
    asked: Asked, number: int | None, reason: str
) -> None:
    answer = asked.verify(asked.response(asked.single("revoked", reason=number)))
    assert answer == (True, reason, asked.now, asked.now + 3600)


@pytest.mark.parametrize("by_name", [False, True])
def test_a_delegate_answers_for_its_issuer(asked: Asked, by_name: bool) -> None:
    delegate = ocsp_delegate(asked.authority)
    assert not asked.verify(asked.response(delegate=delegate, by_name=by_name)).revoked


@pytest.mark.parametrize("key", ["rsa", "ed25519", "p384"])
def test_a_delegate_may_have_any_strong_key(asked: Asked, key: str) -> None:
    keys: dict[str, Callable[[], Any]] = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    }
    delegate = ocsp_delegate(asked.authority, key=keys[key]())
    assert not asked.verify(asked.response(delegate=delegate)).revoked


def test_that_a_delegate_need_not_be_checked_may_be_critical(asked: Asked) -> None:
    delegate = ocsp_delegate(asked.authority, extensions=[(x509.OCSPNoCheck(), True)])
    assert not asked.verify(asked.response(delegate=delegate)).revoked


def test_the_issuer_may_bring_its_own_certificate_along(asked: Asked) -> None:
    assert not asked.verify(asked.response(certificates=[asked.authority.certificate])).revoked


def test_a_delegate_is_found_among_others_of_its_name(asked: Asked) -> None:
    first, second = ocsp_delegate(asked.authority), ocsp_delegate(asked.authority)
    certificates = [first.certificate, second.certificate]
    data = asked.response(delegate=second, by_name=True, certificates=certificates)
    assert not asked.verify(data).revoked


def test_a_certificate_may_be_named_by_other_hashes(asked: Asked) -> None:
    request = ocsp.OCSPRequestBuilder().add_certificate(*asked.subject, SHA256()).build()
    named = asked.single(
        hash_name="sha256",
        name_hash=request.issuer_name_hash,
        key_hash=request.issuer_key_hash,
    )
    assert not asked.verify(asked.response(named)).revoked


@pytest.mark.parametrize("extension", [NONCE, ARCHIVE_CUTOFF, UNKNOWN_EXTENSION])
def test_extensions_that_are_not_critical_are_no_matter(asked: Asked, extension: str) -> None:
    single = asked.single(extensions=[(extension, False)])
    assert not asked.verify(asked.response(single, extensions=[(UNKNOWN_EXTENSION, False)])).revoked


def test_our_answer_is_found_among_those_about_others(asked: Asked) -> None:
    others = [asked.single("revoked", serial_number=serial) for serial in (1, 2)]
    assert not asked.verify(asked.response(others[0], asked.single(), others[1])).revoked


def test_an_answer_about_another_may_have_what_ours_may_not(asked: Asked) -> None:
    other = asked.single(serial_number=1, extensions=[(UNKNOWN_EXTENSION, True)])
    assert not asked.verify(asked.response(other, asked.single())).revoked


@pytest.mark.parametrize(
    "outcomes", [("revoked", "good"), ("good", "revoked"), ("unknown", "revoked", "good")]
)
def test_revoked_wins(asked: Asked, outcomes: tuple[str, ...]) -> None:
    assert asked.verify(asked.response(*map(asked.single, outcomes))).revoked


def test_what_is_over_does_not_overrule_what_is_current(asked: Asked) -> None:
    held = asked.single("revoked", this_update=at(asked, -7200), next_update=at(asked, -3600))
    assert not asked.verify(asked.response(held, asked.single())).revoked


def test_without_a_next_update_an_answer_holds_for_minutes(asked: Asked) -> None:
    data = asked.response(asked.single(next_update=None))
    end = asked.now + WITHOUT_NEXT_UPDATE_SECONDS
    assert asked.verify(data).until == end
    assert asked.verify(data, end - 1).until == end
    with pytest.raises(DependencyError, match="ocsp_expired"):
        asked.verify(data, end)


def test_a_clock_that_is_a_little_ahead_is_no_matter(asked: Asked) -> None:
    """An answer counts from its thisUpdate, less the leeway, to just before its nextUpdate."""
    data = asked.response()
    assert not asked.verify(data, asked.now - LEEWAY_SECONDS).revoked
    assert not asked.verify(data, asked.now + 3599).revoked
    with pytest.raises(DependencyError, match="ocsp_not_yet_valid"):
        asked.verify(data, asked.now - LEEWAY_SECONDS - 1)
    with pytest.raises(DependencyError, match="ocsp_expired"):
        asked.verify(data, asked.now + 3600)


def test_what_cryptography_signs_is_taken(asked: Asked) -> None:
    """So that the responses of these tests are not only right by our own encoding."""
    now = asked.authority.now()
    builder = ocsp.OCSPResponseBuilder().add_response(
        asked.client.certificate,
        asked.authority.certificate,
        SHA1(),  # noqa: S303
        ocsp.OCSPCertStatus.REVOKED,
        now,
        now + HOUR,
        now,
        x509.ReasonFlags.superseded,
    )
    encoding = ocsp.OCSPResponderEncoding.NAME
    builder = builder.responder_id(encoding, asked.authority.certificate)
    data = builder.sign(asked.authority.key, SHA256()).public_bytes(Encoding.DER)
    # The builder takes producedAt from the machine's clock, which is not the tests'.
    produced = ocsp.load_der_ocsp_response(data).produced_at_utc.timestamp()
    if produced < asked.now - LEEWAY_SECONDS:
        assert code_of(asked, data) == "ocsp_produced_at"
    else:
        assert asked.verify(data) == (True, "superseded", asked.now, asked.now + 3600)


Case = Callable[[Asked, FakeCertificateAuthority], bytes]


def _delegated(asked: Asked, **changes: Any) -> bytes:
    return asked.response(delegate=ocsp_delegate(asked.authority, **changes))


def _foreign(asked: Asked, stranger: FakeCertificateAuthority, **changes: Any) -> bytes:
    return ocsp_response(stranger, [asked.single()], **changes)


WRONG: list[tuple[str, str, Case]] = [
    ("empty", "ocsp_malformed", lambda a, s: b""),
    ("an HTML page", "ocsp_malformed", lambda a, s: b"<html>sign in to the wireless network"),
    ("cut off", "ocsp_malformed", lambda a, s: a.response()[:-1]),
    ("something behind it", "ocsp_malformed", lambda a, s: a.response() + b"\0"),
    (
        "a certificate",
        "ocsp_malformed",
        lambda a, s: a.client.certificate.public_bytes(Encoding.DER),
    ),
    ("a request", "ocsp_malformed", lambda a, s: a.subject.request()),
    ("successful without an answer", "ocsp_malformed", lambda a, s: ocsp_failure(0)),
    (
        "another kind of answer",
        "ocsp_malformed",
        lambda a, s: wrapped(b"\x30\0", UNKNOWN_EXTENSION),
    ),
    ("an empty basic answer", "ocsp_malformed", lambda a, s: wrapped(b"\x30\0")),
    ("malformedRequest", "ocsp_not_successful", lambda a, s: ocsp_failure(1)),
    ("internalError", "ocsp_not_successful", lambda a, s: ocsp_failure(2)),
    ("tryLater", "ocsp_not_successful", lambda a, s: ocsp_failure(3)),
    ("sigRequired", "ocsp_not_successful", lambda a, s: ocsp_failure(5)),
    ("unauthorized", "ocsp_not_successful", lambda a, s: ocsp_failure(6)),
    ("a status that is none", "ocsp_malformed", lambda a, s: ocsp_failure(4)),
    (
        "a critical extension",
        "ocsp_critical_extension",
        lambda a, s: a.response(extensions=[(UNKNOWN_EXTENSION, True)]),
    ),
    (
        "a critical extension of ours",
        "ocsp_critical_extension",
        lambda a, s: a.response(a.single(extensions=[(UNKNOWN_EXTENSION, True)])),
    ),
    (
        "a critical extension of ours, revoked",
        "ocsp_critical_extension",
        lambda a, s: a.response(
            a.single("revoked", reason=1, extensions=[(NONCE, False), (UNKNOWN_EXTENSION, True)]),
            a.single(),
        ),
    ),
    ("no answers", "ocsp_other_certificate", lambda a, s: ocsp_response(a.authority, [])),
    (
        "another serial number",
        "ocsp_other_certificate",
        lambda a, s: a.response(a.single(serial_number=a.client.certificate.serial_number + 1)),
    ),
    (
        "the serial number negated",
        "ocsp_other_certificate",
        lambda a, s: a.response(a.single(serial_number=-a.client.certificate.serial_number)),
    ),
    (
        "another issuer's name",
        "ocsp_other_certificate",
        lambda a, s: a.response(a.single(name_hash=bytes(20))),
    ),
    (
        "another issuer's key",
        "ocsp_other_certificate",
        lambda a, s: a.response(a.single(key_hash=bytes(20))),
    ),
    (
        "hashes of a kind that is not known",
        "ocsp_other_certificate",
        lambda a, s: a.response(a.single(hash_name="1.2.840.113549.2.2")),
    ),
    (
        "hashes that are said to be others",
        "ocsp_other_certificate",
        lambda a, s: a.response(a.single(hash_name="sha256")),
    ),
    ("unknown", "ocsp_unknown", lambda a, s: a.response(a.single("unknown"))),
    (
        "unknown and good",
        "ocsp_unknown",
        lambda a, s: a.response(a.single(), a.single("unknown")),
    ),
    (
        "over",
        "ocsp_expired",
        lambda a, s: a.response(a.single(this_update=at(a, -60), next_update=at(a, 0))),
    ),
    (
        "over before it began",
        "ocsp_expired",
        lambda a, s: a.response(a.single(next_update=at(a, -60))),
    ),
    (
        "old, without a nextUpdate",
        "ocsp_expired",
        lambda a, s: a.response(a.single(this_update=at(a, -3600), next_update=None)),
    ),
    (
        "not yet",
        "ocsp_not_yet_valid",
        lambda a, s: a.response(a.single(this_update=at(a, 120))),
    ),
    (
        "produced in the future",
        "ocsp_produced_at",
        lambda a, s: a.response(produced_at=at(a, 120)),
    ),
    (
        "produced before it was known",
        "ocsp_produced_at",
        lambda a, s: a.response(produced_at=at(a, -120)),
    ),
    (
        "signed by somebody else",
        "ocsp_signature_invalid",
        lambda a, s: a.response(signing_key=s.key),
    ),
    (
        "signed by somebody else, with the delegate's certificate",
        "ocsp_signature_invalid",
        lambda a, s: a.response(signing_key=s.key, delegate=ocsp_delegate(a.authority)),
    ),
    ("signed by the client", "ocsp_responder_purpose", lambda a, s: a.response(delegate=a.client)),
    ("SHA-1", "ocsp_signature_algorithm", lambda a, s: a.response(hash_name="sha1")),
    (
        "an algorithm of another key",
        "ocsp_signature_algorithm",
        lambda a, s: a.response(algorithm="1.2.840.113549.1.1.11"),
    ),
    (
        "an algorithm that is not known",
        "ocsp_signature_algorithm",
        lambda a, s: a.response(algorithm=UNKNOWN_EXTENSION),
    ),
    (
        "another hash than is said",
        "ocsp_signature_invalid",
        lambda a, s: a.response(algorithm="1.2.840.10045.4.3.3"),
    ),
    ("nobody that is known", "ocsp_responder_unknown", _foreign),
    (
        "another name than the signer's",
        "ocsp_responder_unknown",
        lambda a, s: a.response(named=a.client.certificate, by_name=True),
    ),
    (
        "another key than the signer's",
        "ocsp_responder_unknown",
        lambda a, s: a.response(named=a.client.certificate),
    ),
    (
        "two delegates, of which neither may answer",
        "ocsp_responder_expired",
        lambda a, s: a.response(
            delegate=ocsp_delegate(s),
            by_name=True,
            certificates=[
                ocsp_delegate(a.authority, life=(2 * HOUR, -HOUR)).certificate,
                ocsp_delegate(s).certificate,
            ],
        ),
    ),
    (
        "another authority of the same name",
        "ocsp_signature_invalid",
        lambda a, s: _foreign(a, s, by_name=True),
    ),
    (
        "another authority that brings itself along",
        "ocsp_responder_untrusted",
        lambda a, s: _foreign(a, s, certificates=[s.certificate]),
    ),
    (
        "a delegate of another authority of the same name",
        "ocsp_responder_untrusted",
        lambda a, s: a.response(delegate=ocsp_delegate(s)),
    ),
    (
        "a delegate of an authority below the issuer",
        "ocsp_responder_untrusted",
        lambda a, s: a.response(delegate=ocsp_delegate(a.authority.subordinate())),
    ),
    (
        "a delegate whose certificate stayed at home",
        "ocsp_responder_unknown",
        lambda a, s: a.response(delegate=ocsp_delegate(a.authority), certificates=[]),
    ),
    (
        "a delegate that the issuer is said to have issued",
        "ocsp_responder_untrusted",
        lambda a, s: _delegated(a, signing_key=s.key),
    ),
    (
        "a delegate under another name of the issuer",
        "ocsp_responder_untrusted",
        lambda a, s: _delegated(a, issuer_name=distinguished_name("Another")),
    ),
    (
        "a delegate without a purpose",
        "ocsp_responder_purpose",
        lambda a, s: _delegated(a, extended_key_usage=None),
    ),
    (
        "a delegate for any purpose",
        "ocsp_responder_purpose",
        lambda a, s: _delegated(a, extended_key_usage=(Usage.ANY_EXTENDED_KEY_USAGE,)),
    ),
    (
        "a delegate that may not sign",
        "ocsp_responder_purpose",
        lambda a, s: _delegated(a, key_usage=("key_encipherment",)),
    ),
    (
        "a delegate with a critical extension that means nothing here",
        "ocsp_responder_purpose",
        lambda a, s: _delegated(
            a,
            extensions=[
                (x509.OCSPNoCheck(), False),
                (
                    x509.UnrecognizedExtension(x509.ObjectIdentifier(UNKNOWN_EXTENSION), b"\5\0"),
                    True,
                ),
            ],
        ),
    ),
    (
        "a delegate that may be revoked",
        "ocsp_responder_revocable",
        lambda a, s: _delegated(a, extensions=()),
    ),
    (
        "a delegate that is over",
        "ocsp_responder_expired",
        lambda a, s: _delegated(a, life=(2 * HOUR, -HOUR)),
    ),
    (
        "a delegate that is not yet valid",
        "ocsp_responder_expired",
        lambda a, s: _delegated(a, life=(-HOUR, 2 * HOUR)),
    ),
    (
        "a delegate with a weak key",
        "ocsp_responder_weak",
        lambda a, s: _delegated(a, key=rsa.generate_private_key(65537, 1024)),  # noqa: S505
    ),
    (
        "a delegate on a weak curve",
        "ocsp_responder_weak",
        lambda a, s: _delegated(a, key=ec.generate_private_key(ec.SECP192R1())),
    ),
    (
        "a delegate with a weak signature",
        "ocsp_responder_weak",
        lambda a, s: _delegated(a, hash_algorithm=SHA224()),
    ),
    (
        "too many certificates",
        "ocsp_malformed",
        lambda a, s: a.response(certificates=[a.client.certificate] * 9),
    ),
]


@pytest.mark.parametrize(
    ("code", "make"), [(code, make) for _, code, make in WRONG], ids=[name for name, _, _ in WRONG]
)
def test_what_proves_nothing_says_why(
    asked: Asked, stranger: FakeCertificateAuthority, code: str, make: Case
) -> None:
    assert code_of(asked, make(asked, stranger)) == code


def test_an_answer_about_the_same_serial_number_of_another_authority_is_not_ours(
    asked: Asked, stranger: FakeCertificateAuthority
) -> None:
    """Serial numbers are unique for one issuer only; both hashes have to fit."""
    theirs = stranger.issue("orders", serial_number=asked.client.certificate.serial_number)
    single = SingleResponse.about(theirs.certificate, stranger, "good")
    assert code_of(asked, asked.response(single)) == "ocsp_other_certificate"
    subject = Subject(theirs.certificate, stranger.certificate)
    data = ocsp_response(stranger, [single])
    assert not verify_response(data, subject, asked.now).revoked


def test_every_byte_of_what_is_signed_is_covered(asked: Asked) -> None:
    """Whatever single bit is changed, the answer is not taken for something else than it was."""
    revoked = bytearray(asked.response(asked.single("revoked", reason=1)))
    wrong = []
    for place in range(len(revoked)):
        changed = bytes(revoked[:place]) + bytes([revoked[place] ^ 1]) + bytes(revoked[place + 1 :])
        try:
            if asked.verify(changed) != asked.verify(bytes(revoked)):
                wrong.append(place)
        except DependencyError:
            continue
    assert wrong == []
