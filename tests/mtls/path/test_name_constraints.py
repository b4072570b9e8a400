"""What authorities may say of the names in a subject, which `cryptography` leaves alone."""

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type as Kind
from cryptography.x509.oid import NameOID

from authorizers.mtls.identity.distinguished_name import read_name
from authorizers.mtls.path.authority import Authority
from authorizers.mtls.path.name_constraints import Constraints, is_email_within, read_constraints
from authorizers.testing.certificate_authority import distinguished_name
from tests.mtls.authorities import ISSUING, ROOT, code_of, scheme_of

ORG, OU, CN = NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.COMMON_NAME


def name(*attributes: tuple[x509.ObjectIdentifier, str], kind: Kind | None = None) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value, kind) for oid, value in attributes])


def constraints_of(**trees: Any) -> Constraints:
    """Return what is read of constraints that stand in a real certificate."""
    extension = x509.NameConstraints(trees.get("permitted"), trees.get("excluded"))
    authority = ROOT.subordinate("Constrained", extensions=[(extension, False)]).certificate
    found = authority.extensions.get_extension_for_class(x509.NameConstraints)
    return read_constraints(authority, found.value)


ACME = [x509.DirectoryName(name((ORG, "Acme")))]
WITHIN = {
    "itself": name((ORG, "Acme")),
    "below": name((ORG, "Acme"), (CN, "a")),
    "another_case": name((ORG, "ACME"), (CN, "a")),
    "more_space": name((ORG, " Acme "), (CN, "a")),
    "another_string_kind": name((ORG, "Acme"), kind=Kind.PrintableString),
    "wide_letters": name((ORG, "\N{FULLWIDTH LATIN CAPITAL LETTER A}cme")),
}
OUTSIDE = {
    "other": name((ORG, "Other")),
    "prefix": name((ORG, "Acme Corp")),
    "not_first": name((CN, "a"), (ORG, "Acme")),
    "another_attribute": name((OU, "Acme")),
    "more_in_the_first_rdn": x509.Name(
        [
            x509.RelativeDistinguishedName(
                [x509.NameAttribute(ORG, "Acme"), x509.NameAttribute(OU, "Other")]
            )
        ]
    ),
}


@pytest.mark.parametrize("subject", WITHIN.values(), ids=WITHIN)
def test_a_directory_name_within(subject: x509.Name) -> None:
    assert not constraints_of(permitted=ACME).refusal(read_name(subject))
    assert constraints_of(excluded=ACME).refusal(read_name(subject)) == "name_not_permitted"


@pytest.mark.parametrize("subject", OUTSIDE.values(), ids=OUTSIDE)
def test_a_directory_name_outside(subject: x509.Name) -> None:
    assert constraints_of(permitted=ACME).refusal(read_name(subject)) == "name_not_permitted"
    assert not constraints_of(excluded=ACME).refusal(read_name(subject))


@pytest.mark.parametrize("kind", [Kind.BMPString, Kind.T61String, Kind.UniversalString])
@pytest.mark.parametrize("trees", ["permitted", "excluded"])
def test_a_directory_name_that_is_read_differently_by_others(kind: Kind, trees: str) -> None:
    subject = read_name(name((ORG, "Acme"), kind=kind))
    assert constraints_of(**{trees: ACME}).refusal(subject) == "name_constraint_not_supported"


def test_an_empty_subject_is_within_every_constraint() -> None:
    assert not constraints_of(permitted=ACME).refusal(read_name(x509.Name([])))


def test_an_empty_name_excludes_every_other() -> None:
    everything = constraints_of(excluded=[x509.DirectoryName(x509.Name([]))])
    assert everything.refusal(read_name(name((ORG, "Acme")))) == "name_not_permitted"


def test_a_constraint_that_is_read_differently_by_others_is_refused() -> None:
    strange = [x509.DirectoryName(name((ORG, "Acme"), kind=Kind.BMPString))]
    constraints = constraints_of(permitted=strange)
    assert constraints.refusal(read_name(name((CN, "a")))) == "name_constraint_not_supported"


def test_constraints_that_say_more_than_is_read_are_refused() -> None:
    """A `minimum` is no longer there when `cryptography` writes what it has read."""
    extension = x509.NameConstraints([x509.DNSName("example.org")], None)
    authority = ROOT.subordinate("Constrained", extensions=[(extension, False)]).certificate
    der = authority.public_bytes(Encoding.DER)
    subtree = b"\x30\x0d\x82\x0bexample.org"
    assert der.count(subtree) == 1
    with_minimum = der.replace(subtree, b"\x30\x0d\x82\x08exampl.o\x80\x01\x01")
    changed = x509.load_der_x509_certificate(with_minimum)
    assert Authority(authority).flaw is None
    flaw = Authority(changed).flaw
    assert flaw is not None
    assert flaw.code == "name_constraint_not_supported"


EMAILS = {
    ("a@example.org", "a@example.org"): True,
    ("a@EXAMPLE.org", "a@example.org"): True,
    ("b@example.org", "a@example.org"): False,
    ("a@example.org", "example.org"): True,
    ("a@mail.example.org", "example.org"): False,
    ("a@mail.example.org", ".example.org"): True,
    ("a@example.org", ".example.org"): False,
    ("a@badexample.org", ".example.org"): False,
    ("a@badexample.org", "example.org"): False,
    ("a@example.org", ""): False,
}


@pytest.mark.parametrize(("pair", "within"), EMAILS.items(), ids=map("-in-".join, EMAILS))
def test_an_address_within(pair: tuple[str, str], within: bool) -> None:
    assert is_email_within(*pair, exact=True) == within


def test_a_mailbox_has_a_case_where_it_is_permitted_and_none_where_it_is_excluded() -> None:
    assert not is_email_within("A@example.org", "a@example.org", exact=True)
    assert is_email_within("A@example.org", "a@example.org", exact=False)


def test_constraints_hold_for_authorities_below_as_well() -> None:
    constraints = x509.NameConstraints([x509.DirectoryName(distinguished_name(None))], None)
    above = ROOT.subordinate("Above", extensions=[(constraints, False)])
    inside = above.subordinate("Below")
    outside = above.subordinate(subject=name((ORG, "Other")))
    for authority, code in ((inside, "verified"), (outside, "name_not_permitted")):
        scheme = scheme_of(intermediates=(above, authority))
        assert code_of(scheme, authority.issue("orders")) == code


def test_an_authority_with_a_new_key_keeps_its_name() -> None:
    """RFC 5280 §6.1.3 (b) leaves out self-issued certificates but for the leaf's."""
    constraints = x509.NameConstraints([x509.DirectoryName(name((ORG, "Acme")))], None)
    above = ROOT.subordinate("Above", extensions=[(constraints, False)])
    renewed = above.subordinate(subject=above.name)
    scheme = scheme_of("serial", (ROOT,), (above, renewed))
    assert code_of(scheme, renewed.issue(subject=name((ORG, "Acme")))) == "verified"
    assert code_of(scheme, renewed.issue(subject=above.name)) == "name_not_permitted"


def test_constraints_of_the_anchor_count() -> None:
    constraints = x509.NameConstraints([x509.DNSName("example.org")], None)
    anchor = ROOT.subordinate("Anchor", extensions=[(constraints, True)])
    scheme = scheme_of("dns", (anchor,), ())
    assert code_of(scheme, anchor.issue("a", dns=["a.example.org"])) == "verified"
    assert code_of(scheme, anchor.issue("a", dns=["a.example.com"])) == "name_not_permitted"


def test_names_without_constraints_are_free() -> None:
    assert code_of(scheme_of("dns"), ISSUING.issue("a", dns=["a.example.com"])) == "verified"
