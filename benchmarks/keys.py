"""An API key in an event of format 2.0, from the event to the answer, the audit line included."""

import gc
import json
import os
import secrets
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import boto3
from moto import mock_aws

from authorizers import Answers, Authorizer
from authorizers.api_key.authenticator import ApiKeyAuthenticator
from authorizers.api_key.pepper import parse_peppers
from authorizers.api_key.pepper_source import PepperSource
from authorizers.api_key.record import KeyRecord
from authorizers.api_key.scheme import ApiKeyScheme
from authorizers.audit.log import AuditLog
from authorizers.config.table import compile_route_table
from authorizers.credentials.api_key import ApiKeyExtractor
from authorizers.entitlements import Entitlements
from authorizers.issuing.issue import IssuedKey, issue_key
from authorizers.limits.meter import KeyMeter
from authorizers.model.clock import SystemClock
from authorizers.policy.assembly import PolicyAssembler
from authorizers.responses.challenge import API_KEY
from authorizers.rules.rule_set import RuleSet
from authorizers.stores.dynamodb_key_registry import DynamoDbKeyRegistry
from authorizers.stores.dynamodb_keys import DynamoDbKeys
from authorizers.stores.dynamodb_usage import DynamoDbUsage
from authorizers.stores.keys_in_memory import KeysInMemory
from authorizers.testing.events import http_2_event
from authorizers.testing.tables import create_table
from benchmarks.decisions import twenty_routes
from benchmarks.figure import TIMES, Figure, Spread

KEYS = 1500
REPEATS = 10
MANY = 1_000_000
PREFIX = "orders_live"
PEPPERS_TEXT = json.dumps({"current": "1", "1": secrets.token_hex(32)})
PEPPERS = parse_peppers(PEPPERS_TEXT, "the benchmark")
LIMITS = {
    "dynamodb": "Usage",
    "when_unavailable": "deny",
    "without_plan": "gold",
    "plans": {
        "gold": {
            "bucket": {"interval_us": 1, "burst": 1_000_000},
            "quota": {"limit": 1_000_000, "period": "day"},
            "routes": {},
        }
    },
}


class TimedStore:
    """A store of keys, and how long it was busy: what is not our own work."""

    place = "the benchmark"

    def __init__(self, store: Any) -> None:
        self._store = store
        self.seconds = 0.0

    def find(self, key_id: str) -> KeyRecord | None:
        """Find the record, and count the time."""
        started = perf_counter()
        record: KeyRecord | None = self._store.find(key_id)
        self.seconds += perf_counter() - started
        return record


def issued(number: int) -> IssuedKey:
    """Return a new key with scopes of its own."""
    scopes = tuple(f"r{i}:read" for i in range(5))
    return issue_key(KeyRecord("", f"owner-{number}", (), 0, scopes=scopes), PREFIX, PEPPERS)


def build(store: Any, cache_size: int, log: Any, meter: Any = None) -> Authorizer:
    """Return an authorizer of twenty routes that knows the keys in `store`."""
    clock = SystemClock()
    routes = [
        {**r, "requirement": json.loads(json.dumps(r["requirement"]).replace("staff", "machines"))}
        for r in twenty_routes()
    ]  # fmt: skip
    scheme = ApiKeyScheme(
        "machines",
        PREFIX,
        store,
        PepperSource(lambda: PEPPERS_TEXT, "the benchmark", clock),
        clock=clock,
        lives_seconds=(3600, 60),
        cache_size=cache_size,
        routes_per_key=False,
    )
    table = compile_route_table(routes, inexact=False)
    return Authorizer(
        ApiKeyExtractor({"header": "x-api-key"}),
        ApiKeyAuthenticator([scheme], clock=clock, cache_size=cache_size),
        Entitlements(RuleSet(routes), PolicyAssembler(table), {"owner": "owner"}, API_KEY),
        answers=Answers("iam", "exception"),
        log=log,
        challenge=API_KEY,
        meter=meter,
    )


def _events(keys: Sequence[IssuedKey]) -> list[dict[str, Any]]:
    return [http_2_event(path="/r1/abc", headers={"x-api-key": k.key.reveal()}) for k in keys]


def _microseconds(authorizer: Authorizer, event: dict[str, Any], repeats: int = 1) -> float:
    started = perf_counter()
    for _ in range(repeats):
        authorizer(event)
    return (perf_counter() - started) * 1e6 / repeats


def measure() -> Sequence[Figure]:
    """Measure our own work, the calls a request makes, and what a million keys change."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        log = AuditLog(namespace="n", service="keys", clock=SystemClock(), stream=nowhere)
        return [*_own_work(log), *_calls(log), _in_a_million(log)]


def _own_work(log: AuditLog) -> Sequence[Figure]:
    keys = [issued(i) for i in range(KEYS)]
    store = TimedStore(KeysInMemory(key.record for key in keys))
    authorizer, events, first = build(store, KEYS, log), _events(keys), []
    gc.collect()
    gc.freeze()  # as the handler does
    for event in events:
        before = store.seconds
        took = _microseconds(authorizer, event)
        first.append(took - (store.seconds - before) * 1e6)
    again = [_microseconds(authorizer, event, REPEATS) for event in events]
    cached, uncached = Spread.of(again).middle, Spread.of(first).middle
    texts = Spread.of(again).text("µs"), Spread.of(first).text("µs")
    return [
        Figure("API key, its record cached", cached, 20, "µs", texts[0]),
        Figure("API key not cached, without the store's call", uncached, 60, "µs", texts[1]),
    ]


def _calls(log: AuditLog) -> Sequence[Figure]:
    """Count the calls that boto3 sends, to moto in this process."""
    with mock_aws():
        sent: list[str] = []
        client = _client(sent)
        keys = [issued(i) for i in range(100)]
        DynamoDbKeyRegistry("Keys", client).add_all([key.record for key in keys])
        counters = DynamoDbUsage("Usage", client)
        plain = build(DynamoDbKeys("Keys", client), 100, log)

        def with_limits() -> Authorizer:
            meter = KeyMeter(LIMITS, counters, clock=SystemClock(), on_unmetered=print)
            return build(DynamoDbKeys("Keys", client), 100, log, meter)

        for event in _events(keys):
            with_limits()(event)  # the first request of a period needs one call more
        limited = with_limits()
        figures = []
        for what, authorizer, bar in (
            ("store calls, record not cached", plain, 1),
            ("store calls, record cached", plain, 0),
            ("store calls, record not cached, limits", limited, 2),
            ("store calls, record cached, limits", limited, 1),
        ):
            sent.clear()
            for event in _events(keys):
                authorizer(event)
            detail = f"{len(sent)} calls of boto3 for {len(keys)} requests"
            figures.append(Figure(what, len(sent) / len(keys), bar, "", detail))
    return figures


def _client(sent: list[str]) -> Any:
    client: Any = boto3.client(
        "dynamodb", "eu-west-1", aws_access_key_id="moto", aws_secret_access_key="moto"
    )
    for table, key in (("Keys", "key_id"), ("Usage", "name")):
        create_table(client, table, key)

    def note(request: Any, **_: Any) -> None:
        sent.append(request.headers["X-Amz-Target"])

    client.meta.events.register_first("before-send.dynamodb", note)
    return client


def _in_a_million(log: AuditLog) -> Figure:
    """Compare the same work with a thousand keys in the store, and with a million."""
    keys = [issued(i) for i in range(1000)]
    few, many = KeysInMemory(), KeysInMemory()
    few._records = {key.record.key_id: key.record for key in keys}
    shape = keys[0].record  # a million records of their own would be a benchmark of memory
    many._records = {f"{i:012}": shape for i in range(MANY - len(keys))} | few._records
    one, other = build(few, 0, log), build(many, 0, log)
    small, large = [], []
    for event in _events(keys):
        small.append(_microseconds(one, event))
        large.append(_microseconds(other, event))
    less, more = Spread.of(small), Spread.of(large)
    detail = f"{more.text('µs')}; with 1,000 {less.text('µs')}"
    what = "a request with 1,000,000 keys ÷ with 1,000"
    return Figure(what, more.middle / less.middle, 1.1, TIMES, detail)
