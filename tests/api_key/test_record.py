"""Records: the same JSON in every store, strict, and showing no secret."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.api_key.record import (
    MAX_NETWORKS,
    MAX_RECORD_BYTES,
    GatewayKey,
    KeyRecord,
    StoredSecret,
    dump_record,
    load_record,
    parse_record,
)
from authorizers.errors import DependencyError

DIGEST = bytes(range(32))
GATEWAY_VALUE = "gateway-value-0123456789"
FULL = KeyRecord(
    "7Fh3kQ9ZpLm2",
    "acme",
    (StoredSecret(DIGEST, "2"), StoredSecret(DIGEST[::-1], "1", 1_800_000_000)),
    1_700_000_000,
    scopes=("orders:read",),
    roles=("reader",),
    routes=("GET /orders",),
    networks=("10.0.0.0/8",),
    not_before=1_700_000_001,
    expires_at=1_900_000_000,
    revoked_at=1_800_000_001,
    usage_plan="gold",
    labels={"team": "blue"},
    gateway_key=GatewayKey("abc123", GATEWAY_VALUE),
    version=7,
)
LEAST = KeyRecord("7Fh3kQ9ZpLm2", "acme", (StoredSecret(DIGEST, "2"),), 1_700_000_000)


@pytest.mark.parametrize("record", [FULL, LEAST, LEAST._replace(routes=(), networks=())])
def test_what_is_written_is_read_again(record: KeyRecord) -> None:
    text = json.dumps(dump_record(record))
    assert parse_record(text, "x", record.version) == record


def test_what_is_not_set_is_not_written() -> None:
    assert dump_record(LEAST) == {
        "id": "7Fh3kQ9ZpLm2",
        "owner": "acme",
        "secrets": [{"hmac_sha256": DIGEST.hex(), "pepper": "2"}],
        "created_at": 1_700_000_000,
    }


def changed(**members: Any) -> dict[str, Any]:
    return dump_record(FULL) | members


SECRET = {"hmac_sha256": DIGEST.hex(), "pepper": "2"}
MALFORMED: list[Any] = [
    None,
    [],
    "text",
    {},
    changed(surprise=1),
    changed(disabled=True),
    changed(id=None),
    changed(id="7Fh3kQ9ZpLm"),
    changed(id="7Fh3kQ9ZpLm2\n"),
    changed(id="7Fh3kQ9ZpLm_"),
    changed(owner=""),
    changed(owner=None),
    changed(owner=["acme"]),
    changed(secrets=None),
    changed(secrets=[]),
    changed(secrets=[SECRET, SECRET, SECRET]),
    changed(secrets=[SECRET["hmac_sha256"]]),
    changed(secrets=[SECRET | {"hmac_sha256": "00"}]),
    changed(secrets=[SECRET | {"hmac_sha256": DIGEST.hex().upper()}]),
    changed(secrets=[SECRET | {"pepper": ""}]),
    changed(secrets=[SECRET | {"pepper": None}]),
    changed(secrets=[SECRET | {"not_after": "soon"}]),
    changed(secrets=[SECRET | {"surprise": 1}]),
    changed(secrets=[{"pepper": "2"}]),
    changed(scopes="orders:read"),
    changed(scopes=[1]),
    changed(roles=[""]),
    changed(routes=None),
    changed(networks=None),
    changed(networks="10.0.0.0/8"),
    changed(networks=["10.0.0.0/8"] * (MAX_NETWORKS + 1)),
    changed(created_at=None),
    changed(expires_at=None),
    changed(expires_at="2026-01-01"),
    changed(expires_at=1.5),
    changed(expires_at=True),
    changed(expires_at=-1),
    changed(expires_at=1_800_000_000_000),
    changed(revoked_at=None),
    changed(not_before=[]),
    changed(usage_plan=""),
    changed(usage_plan=None),
    changed(labels=None),
    changed(labels={"team": 1}),
    changed(labels=[]),
    changed(gateway_key=None),
    changed(gateway_key={"id": ""}),
    changed(gateway_key={"surprise": "x"}),
    changed(gateway_key="x"),
]


@pytest.mark.parametrize("number", range(len(MALFORMED)))
def test_a_malformed_record_is_a_failure_of_the_store(number: int) -> None:
    with pytest.raises(DependencyError) as raised:
        load_record(MALFORMED[number], "dynamodb:ApiKeys")
    assert raised.value.code == "key_record_malformed"
    assert "dynamodb:ApiKeys" in str(raised.value)
    for secret in (DIGEST.hex(), GATEWAY_VALUE, "acme"):
        assert secret not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(dump_record(FULL))[:-1] + ', "revoked_at": 1800000002}',
        json.dumps(dump_record(FULL))[:-1] + ', "surprise": NaN}',
        "",
        "null",
        "{",
        "[" * 20_000,
        f'{{"id":"{"x" * MAX_RECORD_BYTES}"}}',
        b"\xff\xfe",
    ],
)
def test_text_that_is_no_record_is_a_failure_of_the_store(text: str | bytes) -> None:
    with pytest.raises(DependencyError, match="key_record_malformed"):
        parse_record(text, "x")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted(dump_record(FULL))), json_values)
def test_any_member_may_be_anything_and_nothing_but_our_error_comes_out(
    name: str, value: Any
) -> None:
    try:
        record = load_record(changed(**{name: value}), "x")
    except DependencyError:
        return
    assert load_record(dump_record(record), "x") == record


def test_no_repr_shows_a_secret() -> None:
    for text in (repr(FULL), str(FULL), f"{FULL.secrets}", f"{FULL.gateway_key}"):
        assert GATEWAY_VALUE not in text
        assert DIGEST.hex() not in text
        assert repr(DIGEST)[2:-1] not in text
