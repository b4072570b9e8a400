"""
The Lambda Runtime API as a loopback HTTP server, for one execution environment.

    GET  /2018-06-01/runtime/invocation/next                   waits for the next event
    POST /2018-06-01/runtime/invocation/<request id>/response
    POST /2018-06-01/runtime/invocation/<request id>/error
    POST /2018-06-01/runtime/init/error

Source: Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"
(https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
"""

import json
import queue
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

_ROOT = "/2018-06-01/runtime/"
_POLL_SECONDS = 0.02  # how soon the server sees that it is to stop


class Invocation(NamedTuple):
    """An event on its way to the runtime."""

    request_id: str
    body: bytes
    deadline_ms: int


class Ended(NamedTuple):
    """How an invocation ended; `environment_is_gone` when its process will not serve another."""

    payload: Any = None
    error_type: str | None = None
    error_message: str | None = None
    environment_is_gone: bool = False


class RuntimeApi:
    """Hands one invocation at a time to a runtime, and takes its response."""

    def __init__(self, function_arn: str) -> None:
        self._invocations: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._endings: queue.SimpleQueue[tuple[str | None, Ended]] = queue.SimpleQueue()
        self._server = _Server(function_arn, self._invocations, self._endings)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,))
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port, as AWS_LAMBDA_RUNTIME_API has them."""
        return f"127.0.0.1:{self._server.server_port}"

    def invoke(self, body: bytes, timeout_seconds: float) -> Ended | None:
        """Hand `body` to the runtime; return how it ended, or `None` when time ran out."""
        deadline = time.monotonic() + timeout_seconds
        request_id = str(uuid.uuid4())
        deadline_ms = int((time.time() + timeout_seconds) * 1000)
        self._invocations.put(Invocation(request_id, body, deadline_ms))
        while (left := deadline - time.monotonic()) > 0:
            try:
                answered, ended = self._endings.get(timeout=left)
            except queue.Empty:
                break
            if answered in {request_id, None}:
                return ended
        return None

    def runtime_exited(self, code: int) -> None:
        """Note that the runtime's process is gone: what is under way will not be answered."""
        message = f"Runtime exited with error: exit status {code}"
        self._endings.put((None, Ended(None, "Runtime.ExitError", message, True)))

    def close(self) -> None:
        """Stop serving, once the runtime's process has ended."""
        self._invocations.put(None)  # lets go of a poll that the process has left behind
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close() joins them

    def __init__(
        self,
        function_arn: str,
        invocations: "queue.SimpleQueue[Invocation | None]",
        endings: "queue.SimpleQueue[tuple[str | None, Ended]]",
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.function_arn = function_arn
        self.invocations = invocations
        self.endings = endings

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when the runtime hangs up: it has been stopped."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave as one packet, at once: otherwise each answer waits
    disable_nagle_algorithm = True  # for the client's delayed acknowledgement, 40 ms
    server: _Server

    def do_GET(self) -> None:
        if self.path != f"{_ROOT}invocation/next":
            return self._answer(404)
        invocation = self.server.invocations.get()
        if invocation is None:
            self.close_connection = True
            return None
        return self._answer(
            200,
            invocation.body,
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": self.server.function_arn,
                "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}",
            },
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        match self.path.removeprefix(_ROOT).split("/"):
            case ["invocation", request_id, "response"]:
                ended = Ended(json.loads(body))
            case ["invocation", request_id, "error"]:
                ended = _failure(body)
            case ["init", "error"]:
                request_id, ended = "", _failure(body)._replace(environment_is_gone=True)
            case _:
                return self._answer(404)
        self.server.endings.put((request_id or None, ended))
        return self._answer(202, b'{"status":"OK"}')

    def _answer(
        self, status: int, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Keep quiet: what matters is the function's own log."""


def _failure(body: bytes) -> Ended:
    error = json.loads(body)
    return Ended(None, error.get("errorType") or "Unknown", error.get("errorMessage"))
