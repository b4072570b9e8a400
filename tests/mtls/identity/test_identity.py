"""Names that say one thing only, and those that could be read as somebody else's."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.name import _ASN1Type as Kind
from cryptography.x509.oid import NameOID

from authorizers.mtls.identity.alternative_name import clean_dns, clean_email, clean_uri
from authorizers.testing.certificate_authority import Issued, distinguished_name
from tests.mtls.authorities import ISSUING, ROOT, code_of, scheme_of, verify

CN, OU = NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME


def attribute(oid: x509.ObjectIdentifier, value: str, kind: Kind = Kind.UTF8String) -> Any:
    return x509.NameAttribute(oid, value, kind, _validate=False)


def named(*rdns: list[Any]) -> Issued:
    """Return a certificate whose subject has these RDNs."""
    name = x509.Name([x509.RelativeDistinguishedName(rdn) for rdn in rdns])
    return ISSUING.issue("orders", subject=name)


def one(value: str, kind: Kind = Kind.UTF8String) -> Issued:
    """Return a certificate with this common name."""
    return named([attribute(CN, value, kind)])


def admin() -> list[Any]:
    return [attribute(CN, "admin")]


CLEAN = ["orders", "a, CN=admin", "a/CN=admin", "a+CN=admin", "Jürgen", "a b", "*.example.org"]


@pytest.mark.parametrize("name", CLEAN)
def test_one_common_name_is_taken_as_it_is(name: str) -> None:
    principal = verify(scheme_of(), one(name)).principal
    assert principal.principal_id == f"partners|{name}"
    assert principal.claims["certificate"]["common_name"] == name


def test_the_text_of_a_subject_keeps_a_name_within_its_value() -> None:
    texts = [
        verify(scheme_of("serial"), issued).principal.claims["certificate"]["subject"]
        for issued in (
            one("a,CN=admin"),
            named([attribute(CN, "admin")], [attribute(CN, "a")]),
            one("a+CN=admin"),
            named([attribute(CN, "a"), attribute(CN, "admin")]),
        )
    ]
    assert texts == ["CN=a\\,CN=admin", "CN=a,CN=admin", "CN=a\\+CN=admin", "CN=a+CN=admin"]


NOT_CLEAN: Mapping[str, Callable[[], Issued]] = {
    "none": lambda: named([attribute(OU, "orders")]),
    "empty": lambda: one(""),
    "two": lambda: named([attribute(CN, "orders")], admin()),
    "the_same_twice": lambda: named(admin(), admin()),
    "two_in_one_rdn": lambda: named([attribute(CN, "orders"), attribute(CN, "admin")]),
    "beside_another_in_one_rdn": lambda: named([attribute(CN, "admin"), attribute(OU, "orders")]),
    "nul": lambda: one("admin\0.example.org"),
    "newline": lambda: one("admin\norders"),
    "escape": lambda: one("admin\x1b[2K"),
    "bidirectional": lambda: one("admin\N{RIGHT-TO-LEFT OVERRIDE}"),
    "zero_width": lambda: one("admin\N{ZERO WIDTH SPACE}"),
    "no_break_space": lambda: one("admin\N{NO-BREAK SPACE}"),
    "leading_space": lambda: one(" admin"),
    "trailing_space": lambda: one("admin "),
    "too_long": lambda: one("a" * 65),
    "bmp_string": lambda: one("admin", Kind.BMPString),
    "teletex_string": lambda: one("admin", Kind.T61String),
    "universal_string": lambda: one("admin", Kind.UniversalString),
    "ia5_string": lambda: one("admin", Kind.IA5String),
    "visible_string": lambda: one("admin", Kind.VisibleString),
    "numeric_string": lambda: one("12", Kind.NumericString),
}


@pytest.mark.filterwarnings("ignore:Attribute's length")
@pytest.mark.parametrize("make", NOT_CLEAN.values(), ids=NOT_CLEAN)
def test_a_common_name_that_is_not_clean_names_nobody(make: Callable[[], Issued]) -> None:
    assert code_of(scheme_of(), make()) == "common_name_not_clean"


@pytest.mark.filterwarnings("ignore:Attribute's length")
@pytest.mark.parametrize("make", NOT_CLEAN.values(), ids=NOT_CLEAN)
def test_it_is_no_fact_either(make: Callable[[], Issued]) -> None:
    facts = verify(scheme_of("serial"), make()).principal.claims["certificate"]
    assert "common_name" not in facts
    assert facts.get("subject", "").isprintable()


UNREADABLE_SUBJECTS = ["nul", "newline", "bidirectional", "bmp_string", "teletex_string"]


@pytest.mark.parametrize("name", UNREADABLE_SUBJECTS)
def test_a_subject_with_another_reading_is_no_fact(name: str) -> None:
    facts = verify(scheme_of("serial"), NOT_CLEAN[name]()).principal.claims["certificate"]
    assert "subject" not in facts


def test_an_issuer_with_another_reading_is_no_fact() -> None:
    name = x509.Name([attribute(CN, "Test Root CA", Kind.BMPString)])
    issuing = ROOT.subordinate(subject=name)
    scheme = scheme_of("serial", (ROOT,), (issuing,))
    assert "issuer" not in verify(scheme, issuing.issue("orders")).principal.claims["certificate"]


DNS = {
    "orders.example.org": "orders.example.org",
    "ORDERS.Example.org": "orders.example.org",
    "orders": "orders",
    "xn--bcher-kva.example": "xn--bcher-kva.example",
    "1.example.org": "1.example.org",
    "a--b.example": "a--b.example",
    "a.1b": "a.1b",
    "*.example.org": None,
    "*": None,
    "a.*.org": None,
    "w*.example.org": None,
    "example.org.": None,
    ".example.org": None,
    "a..b": None,
    "": None,
    "-a.example": None,
    "a-.example": None,
    "a_b.example": None,
    "bücher.example": None,
    "\N{KELVIN SIGN}.example": None,
    "a.example\n": None,
    "a.example\0.b": None,
    "x, DNS:admin": None,
    "a b": None,
    "10.0.0.1": None,
    "1": None,
    "a.1": None,
    "a@example.org": None,
    "https://example.org": None,
    "a" * 64 + ".example": None,
    ".".join(["a" * 60] * 5): None,
}
EMAILS = {
    "a@example.org": "a@example.org",
    "First.Last@Example.ORG": "First.Last@example.org",
    "a+tag@example.org": "a+tag@example.org",
    "example.org": None,
    "@example.org": None,
    "a@": None,
    "a@b@example.org": None,
    "a..b@example.org": None,
    ".a@example.org": None,
    "a.@example.org": None,
    '"a"@example.org': None,
    '"admin@example.org "@example.com': None,
    "a@[10.0.0.1]": None,
    "a@10.0.0.1": None,
    "a@*.example.org": None,
    "a@example.org.": None,
    "a b@example.org": None,
    "ä@example.org": None,
    "a@example.org\n": None,
    "a@example.org, b@example.org": None,
    "<a@example.org>": None,
    "mailto:a@example.org": None,
    "a" * 65 + "@example.org": None,
}
URIS = {
    "https://example.org/a": "https://example.org/a",
    "https://example.org": "https://example.org",
    "https://example.org:8443/a?b=c": "https://example.org:8443/a?b=c",
    "urn:uuid:f81d4fae-7dec-11d0": "urn:uuid:f81d4fae-7dec-11d0",
    "spiffe://example.org/a": "spiffe://example.org/a",
    "https://user@example.org/": None,
    "https://example.org@example.com/": None,
    "https://EXAMPLE.org/": None,
    "HTTPS://example.org/": None,
    "https://example.org/%61": None,
    "https://example.org/a/../b": None,
    "https://example.org/./b": None,
    "https://example.org/..": None,
    "https://example.org/#a": None,
    "https://example.org\\@example.com/": None,
    "https://*.example.org/": None,
    "https:///a": None,
    "https://": None,
    "https:": None,
    "//example.org/a": None,
    "/a": None,
    "a": None,
    "": None,
    "https://example.org/a b": None,
    "https://example.org/ä": None,
    "https://example.org/a\n": None,
    "https://example.org/\0": None,
    "https://10.0.0.1/": None,
    "https://example.org:/": None,
    "https://example.org:a/": None,
    "https://example.org.": None,
}


@pytest.mark.parametrize(("name", "cleaned"), DNS.items(), ids=map(repr, DNS))
def test_a_dns_name(name: str, cleaned: str | None) -> None:
    assert clean_dns(name) == cleaned


@pytest.mark.parametrize(("name", "cleaned"), EMAILS.items(), ids=map(repr, EMAILS))
def test_an_email_address(name: str, cleaned: str | None) -> None:
    assert clean_email(name) == cleaned


@pytest.mark.parametrize(("name", "cleaned"), URIS.items(), ids=map(repr, URIS))
def test_a_uri(name: str, cleaned: str | None) -> None:
    assert clean_uri(name) == cleaned


def test_alternative_names_with_commas_are_one_name_that_is_none() -> None:
    issued = ISSUING.issue("orders", dns=["x, DNS:admin"])
    assert code_of(scheme_of("dns"), issued) == "identity_malformed"
    facts = verify(scheme_of(), issued).principal.claims["certificate"]
    assert facts["san_dns"] == []


def test_facts_hold_the_clean_names_of_each_kind() -> None:
    issued = ISSUING.issue(
        "orders",
        dns=["A.example.org", "*.example.org", "b.example.org"],
        uris=["https://example.org/a", "https://example.org/%61"],
        emails=["A@Example.org", "a b@example.org"],
    )
    facts = verify(scheme_of(), issued).principal.claims["certificate"]
    assert facts["san_dns"] == ["a.example.org", "b.example.org"]
    assert facts["san_uri"] == ["https://example.org/a"]
    assert facts["san_email"] == ["A@example.org"]


def test_a_spiffe_id_is_a_fact_only_where_it_is_the_identity() -> None:
    issued = ISSUING.issue("orders", uris=["spiffe://example.org/orders"])
    facts = verify(scheme_of("uri"), issued).principal.claims["certificate"]
    assert "spiffe_id" not in facts
    assert "trust_domain" not in facts


def test_the_same_serial_number_of_another_issuer_is_somebody_else() -> None:
    other = ROOT.subordinate("Another CA")
    twin = ROOT.subordinate(subject=ISSUING.name)  # the same name, another key
    schemes = [scheme_of("serial", (ROOT,), (one,)) for one in (ISSUING, other, twin)]
    found = {
        verify(scheme, issuer.issue("orders", serial_number=7)).principal.principal_id
        for scheme, issuer in zip(schemes, (ISSUING, other, twin), strict=True)
    }
    assert len(found) == 3
    assert all(text.startswith("partners|7@") for text in found)


def test_a_common_name_is_no_fact_beside_constraints() -> None:
    constraints = x509.NameConstraints([x509.DNSName("example.org")], None)
    issuing = ROOT.subordinate("Constrained", extensions=[(constraints, True)])
    scheme = scheme_of("dns", (ROOT,), (issuing,))
    facts = verify(scheme, issuing.issue("admin", dns=["a.example.org"])).principal.claims
    assert "common_name" not in facts["certificate"]
    assert facts["sub"] == "a.example.org"


def test_a_common_name_is_taken_beside_constraints_of_directory_names() -> None:
    constraints = x509.NameConstraints([x509.DirectoryName(distinguished_name(None))], None)
    issuing = ROOT.subordinate("Constrained", extensions=[(constraints, False)])
    scheme = scheme_of("common_name", (ROOT,), (issuing,))
    assert verify(scheme, issuing.issue("orders")).principal.principal_id == "partners|orders"
