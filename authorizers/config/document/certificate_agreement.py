"""
What the `client_certificate` schemes of a document must agree on: each in itself, and with others.

Works on the plain values, like `agreement`; what has the wrong shape is somebody else's finding.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from authorizers.config.certificate_facts import fingerprint
from authorizers.config.document.file_place import place_of
from authorizers.config.document.plain import listed, mapping, of_kind
from authorizers.config.document.requirement_agreement import Finding, Place
from authorizers.config.document.revocation import SOURCES
from authorizers.config.document.role_agreement import declared_routes
from authorizers.config.document.text import KEY

_NEEDED_BY = {"trust_domain": "spiffe", "fingerprints": "fingerprint"}  # which identity
_READ_ELSEWHERE = (
    "trusted certificates are read from there, and the scheduled function would write a revocation"
    " list over them"
)
_CONNECT = "$connect"
_NO_WEBSOCKET = (
    "WebSocket APIs never see a client certificate, and a function with client_certificate schemes"
    " refuses to serve them: write a document of its own for them"
)
_AMBIGUOUS = (
    "the scheme {} trusts the same and takes the same identities: whose caller a certificate is"
    " would be left to chance"
)


def certificate_disagreements(root: dict[str, Any]) -> Iterator[Finding]:
    """Yield where the `client_certificate` schemes of a document, `root`, do not fit."""
    schemes = of_kind(root.get("authenticate"), "client_certificate")
    for name, scheme in schemes.items():
        place = ("authenticate", name, "client_certificate")
        yield from _of_identity(place, scheme)
        yield from _twice((*place, "fingerprints"), _all_pinned(scheme))
        yield from _twice((*place, "policies"), _items(scheme, "policies"))
        if scheme.get("revocation") is not None:
            yield from _of_revocation((*place, "revocation"), mapping(scheme["revocation"]))
    yield from _ambiguous(schemes)
    yield from _overwriting(schemes)
    routes = declared_routes(root)
    if _CONNECT in routes and schemes:
        yield routes[_CONNECT], _NO_WEBSOCKET


def _items(scheme: Mapping[str, Any], name: str) -> list[Any]:
    return listed(scheme.get(name))


def _of_identity(place: Place, scheme: dict[str, Any]) -> Iterator[Finding]:
    for name, identity in _NEEDED_BY.items():
        if scheme.get("identity") == identity and name not in scheme:
            yield (*place, "identity"), f"{identity} needs {name}"
        if "identity" in scheme and scheme["identity"] != identity and name in scheme:
            yield (*place, name, KEY), f"is for identity: {identity} only"


def _twice(place: Place, values: Any) -> Iterator[Finding]:
    """Yield each of the values that stands before already; None is no value."""
    seen: list[Any] = []
    for i, value in enumerate(values):
        if value is not None and value in seen:
            yield (*place, i), "stands here twice"
        seen.append(value)


def _of_revocation(place: Place, revocation: dict[str, Any]) -> Iterator[Finding]:
    if "none" in revocation or not revocation:
        return
    if not any(name in revocation for name in SOURCES):
        yield place, f"write at least one of {', '.join(SOURCES)}"
    crls = listed(revocation.get("crls"))
    yield from _twice((*place, "crls"), (_place(mapping(c).get("kept_in", c)) for c in crls))
    for name in ("distribution_points", "ocsp"):
        hosts = listed(mapping(revocation.get(name)).get("hosts"))
        small = (host.lower() if isinstance(host, str) else None for host in hosts)
        yield from _twice((*place, name, "hosts"), small)


def _ambiguous(schemes: Mapping[str, dict[str, Any]]) -> Iterator[Finding]:
    """Yield where one certificate could be a caller of two schemes."""
    for (one, first), (other, second) in combinations(schemes.items(), 2):
        place = ("authenticate", other, "client_certificate")
        if pinned := _pinned(first) & _pinned(second):
            numbers = [i for i, pin in enumerate(_all_pinned(second)) if pin in pinned]
            yield (*place, "fingerprints", numbers[0]), f"the scheme {one} has this one already"
        elif _same_callers(first, second):
            yield (*place, "trust"), _AMBIGUOUS.format(one)


def _all_pinned(scheme: Mapping[str, Any]) -> list[str | None]:
    return [_fingerprint(text) for text in _items(scheme, "fingerprints")]


def _pinned(scheme: Mapping[str, Any]) -> set[str | None]:
    return set(_all_pinned(scheme)) - {None}


def _same_callers(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether both trust one file and read one kind of identity, without a pin."""
    trust, identity = _place(one.get("trust")), one.get("identity")
    if trust is None or trust != _place(other.get("trust")):
        return False
    if identity in (None, "fingerprint") or identity != other.get("identity"):
        return False
    return one.get("trust_domain") == other.get("trust_domain")


def _overwriting(schemes: Mapping[str, dict[str, Any]]) -> Iterator[Finding]:
    """Yield where two lists, or a list and certificates, would be kept in one place."""
    read = [_place(s.get(name)) for s in schemes.values() for name in ("trust", "intermediates")]
    kept: list[tuple[dict[str, str], Any]] = []
    for name, scheme in schemes.items():
        place = ("authenticate", name, "client_certificate", "revocation", "crls")
        for i, crl in enumerate(_items(mapping(scheme.get("revocation")), "crls")):
            url, where = mapping(crl).get("url"), _place(mapping(crl).get("kept_in"))
            if where is None:
                continue
            if where in read:
                yield (*place, i, "kept_in"), _READ_ELSEWHERE
            if any(where == other and url != theirs for other, theirs in kept):
                yield (*place, i, "kept_in"), "the list of another url is kept there"
            kept.append((where, url))


def _place(text: Any) -> dict[str, str] | None:
    try:
        return place_of(text)
    except ValueError:
        return None


def _fingerprint(text: Any) -> str | None:
    try:
        return fingerprint(text) if isinstance(text, str) else None
    except ValueError:
        return None
