"""The JOSE header, validated before any key is looked for (RFC 7515 §4.1, RFC 8725 §3)."""

from collections.abc import Collection
from typing import Any, NamedTuple

from authorizers.errors import RejectedCredential, UntrustedCredential
from authorizers.jwt.compact import malformed
from authorizers.jwt.profiles import ABSENT

MAX_KEY_ID_CHARS = 512
_NOT_A_PLAIN_JWS = frozenset({"crit", "b64", "enc", "zip"})


class JoseHeader(NamedTuple):
    """The two parameters that choose a key. They are data of the caller, and never an address."""

    algorithm: str
    key_id: str | None


def validate_header(
    header: dict[str, Any], algorithms: Collection[str], types: Collection[str]
) -> JoseHeader:
    """
    Return what chooses the key. `jku`, `jwk`, `x5u` and `x5c` are never looked at (RFC 8725 §3.10).

    Raises:
        UntrustedCredential: `algorithm_not_allowed`.
        RejectedCredential: `type_not_allowed`, or `header_not_supported` for an extension, for an
            unencoded payload (RFC 7797 §7) and for encryption.
        MalformedCredential: `jwt_malformed`.
    """
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise UntrustedCredential(
            "algorithm_not_allowed", "the token's algorithm is not configured"
        )
    if not _NOT_A_PLAIN_JWS.isdisjoint(header):
        raise RejectedCredential(
            "header_not_supported", "the token asks for extensions or encryption"
        )
    if _media_type(header) not in types:
        raise RejectedCredential("type_not_allowed", "the token's typ is not that of its profile")
    if "kid" in header and not (isinstance(key_id, str) and 0 < len(key_id) <= MAX_KEY_ID_CHARS):
        raise malformed("kid must be a short, non-empty string")
    return JoseHeader(algorithm, key_id)


def _media_type(header: dict[str, Any]) -> str | None:
    """Return the `typ` in lower case, without the prefix that may be left out (RFC 7515 §4.1.9)."""
    if "typ" not in header:
        return ABSENT
    value = header["typ"]
    return value.lower().removeprefix("application/") or None if isinstance(value, str) else None
