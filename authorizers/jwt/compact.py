"""The JWS compact serialization, parsed strictly (RFC 7515 §7.1, §5.2). Nothing is proven here."""

import json
from base64 import urlsafe_b64decode
from typing import Any, NamedTuple

from authorizers.errors import MalformedCredential

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# The last character of a part may carry bits that decode to nothing. A part with such bits set
# is a second spelling of the same bytes, and is refused (RFC 4648 §3.5).
_LAST_CHARACTERS = {2: _ALPHABET[::16], 3: _ALPHABET[::4], 0: _ALPHABET}
_ONLY_BASE64URL = str.maketrans("", "", _ALPHABET)


class UnverifiedJwt(NamedTuple):
    """A parsed token of which nothing is proven: not its issuer, not even that it means anything."""

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
    parts = token.split(".", 5)
    if len(parts) != 3:
        raise malformed("a signed JWT has three parts")
    header, payload, signature = parts
    signing_input, _, _ = token.rpartition(".")
    return UnverifiedJwt(
        parse_json_object(decode_base64url(header)),
        parse_json_object(decode_base64url(payload)),
        signing_input.encode("ascii"),
        decode_base64url(signature),
    )


def malformed(detail: str) -> MalformedCredential:
    """Return the error for a token that is not what its specifications say."""
    return MalformedCredential("jwt_malformed", detail)


def decode_base64url(text: str) -> bytes:
    """
    Decode base64url without padding, white space or other characters (RFC 7515 §2).

    Raises:
        MalformedCredential: `jwt_malformed`.
    """
    if not text or text.translate(_ONLY_BASE64URL):
        raise malformed("a part is not base64url")
    remainder = len(text) % 4
    if text[-1] not in _LAST_CHARACTERS.get(remainder, ""):
        raise malformed("a part is not canonical base64url")
    return urlsafe_b64decode(text + "=" * (-remainder % 4))


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _no_constant(_: str) -> None:
    raise ValueError  # NaN and Infinity are not JSON (RFC 8259 §6)


_DECODER = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_no_constant)


def parse_json_object(octets: bytes) -> dict[str, Any]:
    """
    Parse one JSON object in UTF-8 without a byte order mark, each member name once (RFC 7519 §4).

    Raises:
        MalformedCredential: `jwt_malformed`.
    """
    try:
        text = octets.decode("utf-8")
        value = _DECODER.decode(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate is no text
    except (ValueError, RecursionError):
        raise malformed("a part is not a JSON object with unique names") from None
    if not isinstance(value, dict):
        raise malformed("a part is JSON, but not an object")
    return value
