"""Bundles of certificates in PEM, as people keep them: comments between the blocks are fine."""

import re
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from cryptography import x509

from authorizers.errors import ConfigurationError, MalformedCredential, Problem
from authorizers.model.pem import decode_base64
from authorizers.mtls.certificate import read
from authorizers.mtls.path.authority import Authority

# What API Gateway takes for a truststore:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
MAX_CERTIFICATES: Final = 1_000
MAX_BUNDLE_BYTES: Final = 1_000_000

_EDGE = re.compile(r"-----(BEGIN|END) ([^\r\n]*?)-----[ \t]*\r?")
_T = TypeVar("_T")
_ANY_LINE = re.compile(r"^-----(?:BEGIN|END) ", re.MULTILINE)


def parse_trust_bundle(data: bytes, place: str) -> tuple[x509.Certificate, ...]:
    """
    Return the certificates of the bundle `data`, in its order; `place` says where it is kept.

    Raises:
        ConfigurationError: `trust_bundle_invalid`, with every problem in it.
    """
    if len(data) > MAX_BUNDLE_BYTES:
        raise _invalid(Problem(place, f"keep a bundle to {MAX_BUNDLE_BYTES:,} bytes"))
    text = data.decode("utf-8", "replace")
    blocks = list(_blocks(text))
    problems: list[Problem] = []
    found: list[x509.Certificate] = []
    if len(_ANY_LINE.findall(text)) != 2 * len(blocks):
        problems.append(Problem(place, "a block has no end: write it as its authority gave it"))
    for number, (label, body) in enumerate(blocks[: MAX_CERTIFICATES + 1], 1):
        certificate = _certificate_of(label, body, number, place, problems)
        if certificate is not None and certificate in found:
            message = f"certificate {number} stands there twice: remove one of them"
            problems.append(Problem(place, message))
        elif certificate is not None:
            found.append(certificate)
    if len(blocks) > MAX_CERTIFICATES:
        problems.append(Problem(place, f"keep a bundle to {MAX_CERTIFICATES:,} certificates"))
    if not blocks:
        problems.append(Problem(place, "there is no certificate in it: write at least one, in PEM"))
    if problems:
        raise _invalid(*problems)
    return tuple(found)


def parse_anchors(data: bytes, place: str) -> tuple[x509.Certificate, ...]:
    """
    Return the anchors of the bundle `data`: each of them is an authority that may issue to clients.

    Raises:
        ConfigurationError: `trust_bundle_invalid`, with every problem in it.
    """
    anchors = parse_trust_bundle(data, place)
    problems = [
        Problem(place, f"certificate {number} cannot be an anchor: {problem}")
        for number, anchor in enumerate(anchors, 1)
        if (problem := _why_no_anchor(anchor))
    ]
    if problems:
        raise _invalid(*problems)
    return anchors


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """
    Yield the label and the text of each block, from a beginning to the first end with its label.

    A beginning that has no such end is passed over. That is known before the lines are gone
    through, once: no file takes longer than its size.
    """
    lines = text.split("\n")
    edges = [
        (i, edge[1], edge[2]) for i, line in enumerate(lines) if (edge := _EDGE.fullmatch(line))
    ]
    last_ends = {label: i for i, kind, label in edges if kind == "END"}
    begun: tuple[int, str] | None = None
    for i, kind, label in edges:
        if begun is None:
            if kind == "BEGIN" and last_ends.get(label, 0) > i:
                begun = i, label
        elif (kind, label) == ("END", begun[1]):
            yield label, "\n".join(lines[begun[0] + 1 : i])
            begun = None


def _certificate_of(
    label: str, body: str, number: int, place: str, problems: list[Problem]
) -> x509.Certificate | None:
    if label != "CERTIFICATE":
        message = f"block {number} is no certificate: keep nothing else there, least of all a key"
        problems.append(Problem(place, message))
        return None
    der = decode_base64(body)
    certificate = _or_none(lambda: x509.load_der_x509_certificate(der)) if der else None
    if certificate is None:
        message = f"certificate {number} cannot be read: ask its authority for it again"
        problems.append(Problem(place, message))
    return certificate


def _why_no_anchor(certificate: x509.Certificate) -> str:
    authority = _or_none(lambda: Authority(certificate))
    if authority is None:
        return "it cannot be read to its end"
    if authority.flaw is not None:
        return authority.flaw.detail
    return "" if authority.has_strong_key else "its key is too weak, or of a kind that is not taken"


def _or_none(look: Callable[[], _T]) -> _T | None:
    try:
        return read(look)
    except MalformedCredential:
        return None


def _invalid(*problems: Problem) -> ConfigurationError:
    return ConfigurationError(*problems, code="trust_bundle_invalid")
