"""Which certificates, and which reasons, a list speaks about (RFC 5280 §5.2.5, §6.3.3 (b), (d))."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from cryptography import x509

from authorizers.mtls.crl.crl import Crl

# RFC 5280 §6.3.2 (a): the special value all-reasons.
ALL_REASONS: Final = frozenset(x509.ReasonFlags) - {
    x509.ReasonFlags.unspecified,
    x509.ReasonFlags.remove_from_crl,
}
Reasons = frozenset[x509.ReasonFlags]


class Point(NamedTuple):
    """
    A distribution point of a certificate: where its list is (`names`, empty if it does not say),
    for which `reasons`, and who issues it if not the certificate's issuer. Names are in no set:
    hashing one costs more than most certificates need.
    """

    names: tuple[x509.GeneralName, ...]
    reasons: Reasons
    crl_issuers: tuple[x509.GeneralName, ...]


class Subject(NamedTuple):
    """The certificate whose status is asked for, as far as lists look at it."""

    issuer: x509.Name
    serial: int
    is_ca: bool
    points: tuple[Point, ...]


def subject_of(certificate: x509.Certificate) -> Subject:
    """
    Return what lists look at in a certificate.

    Raises:
        ValueError: its extensions cannot be read.
    """
    by_type = {type(e.value): e.value for e in certificate.extensions}
    constraints = by_type.get(x509.BasicConstraints)
    is_ca = isinstance(constraints, x509.BasicConstraints) and constraints.ca
    issuer = certificate.issuer
    # RFC 5280 §6.3.3, last paragraph: a list that no point names, of the certificate's issuer
    names: list[x509.GeneralName] = [x509.DirectoryName(issuer)]
    alternative = by_type.get(x509.IssuerAlternativeName)
    if isinstance(alternative, x509.IssuerAlternativeName):
        names += alternative
    points = [Point(tuple(names), ALL_REASONS, ())]
    named = by_type.get(x509.CRLDistributionPoints)
    if isinstance(named, x509.CRLDistributionPoints):
        points += [_point(point, issuer) for point in named]
    return Subject(issuer, certificate.serial_number, is_ca, tuple(points))


def reasons_for(crl: Crl, subject: Subject) -> Reasons:
    """Return the reasons that `crl` covers for `subject`: none if it says nothing about it."""
    covered: Reasons = frozenset()
    for point in subject.points:
        if _is_issuer(crl, point, subject) and _is_in_scope(crl, point, subject):
            covered |= _reasons(crl, point)
    return covered


def _is_issuer(crl: Crl, point: Point, subject: Subject) -> bool:
    """(b)(1): the list is of the CRL issuer that the point names, or of the certificate's."""
    if point.crl_issuers:
        return crl.is_indirect and x509.DirectoryName(crl.issuer) in point.crl_issuers
    return crl.issuer == subject.issuer


def _is_in_scope(crl: Crl, point: Point, subject: Subject) -> bool:
    """(b)(2): the list is of this distribution point, and about certificates of this type."""
    scope = crl.scope
    if scope is None:
        return True
    names = _names(scope.full_name, scope.relative_name, crl.issuer)
    if names and names.isdisjoint(point.names or point.crl_issuers):  # (i)
        return False
    if scope.only_contains_user_certs and subject.is_ca:  # (ii)
        return False
    if scope.only_contains_ca_certs and not subject.is_ca:  # (iii)
        return False
    return not scope.only_contains_attribute_certs  # (iv)


def _reasons(crl: Crl, point: Point) -> Reasons:
    """(d): those that both the list and the point are for."""
    some = None if crl.scope is None else crl.scope.only_some_reasons
    return point.reasons if some is None else point.reasons & some


def _point(point: x509.DistributionPoint, issuer: x509.Name) -> Point:
    crl_issuers = tuple(point.crl_issuer or ())
    named = [name.value for name in crl_issuers if isinstance(name, x509.DirectoryName)]
    above = named[0] if len(named) == 1 else issuer  # RFC 5280 §4.2.1.13: of which it is a part
    names = tuple(_names(point.full_name, point.relative_name, above))
    reasons = ALL_REASONS if point.reasons is None else ALL_REASONS & point.reasons
    return Point(names, reasons, crl_issuers)


def _names(
    full: Iterable[x509.GeneralName] | None,
    relative: x509.RelativeDistinguishedName | None,
    above: x509.Name,
) -> frozenset[x509.GeneralName]:
    if relative is not None:
        return frozenset({x509.DirectoryName(x509.Name([*above.rdns, relative]))})
    return frozenset(full or ())
