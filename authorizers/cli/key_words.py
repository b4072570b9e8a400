"""A key in words: everything that is known of it, but digests and what the gateway takes."""

import math
from typing import Any

import yaml

from authorizers.api_key.record import KeyRecord, StoredSecret, dump_record
from authorizers.cli.moment import render_moment
from authorizers.issuing.state import ends_at, live_secrets, state_of


class _Quoted(yaml.SafeDumper):
    """Text is quoted: PyYAML leaves alone what the document's reader takes for a number, 1e5."""


_Quoted.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)
STYLES = {
    "active": "green",
    "rotating": "yellow",
    "not-yet": "cyan",
    "expired": "red",
    "revoked": "bold red",
}


def key_json(record: KeyRecord, now: float) -> dict[str, Any]:
    """Return what programs are told of a key."""
    return {
        "id": record.key_id,
        "owner": record.owner,
        "state": state_of(record, now),
        "created_at": render_moment(record.created_at),
        "not_before": _moment(record.not_before),
        "expires_at": _moment(record.expires_at),
        "revoked_at": _moment(record.revoked_at),
        "scopes": list(record.scopes),
        "roles": list(record.roles),
        "routes": None if record.routes is None else list(record.routes),
        "networks": None if record.networks is None else list(record.networks),
        "usage_plan": record.usage_plan,
        "labels": dict(record.labels),
        "secrets": [_secret_json(secret, now) for secret in record.secrets],
        "gateway_key": record.gateway_key.key_id,
    }


def key_lines(record: KeyRecord, now: float) -> list[tuple[str, str]]:
    """Return what people are told of a key: names and values."""
    said = key_json(record, now)
    secrets = [_secret_words(secret) for secret in said["secrets"]]
    labels = [f"{name}={value}" for name, value in said["labels"].items()]
    return [
        ("id", said["id"]),
        ("owner", said["owner"]),
        ("state", said["state"]),
        ("created", said["created_at"]),
        ("not before", said["not_before"] or "-"),
        ("expires", said["expires_at"] or "never"),
        ("revoked", said["revoked_at"] or "-"),
        ("scopes", " ".join(said["scopes"]) or "-"),
        ("roles", " ".join(said["roles"]) or "-"),
        ("routes", _narrowed(said["routes"], "all that its rules grant")),
        ("networks", _narrowed(said["networks"], "from everywhere")),
        ("usage plan", said["usage_plan"] or "-"),
        ("labels", ", ".join(labels) or "-"),
        *(("secret", words) for words in secrets),
        ("gateway key", said["gateway_key"] or "-"),
    ]


def record_yaml(record: KeyRecord) -> str:
    """Return the record as the item of a document's `records`; it has digests."""
    return yaml.dump(
        [dump_record(record)], Dumper=_Quoted, sort_keys=False, allow_unicode=True, width=math.inf
    )


def table_row(record: KeyRecord, now: float) -> tuple[str, ...]:
    """Return the cells of a key in a list: id, state, end, peppers, plan, owner."""
    live = live_secrets(record, now) or record.secrets
    ends = ends_at(record)
    return (
        record.key_id,
        state_of(record, now),
        "never" if ends is None else render_moment(ends),
        ",".join(dict.fromkeys(secret.pepper for secret in live)),
        record.usage_plan or "-",
        record.owner,
    )


def _secret_json(secret: StoredSecret, now: float) -> dict[str, Any]:
    ended = secret.not_after is not None and now >= secret.not_after
    return {"pepper": secret.pepper, "ends_at": _moment(secret.not_after), "ended": ended}


def _secret_words(secret: dict[str, Any]) -> str:
    under = f"under the pepper {secret['pepper']}"
    if secret["ends_at"] is None:
        return under
    return f"{under}, {'ended' if secret['ended'] else 'ends'} {secret['ends_at']}"


def _moment(seconds: int | None) -> str | None:
    return None if seconds is None else render_moment(seconds)


def _narrowed(names: list[str] | None, all_of_them: str) -> str:
    return all_of_them if names is None else ", ".join(names) or "none"
