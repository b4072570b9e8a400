"""Whether API Gateway lets in whom a scheme trusts: its truststore against the scheme's `trust`."""

from collections.abc import Iterator, Sequence

from authorizers.analysis.certificates.entry import Entry, by_subject, is_signed_by
from authorizers.analysis.certificates.truststore import Truststore, certificates_in, named
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.template.template import Place


def compared(found: Truststore, file: str, scheme: str, trust: bytes) -> Truststore:
    """
    Return `found`, the truststore in `file`, with what does not agree with `scheme`, whose anchors
    are the certificates in the bundle `trust`.
    """
    anchors = certificates_in(trust)
    more = [
        Finding(Place(file, line, 1), rule, message)
        for line, rule, message in (
            *_missing(found, anchors, scheme),
            *_not_trusted(found, anchors, scheme),
        )
    ]
    return found._replace(findings=(*found.findings, *more))


def _missing(
    found: Truststore, anchors: Sequence[Entry], scheme: str
) -> Iterator[tuple[int, str, str]]:
    known = {entry.authority for entry in found.entries}
    for anchor in anchors:
        if anchor.authority not in known:
            message = (
                f"{named(anchor, 'anchor')}, of the scheme {scheme}: not in this file, so API"
                " Gateway refuses its clients before the authorizer is asked: add it"
            )
            yield 1, "anchor-not-in-truststore", message


def _not_trusted(
    found: Truststore, anchors: Sequence[Entry], scheme: str
) -> Iterator[tuple[int, str, str]]:
    """Yield the authorities that are no anchor, nor above one, nor below one."""
    trusted = {anchor.authority for anchor in anchors}
    ours = {entry.number for entry in found.entries if entry.authority in trusted}
    ours |= _beside(found, anchors)
    related = _below(found, ours) | _above(found, ours)
    for entry in found.entries:
        if entry.is_authority and entry.number not in related:
            message = (
                f"{named(entry)}: API Gateway lets its clients in, and the scheme {scheme} refuses"
                " them: leave it out, unless another API needs it"
            )
            yield entry.line, "authority-not-trusted", message


def _beside(found: Truststore, anchors: Sequence[Entry]) -> set[int]:
    """Return those that an anchor issued, or that issued one, be it in the file or not."""
    issuers, issued = by_subject(anchors), by_subject(found.entries)
    below = {
        entry.number
        for entry in found.entries
        for anchor in issuers.get(entry.certificate.issuer.public_bytes(), ())
        if is_signed_by(entry.certificate, anchor.certificate)
    }
    return below | {
        entry.number
        for anchor in anchors
        for entry in issued.get(anchor.certificate.issuer.public_bytes(), ())
        if is_signed_by(anchor.certificate, entry.certificate)
    }


def _above(found: Truststore, numbers: set[int]) -> set[int]:
    reached, fresh = set(numbers), set(numbers)
    while fresh:
        fresh = {i.number for n in fresh for i in found.chains.issuers[n]} - reached
        reached |= fresh
    return reached


def _below(found: Truststore, numbers: set[int]) -> set[int]:
    issued: dict[int, set[int]] = {}
    for entry in found.entries:
        for issuer in found.chains.issuers[entry.number]:
            issued.setdefault(issuer.number, set()).add(entry.number)
    reached, fresh = set(numbers), set(numbers)
    while fresh:
        fresh = {child for n in fresh for child in issued.get(n, ())} - reached
        reached |= fresh
    return reached
