"""What is sent in the demonstration of API keys: keys issued just now, good and bad."""

from collections.abc import Iterator
from typing import Any

from authorizers.api_key.record import GatewayKey
from authorizers.demo.cases import WITH_HEADERS, WITH_ROUTES, Case
from authorizers.demo.key_desk import HOUR, KeyDesk, guessed, invented
from authorizers.model.request import REST_KINDS, EventKind
from authorizers.testing.keys import mistyped
from authorizers.testing.sample import Verdict

_GATEWAY_KEY = GatewayKey("abc123", "a-value-that-only-our-side-knows")
_AT_THE_GATEWAY = "a TOKEN event has no address: the policy's Condition decides, at the gateway"


def fresh_keys(desk: KeyDesk) -> Iterator[Case]:
    """Yield keys issued now: a good one, and what must not pass for one."""
    now, good = desk.now(), desk.issue()
    yield _allow("a good key", good)
    yield _deny("without the scope", desk.issue(scopes=()))
    yield _bad("mistyped", mistyped(good))
    yield _bad("of another environment", desk.issue(prefix="orders_test"))
    yield _bad("an id that nobody has", invented())
    yield _bad("the right id, another secret", guessed(good))
    yield _bad("revoked", desk.issue(revoked_at=now))
    yield _bad("expired", desk.issue(expires_at=now - HOUR))
    yield _bad("not valid yet", desk.issue(not_before=now + HOUR))
    yield _bad("no key at all", "correct-horse-battery-staple")
    twice = {"headers": {"x-api-key": [good, good]}}
    yield Case("in two headers", Verdict.BAD_CREDENTIAL, twice, WITH_HEADERS)
    query = {"query": {"x-api-key": good}}
    yield Case("in the query", Verdict.BAD_CREDENTIAL, query, WITH_HEADERS)


def narrowed_keys(desk: KeyDesk) -> Iterator[Case]:
    """Yield keys that may do less than their scopes: by routes, and by networks."""
    orders = desk.issue(routes=("GET /orders",))
    inside = desk.issue(networks=("10.0.0.0/8",))
    yield _allow("of acme, GET /users/acme", desk.issue(), path="/users/acme")
    yield _deny("of acme, GET /users/other", desk.issue(), path="/users/other")
    yield _allow("for GET /orders only", orders, path="/orders")
    yield _deny("for GET /orders only, GET /users/acme", orders, path="/users/acme")
    yield _allow("for 10.0.0.0/8, from 10.1.2.3", inside, path="/orders", source_ip="10.1.2.3")
    elsewhere = _deny("for 10.0.0.0/8, from 203.0.113.10", inside, path="/orders")
    yield elsewhere._replace(note=_AT_THE_GATEWAY)


def operated_keys(desk: KeyDesk) -> Iterator[Case]:
    """Yield one key while an operator rotates and revokes it under a warm function."""
    first = desk.issue()
    yield _allow("a key", first)
    second = desk.rotate(first, overlap=HOUR)
    yield _allow("rotated: the new secret", second)
    yield _allow("the old one, for another hour", first)
    third = desk.rotate(second, overlap=0)
    yield _allow("rotated without an overlap: the newest", third)
    yield _bad("the one before", second)
    desk.revoke(third)
    yield _bad("revoked just now", third)


def limited_keys(desk: KeyDesk) -> Iterator[Case]:
    """Yield one request after the other, over what their plans admit."""
    kinds = (EventKind.HTTP_2,)
    eager = desk.issue(usage_plan="two_at_once")
    for what in ("the first request", "the second"):
        yield _allow(f"two at once: {what}", eager)._replace(kinds=kinds)
    note = "no 429: an authorizer of an HTTP API can only deny; the answer says retryAfter"
    yield _deny("two at once: the third", eager)._replace(kinds=kinds, note=note)
    daily = desk.issue(usage_plan="once_a_day")
    yield _allow("once a day: the first connection", daily)._replace(kinds=(EventKind.WEBSOCKET,))
    yield _deny("once a day: the second", daily)._replace(kinds=(EventKind.WEBSOCKET,))
    synced = desk.issue(usage_plan="two_at_once", gateway_key=_GATEWAY_KEY)
    note = "the answer names the key of the usage plan: API Gateway itself meters, with 429"
    yield _allow("REST, told to API Gateway", synced)._replace(kinds=REST_KINDS, note=note)
    note = "who has limits that nobody would count is not let through"
    yield Case("REST, not yet told", Verdict.FAILURE, {"api_key": eager}, REST_KINDS, note)


def _allow(what: str, key: str, **call: Any) -> Case:
    return _case(what, Verdict.ALLOW, key, call)


def _deny(what: str, key: str, **call: Any) -> Case:
    return _case(what, Verdict.INSUFFICIENT, key, call)


def _bad(what: str, key: str) -> Case:
    return _case(what, Verdict.BAD_CREDENTIAL, key, {})


def _case(what: str, verdict: Verdict, key: str, call: dict[str, Any]) -> Case:
    kinds = WITH_ROUTES if call else tuple(EventKind)
    return Case(what, verdict, {"api_key": key, **call}, kinds)
