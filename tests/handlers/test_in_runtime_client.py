"""End to end: the shipped function in AWS's own runtime client, on every sample event."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from authorizers.gateway.answer import Outcome, answer
from authorizers.model.request import EventKind
from authorizers.testing.events import rest_token_event
from authorizers.testing.lambda_runtime import InvocationResult, LambdaRuntime
from authorizers.testing.sample_events import FUNCTION

HANDLER = "authorizers.handlers.jwt.handler"
EVENTS = Path(__file__).parents[2] / "events"
EXPECTED = json.loads((EVENTS / "local" / "expected.json").read_text())
VARIABLES = json.loads((EVENTS / "local" / "env.json").read_text())[FUNCTION]


def read(name: str) -> Any:
    return json.loads((EVENTS / name).read_text())


def tokens_in(name: str) -> set[str]:
    """Everything in the event that looks like a JWT, and its signature alone."""
    words = (
        (EVENTS / name).read_text().replace('"', " ").replace(",", " ").replace("=", " ").split()
    )
    tokens = {word for word in words if word.startswith("eyJ")}
    return tokens | {token.rpartition(".")[2] for token in tokens} - {""}


@pytest.fixture(scope="module")
def function() -> Iterator[LambdaRuntime]:
    with LambdaRuntime(HANDLER, VARIABLES) as function:
        yield function


def outcome_of(result: InvocationResult, kind: EventKind, arn: str) -> tuple[str, int]:
    """Return what the function did, and what API Gateway makes of it."""
    message = result.error_message if result.failed else None
    given = answer(kind, Outcome(result.payload, message), arn, simple_responses=True)
    if not result.failed:
        return ("allow" if given.status == 200 else "deny"), given.status
    return ("unauthorized" if message == "Unauthorized" else "error"), given.status


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_event_is_answered_as_expected(function: LambdaRuntime, name: str) -> None:
    event, expected = read(name), EXPECTED[name]
    arn = event.get("routeArn") or event.get("methodArn") or ""

    result = function.invoke(event)

    outcome = outcome_of(result, EventKind(expected["kind"]), arn)
    assert outcome == (expected["outcome"], expected["status"])
    decisions = [record for record in result.records if record["message"] == "decision"]
    assert [decision["reason"] for decision in decisions] == [expected["reason"]]
    assert decisions[0]["decision"] in {"allow", "deny", "unauthorized", "error"}


@pytest.mark.parametrize("name", EXPECTED)
def test_no_token_is_in_the_log_or_the_answer(function: LambdaRuntime, name: str) -> None:
    result = function.invoke(read(name))

    said = "\n".join(result.log) + json.dumps(result.payload) + str(result.error_message)
    for token in tokens_in(name):
        assert token not in said


def test_the_same_token_is_remembered_while_the_function_is_warm() -> None:
    with LambdaRuntime(HANDLER, VARIABLES) as function:
        first, second = (function.invoke(read("rest-token.json")).records[-1] for _ in range(2))

    assert (first["cache"], second["cache"]) == ("miss", "hit")


def test_a_deny_instead_of_an_error_where_that_is_set() -> None:
    """For people whose alarms count function errors."""
    with LambdaRuntime(HANDLER, VARIABLES | {"AUTHORIZERS_UNAUTHORIZED": "deny"}) as function:
        event = read("rest-token-expired.json")
        result = function.invoke(event)

    assert outcome_of(result, EventKind.REST_TOKEN, event["methodArn"]) == ("deny", 403)


def test_http_apis_get_policies_where_that_is_set() -> None:
    with LambdaRuntime(HANDLER, VARIABLES | {"AUTHORIZERS_HTTP_RESPONSES": "iam"}) as function:
        allowed, denied = (
            function.invoke(read("http-2.json")),
            function.invoke(read("http-2-missing-scope.json")),
        )

    for result, decision, status in ((allowed, "Allow", 200), (denied, "Deny", 403)):
        assert result.payload["policyDocument"]["Statement"][0]["Effect"] == decision
        arn = read("http-2.json")["routeArn"]
        assert answer(EventKind.HTTP_2, Outcome(result.payload), arn).status == status


def test_a_simple_answer_where_policies_are_expected_is_500_at_the_gateway() -> None:
    """The mismatch between the function's setting and the API's is a failure, never an Allow."""
    with LambdaRuntime(HANDLER, VARIABLES) as function:
        event = read("http-2.json")
        payload = function.invoke(event).payload

    assert answer(EventKind.HTTP_2, Outcome(payload), event["routeArn"]).status == 500


@pytest.mark.parametrize(
    "missing", ["AUTHORIZERS_AUDIENCE", "AUTHORIZERS_ACCESS", "AUTHORIZERS_ALGORITHMS"]
)
def test_a_function_without_a_decision_to_make_does_not_start(missing: str) -> None:
    with LambdaRuntime(HANDLER, VARIABLES | {missing: ""}) as function:
        result = function.invoke(rest_token_event(token="t"))

    assert result.error_type == "ConfigurationError"
    assert missing in str(result.error_message)
    assert answer(EventKind.REST_TOKEN, Outcome(None, result.error_message), "").status == 500


@pytest.mark.parametrize("event", [None, [], "event", {}, {"type": "TOKEN"}, {"type": "REQUEST"}])
def test_what_is_no_event_is_an_error_and_never_an_allow(
    function: LambdaRuntime, event: Any
) -> None:
    result = function.invoke(event)

    assert result.error_type == "EventError"
    assert result.payload is None
