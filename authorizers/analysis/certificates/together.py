"""
What is wrong with the certificates of a truststore together: one function a rule.

Sources: "Configuring your truststore"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html): "You must
include the complete chain of trust, starting from the issuing CA certificate, up to the root CA
certificate"; "Certificates can have a maximum chain length of four", which counts authorities only;
"Troubleshooting mutual TLS" on the same page for the conflict of subjects.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from cryptography.x509 import BasicConstraints

from authorizers.analysis.certificates.chains import Chains, without_root
from authorizers.analysis.certificates.entry import Entry, by_subject
from authorizers.analysis.certificates.words import name_text

MAX_AUTHORITIES = 4  # in one chain, the root counted and the client's certificate not

Told = Iterator[tuple[Entry, str]]
Rule = Callable[[Sequence[Entry], Chains], Told]


def _issuer_missing(entries: Sequence[Entry], chains: Chains) -> Told:
    for entry in entries:
        if not chains.issuers[entry.number] and not chains.namesakes[entry.number]:
            if entry.is_self_issued:
                yield entry, "names itself as its issuer, and is not signed with its own key"
                continue
            message = (
                f"its issuer is not in the file: {name_text(entry.certificate.issuer)}: API Gateway"
                " needs the whole chain up to the root: add it"
            )
            yield entry, message


def _issuer_did_not_sign(entries: Sequence[Entry], chains: Chains) -> Told:
    for entry in entries:
        numbers = [str(other.number) for other in chains.namesakes[entry.number]]
        if numbers and not chains.issuers[entry.number]:
            which = f"certificate {numbers[0]} has" if len(numbers) == 1 else "others have"
            yield (
                entry,
                (
                    f"{which} its issuer's name, and another key than the one that signed it: add"
                    " the certificate of that key"
                ),
            )


def _no_root(entries: Sequence[Entry], chains: Chains) -> Told:
    for entry in without_root(entries, chains):
        yield entry, "its issuers lead in a circle, and to no root: add the root's certificate"


def _too_deep(entries: Sequence[Entry], chains: Chains) -> Told:
    for entry in entries:
        depth = chains.depth[entry.number]
        if entry.is_authority and depth is not None and depth > MAX_AUTHORITIES:
            message = (
                f"authority {depth} of its chain, the root counted, and API Gateway takes"
                f" {MAX_AUTHORITIES}: whoever has a certificate of it is refused"
            )
            yield entry, message


def _path_length(entries: Sequence[Entry], chains: Chains) -> Told:
    """RFC 5280 §6.1.4 (l), (m): self-issued certificates are not counted."""
    room: dict[int, float] = {}
    reached = [e for e in entries if e.is_authority and chains.depth[e.number] is not None]
    for entry in sorted(reached, key=lambda e: chains.depth[e.number] or 0):
        above = [room[i.number] for i in chains.issuers[entry.number] if i.number in room]
        left = max(above, default=float("inf"))
        if above and not entry.is_self_issued and left < 1:
            message = (
                "its issuer, or one above it, may have no more authorities below it"
                " (pathLenConstraint), so what this one issued is refused"
            )
            yield entry, message
        own = _own_length(entry)
        room[entry.number] = min(own, left if entry.is_self_issued else left - 1)


def _own_length(entry: Entry) -> float:
    constraints = entry.extension(BasicConstraints)
    length = None if constraints is None else constraints.path_length
    return float("inf") if length is None else length


def _subjects(entries: Sequence[Entry], _: Chains) -> Told:
    for first, *others in by_subject(entries).values():
        for other in others:
            if other.certificate.issuer != first.certificate.issuer:
                message = (
                    f"has the subject of certificate {first.number} and another issuer: API Gateway"
                    " says that it conflicts with an existing certificate from a different issuer:"
                    " leave one of them out"
                )
                yield other, message


def _rekeyed(entries: Sequence[Entry], _: Chains) -> Told:
    for first, *others in by_subject(entries).values():
        for other in others:
            if (
                other.certificate.issuer == first.certificate.issuer
                and other.authority != first.authority
            ):
                message = (
                    f"has the subject of certificate {first.number} and another key: as long as"
                    " both are there, try that clients of both are let in"
                )
                yield other, message


RULES: Mapping[str, Rule] = {
    "issuer-missing": _issuer_missing,
    "issuer-did-not-sign": _issuer_did_not_sign,
    "no-root": _no_root,
    "chain-too-long": _too_deep,
    "path-length-exceeded": _path_length,
    "subject-conflict": _subjects,
    "subject-with-another-key": _rekeyed,
}
