"""The Lambda Runtime API server, and AWS's own runtime client in its process."""

import http.client
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from authorizers.testing.lambda_runtime import FUNCTION_ARN, LambdaRuntime
from authorizers.testing.runtime_api import RuntimeApi

FUNCTIONS = Path(__file__).with_name("lambda_functions")
Start = Callable[..., LambdaRuntime]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start functions of `lambda_functions`; all are ended after the test."""
    started = []

    def start(function: str, timeout_seconds: float = 10.0, **variables: str) -> LambdaRuntime:
        module = "broken" if function == "broken" else "functions"
        runtime = LambdaRuntime(
            f"{module}.{function}", variables, task_root=FUNCTIONS, timeout_seconds=timeout_seconds
        )
        started.append(runtime)
        return runtime

    yield start
    for runtime in started:
        runtime.close()


def test_a_payload_comes_back_with_the_log_lines_of_its_own_invocation(start: Start) -> None:
    function = start("echo")

    first, second = function.invoke({"n": 1}), function.invoke({"n": 2})

    assert first.payload["event"] == {"n": 1}
    assert first.log == ("imported", '{"said": "hello"}')
    assert second.payload["event"] == {"n": 2}
    assert second.log == ('{"said": "hello"}',)
    assert second.records == [{"said": "hello"}]
    assert not second.failed
    assert second.error_message is None
    assert first.payload["request_id"] != second.payload["request_id"]


def test_an_invocation_is_timed(start: Start) -> None:
    function = start("echo")

    assert 0 < function.invoke({}).milliseconds < 10_000


def test_the_environment_stays_warm_until_it_is_stopped(start: Start) -> None:
    function = start("count")

    assert [function.invoke(0).payload, function.invoke(0).payload] == [1, 2]

    function.stop()

    cold = function.invoke(0)
    assert cold.payload == 1
    assert cold.log == ("imported",)


def test_nothing_of_this_process_is_inherited(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable of the developer's shell must not decide what a function does."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "from the shell")
    monkeypatch.setenv("AUTHORIZERS_ISSUER", "https://from-the-shell.invalid/")

    variables = start("environment", AUTHORIZERS_AUDIENCE="given").invoke({}).payload

    assert "AWS_SECRET_ACCESS_KEY" not in variables
    assert "AUTHORIZERS_ISSUER" not in variables
    assert variables["AUTHORIZERS_AUDIENCE"] == "given"
    assert variables["LAMBDA_TASK_ROOT"] == str(FUNCTIONS)
    assert variables["_HANDLER"] == "functions.environment"


def test_the_context_has_the_functions_arn_and_a_deadline(start: Start) -> None:
    context = start("about_context", timeout_seconds=7).invoke({}).payload

    assert context["arn"] == FUNCTION_ARN
    assert context["name"] == "JwtAuthorizer"
    assert 0 < context["left"] <= 7000
    assert context["cwd"] == str(FUNCTIONS)


def test_an_exception_is_its_type_and_exactly_its_message(start: Start) -> None:
    result = start("refuse").invoke({})

    assert (result.error_type, result.error_message) == ("Exception", "Unauthorized")
    assert result.payload is None
    assert result.failed


def test_a_function_that_raised_serves_the_next_event(start: Start) -> None:
    function = start("refuse")

    function.invoke({})

    assert function.invoke({}).log[0].startswith("[ERROR] Exception: Unauthorized")


def test_an_answer_that_is_not_json_is_an_error(start: Start) -> None:
    assert start("not_json").invoke({}).error_type == "Runtime.MarshalError"


def test_a_failing_import_is_an_error_each_time(start: Start) -> None:
    function = start("broken")

    for result in function.invoke({}), function.invoke({}):
        assert result.error_type == "RuntimeError"
        assert result.error_message == "no configuration"


def test_a_missing_handler_is_an_error(start: Start) -> None:
    result = start("nowhere").invoke({})

    assert result.error_type == "Runtime.HandlerNotFound"


def test_a_process_that_dies_is_an_error_and_is_replaced(start: Start) -> None:
    function = start("die")

    for result in function.invoke({}), function.invoke({}):
        assert result.error_type == "Runtime.ExitError"
        assert result.error_message == "Runtime exited with error: exit status 3"


def test_a_function_that_hangs_is_killed_at_its_timeout(start: Start) -> None:
    function = start("hang", timeout_seconds=1)

    result = function.invoke({})

    assert result.error_type == "Sandbox.Timedout"
    assert result.error_message == "Task timed out after 1.00 seconds"
    assert 1000 <= result.milliseconds < 5000


def test_a_log_larger_than_a_pipe_does_not_block_the_function(start: Start) -> None:
    result = start("chatter").invoke({})

    assert result.payload == "done"
    assert len(result.log[1]) == 200_000
    assert "to stderr" in result.log


def test_closing_leaves_no_process_and_no_thread(start: Start) -> None:
    before = threading.active_count()
    function = start("echo")
    function.invoke({})

    function.close()

    assert threading.active_count() <= before


def test_closing_a_function_that_was_never_invoked_is_nothing(start: Start) -> None:
    function = start("echo")

    function.close()
    function.stop()


def test_paths_outside_the_runtime_api_are_not_found() -> None:
    api = RuntimeApi(FUNCTION_ARN)
    try:
        for method, path in [("GET", "/"), ("POST", "/2018-06-01/runtime/invocation/1/other")]:
            connection = http.client.HTTPConnection(api.address, timeout=5)
            connection.request(method, path, body="{}" if method == "POST" else None)
            assert connection.getresponse().status == 404
            connection.close()
    finally:
        api.close()


def test_an_answer_to_another_invocation_is_not_taken() -> None:
    api = RuntimeApi(FUNCTION_ARN)
    try:
        connection = http.client.HTTPConnection(api.address, timeout=5)
        connection.request("POST", "/2018-06-01/runtime/invocation/stale/response", body="1")
        assert connection.getresponse().status == 202
        connection.close()

        assert api.invoke(b"{}", timeout_seconds=0.05) is None
    finally:
        api.close()
