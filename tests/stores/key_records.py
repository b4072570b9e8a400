"""Records of keys, for the tests of their stores."""

from typing import Any

from authorizers.api_key.record import GatewayKey, KeyRecord, StoredSecret

GATEWAY_VALUE = "the-value-of-a-gateway-key"


def a_record(number: int = 1, **changes: Any) -> KeyRecord:
    """Return the record of the key `number`, with nothing in it that need not be."""
    digest = number.to_bytes(32, "big")
    secret = StoredSecret(digest, "1")
    return KeyRecord(f"{number:012}", "orders", (secret,), 1_800_000_000)._replace(**changes)


def a_full_record(number: int = 1, **changes: Any) -> KeyRecord:
    """Return the record of the key `number`, with everything in it that can be."""
    secrets = (StoredSecret(b"\x01" * 32, "2"), StoredSecret(b"\xfe" * 32, "1", 1_800_000_060))
    return a_record(
        number,
        owner="Müller & Söhne \N{SNOWMAN}",
        secrets=secrets,
        scopes=("orders:read", "orders:write"),
        roles=("clerk",),
        routes=("GET /orders", "POST /orders"),
        networks=("192.0.2.0/24",),
        not_before=1_800_000_001,
        expires_at=1_900_000_000,
        revoked_at=1_850_000_000,
        usage_plan="free",
        labels={"team": "søk", "a.b": ""},
        gateway_key=GatewayKey("k1", GATEWAY_VALUE),
    )._replace(**changes)


def assert_tells_no_secret(error: BaseException) -> None:
    """Assert that neither the error nor what caused it says a digest or a gateway key's value."""
    told: BaseException | None = error
    while told is not None:
        text = f"{told} {told!r} {vars(told)}"
        assert GATEWAY_VALUE not in text
        assert "01" * 32 not in text
        assert "fe" * 32 not in text
        told = told.__cause__
