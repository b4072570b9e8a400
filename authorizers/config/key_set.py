"""A JWK Set written into the configuration itself (RFC 7517 §5): public keys, nothing else."""

import json
from typing import Any

MAX_KEYS = 50
_PRIVATE_MEMBERS = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"))


def parse_key_set(text: str) -> dict[str, Any]:
    """
    Parse `text`, the JSON of a JWK Set.

    Raises:
        ValueError: says what is wrong, without any of the text.
    """
    try:
        key_set = json.loads(text)
    except (ValueError, RecursionError):
        # Not chained: the JSON parser's message quotes what it read.
        raise ValueError('write a JWK Set in JSON: {"keys": [...]}') from None
    return validate_key_set(key_set)


def validate_key_set(key_set: object) -> dict[str, Any]:
    """
    Return `key_set` if it has the shape of a set of public keys.

    Whether each key can be used is decided where keys are parsed; a private or shared key
    is refused here, because it must not stand in a configuration at all.

    Raises:
        ValueError: says what is wrong, without any of the content.
    """
    keys = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(key_set, dict) or not isinstance(keys, list) or not keys:
        raise ValueError("a JWK Set has a member keys, a list of at least one key (RFC 7517 §5)")
    if len(keys) > MAX_KEYS:
        raise ValueError(f"a JWK Set of a configuration has at most {MAX_KEYS} keys")
    for key in keys:
        _validate_key(key)
    return key_set


def _validate_key(key: Any) -> None:
    kty = key.get("kty") if isinstance(key, dict) else None
    if not (kty and isinstance(kty, str)):
        raise ValueError("each key of a JWK Set is an object with a kty (RFC 7517 §4.1)")
    if kty == "oct" or not _PRIVATE_MEMBERS.isdisjoint(key):
        raise ValueError(
            "a private or shared key was found: replace it at its issuer,"
            " and write the public key only"
        )
