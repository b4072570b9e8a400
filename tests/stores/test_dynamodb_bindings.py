"""Bindings in DynamoDB, as moto plays it, and what moto does not play."""

import json
from collections.abc import Callable
from math import inf
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from authorizers.errors import AuthorizersError, DependencyError
from authorizers.stores.dynamodb import (
    BATCH_KEYS,
    DEADLINE_SECONDS,
    MAX_SUBJECTS,
    PAUSES_SECONDS,
    DynamoDbBindings,
)
from authorizers.testing.clock import FrozenClock

TABLE = "Bindings"
REGION = "eu-central-1"
ALICE, OPS = "principal#staff|alice", "group#staff|ops"


@pytest.fixture(autouse=True)
def client(bindings_table: Any) -> Any:
    return bindings_table


def put(client: Any, subject: str, **attributes: Any) -> None:
    named = {name.replace("role_", "role:"): value for name, value in attributes.items()}
    client.put_item(TableName=TABLE, Item={"subject": {"S": subject}, **named})


class Pauses:
    """Keeps how long it was waited, and lets the time pass."""

    def __init__(self, clock: FrozenClock | None = None) -> None:
        self.seconds: list[float] = []
        self._clock = clock or FrozenClock()

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self._clock.advance(seconds)


def bindings(
    client: Any = None, *, clock: FrozenClock | None = None, pause: Pauses | None = None
) -> DynamoDbBindings:
    return DynamoDbBindings(TABLE, client, clock=clock or FrozenClock(), pause=pause or Pauses())


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(AuthorizersError) as caught:
        call()
    assert isinstance(caught.value, DependencyError)
    assert "own words" not in str(caught.value)
    return caught.value.code


def test_roles_of_every_subject_are_found(client: Any) -> None:
    put(client, ALICE, role_reader={"BOOL": True})
    put(client, OPS, role_admin={"N": "1800000060"}, note={"S": "until the audit"})
    put(client, "group#staff|dev", role_root={"BOOL": True})
    assert bindings().read([ALICE, OPS]) == {"reader": inf, "admin": 1_800_000_060}


def test_a_subject_that_is_not_in_the_table_has_no_role(client: Any) -> None:
    put(client, ALICE + "2", role_reader={"BOOL": True})
    put(client, OPS)
    assert bindings(client).read([ALICE, OPS]) == {}


@pytest.mark.parametrize("order", [[ALICE, OPS], [OPS, ALICE]])
def test_a_role_that_is_bound_twice_ends_when_the_last_binding_does(
    client: Any, order: list[str]
) -> None:
    put(client, ALICE, role_a={"N": "5"}, role_b={"BOOL": True}, role_c={"N": "-1"})
    put(client, OPS, role_a={"N": "7"}, role_b={"N": "9"}, role_c={"N": "1e2"})
    assert bindings(client).read(order) == {"a": 7, "b": inf, "c": 100}


def test_more_subjects_than_one_request_takes_are_read_in_several(client: Any) -> None:
    subjects = [f"group#staff|{i}" for i in range(MAX_SUBJECTS)]
    for i in (0, BATCH_KEYS - 1, BATCH_KEYS, MAX_SUBJECTS - 1):
        put(client, subjects[i], **{f"role_r{i}": {"BOOL": True}})
    assert bindings(client).read(subjects).keys() == {"r0", "r99", "r100", "r299"}


def test_more_subjects_than_a_sane_token_has_are_an_error_and_not_no_role(client: Any) -> None:
    subjects = [f"group#staff|{i}" for i in range(MAX_SUBJECTS + 1)]
    assert code_of(lambda: bindings(client).read(subjects)) == "too_many_subjects"


@pytest.mark.parametrize(
    "value",
    [
        {"BOOL": False}, {"S": "true"}, {"S": "1900000000"}, {"NULL": True}, {"SS": ["reader"]},
        {"M": {}}, {"L": []}, {"B": b"1"}, {"NS": ["1"]}, {"N": "1798675200000"}, {"N": "1E+100"},
    ],
    ids=repr,
)  # fmt: skip
def test_a_role_that_is_neither_true_nor_a_time_is_an_error_and_never_a_grant(
    client: Any, value: dict[str, Any]
) -> None:
    """Milliseconds are none: such a role would end in 57 thousand years."""
    put(client, ALICE, role_admin=value)
    assert code_of(lambda: bindings(client).read([ALICE])) == "bindings_malformed"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "soon", ""])
def test_a_number_that_is_none_is_never_a_grant(client: Any, number: str) -> None:
    """DynamoDB has no such numbers, and Python has."""
    item = {"subject": {"S": ALICE}, "role:admin": {"N": number}}
    with Stubber(client) as stub:
        stub.add_response("batch_get_item", {"Responses": {TABLE: [item]}, "UnprocessedKeys": {}})
        assert code_of(lambda: bindings(client).read([ALICE])) == "bindings_malformed"


def test_a_table_that_is_not_there(client: Any) -> None:
    client.delete_table(TableName=TABLE)
    assert code_of(lambda: bindings().read([ALICE])) == "store_not_found"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("ResourceNotFoundException", "store_not_found"),
        ("AccessDeniedException", "store_access_denied"),
        ("UnrecognizedClientException", "store_access_denied"),
        ("ProvisionedThroughputExceededException", "store_unavailable"),
        ("ThrottlingException", "store_unavailable"),
        ("RequestLimitExceeded", "store_unavailable"),
        ("InternalServerError", "store_unavailable"),
        ("ValidationException", "store_unavailable"),
    ],
)
def test_what_the_service_refuses(client: Any, error: str, code: str) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("batch_get_item", error, "the service's own words")
        assert code_of(lambda: bindings(client).read([ALICE])) == code


def test_a_service_that_does_not_answer_in_time_is_a_dependency_error(client: Any) -> None:
    def time_out(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb.example.com")

    client.meta.events.register("before-send.dynamodb.BatchGetItem", time_out)
    assert code_of(lambda: bindings(client).read([ALICE])) == "store_unavailable"


def test_no_region_is_known_when_the_client_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert code_of(lambda: bindings().open()) == "store_unavailable"


def answered(client: Any, stub: Stubber, asked: list[str], left: list[str], **roles: Any) -> None:
    """Let the service answer the next request about `asked`, all but what is `left`."""
    items = [{"subject": {"S": asked[0]}, **{f"role:{r}": {"BOOL": True} for r in roles}}]
    keys = {"Keys": [{"subject": {"S": subject}} for subject in left]}
    stub.add_response(
        "batch_get_item",
        {
            "Responses": {TABLE: items if roles else []},
            "UnprocessedKeys": {TABLE: keys} if left else {},
        },
        {
            "RequestItems": {
                TABLE: {"Keys": [{"subject": {"S": s}} for s in asked], "ConsistentRead": True}
            }
        },
    )


def test_keys_that_were_left_are_asked_for_again_after_a_pause(client: Any) -> None:
    pauses = Pauses()
    with Stubber(client) as stub:
        answered(client, stub, [ALICE, OPS], [OPS], reader=1)
        answered(client, stub, [OPS], [OPS])
        answered(client, stub, [OPS], [], admin=1)
        found = bindings(client, pause=pauses).read([ALICE, OPS])
        stub.assert_no_pending_responses()
    assert found.keys() == {"reader", "admin"}
    assert tuple(pauses.seconds) == PAUSES_SECONDS[:2]


def test_keys_that_are_left_again_and_again_are_an_error_and_not_no_role(client: Any) -> None:
    """Half an answer would take a role away, and a rule may ask for somebody who has none."""
    pauses = Pauses()
    with Stubber(client) as stub:
        answered(client, stub, [ALICE, OPS], [OPS], reader=1)
        for _ in PAUSES_SECONDS:
            answered(client, stub, [OPS], [OPS])
        read = bindings(client, pause=pauses).read
        assert code_of(lambda: read([ALICE, OPS])) == "store_unavailable"
        stub.assert_no_pending_responses()
    assert tuple(pauses.seconds) == PAUSES_SECONDS


def test_no_batch_is_begun_when_the_gateway_will_not_wait_for_it(client: Any) -> None:
    clock = FrozenClock()
    client.meta.events.register(
        "before-parameter-build.dynamodb.BatchGetItem",
        lambda **_: clock.advance(DEADLINE_SECONDS / 2),
    )
    subjects = [f"group#staff|{i}" for i in range(MAX_SUBJECTS)]
    two = bindings(client, clock=clock).read
    assert code_of(lambda: two(subjects)) == "store_unavailable"
    assert two(subjects[:BATCH_KEYS]) == {}


def test_reads_are_strongly_consistent(client: Any) -> None:
    seen: list[Any] = []
    client.meta.events.register(
        "before-call.dynamodb.BatchGetItem", lambda params, **_: seen.append(params["body"])
    )
    bindings(client).read([ALICE])
    (body,) = seen
    assert json.loads(body)["RequestItems"][TABLE]["ConsistentRead"] is True


def test_a_client_is_made_when_it_is_opened_and_once(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = bindings()
    opened.open()
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert opened.read([ALICE]) == {}
