"""Every way a list can be wrong, and what is then said about a certificate."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from authorizers.errors import DependencyError
from authorizers.mtls import der
from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.outline import outline
from authorizers.mtls.crl.source import Crls
from authorizers.mtls.status import Status
from authorizers.testing.certificate_authority import (
    FakeCertificateAuthority,
    Issued,
    distinguished_name,
)

Flag = x509.ReasonFlags
HOUR = timedelta(hours=1)
URL = "http://crl.example.com/issuing.crl"
HOLD = x509.CRLReason(Flag.certificate_hold)
REMOVED = x509.CRLReason(Flag.remove_from_crl)
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")


def parsed(crl: x509.CertificateRevocationList, place: str = "file:issuing.crl") -> Crl:
    return Crl.parse(crl.public_bytes(Encoding.DER), place)


def point(**changes: Any) -> tuple[x509.ExtensionType, bool]:
    given: dict[str, Any] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**given | changes), True


def uri(text: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(text)]


def issued_by(name: x509.Name) -> x509.CertificateIssuer:
    return x509.CertificateIssuer([x509.DirectoryName(name)])


def signed_again(
    authority: FakeCertificateAuthority, *, next_update: bool = True, entries: bytes = b""
) -> Crl:
    """Return a list of other parts than `cryptography` would make one of."""
    octets = authority.crl().public_bytes(Encoding.DER)
    parts = outline(octets)
    header = octets[slice(*parts.header)]
    if not next_update:
        header = header[:-15]  # a UTCTime is 15 octets long
    revoked = der.encode(der.SEQUENCE, entries) if entries else b""
    tbs = der.encode(der.SEQUENCE, header, revoked, octets[slice(*parts.extensions)])
    algorithm = der.read(octets, parts.tail[0], len(octets))
    signature = authority.key.sign(tbs, ec.ECDSA(hashes.SHA256()))
    rest = octets[algorithm.start : algorithm.end] + der.encode(der.BIT_STRING, b"\0", signature)
    return Crl.parse(der.encode(der.SEQUENCE, tbs, rest), "file:issuing.crl")


class Case(NamedTuple):
    """A list about `client`, and what is said of it: an outcome and a code."""

    make: Callable[[FakeCertificateAuthority, Issued], Crl]
    outcome: str
    code: str


def made(outcome: str, code: str = "", **changes: Any) -> Case:
    """Return a list of the issuing authority that does not name the client."""
    return Case(lambda issuing, _: parsed(issuing.crl(**changes)), outcome, code)


def naming(outcome: str, code: str, *entry: x509.ExtensionType, **changes: Any) -> Case:
    """Return a list that names the client, with the extensions `entry`."""
    return Case(
        lambda issuing, client: parsed(
            issuing.crl({client.certificate.serial_number: entry}, **changes)
        ),
        outcome,
        code,
    )


ONE_LIST = {
    "one that does not name it": made("good"),
    "one that names it": naming("revoked", "unspecified"),
    "one that names it with a reason": naming(
        "revoked", "key_compromise", x509.CRLReason(Flag.key_compromise)
    ),
    "one that holds it": naming("revoked", "certificate_hold", HOLD),
    "a complete one that takes it off": naming("revoked", "remove_from_crl", REMOVED),
    "one that names another": made("good", revoked=[77]),
    "one without a number": made("good", number=None),
    "signed by another key": made(
        "unknown", "crl_signature_invalid", signing_key=ec.generate_private_key(ec.SECP256R1())
    ),
    "signed by a key of another kind": made(
        "unknown", "crl_signature_invalid", signing_key=rsa.generate_private_key(65537, 2048)
    ),
    "of another issuer": made("unknown", "crl_missing", issuer_name=distinguished_name("Other")),
    "expired": made("unknown", "crl_expired", life=(HOUR * 2, -HOUR)),
    "expired, and naming it": naming("revoked", "unspecified", life=(HOUR * 2, -HOUR)),
    "expired, and holding it": naming("revoked", "certificate_hold", HOLD, life=(HOUR * 2, -HOUR)),
    "expired, naming it, and signed by another key": naming(
        "unknown",
        "crl_signature_invalid",
        life=(HOUR * 2, -HOUR),
        signing_key=ec.generate_private_key(ec.SECP256R1()),
    ),
    "of the future, and naming it": naming("unknown", "crl_not_yet_valid", life=(-HOUR, HOUR * 2)),
    "expired now": made("unknown", "crl_expired", life=(HOUR, HOUR * 0)),
    "of this second": made("good", life=(HOUR * 0, HOUR)),
    "of the future": made("unknown", "crl_not_yet_valid", life=(-HOUR, HOUR * 2)),
    "without nextUpdate": Case(
        lambda issuing, _: signed_again(issuing, next_update=False),
        "unknown",
        "crl_without_next_update",
    ),
    "with an unknown critical extension": made(
        "unknown", "crl_extension_unknown", extensions=[(UNKNOWN, True)]
    ),
    "with an unknown extension": made("good", extensions=[(UNKNOWN, False)]),
    "naming it with an unknown extension": naming("revoked", "unspecified", UNKNOWN),
    "naming issuers without being indirect": made(
        "unknown",
        "crl_indirect_unmarked",
        revoked={77: [issued_by(distinguished_name("Other"))]},
    ),
    "for user certificates": made("good", extensions=[point(only_contains_user_certs=True)]),
    "for authorities": made(
        "unknown", "crl_missing", extensions=[point(only_contains_ca_certs=True)]
    ),
    "for attribute certificates": made(
        "unknown", "crl_missing", extensions=[point(only_contains_attribute_certs=True)]
    ),
    "of its distribution point": made("good", extensions=[point(full_name=uri(URL))]),
    "of another distribution point": made(
        "unknown", "crl_missing", extensions=[point(full_name=uri("http://crl.example.com/2.crl"))]
    ),
    "naming it, of another distribution point": naming(
        "unknown", "crl_missing", extensions=[point(full_name=uri("http://crl.example.com/2.crl"))]
    ),
    "for some reasons": made(
        "unknown",
        "crl_reasons_incomplete",
        extensions=[point(only_some_reasons=frozenset({Flag.key_compromise}))],
    ),
    "naming it, for some reasons": naming(
        "revoked",
        "unspecified",
        extensions=[point(only_some_reasons=frozenset({Flag.key_compromise}))],
    ),
    "indirect, of its own issuer": made("good", extensions=[point(indirect_crl=True)]),
    "indirect, naming the same number of another issuer": naming(
        "good",
        "",
        issued_by(distinguished_name("Other")),
        extensions=[point(indirect_crl=True)],
    ),
    "a delta list without its base": made(
        "unknown", "crl_without_base", extensions=[(x509.DeltaCRLIndicator(1), True)], number=2
    ),
    "a delta list without its base, naming it": naming(
        "revoked", "unspecified", extensions=[(x509.DeltaCRLIndicator(1), True)], number=2
    ),
    "a delta list without a number": made(
        "unknown", "crl_without_number", extensions=[(x509.DeltaCRLIndicator(1), True)], number=None
    ),
}


def ask(
    client: Issued, issuing: FakeCertificateAuthority, root: FakeCertificateAuthority, *crls: Crl
) -> Status:
    path = [client.certificate, issuing.certificate, root.certificate]
    sources = [lambda crl=crl: crl for crl in crls]
    return Crls(sources, lambda: [root.certificate]).status(path, 0, issuing.clock.wall())


@pytest.mark.parametrize("name", ONE_LIST)
def test_one_list_is_believed_only_where_nothing_is_wrong_with_it(
    name: str, root: FakeCertificateAuthority, issuing: FakeCertificateAuthority, client: Issued
) -> None:
    case = ONE_LIST[name]

    status = ask(client, issuing, root, case.make(issuing, client))

    assert (status.outcome, status.code) == (case.outcome, case.code)


def test_an_answer_holds_until_the_next_update_and_names_its_list(
    root: FakeCertificateAuthority, issuing: FakeCertificateAuthority, client: Issued
) -> None:
    crl = parsed(issuing.crl())

    status = ask(client, issuing, root, crl)

    assert status == Status("good", "file:issuing.crl", "", crl.next_update or 0)


@pytest.mark.parametrize("clock_at", ["before", "after"])
def test_a_list_without_next_update_is_used_up_to_the_greatest_age(
    clock_at: str,
    root: FakeCertificateAuthority,
    issuing: FakeCertificateAuthority,
    client: Issued,
) -> None:
    crl = signed_again(issuing, next_update=False)
    path = [client.certificate, issuing.certificate, root.certificate]
    crls = Crls([lambda: crl], lambda: [root.certificate], max_age_seconds=7200)
    end = crl.this_update + 7200

    status = crls.status(path, 0, end - 1 if clock_at == "before" else end)

    expected = ("good", "", end) if clock_at == "before" else ("unknown", "crl_expired", 0.0)
    assert (status.outcome, status.code, status.until) == expected


def test_an_entry_with_an_unknown_critical_extension_spoils_its_list(
    root: FakeCertificateAuthority, issuing: FakeCertificateAuthority, client: Issued
) -> None:
    extension = bytes.fromhex("300b 0603 2a0304 0101ff 0401 05")  # 1.2.3.4, critical
    entry = der.encode(
        der.SEQUENCE,
        der.encode(der.INTEGER, b"\x4d") + der.encode(der.UTC_TIME, b"260101000000Z"),
        der.encode(der.SEQUENCE, extension),
    )

    status = ask(client, issuing, root, signed_again(issuing, entries=entry))

    assert (status.outcome, status.code) == ("unknown", "crl_extension_unknown")


def test_an_issuer_that_may_not_sign_lists_is_not_believed(root: FakeCertificateAuthority) -> None:
    issuing = root.subordinate("No lists", key_usage=("key_cert_sign",))
    client = issuing.issue()

    status = ask(client, issuing, root, parsed(issuing.crl()))

    assert (status.outcome, status.code) == ("unknown", "crl_issuer_may_not_sign")


def test_an_issuer_without_key_usage_may_sign_lists(root: FakeCertificateAuthority) -> None:
    issuing = root.subordinate("Any use", key_usage=None)

    assert ask(issuing.issue(), issuing, root, parsed(issuing.crl())).outcome == "good"


def test_reasons_of_two_lists_together_are_enough(
    root: FakeCertificateAuthority, issuing: FakeCertificateAuthority, client: Issued
) -> None:
    some = frozenset({Flag.key_compromise, Flag.ca_compromise})
    every = frozenset(Flag) - {Flag.unspecified, Flag.remove_from_crl}
    lists = [
        parsed(issuing.crl(extensions=[point(only_some_reasons=part)]))
        for part in (some, every - some)
    ]

    assert ask(client, issuing, root, *lists).outcome == "good"


def test_a_list_that_revokes_wins_over_one_that_does_not(
    root: FakeCertificateAuthority, issuing: FakeCertificateAuthority, client: Issued
) -> None:
    revoking = parsed(issuing.crl([client.certificate.serial_number]))

    assert ask(client, issuing, root, parsed(issuing.crl()), revoking).outcome == "revoked"


def test_a_good_list_is_enough_where_another_is_unusable(
    root: FakeCertificateAuthority, issuing: FakeCertificateAuthority, client: Issued
) -> None:
    expired = parsed(issuing.crl(life=(HOUR * 2, -HOUR)))

    assert ask(client, issuing, root, expired, parsed(issuing.crl())).outcome == "good"


def test_an_expired_list_revokes_only_while_no_other_answers(
    root: FakeCertificateAuthority, issuing: FakeCertificateAuthority, client: Issued
) -> None:
    held = {client.certificate.serial_number: [HOLD]}
    expired = parsed(issuing.crl(held, life=(HOUR * 2, -HOUR)))

    assert ask(client, issuing, root, expired, parsed(issuing.crl())).outcome == "good"
    assert ask(client, issuing, root, parsed(issuing.crl()), expired).outcome == "good"


def test_a_list_that_cannot_be_had_is_unknown_with_its_code(
    root: FakeCertificateAuthority, client: Issued, issuing: FakeCertificateAuthority
) -> None:
    def missing() -> Crl:
        raise DependencyError("s3_unavailable", "no answer")

    path = [client.certificate, issuing.certificate, root.certificate]
    crls = Crls([missing], lambda: [root.certificate])

    assert crls.status(path, 0, issuing.clock.wall()) == Status("unknown", "", "s3_unavailable")
    assert crls.material()[0] is None


def test_material_is_the_same_objects_while_nothing_changes(
    root: FakeCertificateAuthority, issuing: FakeCertificateAuthority
) -> None:
    crl, anchors = parsed(issuing.crl()), (root.certificate,)
    crls = Crls([lambda: crl], lambda: anchors)

    assert all(a is b for a, b in zip(crls.material(), crls.material(), strict=True))
    assert crls.material()[:2] == (crl, anchors)


class Delta(NamedTuple):
    """What the base and the delta list say about the client, and how they are made."""

    base: tuple[x509.ExtensionType, ...] | None
    delta: tuple[x509.ExtensionType, ...] | None
    outcome: str
    code: str = ""
    base_number: int = 5
    named_base: int = 5
    number: int = 6
    scope: Any = None
    life: tuple[timedelta, timedelta] | None = None


COMPROMISED = x509.CRLReason(Flag.key_compromise)
DELTAS = {
    "neither names it": Delta(None, None, "good"),
    "the delta revokes": Delta(None, (COMPROMISED,), "revoked", "key_compromise"),
    "the base revokes": Delta((COMPROMISED,), None, "revoked", "key_compromise"),
    "a hold ends": Delta((HOLD,), (REMOVED,), "good"),
    "a hold becomes more": Delta((HOLD,), (COMPROMISED,), "revoked", "certificate_hold"),
    "a hold goes on": Delta((HOLD,), None, "revoked", "certificate_hold"),
    "what is revoked for good is taken off": Delta(
        (COMPROMISED,), (REMOVED,), "revoked", "key_compromise"
    ),
    "what was not on the base is taken off": Delta(None, (REMOVED,), "good"),
    "a later base": Delta((HOLD,), (REMOVED,), "good", base_number=5, named_base=4),
    "an earlier base": Delta(
        (HOLD,), (REMOVED,), "revoked", "certificate_hold", base_number=5, named_base=6, number=7
    ),
    "an earlier base, the delta revokes": Delta(
        None, (HOLD,), "revoked", "certificate_hold", base_number=5, named_base=6, number=7
    ),
    "a base newer than the delta": Delta(
        (HOLD,), (REMOVED,), "revoked", "certificate_hold", base_number=7, number=6
    ),
    "another scope": Delta(
        (HOLD,),
        (REMOVED,),
        "revoked",
        "certificate_hold",
        scope=point(only_contains_user_certs=True),
    ),
    "an expired delta that revokes": Delta(
        None, (COMPROMISED,), "revoked", "key_compromise", life=(HOUR * 2, -HOUR)
    ),
    "an expired delta of an earlier base": Delta(
        None, (COMPROMISED,), "good", base_number=7, number=6, life=(HOUR * 2, -HOUR)
    ),
    "an expired delta": Delta(
        (HOLD,), (REMOVED,), "revoked", "certificate_hold", life=(HOUR * 2, -HOUR)
    ),
}


@pytest.mark.parametrize("name", DELTAS)
@pytest.mark.parametrize("order", ["base first", "delta first"])
def test_a_delta_list_changes_its_base_and_no_other(
    name: str,
    order: str,
    root: FakeCertificateAuthority,
    issuing: FakeCertificateAuthority,
    client: Issued,
) -> None:
    case, serial = DELTAS[name], client.certificate.serial_number
    base = issuing.crl({} if case.base is None else {serial: case.base}, number=case.base_number)
    indicator = (x509.DeltaCRLIndicator(case.named_base), True)
    delta = issuing.crl(
        {} if case.delta is None else {serial: case.delta},
        number=case.number,
        life=case.life,
        extensions=[indicator] + ([case.scope] if case.scope else []),
    )
    lists = [parsed(base, "base"), parsed(delta, "delta")]

    status = ask(client, issuing, root, *(lists if order == "base first" else lists[::-1]))

    assert status.outcome == case.outcome
    assert status.code in {case.code, "key_compromise"} if case.code else not status.code
