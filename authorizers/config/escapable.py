"""
What nobody can be kept out by.

The fingerprint of a certificate is of all its octets, the signature among them. Who holds one can
write an ECDSA signature in another way that is as good (s and n - s), and has a certificate of the
same names and number with another fingerprint. So a fingerprint lets in, and never keeps out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from authorizers.config.certificate_facts import CERTIFICATE
from authorizers.config.requirement import Compiled
from authorizers.errors import Problem
from authorizers.model.claim_path import parse_claim_path

_FINGERPRINT = (CERTIFICATE, "fingerprint_sha256")
_ESCAPED = (
    "keeps a certificate out by its fingerprint, and its holder can change that without its issuer:"
    " revoke it, or name its serial and its issuer"
)


def escapable(
    routes: Sequence[Mapping[str, Any]], schemes: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Yield the compiled `routes` that ask for another fingerprint than some."""
    if not any("client_certificate" in scheme for scheme in schemes.values()):
        return  # it is what an issuer of tokens says
    for route in routes:
        if _keeps_out(route["requirement"], negated=False):
            yield Problem(route["key"], _ESCAPED)


def _keeps_out(requirement: Compiled, *, negated: bool) -> bool:
    kind = requirement[0]
    if kind == "not":
        return _keeps_out(requirement[1], negated=not negated)
    if kind in ("all_of", "any_of"):
        return any(_keeps_out(part, negated=negated) for part in requirement[1])
    return negated and kind == "claim" and tuple(parse_claim_path(requirement[1])) == _FINGERPRINT
