"""Counters in DynamoDB, as moto plays it, and what moto does not play."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
    UnknownServiceError,
)
from botocore.stub import Stubber
from moto.dynamodb.responses import DynamoHandler

from authorizers.errors import AuthorizersError, DependencyError
from authorizers.limits.counters import Change, Fresh, Outcome, Removal, Step
from authorizers.limits.meter import KeyMeter
from authorizers.stores.dynamodb_usage import DynamoDbUsage
from authorizers.testing.clock import FrozenClock
from tests.limits.plans import both, compiled, plan
from tests.stores.usage_tables import TABLE, create_table, types_that_differ_do_not_compare

REGION = "eu-central-1"
KEY = "machines|7Fh3kQ9ZpLm2"
END = 1_900_000_000
LIMITS = plan(both(200_000, 10, 1000), GET_a=both(1_000_000, 2, 20, "month"))


@pytest.fixture(autouse=True)
def client(aws: None) -> Iterator[Any]:
    import boto3

    made: Any = boto3.client("dynamodb")
    create_table(made)
    with types_that_differ_do_not_compare():
        yield made


def meter(
    client: Any = None, choice: str = "deny", unmetered: list[AuthorizersError] | None = None
) -> KeyMeter:
    return KeyMeter(
        compiled(choice, free=LIMITS),
        DynamoDbUsage(TABLE, client),
        clock=FrozenClock(),
        on_unmetered=(unmetered if unmetered is not None else []).append,
    )


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(AuthorizersError) as caught:
        call()
    assert isinstance(caught.value, DependencyError)
    assert "own words" not in str(caught.value)
    return caught.value.code


def draw(drawing: KeyMeter) -> Any:
    return drawing.draw(KEY, "free", ("GET /a",))


def test_one_update_asserts_and_moves_everything(client: Any) -> None:
    """The request itself: names and numbers stand beside the expressions, and both answers say
    what there is."""
    changes: list[Change] = [
        Fresh("bucket/2/3", 11, 12),
        Step("quota/day GET /a", 4, 6, 1),
        Removal("old", 5),
    ]
    expected = {
        "TableName": TABLE,
        "Key": {"name": {"S": KEY}},
        "UpdateExpression": "SET #t = :t, #0 = :v0, #1 = #1 + :v1 REMOVE #2",
        "ConditionExpression": "(attribute_not_exists(#0) OR #0 < :b0)"
        " AND #1 >= :f1 AND #1 <= :l1 AND (attribute_not_exists(#2) OR #2 < :b2)",
        "ExpressionAttributeNames": {
            "#t": "ttl", "#0": "bucket/2/3", "#1": "quota/day GET /a", "#2": "old"
        },
        "ExpressionAttributeValues": {
            ":t": {"N": "1900000000"}, ":b0": {"N": "11"}, ":v0": {"N": "12"}, ":v1": {"N": "1"},
            ":f1": {"N": "4"}, ":l1": {"N": "6"}, ":b2": {"N": "5"},
        },
        "ReturnValues": "ALL_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }  # fmt: skip
    with Stubber(client) as stub:
        attributes = {"name": {"S": KEY}, "ttl": {"N": "5"}, "bucket/2/3": {"N": "12"}}
        stub.add_response("update_item", {"Attributes": attributes}, expected)
        outcome = DynamoDbUsage(TABLE, client).change(KEY, changes, END)
        assert outcome == Outcome(True, {"bucket/2/3": 12})


def test_the_item_is_readable_and_carries_when_it_ends(client: Any) -> None:
    assert draw(meter(client)) is None
    item = client.get_item(TableName=TABLE, Key={"name": {"S": KEY}})["Item"]
    assert item == {
        "name": {"S": KEY},
        "ttl": {"N": str(1_800_000_000 + 32 * 86_400)},
        "bucket/200000/10": {"N": "1800000000200000"},
        "quota/day": {"N": "20833000000000001"},
        "bucket/1000000/2 GET /a": {"N": "1800000001000000"},
        "quota/month GET /a": {"N": "20819000000000001"},
    }


def test_a_request_is_one_call_of_aws_and_none_when_a_limit_is_known_to_be_reached(
    client: Any,
) -> None:
    calls: list[str] = []
    client.meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    drawing = meter(client)
    costs = []
    for _ in range(5):
        before = len(calls)
        over = draw(drawing)
        costs.append((len(calls) - before, over is None))
    # The first finds that there is no item; the second draws the last token, and who comes then
    # is refused from memory.
    assert costs == [(2, True), (1, True), (0, False), (0, False), (0, False)]
    assert set(calls) == {"UpdateItem"}


@pytest.mark.parametrize(
    "value",
    [
        {"S": "1"}, {"BOOL": True}, {"NULL": True}, {"M": {}}, {"L": []}, {"B": b"1"},
        {"NS": ["1"]}, {"SS": ["1"]}, {"N": "1900000000000000"}, {"N": "1E+37"},
    ],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("choice", ["deny", "allow_unmetered"])
@pytest.mark.parametrize("attribute", ["bucket/200000/10", "quota/month GET /a"])
def test_an_item_that_is_malformed_is_an_error_and_never_an_admission(
    client: Any, attribute: str, choice: str, value: dict[str, Any]
) -> None:
    if attribute.startswith("quota") and value.get("N") == "1900000000000000":
        value = {"N": "21000000000000000"}
    item = {"name": {"S": KEY}, attribute: value}
    client.put_item(TableName=TABLE, Item=item)
    unmetered: list[AuthorizersError] = []
    drawing = meter(client, choice, unmetered)
    for _ in range(2):
        assert code_of(lambda: draw(drawing)) == "usage_malformed"
    assert unmetered == []
    assert client.get_item(TableName=TABLE, Key={"name": {"S": KEY}})["Item"] == item


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1.5", "", "soon", "1e3"])
def test_a_number_that_is_not_whole_is_none(client: Any, number: str) -> None:
    with Stubber(client) as stub:
        stub.add_response("update_item", {"Attributes": {"a": {"N": number}}})
        outcome = DynamoDbUsage(TABLE, client).change(KEY, [Fresh("a", 0, 1)], END)
    assert outcome == Outcome(True, {"a": None})


FAILURES = [
    ("ResourceNotFoundException", "store_not_found"),
    ("AccessDeniedException", "store_access_denied"),
    ("UnrecognizedClientException", "store_access_denied"),
    ("InvalidSignatureException", "usage_refused"),  # a clock that is five minutes wrong
    ("ProvisionedThroughputExceededException", "usage_throttled"),
    ("ThrottlingException", "usage_throttled"),
    ("RequestLimitExceeded", "usage_throttled"),
    ("TransactionConflictException", "usage_refused"),
    ("ValidationException", "usage_refused"),
]


@pytest.mark.parametrize("choice", ["deny", "allow_unmetered"])
@pytest.mark.parametrize(("error", "code"), FAILURES)
def test_what_the_service_refuses_is_an_error_and_no_outage(
    client: Any, error: str, code: str, choice: str
) -> None:
    """Whoever is so fast that the item is throttled is not let through for that."""
    with Stubber(client) as stub:
        stub.add_client_error("update_item", error, "the service's own words")
        assert code_of(lambda: draw(meter(client, choice))) == code


@pytest.mark.parametrize("status", [500, 503])
def test_a_service_that_fails_is_an_outage(client: Any, status: int) -> None:
    unmetered: list[AuthorizersError] = []
    for choice in ("deny", "allow_unmetered"):
        with Stubber(client) as stub:
            stub.add_client_error("update_item", "InternalServerError", "x", status)
            drawing = meter(client, choice, unmetered)
            if choice == "deny":
                assert code_of(lambda: draw(drawing)) == "store_unavailable"  # noqa: B023
            else:
                assert draw(drawing) is None
    assert [told.code for told in unmetered] == ["store_unavailable"]


@pytest.mark.parametrize("choice", ["deny", "allow_unmetered"])
def test_a_service_that_does_not_answer_in_time(client: Any, choice: str) -> None:
    def time_out(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb.example.com")

    client.meta.events.register("before-send.dynamodb.UpdateItem", time_out)
    unmetered: list[AuthorizersError] = []
    drawing = meter(client, choice, unmetered)
    if choice == "deny":
        assert code_of(lambda: draw(drawing)) == "store_unavailable"
    else:
        assert draw(drawing) is None
    assert len(unmetered) == (choice == "allow_unmetered")


@pytest.mark.parametrize("choice", ["deny", "allow_unmetered"])
def test_a_table_that_is_not_there(client: Any, choice: str) -> None:
    client.delete_table(TableName=TABLE)
    assert code_of(lambda: draw(meter(client, choice))) == "store_not_found"


def test_an_update_that_timed_out_and_was_made_is_counted_twice(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the caller, never for them: boto3 cannot know, and asks again."""
    counters = DynamoDbUsage(TABLE, client)
    counters.change(KEY, [Fresh("a", 0, 1)], END)
    update_item, answers = DynamoHandler.update_item, []

    def lose_the_first_answer(handler: Any) -> Any:
        answers.append(update_item(handler))
        if len(answers) == 1:
            raise ReadTimeoutError(endpoint_url="https://dynamodb.example.com")
        return answers[-1]

    monkeypatch.setattr(DynamoHandler, "update_item", lose_the_first_answer)
    outcome = counters.change(KEY, [Step("a", 0, 9, 1)], END)
    assert (len(answers), outcome.item) == (2, {"a": 3})


def test_no_region_is_known_when_the_client_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert code_of(lambda: DynamoDbUsage(TABLE).open()) == "store_unavailable"


def test_a_client_is_made_when_it_is_opened_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counters = DynamoDbUsage(TABLE)
    counters.open()
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert counters.change(KEY, [Fresh("a", 0, 1)], END).changed


@pytest.mark.parametrize("choice", ["deny", "allow_unmetered"])
@pytest.mark.parametrize(
    "error", [NoCredentialsError(), ParamValidationError(report="x"), UnknownServiceError(
        service_name="x", known_service_names="y")], ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_a_request_that_was_never_made_is_no_outage(
    client: Any, error: BotoCoreError, choice: str
) -> None:
    def fail(**_: object) -> None:
        raise error

    client.meta.events.register("before-send.dynamodb.UpdateItem", fail)
    assert code_of(lambda: draw(meter(client, choice))) == "usage_refused"


def test_an_error_of_an_odd_status_is_no_outage(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("update_item", "Odd", "x", http_status_code=302)
        assert code_of(lambda: draw(meter(client, "allow_unmetered"))) == "usage_refused"
