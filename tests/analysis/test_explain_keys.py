"""Requests with API keys, explained; and that the explanation is what the function does."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from authorizers import Answers, Unauthorized, build_authorizer
from authorizers.analysis.caller import (
    Caller,
    NamedKey,
    Presented,
)
from authorizers.analysis.explain import explain, explain_event
from authorizers.api_key.record import dump_record
from authorizers.config.compile import compile_document
from authorizers.errors import ConfigurationError
from authorizers.issuing.issue import IssuedKey, stored_secret
from authorizers.model.credential import BearerToken, ClientCertificate, PresentedApiKey
from authorizers.model.decision import Outcome
from authorizers.model.request import EventKind
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import EVENT_BUILDERS
from tests.analysis.key_requests import (
    MakeDocument,
    asked,
    facts,
    names,
    presented,
    reader,
    refused_step,
    stage,
)
from tests.api_key.keys import NOW, PEPPERS, PEPPERS_TEXT, issued
from tests.tables import account_with

INSIDE, OUTSIDE = "10.1.2.3", "192.0.2.1"
STEPS = ["form", "checksum", "prefix", "record", "secret", "time", "routes"]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def document(keys_document: MakeDocument) -> MakeDocument:
    """Return what makes a document of these keys, in a file, with these settings."""
    return keys_document


def test_the_stages_come_in_the_order_of_a_request(
    document: MakeDocument, clock: FrozenClock
) -> None:
    key = reader()
    explained = explain(document(key), asked(), presented(key), clock=clock)
    assert names(explained) == [
        "request",
        "credential",
        "key",
        "principal",
        "route",
        "rule",
        "policy",
        "answer",
    ]
    assert (explained.allowed, explained.code) == (True, "granted")
    assert stage(explained, "key").summary == "verified for the scheme machines"
    assert facts(explained, "credential") == ["looked for in: header x-api-key"]
    assert 'record owner: "acme"' in facts(explained, "key")


def refusals() -> Iterator[tuple[str, Callable[[], tuple[IssuedKey, str]], str, str]]:
    """Yield what is wrong with a key, how it is made and presented, the step, and the code."""

    def whole(**members: Any) -> Callable[[], tuple[IssuedKey, str]]:
        def make() -> tuple[IssuedKey, str]:
            key = reader(**members)
            return key, key.key.reveal()

        return make

    def shown_as(change: Callable[[str], str]) -> Callable[[], tuple[IssuedKey, str]]:
        def make() -> tuple[IssuedKey, str]:
            key = reader()
            return key, change(key.key.reveal())

        return make

    def of_another(prefix: str) -> Callable[[], tuple[IssuedKey, str]]:
        return lambda: (reader(), issued("acme", prefix).key.reveal())

    def with_the_id_of() -> tuple[IssuedKey, str]:
        key, other = reader(), reader()
        return other._replace(record=key.record._replace(key_id=other.record.key_id)), (
            other.key.reveal()
        )

    yield "no key", shown_as(lambda _: "correct-horse"), "form", "key_malformed"
    yield "cut", shown_as(lambda text: text[:-1]), "form", "key_malformed"
    typo = shown_as(lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"))
    yield "mistyped", typo, "checksum", "key_mistyped"
    yield "another API's", of_another("other_live"), "prefix", "key_prefix_unknown"
    yield "unknown", of_another("orders_live"), "record", "key_unknown"
    yield "wrong", with_the_id_of, "secret", "key_wrong"
    yield "revoked", whole(revoked_at=NOW - 1), "time", "key_revoked"
    yield "too early", whole(not_before=NOW + 1), "time", "key_not_yet_valid"
    yield "expired", whole(expires_at=NOW), "time", "key_expired"


CASES = list(refusals())


@pytest.mark.parametrize(
    ("make", "step", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_refused_key_names_the_step_and_shows_no_record(
    document: MakeDocument,
    clock: FrozenClock,
    make: Callable[[], tuple[IssuedKey, str]],
    step: str,
    code: str,
) -> None:
    key, text = make()
    caller = Presented(PresentedApiKey(text))
    explained = explain(document(key), asked(), caller, clock=clock)
    assert (explained.outcome, explained.code) == (Outcome.UNAUTHORIZED, code)
    assert len(refused_step(explained)) == 1
    marks = [fact.mark for fact in stage(explained, "key").facts[: len(STEPS)]]
    place = STEPS.index(step)
    assert marks == ["yes"] * place + ["no"] + ["note"] * (len(STEPS) - place - 1)
    assert not [fact for fact in facts(explained, "key") if fact.startswith("record ")]
    assert text not in repr(explained)


@pytest.mark.parametrize(
    ("make", "code"), [(case[1], case[3]) for case in CASES], ids=[case[0] for case in CASES]
)
@pytest.mark.parametrize("kind", list(EventKind), ids=lambda kind: kind.value)
def test_a_refusal_is_the_one_of_the_function(
    document: MakeDocument,
    clock: FrozenClock,
    make: Callable[[], tuple[IssuedKey, str]],
    code: str,
    kind: EventKind,
) -> None:
    key, text = make()
    compiled = document(key)
    event = EVENT_BUILDERS[kind](method="GET", path="/orders", headers={"x-api-key": text})
    if kind is EventKind.REST_TOKEN:
        event["authorizationToken"] = text
    explained = explain_event(compiled, event, clock=clock)
    assert explained.code == code
    log = Decisions()
    authorizer = build_authorizer(
        compiled, answers=Answers("iam", "exception"), clock=clock, log=log
    )
    with suppress(Unauthorized):
        authorizer(event)
    assert log.reasons == [code]


class Decisions:
    """A log that keeps the reasons."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def decision(self, decision: Any) -> None:
        self.reasons.append(decision.reason)

    def failure(self, error: BaseException) -> None:
        """Keep nothing."""

    def event(self, name: str, details: Any) -> None:
        """Keep nothing."""


@pytest.mark.parametrize("kind", [EventKind.REST_REQUEST, EventKind.HTTP_1], ids=lambda k: k.value)
@pytest.mark.parametrize("source_ip", [INSIDE, OUTSIDE])
@pytest.mark.parametrize("request_", ["GET /orders", "POST /orders", "GET /nothing"])
@pytest.mark.parametrize(
    "members",
    [{}, {"networks": ("10.0.0.0/8",)}, {"networks": ()}, {"routes": ("POST /orders",)}],
    ids=["everywhere", "networks", "nowhere", "routes"],
)
def test_what_is_said_is_what_the_function_decides(  # noqa: PLR0917
    document: MakeDocument,
    clock: FrozenClock,
    members: dict[str, Any],
    request_: str,
    source_ip: str,
    kind: EventKind,
) -> None:
    key = reader(**members)
    compiled = document(key, routes_per_key="true")
    method, _, path = request_.partition(" ")
    headers = {"x-api-key": key.key.reveal()}
    event = EVENT_BUILDERS[kind](method=method, path=path, headers=headers, source_ip=source_ip)
    explained = explain_event(compiled, event, clock=clock)
    log = Decisions()
    answer = build_authorizer(compiled, answers=Answers("iam", "deny"), clock=clock, log=log)(event)
    assert log.reasons == [explained.code]
    assert explained.policy == answer["policyDocument"]
    in_rules = stage(explained, "rule").passed
    assert in_rules is explained.allowed


def test_networks_of_a_key_are_part_of_what_a_route_asks(
    document: MakeDocument, clock: FrozenClock
) -> None:
    key = reader(networks=("10.0.0.0/8",))
    compiled = document(key)
    inside = explain(compiled, asked(source_ip=INSIDE), presented(key), clock=clock)
    assert inside.allowed
    assert "comes from 10.0.0.0/8" in facts(inside, "rule")
    outside = explain(compiled, asked(source_ip=OUTSIDE), presented(key), clock=clock)
    assert not outside.allowed
    assert f'must come from 10.0.0.0/8 (comes from "{OUTSIDE}")' in facts(outside, "rule")
    unknown = explain(compiled, asked(), presented(key), clock=clock)
    assert "the policy asks for the caller's address" in unknown.status


def test_routes_of_a_key_that_the_document_does_not_ask_for_are_an_error(
    document: MakeDocument, clock: FrozenClock
) -> None:
    key = reader(routes=("GET /orders",))
    explained = explain(document(key), asked(), presented(key), clock=clock)
    assert (explained.outcome, explained.code) == (Outcome.ERROR, "key_routes_not_enabled")
    assert explained.status.startswith("500")
    assert explain(
        document(key, routes_per_key="true"), asked(), presented(key), clock=clock
    ).allowed


def test_a_store_that_cannot_be_read_is_no_denial(
    document: MakeDocument, clock: FrozenClock
) -> None:
    key = reader()
    compiled = document(key, keys="{file: /nowhere/keys.json}")
    for caller in (presented(key), NamedKey(key.record.key_id)):
        explained = explain(compiled, asked(), caller, clock=clock)
        assert (explained.outcome, explained.code) == (Outcome.ERROR, "store_not_found")
        assert refused_step(explained) == ["it has a record in the store of that scheme"]


@pytest.mark.parametrize("pepper", [None, "", "{}", '{"current": "1", "1": "short"}'])
def test_peppers_that_are_none_are_a_wrong_configuration(
    document: MakeDocument, clock: FrozenClock, pepper: str | None
) -> None:
    key = reader()
    compiled = document(key, pepper="environment")
    with pytest.raises(ConfigurationError):
        explain(compiled, asked(), presented(key), clock=clock, pepper=pepper)
    good = explain(compiled, asked(), presented(key), clock=clock, pepper=PEPPERS_TEXT)
    assert good.allowed
    assert "pepper_in_environment" in facts(good, "key")


def test_a_pepper_that_is_gone_is_no_denial(document: MakeDocument, clock: FrozenClock) -> None:
    key = reader()
    compiled = document(key, pepper="environment")
    other = json.dumps({"current": "9", "9": "nine" * 12})
    explained = explain(compiled, asked(), presented(key), clock=clock, pepper=other)
    assert (explained.outcome, explained.code) == (Outcome.ERROR, "pepper_unknown")


def test_the_record_of_an_id_is_taken_for_proven_and_says_so(
    document: MakeDocument, clock: FrozenClock
) -> None:
    key = reader(labels={"team": "a"}, usage_plan="free", networks=("10.0.0.0/8",))
    caller = NamedKey(key.record.key_id)
    explained = explain(document(key), asked(source_ip=INSIDE), caller, clock=clock)
    assert explained.allowed
    assert "no secret was verified" in stage(explained, "credential").summary
    assert stage(explained, "key").summary == "taken for proven for the scheme machines"
    assert not [fact for fact in facts(explained, "key") if "digest" in fact or "checksum" in fact]
    held = explain(document(key), asked(source_ip=INSIDE), presented(key), clock=clock)
    assert explained.principal == held.principal
    assert explained.policy == held.policy


def test_an_id_needs_no_pepper(document: MakeDocument, clock: FrozenClock) -> None:
    key = reader()
    compiled = document(key, pepper="environment")
    assert explain(compiled, asked(), NamedKey(key.record.key_id), clock=clock).allowed


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"revoked_at": NOW - 1}, "key_revoked"),
        ({"not_before": NOW + 1}, "key_not_yet_valid"),
        ({"expires_at": NOW}, "key_expired"),
    ],
)
def test_an_id_whose_key_is_not_in_time_is_refused_and_its_record_told(
    document: MakeDocument, clock: FrozenClock, members: dict[str, int], code: str
) -> None:
    key = reader(**members)
    explained = explain(document(key), asked(), NamedKey(key.record.key_id), clock=clock)
    assert (explained.outcome, explained.code) == (Outcome.UNAUTHORIZED, code)
    ((name, moment),) = members.items()
    told = [
        fact for fact in facts(explained, "key") if fact.startswith(f"record {name}: {moment} (")
    ]
    assert len(told) == 1


def test_an_id_whose_secrets_were_all_replaced_is_refused(
    document: MakeDocument, clock: FrozenClock
) -> None:
    key = reader()
    old, older = (
        stored_secret(key.key.reveal(), PEPPERS)._replace(not_after=at) for at in (NOW, NOW - 9)
    )
    caller = NamedKey(key.record.key_id)
    ended = key._replace(record=key.record._replace(secrets=(older, old)))
    assert explain(document(ended), asked(), caller, clock=clock).code == "key_replaced"
    last = old._replace(not_after=NOW + 1)
    rotating = key._replace(record=key.record._replace(secrets=(last, older)))
    assert explain(document(rotating), asked(), caller, clock=clock).allowed


def test_an_id_that_no_store_has_is_unknown(document: MakeDocument, clock: FrozenClock) -> None:
    explained = explain(document(reader()), asked(), NamedKey("0" * 12), clock=clock)
    assert (explained.outcome, explained.code) == (Outcome.UNAUTHORIZED, "key_unknown")
    assert explained.principal is None


def test_an_id_of_a_document_of_tokens_is_taken_by_no_scheme(text: str) -> None:
    explained = explain(compile_document(text), asked(), NamedKey("0" * 12))
    assert explained.outcome is Outcome.UNAUTHORIZED
    assert "takes this kind of credential: API key" in stage(explained, "credential").summary


@pytest.mark.parametrize(
    ("caller", "kind"),
    [
        (Presented(BearerToken("a.b.c")), "bearer token"),
        (Presented(certificate=ClientCertificate("x")), "client certificate"),
    ],
    ids=["token", "certificate"],
)
def test_what_a_document_of_keys_does_not_take_is_said(
    document: MakeDocument, caller: Caller, kind: str
) -> None:
    explained = explain(document(reader()), asked(), caller)
    assert (explained.outcome, explained.code) == (Outcome.UNAUTHORIZED, "credential_missing")
    assert kind in stage(explained, "credential").summary
    assert "the schemes of this document take: api_key" in facts(explained, "credential")


def test_a_key_is_taken_by_no_document_of_tokens(text: str) -> None:
    explained = explain(compile_document(text), asked(), presented(reader()))
    assert explained.outcome is Outcome.UNAUTHORIZED
    assert "takes this kind of credential: API key" in stage(explained, "credential").summary


def test_an_event_without_a_key_is_refused_with_where_it_is_looked_for(
    document: MakeDocument,
) -> None:
    compiled = document(reader(), top="key_from: {query: key}\n")
    event = EVENT_BUILDERS[EventKind.HTTP_2](path="/orders", headers={"x-api-key": "a"})
    explained = explain_event(compiled, event)
    assert explained.code == "credential_missing"
    assert facts(explained, "credential") == ["looked for in: query key"]


def test_a_key_in_the_query_is_found_there(document: MakeDocument, clock: FrozenClock) -> None:
    key = reader()
    compiled = document(key, top="key_from: {query: key}\n")
    assert explain(compiled, asked(), presented(key), clock=clock).allowed


@pytest.fixture
def keys_table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with account_with(monkeypatch, "ApiKeys", "key_id") as client:
        yield client


def test_keys_in_a_table_are_read_there(
    document: MakeDocument, clock: FrozenClock, keys_table: Any
) -> None:
    key = reader()
    record = {
        "key_id": {"S": key.record.key_id},
        "record": {"S": json.dumps(dump_record(key.record))},
        "version": {"N": "1"},
    }
    compiled = document(keys="{dynamodb: ApiKeys}")
    for caller in (presented(key), NamedKey(key.record.key_id)):
        assert explain(compiled, asked(), caller, clock=clock).code == "key_unknown"
    keys_table.put_item(TableName="ApiKeys", Item=record)
    for caller in (presented(key), NamedKey(key.record.key_id)):
        explained = explain(compiled, asked(), caller, clock=clock)
        assert explained.allowed
        assert explained.principal is not None
        assert explained.principal.issuer == "dynamodb:ApiKeys"
    missing = document(keys="{dynamodb: Elsewhere}")
    for caller in (presented(key), NamedKey(key.record.key_id)):
        explained = explain(missing, asked(), caller, clock=clock)
        assert (explained.outcome, explained.code) == (Outcome.ERROR, "store_not_found")


def test_records_that_are_written_down_wrongly_are_a_wrong_configuration(
    document: MakeDocument, clock: FrozenClock
) -> None:
    key = reader()
    compiled = document(keys=f"{{records: [{json.dumps(dump_record(key.record))}]}}")
    records = compiled["schemes"]["machines"]["api_key"]["keys"]["records"]
    records.append(records[0])
    for caller in (presented(key), NamedKey(key.record.key_id)):
        with pytest.raises(ConfigurationError):
            explain(compiled, asked(), caller, clock=clock)


def test_keys_in_the_document_are_read_there(document: MakeDocument, clock: FrozenClock) -> None:
    key = reader()
    compiled = document(keys=f"{{records: [{json.dumps(dump_record(key.record))}]}}")
    for caller in (presented(key), NamedKey(key.record.key_id)):
        assert explain(compiled, asked(), caller, clock=clock).allowed
