"""The `client_certificate` schemes of a compiled document: whether they are ours and whole."""

from collections.abc import Mapping
from typing import Any

_MEMBERS = (
    ("trust", dict),
    ("identity", dict),
    ("max_intermediates", int),
    ("any_extended_key_usage", bool),
    ("policies", list),
    ("refresh_seconds", int),
)
_IDENTITIES = ("spiffe", "uri", "dns", "email", "common_name", "serial", "fingerprint")
_MODES = ("required", "best_effort")
_MAX_INTERMEDIATES = 3
_HEX = frozenset("0123456789abcdef")


def is_client_certificate(scheme: Mapping[str, Any]) -> bool:
    """Return whether a scheme of client certificates is whole."""
    return (
        all(type(scheme.get(name)) is kind for name, kind in _MEMBERS)
        and _is_place(scheme["trust"])
        and {"intermediates", "revocation"} <= scheme.keys()
        and (scheme["intermediates"] is None or _is_place(scheme["intermediates"]))
        and _is_identity(scheme["identity"])
        and 0 <= scheme["max_intermediates"] <= _MAX_INTERMEDIATES
        and _are_texts(scheme["policies"])
        and scheme["refresh_seconds"] >= 0
        and (scheme["revocation"] is None or _is_revocation(scheme["revocation"]))
    )


def _is_place(place: object) -> bool:
    if not isinstance(place, dict) or place.get("kind") not in ("file", "s3"):
        return False
    named = ("name", "bucket") if place["kind"] == "s3" else ("name",)
    return all(_is_text(place.get(name)) for name in named) and _is_text(place.get("url", "-"))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(map(_is_text, values))


def _is_identity(identity: Mapping[str, Any]) -> bool:
    kind = identity.get("kind")
    if kind not in _IDENTITIES:
        return False
    if ("trust_domain" in identity) is not (kind == "spiffe"):
        return False
    if ("fingerprints" in identity) is not (kind == "fingerprint"):
        return False
    pins = identity.get("fingerprints", ["0" * 64])
    return (
        _is_text(identity.get("trust_domain", "-"))
        and _are_texts(pins)
        and bool(pins)
        and all(len(pin) == 64 and _HEX.issuperset(pin) for pin in pins)
    )


def _is_revocation(revocation: object) -> bool:
    """Return whether it says what happens when nobody knows, and who could know."""
    if not isinstance(revocation, dict) or revocation.get("mode") not in _MODES:
        return False
    crls, hosts = revocation.get("crls"), [revocation.get("distribution_points")]
    hosts.append(revocation.get("ocsp"))
    return (
        isinstance(crls, list)
        and all(map(_is_place, crls))
        and all(map(_are_texts, hosts))
        and any((crls, *hosts))
    )
