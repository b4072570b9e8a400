"""End to end: the shipped functions in AWS's own runtime client, on every sample event."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from authorizers.gateway.answer import Outcome, answer
from authorizers.model.request import EventKind
from authorizers.testing.events import rest_token_event
from authorizers.testing.lambda_runtime import InvocationResult, LambdaRuntime
from authorizers.testing.sample import (
    API_KEY_FUNCTION,
    COMBINED_FUNCTION,
    HANDLERS,
    JWT_FUNCTION,
)

HANDLER = HANDLERS[JWT_FUNCTION]
EVENTS = Path(__file__).parents[2] / "events"
EXPECTED = json.loads((EVENTS / "local" / "expected.json").read_text())
ALL_VARIABLES = json.loads((EVENTS / "local" / "env.json").read_text())
VARIABLES = ALL_VARIABLES[JWT_FUNCTION]
KEY_VARIABLES = ALL_VARIABLES[API_KEY_FUNCTION]


def read(name: str) -> Any:
    return json.loads((EVENTS / name).read_text())


def secrets_in(name: str) -> set[str]:
    """Everything in the event that looks like a JWT or a key, and its secret part alone."""
    words = (
        (EVENTS / name).read_text().replace('"', " ").replace(",", " ").replace("=", " ").split()
    )
    tokens = {word for word in words if word.startswith("eyJ")}
    keys = {word for word in words if len(word) > 50 and word.count("_") >= 2}
    parts = {token.rpartition(".")[2] for token in tokens} | {k.rpartition("_")[2] for k in keys}
    return tokens | keys | parts - {""}


@pytest.fixture(scope="module")
def function() -> Iterator[LambdaRuntime]:
    with LambdaRuntime(HANDLER, VARIABLES) as function:
        yield function


@pytest.fixture(scope="module")
def functions(function: LambdaRuntime) -> Iterator[dict[str, LambdaRuntime]]:
    with ExitStack() as started:
        others = {
            name: started.enter_context(
                LambdaRuntime(handler, ALL_VARIABLES[name], task_root=EVENTS / "local")
            )
            for name, handler in HANDLERS.items()
            if name != JWT_FUNCTION
        }
        yield {JWT_FUNCTION: function, **others}


def outcome_of(result: InvocationResult, kind: EventKind, arn: str) -> tuple[str, int]:
    """Return what the function did, and what API Gateway makes of it."""
    message = result.error_message if result.failed else None
    given = answer(kind, Outcome(result.payload, message), arn, simple_responses=True)
    if not result.failed:
        return ("allow" if given.status == 200 else "deny"), given.status
    return ("unauthorized" if message == "Unauthorized" else "error"), given.status


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_event_is_answered_as_expected(
    functions: dict[str, LambdaRuntime], name: str
) -> None:
    event, expected = read(name), EXPECTED[name]
    arn = event.get("routeArn") or event.get("methodArn") or ""

    result = functions[expected["function"]].invoke(event)

    outcome = outcome_of(result, EventKind(expected["kind"]), arn)
    assert outcome == (expected["outcome"], expected["status"])
    decisions = [record for record in result.records if record["message"] == "decision"]
    assert [decision["reason"] for decision in decisions] == [expected["reason"]]
    assert decisions[0]["decision"] in {"allow", "deny", "unauthorized", "error"}


@pytest.mark.parametrize("name", EXPECTED)
def test_no_token_or_key_is_in_the_log_or_the_answer(
    functions: dict[str, LambdaRuntime], name: str
) -> None:
    result = functions[EXPECTED[name]["function"]].invoke(read(name))

    said = "\n".join(result.log) + json.dumps(result.payload) + str(result.error_message)
    for secret in secrets_in(name):
        assert secret not in said
    for pepper in json.loads(KEY_VARIABLES["AUTHORIZERS_PEPPER"]).values():
        assert len(pepper) < 8 or pepper not in said


def test_the_events_with_keys_hold_keys() -> None:
    """Else the sweep above would find nothing in nothing."""
    with_keys = [n for n in EXPECTED if EXPECTED[n]["function"] == API_KEY_FUNCTION]
    assert sum(bool(secrets_in(name)) for name in with_keys) > len(with_keys) / 2


@pytest.mark.parametrize("wrong", [name for name in HANDLERS if name != COMBINED_FUNCTION])
def test_a_function_does_not_start_with_a_document_of_the_other_kind(wrong: str) -> None:
    other = COMBINED_FUNCTION if wrong == JWT_FUNCTION else JWT_FUNCTION
    with LambdaRuntime(HANDLERS[wrong], ALL_VARIABLES[other]) as function:
        result = function.invoke(rest_token_event(token="t"))

    assert result.error_type == "ConfigurationError"
    assert HANDLERS[other] in str(result.error_message)
    for secret in json.loads(KEY_VARIABLES["AUTHORIZERS_PEPPER"]).values():
        assert len(secret) < 8 or secret not in "\n".join(result.log)


@pytest.mark.parametrize("pepper", ["", "short", "{}", '{"current": "2", "1": "' + "x" * 32 + '"}'])
def test_a_function_without_a_pepper_does_not_start(pepper: str) -> None:
    variables = KEY_VARIABLES | {"AUTHORIZERS_PEPPER": pepper}
    with LambdaRuntime(HANDLERS[API_KEY_FUNCTION], variables) as function:
        result = function.invoke(rest_token_event(api_key="t"))

    assert result.error_type == "ConfigurationError"
    assert "AUTHORIZERS_PEPPER" in str(result.error_message)


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
