"""Every kind of event with every kind of key: the exact answer, or the exact error."""

import io
import json
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from authorizers.api_key.format import generate_key, generate_key_id
from authorizers.api_key.pepper import parse_peppers
from authorizers.api_key.record import GatewayKey, KeyRecord
from authorizers.audit.log import AuditLog
from authorizers.authorizer import Answers, Authorizer, Unauthorized
from authorizers.compose.authorizer import build_authorizer
from authorizers.config.compile import compile_document
from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError
from authorizers.issuing.issue import IssuedKey, issue_key, stored_secret
from authorizers.model.request import EventKind
from authorizers.policy.evaluate import evaluate
from authorizers.stores.keys_in_file import KeysInFile
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import EVENT_BUILDERS

NOW = 1_800_000_000
PREFIX = "orders_live"
PEPPER = "the-pepper-of-these-tests-" + "x" * 32
PEPPERS_TEXT = json.dumps({"current": "1", "1": PEPPER})
PEPPERS = parse_peppers(PEPPERS_TEXT, "test")
GATEWAY_VALUE = "gateway-key-value-0123456789"
OUR_SIDE, OTHER_SIDE = "10.1.2.3", "203.0.113.10"

DOCUMENT = """
version: 1
authenticate:
  machines:
    api_key:
      prefix: orders_live
      pepper: environment
      keys: {file: KEYS}
      life: 60s
      miss_life: 10s
      routes_per_key: true
key_from: {header: x-api-key}
routes:
  GET /orders: {scopes: {any_of: [orders:read]}}
  POST /orders: {scopes: {any_of: [orders:write]}}
  GET /users/{user_id}: {path: {user_id: claims.sub}}
  ANY /reports/{proxy+}: {role: reporter}
  $connect: {scopes: {any_of: [orders:read]}}
roles:
  reporter: {}
context: {owner: claims.owner, team: claims.labels.team}
"""


class Bench(NamedTuple):
    """An authorizer, the store that operators change under it, and what it wrote."""

    authorizer: Authorizer
    store: KeysInFile
    clock: FrozenClock
    stream: io.StringIO

    def issue(self, owner: str = "acme", **members: Any) -> IssuedKey:
        draft = KeyRecord("", owner, (), NOW, **{"scopes": ("orders:read",)} | members)
        key = issue_key(draft, PREFIX, PEPPERS)
        assert self.store.add(key.record)
        return key

    def change(self, key: IssuedKey, **members: Any) -> None:
        record = self.store.find(key.record.key_id)
        assert record is not None
        assert self.store.replace(record._replace(**members))

    @property
    def decisions(self) -> list[dict[str, Any]]:
        lines = map(json.loads, self.stream.getvalue().splitlines())
        return [line for line in lines if line["message"] == "decision"]


UNCACHED = Answers("simple_uncached", "exception")


@pytest.fixture
def make(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Bench]:
    def build(text: str = DOCUMENT, answers: Answers = UNCACHED) -> Bench:
        clock, stream, path = FrozenClock(NOW), io.StringIO(), tmp_path / "keys.json"
        document = compile_document(text.replace("KEYS", str(path)))
        log = AuditLog(namespace="N", service=request.node.name, clock=clock, stream=stream)
        store = KeysInFile(str(path))
        store.add(issue_key(KeyRecord("", "first", (), NOW), PREFIX, PEPPERS).record)
        authorizer = build_authorizer(
            document, answers=answers, clock=clock, log=log, pepper=PEPPERS_TEXT
        )
        return Bench(authorizer, store, clock, stream)

    return build


@pytest.fixture
def bench(make: Callable[..., Bench]) -> Bench:
    return make()


def event(kind: EventKind, key: str | None, **call: Any) -> dict[str, Any]:
    """Return a client's call with `key` in its header."""
    if kind is EventKind.REST_TOKEN:
        return EVENT_BUILDERS[kind](authorization=key or "", **call)
    headers = {} if key is None else {"x-api-key": key}
    return EVENT_BUILDERS[kind](headers=headers, **call)


def meaning(answer: dict[str, Any], asked: dict[str, Any], address: str = OTHER_SIDE) -> str:
    if "isAuthorized" in answer:
        return "allow" if answer["isAuthorized"] else "deny"
    arn = asked.get("routeArn") or asked["methodArn"]
    return evaluate(answer["policyDocument"], arn, {"aws:SourceIp": address}).decision


every_kind = pytest.mark.parametrize("kind", EventKind, ids=lambda kind: kind.value)
WITH_ROUTES = [kind for kind in EventKind if kind is not EventKind.WEBSOCKET]
HAVE_PLANS = (EventKind.REST_TOKEN, EventKind.REST_REQUEST, EventKind.WEBSOCKET)


@every_kind
def test_a_good_key_opens_what_its_scopes_do(bench: Bench, kind: EventKind) -> None:
    key = bench.issue(labels={"team": "blue"})
    asked = event(kind, key.key.reveal())
    answer = bench.authorizer(asked)
    assert meaning(answer, asked) == "allow"
    shown = {name: answer["context"][name] for name in ("owner", "team")}
    assert shown == {"owner": "acme", "team": "blue"}
    assert "usageIdentifierKey" not in answer
    if "principalId" in answer:
        assert answer["principalId"] == "machines|acme"
    (decision,) = bench.decisions
    assert decision["decision"] == "allow"
    assert decision["principal"] == "machines|acme"
    assert decision["key_id"] == key.record.key_id
    assert decision["cache"] == "miss"


@pytest.mark.parametrize("kind", WITH_ROUTES, ids=lambda kind: kind.value)
@pytest.mark.parametrize(
    ("members", "method", "path", "address", "expected"),
    [
        ({}, "GET", "/orders", OTHER_SIDE, True),
        ({}, "POST", "/orders", OTHER_SIDE, False),
        ({"scopes": ()}, "GET", "/orders", OTHER_SIDE, False),
        ({"scopes": ("orders:write",)}, "POST", "/orders", OTHER_SIDE, True),
        ({}, "GET", "/users/acme", OTHER_SIDE, True),
        ({}, "GET", "/users/other", OTHER_SIDE, False),
        ({}, "GET", "/reports/a/b", OTHER_SIDE, False),
        ({"roles": ("reporter",)}, "GET", "/reports/a/b", OTHER_SIDE, True),
        ({"roles": ("nobody",)}, "GET", "/reports/a/b", OTHER_SIDE, False),
        ({"routes": ("GET /orders",)}, "GET", "/orders", OTHER_SIDE, True),
        ({"routes": ("GET /orders",)}, "GET", "/users/acme", OTHER_SIDE, False),
        ({"routes": ("POST /orders",)}, "POST", "/orders", OTHER_SIDE, False),
        ({"routes": ()}, "GET", "/orders", OTHER_SIDE, False),
        ({"networks": ("10.0.0.0/8",)}, "GET", "/orders", OUR_SIDE, True),
        ({"networks": ("10.0.0.0/8",)}, "GET", "/orders", OTHER_SIDE, False),
        ({"networks": ()}, "GET", "/orders", OUR_SIDE, False),
    ],
    ids=str,
)
def test_what_a_key_opens(  # noqa: PLR0917 the parts of one call
    bench: Bench, kind: EventKind, members: dict[str, Any], method: str, path: str, address: str,
    expected: bool,
) -> None:  # fmt: skip
    key = bench.issue(**members)
    asked = event(kind, key.key.reveal(), method=method, path=path, source_ip=address) if (
        kind is not EventKind.REST_TOKEN
    ) else event(kind, key.key.reveal(), method=method, path=path)  # fmt: skip
    assert (meaning(bench.authorizer(asked), asked, address) == "allow") is expected


def refusal(bench: Bench, asked: dict[str, Any]) -> dict[str, Any]:
    """Refuse, in the words of the kind of API, and return the record of it."""
    try:
        answer = bench.authorizer(asked)
    except Unauthorized as error:
        assert str(error) == "Unauthorized"  # noqa: PT017 one of two ways
        assert bench.decisions[-1]["event_kind"] in [kind.value for kind in HAVE_PLANS]
    else:
        assert meaning(answer, asked) in ("deny", "explicit_deny")
        assert answer["context"]["wwwAuthenticate"].startswith("ApiKey")
    return bench.decisions[-1]


UNKNOWN = generate_key(PREFIX, generate_key_id())


@every_kind
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not a key", "key_malformed"),
        ("", "key_malformed"),
        ("x" * 5000, "key_malformed"),
        (UNKNOWN[:-1] + "_", "key_malformed"),
        (UNKNOWN[:-1] + ("0" if UNKNOWN[-1] != "0" else "1"), "key_mistyped"),
        (generate_key("orders_test", "0" * 12), "key_prefix_unknown"),
        (UNKNOWN, "key_unknown"),
    ],
    ids=["words", "empty", "endless", "odd", "mistyped", "test key", "unknown"],
)
def test_a_bad_key_is_refused(bench: Bench, kind: EventKind, text: str, reason: str) -> None:
    decision = refusal(bench, event(kind, text))
    assert decision["decision"] == "unauthorized"
    assert decision["reason"] == reason


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"revoked_at": NOW}, "key_revoked"),
        ({"expires_at": NOW}, "key_expired"),
        ({"not_before": NOW + 1}, "key_not_yet_valid"),
    ],
    ids=["revoked", "expired", "not yet"],
)
@every_kind
def test_a_key_out_of_time_is_refused(
    bench: Bench, kind: EventKind, members: dict[str, Any], reason: str
) -> None:
    key = bench.issue(**members)
    decision = refusal(bench, event(kind, key.key.reveal()))
    assert decision["reason"] == reason
    assert decision["scheme"] == "machines"


@every_kind
def test_no_key_is_no_key_and_a_token_is_none(bench: Bench, kind: EventKind) -> None:
    asked = EVENT_BUILDERS[kind](**({} if kind is EventKind.REST_TOKEN else {"token": "a.b.c"}))
    if kind is EventKind.REST_TOKEN:
        asked["authorizationToken"] = "Bearer a.b.c"
    assert refusal(bench, asked)["reason"] in ("credential_missing", "key_malformed")


@pytest.mark.parametrize("kind", [EventKind.REST_REQUEST, EventKind.HTTP_1, EventKind.WEBSOCKET])
def test_a_good_key_beside_another_is_refused(bench: Bench, kind: EventKind) -> None:
    good = bench.issue().key.reveal()
    asked = EVENT_BUILDERS[kind](headers={"x-api-key": [good, UNKNOWN]})
    assert refusal(bench, asked)["reason"] == "credential_ambiguous"


@every_kind
def test_the_usage_key_is_told_where_there_are_usage_plans(bench: Bench, kind: EventKind) -> None:
    key = bench.issue(gateway_key=GatewayKey("abc", GATEWAY_VALUE))
    for _ in range(2):
        answer = bench.authorizer(event(kind, key.key.reveal()))
        expected = GATEWAY_VALUE if kind in HAVE_PLANS else None
        assert answer.get("usageIdentifierKey") == expected


def test_a_usage_key_that_is_none_is_a_failure(bench: Bench) -> None:
    key = bench.issue(gateway_key=GatewayKey("abc", "too short"))
    with pytest.raises(ConfigurationError) as raised:
        bench.authorizer(event(EventKind.REST_REQUEST, key.key.reveal()))
    assert raised.value.code == "usage_identifier_key_invalid"
    assert "too short" not in str(raised.value)


@every_kind
def test_a_store_that_is_away_is_a_failure_and_never_a_refusal(
    bench: Bench, kind: EventKind
) -> None:
    key = bench.issue()
    Path(bench.store.place.removeprefix("file:")).write_text("{", encoding="utf-8")
    for text in (key.key.reveal(), UNKNOWN):
        with pytest.raises(DependencyError):
            bench.authorizer(event(kind, text))
    assert {decision["decision"] for decision in bench.decisions} == {"error"}


def test_a_revocation_is_effective_after_the_life_at_most(bench: Bench) -> None:
    key = bench.issue()
    asked = event(EventKind.HTTP_2, key.key.reveal())
    assert bench.authorizer(asked)["isAuthorized"]
    bench.change(key, revoked_at=NOW)
    bench.clock.advance(59.9)
    assert bench.authorizer(asked)["isAuthorized"]
    bench.clock.advance(0.1)
    assert not bench.authorizer(asked)["isAuthorized"]
    assert bench.decisions[-1]["reason"] == "key_revoked"


def test_more_rights_and_fewer_are_seen_after_the_life(bench: Bench) -> None:
    key = bench.issue()
    asked = event(EventKind.HTTP_2, key.key.reveal(), method="POST")
    assert not bench.authorizer(asked)["isAuthorized"]
    bench.change(key, scopes=("orders:write",))
    bench.clock.advance(60)
    assert bench.authorizer(asked)["isAuthorized"]
    bench.change(key, networks=("10.0.0.0/8",))
    bench.clock.advance(60)
    assert not bench.authorizer(asked)["isAuthorized"]


def test_rotation_under_load_refuses_nobody_and_revocation_everybody(bench: Bench) -> None:
    """Threads call with the key they have while an operator rotates it and revokes it."""
    key = bench.issue()
    in_use, wrong, calls = [key.key.reveal()], [], [0] * 6
    revoking, revoked, stop = threading.Event(), threading.Event(), threading.Event()

    def call(i: int) -> None:
        while not stop.is_set():
            calls[i] += 1
            gone, text = revoked.is_set(), in_use[0]
            allowed = bench.authorizer(event(EventKind.HTTP_2, text))["isAuthorized"]
            if (allowed and gone) or not (allowed or revoking.is_set()):
                wrong.append(text)

    def let_all_call() -> None:
        """Nobody keeps a key for longer than one rotation: the calls begun before have ended."""
        before = list(calls)
        while any(now < then + 2 for now, then in zip(calls, before, strict=True)):
            threading.Event().wait(0)

    threads = [threading.Thread(target=call, args=(i,)) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for _ in range(10):
        record = bench.store.find(key.record.key_id)
        assert record is not None
        newer = generate_key(PREFIX, record.key_id)
        old = record.secrets[0]._replace(not_after=NOW + 1_000_000)
        bench.change(key, secrets=(stored_secret(newer, PEPPERS), old))
        bench.clock.advance(61)  # the life of what was read
        in_use[0] = newer
        let_all_call()
    revoking.set()
    bench.change(key, revoked_at=NOW)
    bench.clock.advance(61)
    revoked.set()
    for _ in range(50):
        assert not bench.authorizer(event(EventKind.HTTP_2, in_use[0]))["isAuthorized"]
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []


SECRETS_OF_OURS = (PEPPER, GATEWAY_VALUE)


def everything(bench: Bench, error: BaseException | None, answer: Any) -> Iterator[str]:
    yield bench.stream.getvalue()
    yield json.dumps(answer, default=repr)
    if error is not None:
        yield "".join(traceback.format_exception(error))
        yield f"{error!r} {error.args} {vars(error)}"


@every_kind
def test_no_secret_comes_out_anywhere(bench: Bench, kind: EventKind) -> None:
    ways: list[dict[str, Any]] = [
        {},
        {"scopes": ()},
        {"revoked_at": NOW},
        {"expires_at": NOW},
        {"not_before": NOW + 1},
        {"networks": ("10.0.0.0/8",)},
        {"networks": ("nowhere",)},
        {"owner": "x" * 300},
        {"labels": {"team": "\n"}},
    ]
    gateway_key = GatewayKey("abc", GATEWAY_VALUE)
    keys = [bench.issue(gateway_key=gateway_key, **way).key.reveal() for way in ways]
    texts = [*keys, UNKNOWN, f"{keys[0]}x", f"{keys[0]},{keys[0]}", keys[0][:-1] + "!", keys[0] * 9]
    for text in texts:
        answer, caught = None, None
        try:
            answer = bench.authorizer(event(kind, text))
        except (AuthorizersError, Unauthorized) as error:
            caught = error
        out = "\n".join(everything(bench, caught, answer))
        for part in (PEPPER, text.rstrip("!x").rsplit("_", 1)[-1][:32]):
            assert part not in out
        shown = json.dumps(answer, default=repr).replace(
            f'"usageIdentifierKey": "{GATEWAY_VALUE}"', ""
        )
        assert GATEWAY_VALUE not in out.replace(json.dumps(answer, default=repr), shown)
    for part in (PEPPER, GATEWAY_VALUE):
        assert part not in f"{vars(bench.authorizer)} {bench.authorizer!r}"


def test_routes_of_a_key_need_a_document_that_looks_at_them(make: Callable[..., Bench]) -> None:
    bench = make(DOCUMENT.replace("      routes_per_key: true\n", ""))
    key = bench.issue(routes=("GET /orders",))
    with pytest.raises(ConfigurationError) as raised:
        bench.authorizer(event(EventKind.HTTP_2, key.key.reveal()))
    assert raised.value.code == "key_routes_not_enabled"


def test_an_answer_that_may_be_cached_must_be_keyed_by_the_key(make: Callable[..., Bench]) -> None:
    bench = make(answers=Answers("simple", "exception"))
    key = bench.issue()
    asked = event(EventKind.HTTP_2, key.key.reveal())
    for sources in (["GET /orders"], [key.key.reveal()]):
        asked["identitySource"] = sources
        with pytest.raises(ConfigurationError) as raised:
            bench.authorizer(asked)
        assert raised.value.code == "answer_not_cacheable"
    asked["identitySource"] = [key.key.reveal(), "GET /orders"]
    assert bench.authorizer(asked)["isAuthorized"]
    limited = bench.issue(networks=("203.0.113.0/24",))
    asked = event(EventKind.HTTP_2, limited.key.reveal())
    asked["identitySource"] = [limited.key.reveal(), "GET /orders"]
    with pytest.raises(ConfigurationError, match=r"identity\.sourceIp"):
        bench.authorizer(asked)


@pytest.mark.parametrize("pepper", [None, "", "short", "{}"])
def test_a_pepper_that_is_none_fails_the_start(tmp_path: Path, pepper: str | None) -> None:
    document = compile_document(DOCUMENT.replace("KEYS", str(tmp_path / "keys.json")))
    with pytest.raises(ConfigurationError) as raised:
        build_authorizer(document, answers=Answers("iam", "exception"), pepper=pepper)
    assert "AUTHORIZERS_PEPPER" in str(raised.value)
