"""
`sam local start-api` over HTTP: the example REST and HTTP APIs, with the authorizer in front.

The SAM CLI is not API Gateway: it reads no Deny, and takes an authorizer's exception for a broken
function (502). What it does show is that a good token reaches the backend with its context, and
that nothing else does.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60
REST = ["/rest/token", "/rest/request"]
ROUTES = [*REST, "/http/request"]
KEY_ROUTES = ["/rest/key", "/http/key"]
REFUSED = {401, 403, 502}


class Answer(NamedTuple):
    """What came back over HTTP."""

    status: int
    body: Any


def token(name: str) -> str:
    event = json.loads((ROOT / "events" / f"{name}.json").read_text())
    value: str = event["authorizationToken"]
    return value


def key(name: str) -> str:
    event = json.loads((ROOT / "events" / f"api-key-{name}.json").read_text())
    value: str = event["headers"]["x-api-key"]
    return value


@pytest.fixture(scope="module")
def port(
    sam_path: str,
    environment: dict[str, str],
    docker: None,
    built: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[int]:
    free = _free_port()
    log = tmp_path_factory.mktemp("start-api") / "log"
    with log.open("w") as opened:
        process = subprocess.Popen(
            [sam_path, "local", "start-api", "--skip-pull-image", "--port", str(free)],
            cwd=ROOT,
            env=environment,
            stdout=opened,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_it_listens(free, process, log)
            yield free
        finally:
            # An interrupt lets it remove its containers.
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _free_port() -> int:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        free: int = plug.getsockname()[1]
    return free


def _wait_until_it_listens(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)  # another process: there is no clock of ours to turn
        else:
            return
    pytest.fail(f"no answer in {READY_SECONDS} seconds: {log.read_text()}")


def call(
    port: int,
    path: str,
    authorization: str | None = None,
    method: str = "GET",
    api_key: str | None = None,
) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = {"Authorization": authorization, "x-api-key": api_key}
    headers = {name: value for name, value in sent.items() if value is not None}
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    return Answer(response.status, json.loads(text) if text else None)


@pytest.mark.parametrize("path", REST)
def test_good_token_reaches_the_backend_of_the_rest_api(port: int, path: str) -> None:
    answer = call(port, path, token("rest-token"))
    assert answer.status == 200, answer
    assert answer.body["route"] == path
    assert answer.body["authorizer"]["principalId"] == "default|user-42"


def test_good_token_reaches_the_backend_of_the_http_api(port: int) -> None:
    answer = call(port, "/http/request", token("rest-token"))
    assert answer.status == 200, answer
    assert answer.body["route"] == "GET /http/request"
    assert "lambda" in answer.body["authorizer"]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "name",
    ["rest-token-expired", "rest-token-forged-signature", "rest-token-missing-scope"],
)
def test_bad_token_is_refused(port: int, path: str, name: str) -> None:
    answer = call(port, path, token(name))
    assert answer.status in REFUSED
    assert "authorizer" not in answer.body


@pytest.mark.parametrize("path", ROUTES)
def test_missing_token_is_answered_without_the_function(port: int, path: str) -> None:
    assert call(port, path) == Answer(401, {"message": "Unauthorized"})


def test_what_is_no_jwt_is_answered_without_the_function(port: int) -> None:
    """The validation expression of the TOKEN authorizer."""
    assert call(port, "/rest/token", "Basic dXNlcjpwYXNz").status == 401


@pytest.mark.parametrize("path", [*ROUTES, *KEY_ROUTES])
def test_preflight_needs_no_credential(port: int, path: str) -> None:
    assert call(port, path, method="OPTIONS").status == 200


def test_good_key_reaches_the_backend_of_the_rest_api(port: int) -> None:
    answer = call(port, "/rest/key", api_key=key("http-2"))
    assert answer.status == 200, answer
    assert answer.body["route"] == "/rest/key"
    assert answer.body["authorizer"]["principalId"] == "machines|partner-7"


def test_good_key_reaches_the_backend_of_the_http_api(port: int) -> None:
    answer = call(port, "/http/key", api_key=key("http-2"))
    assert answer.status == 200, answer
    assert answer.body["route"] == "GET /http/key"
    assert answer.body["authorizer"]["lambda"]["owner"] == "partner-7"


@pytest.mark.parametrize("path", KEY_ROUTES)
@pytest.mark.parametrize(
    "name",
    ["http-2-mistyped", "http-2-unknown", "rest-request-revoked", "http-2-missing-scope"],
)
def test_bad_key_is_refused(port: int, path: str, name: str) -> None:
    answer = call(port, path, api_key=key(name))
    assert answer.status in REFUSED
    assert "authorizer" not in answer.body


@pytest.mark.parametrize("path", KEY_ROUTES)
def test_missing_key_is_answered_without_the_function(port: int, path: str) -> None:
    assert call(port, path) == Answer(401, {"message": "Unauthorized"})


@pytest.mark.parametrize("path", KEY_ROUTES)
def test_good_token_is_no_key(port: int, path: str) -> None:
    bearer = token("rest-token")
    assert call(port, path, bearer).status == 401
    assert call(port, path, api_key=bearer.removeprefix("Bearer ")).status in REFUSED


@pytest.mark.parametrize("path", ROUTES)
def test_good_key_is_no_token(port: int, path: str) -> None:
    assert call(port, path, api_key=key("http-2")).status == 401
    assert call(port, path, f"Bearer {key('http-2')}").status in REFUSED
