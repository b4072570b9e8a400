"""What a document says of certificates is compared with what certificates say of themselves."""

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from authorizers.config import certificate_facts as facts
from authorizers.config.certificate_matchers import MATCHERS, any_match
from authorizers.config.example_certificate import principal_of_certificate, with_certificate
from authorizers.errors import RejectedCredential
from authorizers.model.principal import Principal
from authorizers.mtls.leaf import read_leaf
from authorizers.mtls.path.trust import Trust
from authorizers.mtls.scheme import CertificateScheme
from authorizers.rules.requirement import YES, load_requirement
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from authorizers.testing.clock import FrozenClock

CLOCK = FrozenClock()
SUBJECT = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Exämple, Ltd."),
        x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@example.org"),
        x509.NameAttribute(NameOID.COMMON_NAME, "billing+api"),
    ]
)
SPIFFE = {"kind": "spiffe", "trust_domain": "example.org"}
SPIFFE_ID = "spiffe://example.org/billing/api"


class FixedTrust:
    """Trusts one authority."""

    def __init__(self, authority: FakeCertificateAuthority) -> None:
        self._trust = Trust([authority.certificate])

    def current(self) -> Trust:
        return self._trust


@pytest.fixture(scope="module")
def authority() -> FakeCertificateAuthority:
    return FakeCertificateAuthority(clock=CLOCK)


@pytest.fixture(scope="module")
def issued(authority: FakeCertificateAuthority) -> Issued:
    return authority.issue(
        subject=SUBJECT,
        uris=[SPIFFE_ID],
        dns=["Billing.Example.org", "api.example.org"],
        emails=["Billing@Example.org"],
        serial_number=0x0A1B2C,
        extended_key_usage=[ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH],
    )


def verified(
    authority: FakeCertificateAuthority, issued: Issued, identity: dict[str, Any] = SPIFFE
) -> Principal:
    scheme = CertificateScheme(
        "partners",
        FixedTrust(authority),
        identity,
        max_intermediates=0,
        any_extended_key_usage=False,
        policies=(),
        revocation=None,
    )
    return scheme.verify(read_leaf(issued.certificate), CLOCK.wall()).principal


def fingerprint(issued: Issued) -> str:
    return issued.certificate.fingerprint(SHA256()).hex(":").upper()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("trust_domain", "example.org"),
        ("spiffe_id", SPIFFE_ID),
        ("san_dns", "billing.EXAMPLE.org"),
        ("san_dns", "api.example.org"),
        ("san_uri", SPIFFE_ID),
        ("san_email", "Billing@example.org"),
        ("common_name", "billing+api"),
        ("subject", "CN=billing\\+api,emailAddress=a@example.org,O=Exämple\\, Ltd.,C=DE"),
        ("subject", "CN=billing\\2Bapi,emailAddress=a@example.org,O=Ex\\C3\\A4mple\\, Ltd.,C=DE"),
        ("issuer", "CN=Test Root CA,O=Test"),
        ("serial", "0A:1B:2C"),
        ("serial", "a1b2c"),
    ],
)  # fmt: skip
def test_what_is_written_is_what_certificates_say(
    authority: FakeCertificateAuthority, issued: Issued, name: str, text: str
) -> None:
    principal = verified(authority, issued)
    assert load_requirement(MATCHERS[name](text))(principal) is YES
    assert load_requirement(any_match([MATCHERS[name](text)]))(principal) is YES


def test_a_fingerprint_is_what_other_tools_print(
    authority: FakeCertificateAuthority, issued: Issued
) -> None:
    test = MATCHERS["fingerprint_sha256"](fingerprint(issued))
    assert load_requirement(test)(verified(authority, issued)) is YES


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("trust_domain", "example.com"),
        ("spiffe_id", "spiffe://example.org/billing"),
        ("spiffe_id", "spiffe://example.org/billing/API"),
        ("san_dns", "example.org"),
        ("san_dns", "billing-example.org"),
        ("san_uri", "urn:example:billing"),
        ("san_email", "billing@example.org"),
        ("san_email", "a@example.org"),
        ("common_name", "Billing+api"),
        ("common_name", "billing"),
        ("subject", "CN=billing\\+api"),
        ("subject", "C=DE,O=Exämple\\, Ltd.,1.2.840.113549.1.9.1=a@example.org,CN=billing\\+api"),
        ("issuer", "O=Test,CN=Test Root CA"),
        ("serial", "A1B2C0"),
        ("fingerprint_sha256", "0" * 64),
    ],
)
def test_nothing_else_is(
    authority: FakeCertificateAuthority, issued: Issued, name: str, text: str
) -> None:
    assert load_requirement(MATCHERS[name](text))(verified(authority, issued)) == ()


def test_every_matcher_is_tried_here_and_every_fact_is_known(
    authority: FakeCertificateAuthority, issued: Issued
) -> None:
    known = verified(authority, issued).claims["certificate"]
    assert known.keys() == set(facts.FACTS)
    assert (
        set(MATCHERS)
        == set(facts.AS_WRITTEN)
        == set(facts.FACTS)
        - {
            facts.IDENTITY,
            *facts.NUMBER_FACTS,
        }
    )
    for name, as_written in facts.AS_WRITTEN.items():
        values = known[name] if name in facts.LIST_FACTS else [known[name]]
        assert [as_written(value) for value in values] == values


IDENTITIES = ["uri", "dns", "email", "common_name", "fingerprint", "serial"]


@pytest.mark.parametrize("kind", IDENTITIES)
def test_identities_are_written_as_principals_have_them(
    authority: FakeCertificateAuthority, kind: str
) -> None:
    issued = authority.issue(
        "billing", uris=["urn:example:a"], dns=["A.example"], emails=["A@A.example"]
    )
    identity: dict[str, Any] = {"kind": kind}
    if kind == "fingerprint":
        identity["fingerprints"] = [facts.fingerprint(fingerprint(issued))]
    principal = verified(authority, issued, identity)
    text = principal.principal_id.removeprefix("partners|")
    assert facts.identity(kind, text) == text
    fact = facts.identity_fact(kind)
    if fact is not None:
        value = principal.claims["certificate"][fact]
        assert text in (value if isinstance(value, list) else [value])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("spiffe", "example.org/a"),
        ("dns", "*.example.org"),
        ("serial", "0a1b"),
        ("serial", f"0a1b@{'0' * 32}"),
        ("serial", f"a1b@{'A' * 32}"),
        ("fingerprint", "ab"),
    ],
)
def test_what_no_certificate_is_called_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        facts.identity(kind, text)


def test_an_example_is_the_principal_that_its_certificate_proves(
    authority: FakeCertificateAuthority, issued: Issued
) -> None:
    proven = verified(authority, issued)
    said = dict(proven.claims["certificate"])
    del said["identity"]  # it follows
    example = principal_of_certificate("partners", {"identity": SPIFFE}, said)
    assert example == proven._replace(issuer=example.issuer)


def test_an_example_needs_its_identity_only() -> None:
    example = principal_of_certificate("a", {"identity": SPIFFE}, {"spiffe_id": SPIFFE_ID})
    assert example.principal_id == f"a|{SPIFFE_ID}"
    assert example.claims["certificate"]["trust_domain"] == "example.org"
    assert example.claims["certificate"]["san_uri"] == [SPIFFE_ID]
    assert example.scopes == frozenset()


def test_a_certificate_beside_a_token_does_not_say_who_calls() -> None:
    token = Principal("staff|a", "staff", "https://a.example", frozenset("s"), {"sub": "a"})
    form = {"identity": {"kind": "dns"}}
    both = with_certificate(token, "fleet", form, {"san_dns": ["A.example"]})
    assert (both.principal_id, both.scheme, both.certificate_scheme) == (
        "staff|a",
        "staff",
        "fleet",
    )
    assert both.claims["sub"] == "a"
    assert both.claims["certificate"]["san_dns"] == ["a.example"]


@pytest.mark.parametrize(
    ("identity", "said", "detail"),
    [
        (SPIFFE, {}, "spiffe_id is missing"),
        (SPIFFE, {"san_uri": [SPIFFE_ID]}, "spiffe_id is missing"),
        (SPIFFE, {"spiffe_id": "spiffe://example.com/a"}, "not of the scheme's trust domain"),
        (SPIFFE, {"spiffe_id": "spiffe://example.org"}, "is in no certificate like this"),
        (SPIFFE, {"spiffe_id": SPIFFE_ID, "trust_domain": "a"}, "not of the scheme's trust domain"),
        ({"kind": "dns"}, {}, "san_dns, exactly one"),
        ({"kind": "dns"}, {"san_dns": ["a.example", "b.example"]}, "san_dns, exactly one"),
        ({"kind": "dns"}, {"san_dns": ["*.example"]}, "san_dns is in no certificate like this"),
        ({"kind": "dns"}, {"san_dns": "a.example"}, "san_dns is in no certificate like this"),
        ({"kind": "dns"}, {"san_dns": [5]}, "san_dns is in no certificate like this"),
        ({"kind": "dns"}, {"spiffe_id": SPIFFE_ID}, "is one of schemes with identity: spiffe only"),
        ({"kind": "common_name"}, {"common_name": 5}, "common_name is in no certificate like this"),
        ({"kind": "common_name"}, {"common_name": "a", "not_after": True}, "not_after is in no"),
        ({"kind": "common_name"}, {"common_name": "a", "pem": "b"}, "pem is in no certificate"),
    ],
)
def test_no_certificate_is_like_this(
    identity: dict[str, Any], said: dict[str, Any], detail: str
) -> None:
    with pytest.raises(RejectedCredential, match=detail):
        principal_of_certificate("a", {"identity": identity}, said)
