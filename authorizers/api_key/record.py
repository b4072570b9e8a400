"""
What is known of a key: everything but the key itself.

The same JSON in every store. Strict: a member that this release does not know is refused, because
it may be what restricts the key.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizers.api_key.format import ID_PATTERN
from authorizers.errors import DependencyError
from authorizers.model.grant import Networks
from authorizers.model.strict_json import parse_json

MAX_SECRETS = 2
MAX_NETWORKS = 8
MAX_RECORD_BYTES = 16 * 1024
_MAX_SECONDS = 253_402_300_800  # the year 10000: beyond are milliseconds
_DIGEST = "[0-9a-f]{64}"
_TEXTS = ("scopes", "roles", "routes", "networks")
_TIMES = ("created_at", "not_before", "expires_at", "revoked_at")
_MEMBERS = frozenset(
    {"id", "owner", "secrets", *_TEXTS, *_TIMES, "usage_plan", "labels", "gateway_key"}
)


class StoredSecret(NamedTuple):
    """
    What is stored of one secret: its digest, and the name of the pepper it was made with.

    `not_after`, in seconds since 1970, is when a secret that was replaced stops to count.
    """

    digest: bytes
    pepper: str
    not_after: int | None = None

    def __repr__(self) -> str:
        return f"StoredSecret(pepper={self.pepper!r}, not_after={self.not_after})"


class GatewayKey(NamedTuple):
    """
    The API Gateway key that stands for this one in usage plans: its id, and its value, which is
    what an answer carries as `usageIdentifierKey`. The value is a secret of the server's side.
    """

    key_id: str | None = None
    value: str | None = None

    def __repr__(self) -> str:
        return f"GatewayKey({self.key_id!r}, value={'set' if self.value else None})"


class KeyRecord(NamedTuple):
    """
    One key. Times are in seconds since 1970; None is no limit.

    `routes` and `networks` narrow what the document's rules grant; None narrows nothing, and an
    empty tuple is none. `version` is the store's: what an operator changes must still have it.
    """

    key_id: str
    owner: str
    secrets: tuple[StoredSecret, ...]
    created_at: int
    scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    routes: tuple[str, ...] | None = None
    networks: Networks | None = None
    not_before: int | None = None
    expires_at: int | None = None
    revoked_at: int | None = None
    usage_plan: str | None = None
    labels: Mapping[str, str] = {}
    gateway_key: GatewayKey = GatewayKey()
    version: int = 1


def dump_record(record: KeyRecord) -> dict[str, Any]:
    """Return the JSON value of `record`, without what is not set, and without its version."""
    value: dict[str, Any] = {
        "id": record.key_id,
        "owner": record.owner,
        "secrets": [_dump_secret(secret) for secret in record.secrets],
    }
    for name in (*_TEXTS, *_TIMES, "usage_plan"):
        member = getattr(record, name)
        if member is not None and (member != () or name in ("routes", "networks")):
            value[name] = list(member) if isinstance(member, tuple) else member
    if record.labels:
        value["labels"] = dict(record.labels)
    gateway_key = {"id": record.gateway_key.key_id, "value": record.gateway_key.value}
    if any(gateway_key.values()):
        value["gateway_key"] = {name: text for name, text in gateway_key.items() if text}
    return value


def _dump_secret(secret: StoredSecret) -> dict[str, Any]:
    value: dict[str, Any] = {"hmac_sha256": secret.digest.hex(), "pepper": secret.pepper}
    return value if secret.not_after is None else value | {"not_after": secret.not_after}


def load_record(value: Any, place: str, version: int = 1) -> KeyRecord:
    """
    Load the JSON value of a record that was read from `place`.

    Raises:
        DependencyError: `key_record_malformed`; the message holds nothing of the record but its id.
    """
    problem = problem_of_record(value)
    if problem:
        key_id = value.get("id") if isinstance(value, dict) else None
        known = isinstance(key_id, str) and re.fullmatch(ID_PATTERN, key_id)
        name = f"the key {key_id}" if known else "a key"
        raise DependencyError("key_record_malformed", f"{place} has {name} whose {problem}")
    gateway_key = value.get("gateway_key", {})
    return KeyRecord(
        value["id"],
        value["owner"],
        tuple(map(_load_secret, value["secrets"])),
        value["created_at"],
        scopes=tuple(value.get("scopes", ())),
        roles=tuple(value.get("roles", ())),
        routes=_tuple_or_none(value.get("routes")),
        networks=_tuple_or_none(value.get("networks")),
        not_before=value.get("not_before"),
        expires_at=value.get("expires_at"),
        revoked_at=value.get("revoked_at"),
        usage_plan=value.get("usage_plan"),
        labels=value.get("labels", {}),
        gateway_key=GatewayKey(gateway_key.get("id"), gateway_key.get("value")),
        version=version,
    )


def parse_record(text: str | bytes, place: str, version: int = 1) -> KeyRecord:
    """
    Parse the JSON text of a record that was read from `place`.

    Raises:
        DependencyError: `key_record_malformed`.
    """
    try:
        value = parse_json(text) if len(text) <= MAX_RECORD_BYTES else None
    except ValueError:
        value = None
    return load_record(value, place, version)


def problem_of_record(value: Any) -> str:
    """Return what is wrong with the JSON value of a record, as `member is …`, or nothing."""
    if not isinstance(value, dict):
        return "record is no JSON object"
    if not value.keys() <= _MEMBERS:
        return "record has a member that this release does not know"
    if not (isinstance(value.get("id"), str) and re.fullmatch(ID_PATTERN, value["id"])):
        return "id is not 12 letters and digits"
    if not _is_text(value.get("owner")):
        return "owner is not text"
    if not _are_secrets(value.get("secrets")):
        return f"secrets are not one to {MAX_SECRETS} digests"
    for name in _TEXTS:
        if name in value and not _are_texts(value[name]):
            return f"{name} are not a list of text"
    for name in _TIMES:
        if (name in value or name == "created_at") and not _is_time(value.get(name)):
            return f"{name} is not a time in seconds since 1970"
    return _problem_of_the_rest(value)


def _problem_of_the_rest(value: dict[str, Any]) -> str:
    labels, gateway_key = value.get("labels", {}), value.get("gateway_key", {})
    if "usage_plan" in value and not _is_text(value["usage_plan"]):
        return "usage_plan is not text"
    if not isinstance(labels, dict) or not all(isinstance(v, str) for v in labels.values()):
        return "labels are not texts by name"
    if not isinstance(gateway_key, dict) or not gateway_key.keys() <= {"id", "value"}:
        return "gateway_key has other members than id and value"
    if not all(map(_is_text, gateway_key.values())):
        return "gateway_key is not text"
    if len(value.get("networks", ())) > MAX_NETWORKS:
        return f"networks are more than {MAX_NETWORKS}"
    return ""


def _load_secret(value: dict[str, Any]) -> StoredSecret:
    return StoredSecret(
        bytes.fromhex(value["hmac_sha256"]), value["pepper"], value.get("not_after")
    )


def _are_secrets(value: object) -> bool:
    return (
        isinstance(value, list) and 1 <= len(value) <= MAX_SECRETS and all(map(_is_secret, value))
    )


def _is_secret(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() <= {"hmac_sha256", "pepper", "not_after"}
        and isinstance(value.get("hmac_sha256"), str)
        and re.fullmatch(_DIGEST, value["hmac_sha256"]) is not None
        and _is_text(value.get("pepper"))
        and ("not_after" not in value or _is_time(value["not_after"]))
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_time(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MAX_SECONDS


def _tuple_or_none(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)
