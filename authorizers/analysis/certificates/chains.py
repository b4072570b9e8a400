"""Who issued whom among the certificates of a file, every signature verified."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from authorizers.analysis.certificates.entry import Entry, by_subject, is_signed_by


class Chains(NamedTuple):
    """
    By a certificate's number: its `issuers`, itself if it is self-signed; those that have its
    issuer's name and did not sign it (`namesakes`); and its `depth`: how many certificates there
    are from a root to it, itself counted, None where no root is reached.
    """

    issuers: Mapping[int, Sequence[Entry]]
    namesakes: Mapping[int, Sequence[Entry]]
    depth: Mapping[int, int | None]


def chains_of(entries: Sequence[Entry]) -> Chains:
    """Return who issued whom of `entries`."""
    named = by_subject(entries)
    issuers: dict[int, Sequence[Entry]] = {}
    namesakes: dict[int, Sequence[Entry]] = {}
    for entry in entries:
        candidates = named.get(entry.certificate.issuer.public_bytes(), [])
        signers = [c for c in candidates if is_signed_by(entry.certificate, c.certificate)]
        issuers[entry.number] = signers
        namesakes[entry.number] = [c for c in candidates if c not in signers and c != entry]
    return Chains(issuers, namesakes, _depths(entries, issuers))


def _depths(
    entries: Sequence[Entry], issuers: Mapping[int, Sequence[Entry]]
) -> dict[int, int | None]:
    """Return the length of the shortest path from a root to each, generation by generation."""
    depth: dict[int, int | None] = {entry.number: None for entry in entries}
    issued: dict[int, list[int]] = {}
    for entry in entries:
        for issuer in issuers[entry.number]:
            issued.setdefault(issuer.number, []).append(entry.number)
    generation = [number for number in depth if number in issued.get(number, ())]
    length = 1
    while generation:
        depth.update(dict.fromkeys(generation, length))
        below = (child for number in generation for child in issued.get(number, ()))
        generation = [child for child in dict.fromkeys(below) if depth[child] is None]
        length += 1
    return depth


def without_root(entries: Sequence[Entry], chains: Chains) -> list[Entry]:
    """Return those that come to no root although each of their issuers is there: a circle."""
    lost = {e.number for e in entries if chains.depth[e.number] is None}
    broken = {n for n in lost if not chains.issuers[n]}
    grew = True
    while grew:
        below = {n for n in lost - broken if any(i.number in broken for i in chains.issuers[n])}
        broken |= below
        grew = bool(below)
    return [entry for entry in entries if entry.number in lost - broken]
