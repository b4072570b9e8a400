"""Lists that are signed by somebody else than the certificate's issuer."""

from collections.abc import Sequence
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.source import Crls
from authorizers.mtls.status import Status
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued

INDIRECT = (x509.IssuingDistributionPoint(None, None, False, False, None, True, False), True)


@pytest.fixture(scope="module")
def lister(root: FakeCertificateAuthority) -> FakeCertificateAuthority:
    """An authority for lists alone, which the root has named."""
    return root.subordinate("Lists", key_usage=("crl_sign",))


@pytest.fixture(scope="module")
def client(issuing: FakeCertificateAuthority, lister: FakeCertificateAuthority) -> Issued:
    point = x509.DistributionPoint(None, None, None, [x509.DirectoryName(lister.name)])
    return issuing.issue(extensions=[(x509.CRLDistributionPoints([point]), False)])


class Asked:
    """The status of a client, by lists of `lister`, with certificates beside the path."""

    def __init__(self, root: FakeCertificateAuthority, issuing: FakeCertificateAuthority) -> None:
        self.root, self.issuing = root, issuing

    def __call__(
        self,
        client: Issued,
        lists: Sequence[x509.CertificateRevocationList],
        *,
        anchors: Sequence[x509.Certificate] = (),
        others: Sequence[x509.Certificate] = (),
    ) -> Status:
        crls = [Crl.parse(crl.public_bytes(Encoding.DER), "x") for crl in lists]
        path = [client.certificate, self.issuing.certificate, self.root.certificate]
        trusted = (self.root.certificate, *anchors)
        sources = [lambda crl=crl: crl for crl in crls]
        source = Crls(sources, lambda: trusted, lambda: others)
        return source.status(path, 0, self.root.clock.wall())


@pytest.fixture(scope="module")
def ask(root: FakeCertificateAuthority, issuing: FakeCertificateAuthority) -> Asked:
    return Asked(root, issuing)


def entry_of(client: Issued, authority: FakeCertificateAuthority) -> dict[int, list[Any]]:
    issuer = x509.CertificateIssuer([x509.DirectoryName(authority.name)])
    return {client.certificate.serial_number: [issuer]}


def test_an_issuer_that_the_root_has_named_is_believed(
    ask: Asked, client: Issued, lister: FakeCertificateAuthority
) -> None:
    lists = [lister.crl(extensions=[INDIRECT]), ask.root.crl()]

    assert ask(client, lists, others=[lister.certificate]).outcome == "good"


def test_it_revokes_certificates_of_the_issuer_that_an_entry_names(
    ask: Asked, client: Issued, lister: FakeCertificateAuthority
) -> None:
    named = entry_of(client, ask.issuing)
    lists = [lister.crl(named, extensions=[INDIRECT]), ask.root.crl()]

    assert ask(client, lists, others=[lister.certificate]).outcome == "revoked"


def test_the_issuer_of_an_entry_is_that_of_the_entry_before(
    ask: Asked, client: Issued, lister: FakeCertificateAuthority
) -> None:
    issuer = x509.CertificateIssuer([x509.DirectoryName(ask.issuing.name)])
    entries: dict[int, list[Any]] = {7: [issuer], client.certificate.serial_number: []}
    lists = [lister.crl(entries, extensions=[INDIRECT]), ask.root.crl()]

    assert ask(client, lists, others=[lister.certificate]).outcome == "revoked"


def test_an_entry_before_any_issuer_is_about_the_list_issuers_own_certificates(
    ask: Asked, client: Issued, lister: FakeCertificateAuthority
) -> None:
    lists = [
        lister.crl([client.certificate.serial_number], extensions=[INDIRECT]),
        ask.root.crl(),
    ]

    assert ask(client, lists, others=[lister.certificate]).outcome == "good"


def test_an_issuer_that_is_an_anchor_itself_is_believed(
    ask: Asked, client: Issued, lister: FakeCertificateAuthority
) -> None:
    lists = [lister.crl(extensions=[INDIRECT])]

    assert ask(client, lists, anchors=[lister.certificate]).outcome == "good"


def test_an_issuer_whose_own_status_nobody_knows_is_not_believed(
    ask: Asked, client: Issued, lister: FakeCertificateAuthority
) -> None:
    status = ask(client, [lister.crl(extensions=[INDIRECT])], others=[lister.certificate])

    assert (status.outcome, status.code) == ("unknown", "crl_issuer_not_good")


def test_an_issuer_that_is_revoked_itself_is_not_believed(
    ask: Asked, client: Issued, lister: FakeCertificateAuthority
) -> None:
    lists = [
        lister.crl(extensions=[INDIRECT]),
        ask.root.crl([lister.certificate.serial_number]),
    ]

    status = ask(client, lists, others=[lister.certificate])

    assert (status.outcome, status.code) == ("unknown", "crl_issuer_not_good")


def test_an_issuer_that_nobody_here_has_named_is_not_known(ask: Asked) -> None:
    stranger = FakeCertificateAuthority("Lists", clock=ask.root.clock)
    point = x509.DistributionPoint(None, None, None, [x509.DirectoryName(stranger.name)])
    client = ask.issuing.issue(extensions=[(x509.CRLDistributionPoints([point]), False)])
    lists = [stranger.crl(extensions=[INDIRECT]), ask.root.crl()]

    status = ask(client, lists, others=[stranger.certificate])

    assert (status.outcome, status.code) == ("unknown", "crl_issuer_unknown")


def test_a_list_of_the_named_issuer_has_to_be_indirect(
    ask: Asked, client: Issued, lister: FakeCertificateAuthority
) -> None:
    status = ask(client, [lister.crl(), ask.root.crl()], others=[lister.certificate])

    assert (status.outcome, status.code) == ("unknown", "crl_missing")


def test_an_indirect_list_that_the_certificate_does_not_name_says_nothing(
    ask: Asked, lister: FakeCertificateAuthority
) -> None:
    lists = [lister.crl(extensions=[INDIRECT]), ask.root.crl()]

    status = ask(ask.issuing.issue(), lists, others=[lister.certificate])

    assert (status.outcome, status.code) == ("unknown", "crl_missing")


def test_the_new_key_of_the_same_authority_is_believed_once_it_is_an_anchor(
    root: FakeCertificateAuthority, ask: Asked
) -> None:
    new = FakeCertificateAuthority("Test Issuing CA", clock=root.clock)
    client = ask.issuing.issue()

    assert ask(client, [new.crl()], anchors=[new.certificate]).outcome == "good"
    assert ask(client, [new.crl()], others=[new.certificate]).code == "crl_issuer_unknown"
