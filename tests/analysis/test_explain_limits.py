"""What an explained request with an API key would be counted against."""

from typing import Any

import pytest

from authorizers.analysis.caller import AssumedPrincipal, NamedKey
from authorizers.analysis.explain import explain, explain_event
from authorizers.api_key.record import GatewayKey
from authorizers.config.compile import compile_document
from authorizers.config.examples import read_examples
from authorizers.model.decision import Outcome
from authorizers.model.request import EventKind
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import EVENT_BUILDERS
from tests.analysis.key_requests import MakeDocument, asked, facts, names, presented, reader, stage
from tests.api_key.keys import NOW

PLAN = "free: {rate: 5/s, burst: 10, quota: 1000/day, routes: {GET /orders: {quota: 100/week}}}"
LIMITS = f"{{dynamodb: Usage, when_unavailable: deny, without_plan: unlimited, plans: {{{PLAN}}}}}"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def document(keys_document: MakeDocument) -> MakeDocument:
    """Return what makes a document of these keys, in a file, with these settings."""
    return keys_document


@pytest.mark.parametrize("api", ["http", "websocket"])
def test_what_would_be_counted_is_said_and_nothing_is_counted(
    document: MakeDocument, clock: FrozenClock, api: Any
) -> None:
    key = reader(usage_plan="free")  # the table Usage does not exist, so a draw would fail
    request = "GET /orders" if api == "http" else "GET /"
    explained = explain(
        document(key, limits=LIMITS), asked(request, api=api), presented(key), clock=clock
    )
    assert explained.allowed
    assert stage(explained, "limits").summary == "counted by the plan free"
    on_route = ["on GET /orders: 100 a week (UTC)"] if api == "http" else []
    assert facts(explained, "limits") == [
        "on all routes together: 10 at once, and one more every 0.2 s",
        "on all routes together: 1000 a day (UTC)",
        *on_route,
        "nothing was counted, and no counter was read",
    ]
    assert names(explained)[-2:] == ["limits", "answer"]


def test_a_request_that_is_denied_is_not_counted(
    document: MakeDocument, clock: FrozenClock
) -> None:
    key = reader(usage_plan="free")
    request = asked("POST /orders", api="http")
    explained = explain(document(key, limits=LIMITS), request, presented(key), clock=clock)
    assert not explained.allowed
    assert "limits" not in names(explained)


@pytest.mark.parametrize(
    ("plan", "without_plan", "summary"),
    [
        (None, "unlimited", "none: keys without a plan are unlimited"),
        (None, "free", "counted by the plan free"),
    ],
)
def test_a_key_without_plan_has_the_limits_that_the_document_says(
    document: MakeDocument, clock: FrozenClock, plan: str | None, without_plan: str, summary: str
) -> None:
    key = reader(usage_plan=plan)
    compiled = document(key, limits=LIMITS.replace("unlimited", without_plan))
    explained = explain(compiled, asked(api="http"), presented(key), clock=clock)
    assert stage(explained, "limits").summary == summary


@pytest.mark.parametrize("api", ["http", "rest"])
def test_a_plan_that_the_document_does_not_have_is_an_error(
    document: MakeDocument, clock: FrozenClock, api: Any
) -> None:
    key = reader(usage_plan="gold")
    compiled = document(key, limits=LIMITS)
    explained = explain(compiled, asked(api=api), presented(key), clock=clock)
    assert (explained.outcome, explained.code) == (Outcome.ERROR, "usage_plan_unknown")
    assert stage(explained, "limits").passed is False
    assert explained.principal is not None


def test_a_rest_api_needs_a_key_of_its_own_for_what_has_limits(
    document: MakeDocument, clock: FrozenClock
) -> None:
    for gateway_key, code in (
        (GatewayKey(), "usage_key_missing"),
        (GatewayKey("a", "v"), "granted"),
    ):
        key = reader(usage_plan="free", gateway_key=gateway_key)
        compiled = document(key, limits=LIMITS)
        headers = {"x-api-key": key.key.reveal()}
        event = EVENT_BUILDERS[EventKind.REST_REQUEST](path="/orders", headers=headers)
        explained = explain_event(compiled, event, clock=clock)
        assert explained.code == code
        assert explain(compiled, asked(), NamedKey(key.record.key_id), clock=clock).code == code


def test_a_key_without_limits_needs_none(document: MakeDocument, clock: FrozenClock) -> None:
    key = reader()
    assert explain(document(key, limits=LIMITS), asked(), presented(key), clock=clock).allowed


def test_principals_of_the_document_are_counted_by_their_plan() -> None:
    text = (
        "version: 1\nauthenticate:\n  machines:\n    api_key:\n      prefix: a1\n"
        "      pepper: environment\n      keys: {dynamodb: Keys}\n"
        f"      limits: {LIMITS}\nroutes: {{GET /orders: {{authenticated: true}}}}\n"
        "principals:\n  acme: {scheme: machines, claims: {owner: acme, usage_plan: free}}\n"
    )
    compiled = compile_document(text)
    acme = read_examples(text, compiled).principals["acme"]
    caller = AssumedPrincipal(acme, "acme")
    http = explain(compiled, asked(api="http"), caller)
    assert stage(http, "limits").summary == "counted by the plan free"
    rest = explain(compiled, asked(), caller)
    assert rest.allowed
    assert "without an API Gateway key in its record there is no answer" in facts(rest, "limits")


def test_no_secret_is_said_of_a_key(document: MakeDocument, clock: FrozenClock) -> None:
    key = reader(usage_plan="free", gateway_key=GatewayKey("gateway-id", "gateway-value-0123"))
    compiled = document(key, limits=LIMITS)
    secret = key.key.reveal().rpartition("_")[2]
    digests = [stored.digest for stored in key.record.secrets]
    for caller in (presented(key), NamedKey(key.record.key_id)):
        for api in ("rest", "http"):
            explained = explain(compiled, asked(api=api), caller, clock=clock)
            said = repr(explained)
            assert "gateway-id" in said
            assert "gateway-value-0123" not in said
            assert secret not in said
            assert all(d.hex() not in said and repr(d) not in said for d in digests)
            assert "twotwo" not in said
