"""
The form of a key: `orders_live_7Fh3kQ9ZpLm2_` and 38 characters.

    orders_live _ 7Fh3kQ9ZpLm2 _ 0Yc…32 characters…uR 3bT9Qa
    prefix        id             secret               checksum

The prefix says to people and secret scanners whose key it is and for which environment. The id is
public: logs and operators name keys by it. The secret has 190 random bits. The checksum, the
CRC-32 of all before it, finds typing mistakes without asking anybody; it proves nothing.
"""

import re
from collections.abc import Callable
from typing import NamedTuple
from zlib import crc32

from authorizers.errors import MalformedCredential

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ID_CHARS = 12
SECRET_CHARS = 32  # 190 bits; 128 are asked for
CHECKSUM_CHARS = 6  # 62^6 is more than 2^32
MAX_PREFIX_CHARS = 24
MAX_KEY_CHARS = MAX_PREFIX_CHARS + 1 + ID_CHARS + 1 + SECRET_CHARS + CHECKSUM_CHARS

PREFIX_PATTERN = "[a-z](?:_?[a-z0-9])+"
ID_PATTERN = f"[0-9A-Za-z]{{{ID_CHARS}}}"
_KEY = re.compile(
    rf"({PREFIX_PATTERN})_({ID_PATTERN})_[0-9A-Za-z]{{{SECRET_CHARS + CHECKSUM_CHARS}}}"
)

RandomNumber = Callable[[int], int]


def system_random(below: int) -> int:
    """Return a number below `below` from the operating system's own randomness."""
    from secrets import randbelow  # noqa: PLC0415 functions make no keys

    return randbelow(below)


class KeyParts(NamedTuple):
    """The public parts of a key that is well-formed; nothing is proven by them."""

    prefix: str
    key_id: str


def scanner_pattern(prefix: str) -> str:
    """Return the regular expression by which secret scanners find keys of `prefix`."""
    return rf"\b{prefix}_{ID_PATTERN}_[0-9A-Za-z]{{{SECRET_CHARS + CHECKSUM_CHARS}}}\b"


def is_prefix(text: str) -> bool:
    """Return whether keys can begin with `text`."""
    return len(text) <= MAX_PREFIX_CHARS and re.fullmatch(PREFIX_PATTERN, text) is not None


def parse_key(text: str) -> KeyParts:
    """
    Return the public parts of the key `text`.

    Raises:
        MalformedCredential: `key_malformed`, or `key_mistyped` where only the checksum is wrong.
    """
    match = _KEY.fullmatch(text) if len(text) <= MAX_KEY_CHARS else None
    if match is None or len(match[1]) > MAX_PREFIX_CHARS:
        raise MalformedCredential("key_malformed", "the credential is not an API key of this API")
    if text[-CHECKSUM_CHARS:] != checksum(text[:-CHECKSUM_CHARS]):
        raise MalformedCredential("key_mistyped", "the API key is mistyped: its checksum is wrong")
    return KeyParts(match[1], match[2])


def generate_key(prefix: str, key_id: str, random: RandomNumber = system_random) -> str:
    """
    Return a new key; `random(n)` is a number below n, from a source that nobody can guess.

    Raises:
        ValueError: the prefix or the id cannot be part of a key.
    """
    if not is_prefix(prefix) or not re.fullmatch(ID_PATTERN, key_id):
        raise ValueError("a key's prefix is small letters and digits, joined by single _")
    body = f"{prefix}_{key_id}_{_random_text(SECRET_CHARS, random)}"
    return body + checksum(body)


def generate_key_id(random: RandomNumber = system_random) -> str:
    """Return a new id: 71 random bits, so that two keys never get the same one by accident."""
    return _random_text(ID_CHARS, random)


def checksum(body: str) -> str:
    """Return the checksum of everything before it: CRC-32 in base 62, padded to six characters."""
    number, text = crc32(body.encode()), ""
    for _ in range(CHECKSUM_CHARS):
        number, digit = divmod(number, 62)
        text = ALPHABET[digit] + text
    return text


def _random_text(length: int, random: RandomNumber) -> str:
    return "".join(ALPHABET[random(62)] for _ in range(length))
