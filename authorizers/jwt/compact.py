"""The JWS compact serialization, parsed strictly (RFC 7515 §7.1, §5.2). Nothing is proven here."""

import json
from binascii import a2b_base64
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from authorizers.errors import MalformedCredential
from authorizers.model.strict_json import no_constant, unique_members

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TO_BASE64 = bytes.maketrans(b"-_", b"+/")
# The last character of a part may carry bits that decode to nothing. A part with such bits set
# is a second spelling of the same bytes, and is refused (RFC 4648 §3.5).
_LAST_CHARACTERS = {0: _ALPHABET, 2: _ALPHABET[::16], 3: _ALPHABET[::4]}


class UnverifiedJwt(NamedTuple):
    """A parsed token of which nothing is proven: not its issuer, not that it means anything."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signing_input: bytes
    signature: bytes

    def __repr__(self) -> str:
        return "UnverifiedJwt(…)"


def parse_compact(token: str) -> UnverifiedJwt:
    """
    Parse `token`, untrusted text of any kind.

    Raises:
        MalformedCredential: `jwt_malformed`.
    """
    if not token.isascii():
        raise malformed("a part is not base64url")
    octets = token.encode("ascii")
    parts = octets.split(b".", 3)
    if len(parts) != 3:
        raise malformed("a signed JWT has three parts")
    header, payload, signature = parts
    return UnverifiedJwt(
        _parse_header(header),
        parse_json_object(decode_base64url(payload)),
        octets[: len(octets) - len(signature) - 1],
        decode_base64url(signature),
    )


@lru_cache(maxsize=64)  # an issuer's tokens have one header for each of its keys
def _parse_header(part: bytes) -> dict[str, Any]:
    return parse_json_object(decode_base64url(part))


def malformed(detail: str) -> MalformedCredential:
    """Return the error for a token that is not what its specifications say."""
    return MalformedCredential("jwt_malformed", detail)


def decode_base64url(part: bytes) -> bytes:
    """
    Decode base64url without padding, white space or other characters (RFC 7515 §2).

    Raises:
        MalformedCredential: `jwt_malformed`.
    """
    if not part or part.translate(None, _ALPHABET):
        raise malformed("a part is not base64url")
    remainder = len(part) % 4
    if part[-1] not in _LAST_CHARACTERS.get(remainder, b""):
        raise malformed("a part is not canonical base64url")
    return a2b_base64(part.translate(_TO_BASE64) + b"==")


_DECODER = json.JSONDecoder(object_pairs_hook=unique_members, parse_constant=no_constant)
_scan: Callable[[str, int], tuple[Any, int]] = _DECODER.scan_once  # type: ignore[attr-defined]


def parse_json_object(octets: bytes) -> dict[str, Any]:
    """
    Parse one JSON object in UTF-8 without a byte order mark, each member name once (RFC 7519 §4).

    Raises:
        MalformedCredential: `jwt_malformed`.
    """
    try:
        text = octets.decode("utf-8").strip(" \t\n\r")  # JSON's white space, and no other
        value, end = _scan(text, 0)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate is no text
    except (ValueError, RecursionError, StopIteration):
        raise malformed("a part is not a JSON object with unique names") from None
    if end != len(text) or type(value) is not dict:
        raise malformed("a part is not one JSON object")
    return value
