"""One JSON line a decision, with the promised members and nothing of the caller's choosing."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authorizers.audit.decision_line import MAX_FIELD_CHARS
from authorizers.model.decision import Decision, Outcome
from authorizers.model.principal import Principal

Decide = Callable[..., Decision]
Written = Callable[[Decision], dict[str, Any]]

ALICE = Principal(
    "staff|alice", "staff", "https://issuer.example", frozenset({"r"}), {"sub": "alice"}, "key-1"
)
HOSTILE = [
    'x","decision":"allow', "x\r\n{}", "\x1b[31m", "\u2028\u2029\x85\x0b\x0c", "\x00", "\\", '\\"',
    "é€😀", "\ud800", "</script>", "${jndi:ldap://x}", "x" * 5000,
]  # fmt: skip


def test_a_decision_has_all_that_is_promised(decision: Decide, written: Written) -> None:
    line = written(
        decision(
            principal=ALICE,
            cache="hit",
            route="GET /users/{user_id}",
            dropped=("GET /tenants/{id}", "PUT /tenants/{id}"),
        )
    )
    milliseconds = line.pop("milliseconds")
    assert line.pop("_aws")
    assert line.pop("DecisionTime") == [milliseconds]
    assert line == {
        "level": "INFO",
        "location": "authorizers",
        "message": "decision",
        "timestamp": "2027-01-15 08:00:00,250+0000",
        "service": "orders-authorizer",
        "decision": "allow",
        "reason": "granted",
        "event_kind": "rest-request",
        "api": "abcdef1234",
        "stage": "prod",
        "api_request_id": "api-1",
        "route": "GET /users/{user_id}",
        "function_request_id": "function-1",
        "scheme": "staff",
        "issuer": "https://issuer.example",
        "principal": "staff|alice",
        "cache": "hit",
        "key_id": "key-1",
        "dropped_routes": ["GET /tenants/{id}", "PUT /tenants/{id}"],
        "Decisions": [1.0],
    }


def test_the_certificate_beside_a_token_is_named(decision: Decide, written: Written) -> None:
    shown = {"certificate": {"fingerprint_sha256": "ab" * 32, "subject": "CN=alice"}}
    line = written(decision(principal=ALICE._replace(claims=shown, certificate_scheme="partners")))
    assert line["principal"] == "staff|alice"
    assert (line["certificate_scheme"], line["certificate_sha256"]) == ("partners", "ab" * 32)
    assert "CN=alice" not in str(line)


def test_the_path_that_was_asked_for_is_not_told(decision: Decide, written: Written) -> None:
    assert "secret-path" not in str(written(decision(principal=ALICE)))


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_a_line(decision: Decide, written: Written, outcome: Outcome) -> None:
    line = written(decision(outcome, "token_expired", scheme="staff"))
    assert line["decision"] == outcome.value
    assert line["reason"] == "token_expired"
    assert line["scheme"] == "staff"
    assert not line.keys() & {"principal", "issuer", "cache", "key_id", "route", "dropped_routes"}


def test_what_never_became_a_request_is_a_line_too(written: Written) -> None:
    line = written(Decision(None))
    assert (line["decision"], line["reason"]) == ("error", "internal_error")
    assert not line.keys() & {"event_kind", "api", "stage", "api_request_id", "scheme"}


def test_milliseconds_are_the_time_since_the_call_began(
    decision: Decide, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = decision()
    monkeypatch.setattr("authorizers.model.decision.perf_counter", lambda: made.started + 0.0123456)
    assert written(made)["milliseconds"] == 12.346
    assert written(made)["DecisionTime"] == [12.346]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_text_breaks_out_of_its_member(decision: Decide, written: Written, text: str) -> None:
    """CWE-117: subjects and keys' names are the issuer's text, ids may be the caller's."""
    hostile = Principal(f"staff|{text}", text, text, frozenset(), {}, text)
    line = written(
        decision(
            Outcome.DENY,
            "not_granted",
            request_id=text,
            function_request_id=text,
            principal=hostile,
            cache="miss",
            route=text,
            dropped=(text,),
        )
    )
    assert line["decision"] == "deny"
    assert line["principal"] == f"staff|{text}"[:MAX_FIELD_CHARS]
    for name in ("key_id", "api_request_id", "function_request_id"):
        assert line[name] == text[:MAX_FIELD_CHARS]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text())
def test_every_text_is_read_back_as_it_was(decision: Decide, written: Written, text: str) -> None:
    principal = Principal("p", "s", text, frozenset(), {})
    assert written(decision(principal=principal, cache="off"))["issuer"] == text


def test_the_line_is_in_the_order_in_which_logs_are_read(
    decision: Decide, written: Written
) -> None:
    assert list(written(decision()))[:6] == [
        "level", "location", "message", "timestamp", "service", "decision",
    ]  # fmt: skip
