"""Limits end to end: which requests are counted, where, and what a caller over them is told."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from authorizers.api_key.record import GatewayKey
from authorizers.audit.log import AuditLog
from authorizers.authorizer import Answers, Authorizer
from authorizers.compose.authorizer import build_authorizer
from authorizers.config.compile import compile_document
from authorizers.errors import ConfigurationError, DependencyError
from authorizers.model.request import REST_KINDS, EventKind
from authorizers.policy.evaluate import evaluate
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import EVENT_BUILDERS
from authorizers.testing.keys import FakeKeys
from authorizers.testing.tables import create_table
from tests.tables import account_with

NOW = 1_800_000_000
HOUR = 3600
GATEWAY_KEY = GatewayKey("abc", "gateway-key-value-0123456789")
LIMITS = """
      limits:
        dynamodb: Usage
        when_unavailable: deny
        without_plan: twice
        plans:
          twice: {rate: 1/h, burst: 2}
          daily: {quota: 1/day}
          writes: {quota: 100/day, routes: {"POST /orders": {rate: 1/h, burst: 1}}}
"""
DOCUMENT = """
version: 1
authenticate:
  machines:
    api_key:
      prefix: test
      pepper: environment
      keys: {records: RECORDS}
LIMITS
routes:
  GET /orders: {scopes: {any_of: [orders:read]}}
  POST /orders: {scopes: {any_of: [orders:write]}}
  $connect: {scopes: {any_of: [orders:read]}}
context: {owner: claims.owner}
"""
SCOPES = ("orders:read", "orders:write")
METERED = (EventKind.HTTP_1, EventKind.HTTP_2, EventKind.WEBSOCKET)
REST = REST_KINDS


class Bench(NamedTuple):
    """An authorizer whose requests are counted in a table, and what was sent to that."""

    authorizer: Authorizer
    clock: FrozenClock
    stream: io.StringIO
    client: Any

    @property
    def reasons(self) -> list[str]:
        lines = map(json.loads, self.stream.getvalue().splitlines())
        return [line["reason"] for line in lines if line["message"] == "decision"]

    @property
    def counters(self) -> list[Any]:
        items: list[Any] = self.client.scan(TableName="Usage")["Items"]
        return items


@pytest.fixture
def keys() -> FakeKeys:
    return FakeKeys("test", clock=FrozenClock(NOW))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with account_with(monkeypatch, "Usage", "name") as client:
        yield client


@pytest.fixture
def make(keys: FakeKeys, client: Any, request: pytest.FixtureRequest) -> Callable[..., Bench]:
    """Build the authorizer of all keys that were issued before."""

    def build(
        responses: Any = "simple_uncached", limits: str = LIMITS, more: str = "", after: str = ""
    ) -> Bench:
        clock, stream = FrozenClock(NOW), io.StringIO()
        text = DOCUMENT.replace("RECORDS", json.dumps(keys.records())).replace("LIMITS\n", limits)
        text = text.replace("routes:\n  GET", f"routes:\n{more}  GET") + after
        log = AuditLog(namespace="N", service=request.node.name, clock=clock, stream=stream)
        authorizer = build_authorizer(
            compile_document(text),
            answers=Answers(responses, "exception"),
            clock=clock,
            log=log,
            pepper=keys.pepper,
        )
        return Bench(authorizer, clock, stream, client)

    return build


def call(bench: Bench, kind: EventKind, key: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """Return what the gateway makes of the answer, and the answer."""
    event = EVENT_BUILDERS[kind](api_key=key, **more)
    answer = bench.authorizer(event)
    if "isAuthorized" in answer:
        return ("allow" if answer["isAuthorized"] else "deny"), answer
    arn = event.get("routeArn") or event["methodArn"]
    decision = evaluate(answer["policyDocument"], arn, {"aws:SourceIp": "203.0.113.10"}).decision
    return ("allow" if decision == "allow" else "deny"), answer


@pytest.mark.parametrize("kind", METERED, ids=lambda kind: kind.value)
@pytest.mark.parametrize("responses", ["simple_uncached", "iam"])
def test_who_is_over_a_limit_is_denied_and_told_until_when(
    make: Callable[..., Bench], keys: FakeKeys, kind: EventKind, responses: str
) -> None:
    key = keys.issue(scopes=SCOPES)
    bench = make(responses)
    for _ in range(2):
        meaning, answer = call(bench, kind, key)
        assert meaning == "allow"
        assert "retryAfter" not in answer["context"]
    meaning, answer = call(bench, kind, key)
    assert meaning == "deny"
    assert answer["context"]["retryAfter"] == HOUR
    assert answer["context"]["owner"] == "acme"
    bench.clock.advance(HOUR)
    assert call(bench, kind, key)[0] == "allow"
    assert bench.reasons == ["granted", "granted", "throttled", "granted"]


def test_one_key_does_not_use_up_anothers_limits(
    make: Callable[..., Bench], keys: FakeKeys
) -> None:
    one, other = keys.issue(scopes=SCOPES), keys.issue(scopes=SCOPES)
    bench = make()
    for key in (one, one, one, other, other, other):
        call(bench, EventKind.HTTP_2, key)
    assert bench.reasons == ["granted", "granted", "throttled"] * 2


def test_a_quota_begins_anew_with_its_period(make: Callable[..., Bench], keys: FakeKeys) -> None:
    key = keys.issue(scopes=SCOPES, usage_plan="daily")
    bench = make()
    assert call(bench, EventKind.HTTP_2, key)[0] == "allow"
    meaning, answer = call(bench, EventKind.HTTP_2, key)
    midnight = -NOW % 86_400
    assert (meaning, answer["context"]["retryAfter"]) == ("deny", midnight)
    bench.clock.advance(midnight - 1)
    assert call(bench, EventKind.HTTP_2, key)[0] == "deny"
    bench.clock.advance(1)
    assert call(bench, EventKind.HTTP_2, key)[0] == "allow"
    assert bench.reasons[1:3] == ["quota_exceeded"] * 2


def test_a_route_may_have_a_limit_of_its_own(make: Callable[..., Bench], keys: FakeKeys) -> None:
    key = keys.issue(scopes=SCOPES, usage_plan="writes")
    bench = make()
    assert call(bench, EventKind.HTTP_2, key, method="POST")[0] == "allow"
    assert call(bench, EventKind.HTTP_2, key, method="POST")[0] == "deny"
    assert call(bench, EventKind.HTTP_2, key, method="GET")[0] == "allow"


@pytest.mark.parametrize("responses", ["simple_uncached", "iam"])
@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/orders", "/orders"),
        ("/%6frders", "/orders"),
        ("/orders/", "/orders"),
        ("/orders/", "/{proxy+}"),
        ("/orders/", "$default"),
    ],
)
def test_no_spelling_of_a_path_leads_around_the_limit_of_its_route(
    make: Callable[..., Bench], keys: FakeKeys, responses: str, path: str, resource: str
) -> None:
    key = keys.issue(scopes=SCOPES, usage_plan="writes")
    bench = make(responses, more="  ANY /{proxy+}: {authenticated: true}\n")
    spelt = {"method": "POST", "path": path, "resource": resource}
    answers = [call(bench, EventKind.HTTP_2, key, **spelt)[0] for _ in range(2)]
    assert answers[1] == "deny"


@pytest.mark.parametrize("kind", METERED, ids=lambda kind: kind.value)
def test_a_request_that_is_denied_or_refused_is_not_counted(
    make: Callable[..., Bench], keys: FakeKeys, kind: EventKind
) -> None:
    nothing, revoked = keys.issue(), keys.issue(scopes=SCOPES, revoked_at=NOW)
    bench = make("iam")
    assert call(bench, kind, nothing)[0] == "deny"
    for key in (revoked, keys.forge(nothing), keys.forge()):
        try:
            assert call(bench, kind, key)[0] == "deny"
        except Exception as error:  # noqa: BLE001 the other way to refuse
            assert str(error) == "Unauthorized"  # noqa: PT017
    assert bench.counters == []


@pytest.mark.parametrize("kind", REST, ids=lambda kind: kind.value)
def test_a_rest_api_counts_by_its_usage_plan(
    make: Callable[..., Bench], keys: FakeKeys, kind: EventKind
) -> None:
    key = keys.issue(scopes=SCOPES, gateway_key=GATEWAY_KEY)
    bench = make()
    for _ in range(5):
        meaning, answer = call(bench, kind, key)
        assert meaning == "allow"
        assert answer["usageIdentifierKey"] == GATEWAY_KEY.value
    assert bench.counters == []


@pytest.mark.parametrize("path", ["/orders", "/nothing"])
@pytest.mark.parametrize("kind", REST, ids=lambda kind: kind.value)
def test_a_rest_api_lets_nobody_through_whom_it_could_not_count(
    make: Callable[..., Bench], keys: FakeKeys, kind: EventKind, path: str
) -> None:
    """Also not by a policy that was asked for with another route, and is cached."""
    key = keys.issue(scopes=SCOPES, gateway_key=GatewayKey("abc"))
    bench = make()
    with pytest.raises(ConfigurationError) as raised:
        call(bench, kind, key, path=path)
    assert raised.value.code == "usage_key_missing"
    assert "keys sync" in str(raised.value)


@pytest.mark.parametrize("kind", REST, ids=lambda kind: kind.value)
def test_roles_in_a_table_do_not_make_the_usage_key_forgotten(
    make: Callable[..., Bench], keys: FakeKeys, kind: EventKind
) -> None:
    key = keys.issue(scopes=SCOPES, gateway_key=GATEWAY_KEY)
    table = "bindings_table: {dynamodb: Bindings, life: 60s, subjects: [principals]}"
    bench = make(after=f"roles: {{reader: {{}}}}\n{table}\n")
    create_table(bench.client, "Bindings", "subject")
    for _ in range(2):
        meaning, answer = call(bench, kind, key)
        assert (meaning, answer["usageIdentifierKey"]) == ("allow", GATEWAY_KEY.value)


def test_who_has_no_limits_needs_no_usage_plan(make: Callable[..., Bench], keys: FakeKeys) -> None:
    key = keys.issue(scopes=SCOPES)
    bench = make(limits=LIMITS.replace("without_plan: twice", "without_plan: unlimited"))
    for kind in (*REST, *METERED):
        for _ in range(4):
            assert call(bench, kind, key)[0] == "allow"
    assert bench.counters == []


@pytest.mark.parametrize("kind", EventKind, ids=lambda kind: kind.value)
def test_a_plan_that_the_document_does_not_know_is_a_failure(
    make: Callable[..., Bench], keys: FakeKeys, kind: EventKind
) -> None:
    key = keys.issue(scopes=SCOPES)
    bench = make()  # records of a document are checked: this one is changed behind its back
    store = bench.authorizer._authenticator._schemes["test"]._known._store  # type: ignore[attr-defined]
    (record,) = store.all()
    store.replace(record._replace(usage_plan="platinum"))
    with pytest.raises(ConfigurationError) as raised:
        call(bench, kind, key)
    assert raised.value.code == "usage_plan_unknown"


def test_simple_answers_that_may_be_cached_do_not_go_with_limits(
    make: Callable[..., Bench], keys: FakeKeys
) -> None:
    keys.issue()
    with pytest.raises(ConfigurationError, match="AUTHORIZERS_HTTP_RESPONSES"):
        make("simple")
    make("simple", limits="")


@pytest.mark.parametrize("kind", METERED, ids=lambda kind: kind.value)
def test_without_a_table_nobody_is_let_through_who_must_be_counted(
    make: Callable[..., Bench], keys: FakeKeys, kind: EventKind
) -> None:
    key = keys.issue(scopes=SCOPES)
    bench = make()
    bench.client.delete_table(TableName="Usage")
    with pytest.raises(DependencyError):
        call(bench, kind, key)


@pytest.mark.parametrize("kind", METERED, ids=lambda kind: kind.value)
def test_in_an_outage_everybody_is_let_through_where_that_was_chosen(
    make: Callable[..., Bench],
    keys: FakeKeys,
    kind: EventKind,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = keys.issue(scopes=SCOPES)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")  # nobody listens there
    bench = make(
        limits=LIMITS.replace("when_unavailable: deny", "when_unavailable: allow_unmetered")
    )
    for _ in range(4):
        assert call(bench, kind, key)[0] == "allow"
    said = [json.loads(line)["message"] for line in bench.stream.getvalue().splitlines()]
    assert said.count("request_not_metered") == 4
    assert said.count("may_be_unmetered") == 1


def test_a_websocket_is_told_the_usage_key_and_counted_as_well(
    make: Callable[..., Bench], keys: FakeKeys
) -> None:
    key = keys.issue(scopes=SCOPES, gateway_key=GATEWAY_KEY)
    bench = make()
    meaning, answer = call(bench, EventKind.WEBSOCKET, key)
    assert (meaning, answer["usageIdentifierKey"]) == ("allow", GATEWAY_KEY.value)
    assert len(bench.counters) == 1
