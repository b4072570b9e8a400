"""A table of keys that is throttled, does not answer, or loses its answers, over HTTP."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from authorizers.api_key.record import dump_record
from authorizers.stores.aws import client_config
from authorizers.stores.dynamodb_key_registry import PAUSES_SECONDS, DynamoDbKeyRegistry
from tests.stores.key_records import a_record
from tests.stores.key_store_calls import FOUND, calls, code_of, refusal
from tests.stores.served_dynamodb import (
    TABLE,
    Answer,
    Answering,
    Asked,
    TroubledDynamoDb,
    a_client,
    refused,
    troubled,
)

CONFIG: Any = client_config()
TWO_ATTEMPTS: dict[str, Any] = {"retries": CONFIG.retries}
OPERATIONS = ("find", "all", "replace", "add", "add_all")
HASTE = {"read_timeout": 0.05, "connect_timeout": 5}
NOTHING = Answer(200, {})


@pytest.fixture(autouse=True)
def waited(no_waiting: list[float]) -> list[float]:
    """Let boto3 try again at once."""
    return no_waiting


@contextmanager
def in_trouble(
    answering: Answering, pause: Callable[[float], None] = lambda _: None
) -> Iterator[tuple[DynamoDbKeyRegistry, TroubledDynamoDb]]:
    """Give a registry, and the service that answers it."""
    with troubled(answering) as (url, service), a_client(url, **TWO_ATTEMPTS) as client:
        yield DynamoDbKeyRegistry(TABLE, client, pause=pause), service


@pytest.mark.parametrize("operation", ["find", "all", "replace", "add"])
@pytest.mark.parametrize(
    "error",
    ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"],
)
def test_what_is_throttled_is_tried_twice(operation: str, error: str, waited: list[float]) -> None:
    with in_trouble(lambda _: refused(error)) as (registry, service):
        told = refusal(calls(registry)[operation])
    assert told.code == "store_unavailable"
    assert told.detail.endswith(f": {error}")
    assert len(service.asked) == 2
    assert len(waited) == 1


def test_a_read_that_is_throttled_once_is_answered() -> None:
    answers = iter([refused("ThrottlingException"), NOTHING])
    with in_trouble(lambda _: next(answers)) as (registry, service):
        assert registry.find(FOUND) is None
    assert [asked.operation for asked in service.asked] == ["GetItem"] * 2
    assert all(asked.body["ConsistentRead"] is True for asked in service.asked)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("AccessDeniedException", "store_access_denied"),
        ("UnrecognizedClientException", "store_access_denied"),
        ("ResourceNotFoundException", "store_not_found"),
        ("ValidationException", "store_unavailable"),
        ("ItemCollectionSizeLimitExceededException", "store_unavailable"),
        ("ConditionalCheckFailedException", "store_unavailable"),
    ],
)
def test_what_is_refused_is_not_tried_again(operation: str, error: str, code: str) -> None:
    """A condition that fails where there is none, or in a read, is no answer either."""
    with in_trouble(lambda _: refused(error)) as (registry, service):
        if (operation, error) == ("add", "ConditionalCheckFailedException"):
            assert not registry.add(a_record())
        else:
            assert code_of(calls(registry)[operation]) == code
    assert len(service.asked) == 1


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_service_that_fails_is_tried_twice(operation: str) -> None:
    with in_trouble(lambda _: Answer(500, {})) as (registry, service):
        assert code_of(calls(registry)[operation]) == "store_unavailable"
    assert len(service.asked) == 2


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_service_that_never_answers_is_given_up(operation: str) -> None:
    sent: list[object] = []
    with troubled(lambda _: None) as (url, _), a_client(url, **TWO_ATTEMPTS, **HASTE) as client:
        client.meta.events.register("before-send.dynamodb", lambda request, **_: sent.append(1))
        told = refusal(calls(DynamoDbKeyRegistry(TABLE, client))[operation])
    assert told.code == "store_unavailable"
    assert told.detail.endswith(": ReadTimeoutError")
    assert len(sent) == 2


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_service_that_cannot_be_reached_is_an_error(operation: str) -> None:
    with troubled(lambda _: NOTHING) as (url, _):
        pass
    with a_client(url, **TWO_ATTEMPTS) as client:
        told = refusal(calls(DynamoDbKeyRegistry(TABLE, client))[operation])
    assert told.code == "store_unavailable"


@pytest.mark.parametrize("key_id", ["000000000002", "", None])
def test_an_answer_about_another_key_is_no_answer(key_id: str | None) -> None:
    """Its record is the right one, and where it came from is not."""
    item = {
        "record": {"S": json.dumps(dump_record(a_record()))},
        "version": {"N": "1"},
        **({} if key_id is None else {"key_id": {"S": key_id}}),
    }
    with in_trouble(lambda _: Answer(200, {"Item": item})) as (registry, _):
        assert code_of(lambda: registry.find(FOUND)) == "key_record_malformed"


def test_a_write_that_fails_is_said_to_be_one() -> None:
    with in_trouble(lambda _: refused("ThrottlingException")) as (registry, _):
        told = refusal(lambda: registry.add(a_record()))
    assert told.detail == f"dynamodb:{TABLE} could not be written: ThrottlingException"


class Batches:
    """A table that takes part of each batch, as the next of `takes` says; 0 is all refused."""

    def __init__(self, operation: str, takes: list[int]) -> None:
        self.done: list[str] = []
        self._operation = operation
        self._takes = takes

    def __call__(self, asked: Asked) -> Answer | None:
        """Answer one request."""
        batch = asked.body["RequestItems"][TABLE]
        work = batch if asked.operation == "BatchWriteItem" else batch["Keys"]
        takes = len(work)
        if asked.operation == self._operation and self._takes:
            takes = self._takes.pop(0)
        if takes == 0:
            return refused("ProvisionedThroughputExceededException")
        if asked.operation == "BatchWriteItem":
            self.done += [w["PutRequest"]["Item"]["key_id"]["S"] for w in work[:takes]]
            left = {TABLE: work[takes:]} if work[takes:] else {}
            return Answer(200, {"UnprocessedItems": left})
        left = {TABLE: {**batch, "Keys": work[takes:]}} if work[takes:] else {}
        there = [key for key in work[:takes] if int(key["key_id"]["S"]) % 2]
        return Answer(200, {"Responses": {TABLE: there}, "UnprocessedKeys": left})


TEN = [a_record(n) for n in range(10)]
ODD = {f"{n:012}" for n in range(1, 10, 2)}
EVEN = [f"{n:012}" for n in range(0, 10, 2)]


@pytest.mark.parametrize("operation", ["BatchGetItem", "BatchWriteItem"])
@pytest.mark.parametrize(
    ("takes", "pauses"),
    [
        ([], []),
        ([1], [0.1]),
        ([1, 1, 1], [0.1, 0.1, 0.1]),
        ([0, 0], [0.1]),
        ([0, 0, 0, 0], [0.1, 0.2]),
        ([1, 0, 0, 1, 0, 0], [0.1, 0.2, 0.1, 0.2]),
        ([0] * 2 * len(PAUSES_SECONDS), list(PAUSES_SECONDS)),
    ],
    ids=str,
)
def test_what_a_table_leaves_is_asked_for_again_after_a_pause(
    operation: str, takes: list[int], pauses: list[float]
) -> None:
    """boto3 itself tries twice what is refused whole. A pause grows while nothing is taken."""
    table, paused = Batches(operation, list(takes)), list[float]()
    with in_trouble(table, pause=paused.append) as (registry, _):
        assert registry.add_all(TEN) == ODD
    assert table.done == EVEN
    assert paused == pauses


@pytest.mark.parametrize("operation", ["BatchGetItem", "BatchWriteItem"])
def test_a_table_that_takes_nothing_is_given_up_after_the_last_pause(operation: str) -> None:
    table, paused = Batches(operation, [0] * 100), list[float]()
    with in_trouble(table, pause=paused.append) as (registry, service):
        told = refusal(lambda: registry.add_all(TEN))
    assert str(told) == f"store_unavailable: dynamodb:{TABLE} is throttled for too long"
    assert paused == list(PAUSES_SECONDS)
    attempts = [asked for asked in service.asked if asked.operation == operation]
    assert len(attempts) == 2 * (1 + len(PAUSES_SECONDS))
    assert table.done == []


@pytest.mark.parametrize("rest", [1, 3])
def test_a_table_that_leaves_the_same_forever_is_given_up(rest: int) -> None:
    def leave(asked: Asked) -> Answer:
        if asked.operation == "BatchGetItem":
            return Answer(200, {"Responses": {TABLE: []}, "UnprocessedKeys": {}})
        left = asked.body["RequestItems"][TABLE][-rest:]
        return Answer(200, {"UnprocessedItems": {TABLE: left}})

    paused: list[float] = []
    with in_trouble(leave, pause=paused.append) as (registry, _):
        assert code_of(lambda: registry.add_all(TEN)) == "store_unavailable"
    assert paused == list(PAUSES_SECONDS)


def test_what_was_not_read_is_not_written() -> None:
    """An id about which the table said nothing may be taken."""
    with in_trouble(Batches("BatchGetItem", [1] + [0] * 100)) as (registry, service):
        assert code_of(lambda: registry.add_all(TEN)) == "store_unavailable"
    assert {asked.operation for asked in service.asked} == {"BatchGetItem"}


def test_after_an_error_it_can_be_done_again() -> None:
    table = Batches("BatchWriteItem", [2] + [0] * 2 * (1 + len(PAUSES_SECONDS)))
    with in_trouble(table) as (registry, _):
        assert code_of(lambda: registry.add_all(TEN)) == "store_unavailable"
        assert table.done == EVEN[:2]
        assert registry.add_all(TEN[4:]) == {k for k in ODD if int(k) > 4}
    assert table.done == EVEN
