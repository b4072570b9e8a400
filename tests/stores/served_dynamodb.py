"""DynamoDB over HTTP: as moto plays it, and as it is when it is in trouble."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from authorizers.testing.tables import create_table

REGION = "eu-central-1"
TABLE = "ApiKeys"
WsgiApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]


def make_table(client: Any) -> None:
    """Make the table of keys that the SAM template makes."""
    create_table(client, TABLE, "key_id")


@contextmanager
def a_client(url: str | None = None, **config: Any) -> Iterator[Any]:
    """Give boto3's client for AWS, or for the service at `url`, and close its connections."""
    made: Any = boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(**config),
    )
    try:
        yield made
    finally:
        made.close()


class OneAtATime:
    """moto's DynamoDB, which has no lock of its own: a write and its condition are one step."""

    def __init__(self) -> None:
        self._app: WsgiApplication = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._lock:
            return list(self._app(environ, start_response))


class LosesAnswers:
    """Does what the next writes ask for, and answers as if it had not: 500."""

    def __init__(self, app: WsgiApplication) -> None:
        self._app = app
        self.left = 0
        self.writes = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ.get("HTTP_X_AMZ_TARGET", "").endswith(".PutItem"):
            return self._app(environ, start_response)
        self.writes += 1
        if self.left == 0:
            return self._app(environ, start_response)
        self.left -= 1
        list(self._app(environ, lambda *_: None))
        start_response(
            "500 Internal Server Error", [("Content-Type", "application/x-amz-json-1.0")]
        )
        return [b'{"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"}']


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def served(app: WsgiApplication) -> Iterator[str]:
    """Serve `app` on a port of this machine; give its URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    with _running(server):
        yield f"http://127.0.0.1:{server.server_port}"


class Asked(NamedTuple):
    """One request: the operation's name, and what it was asked."""

    operation: str
    body: dict[str, Any]


class Answer(NamedTuple):
    """What is answered, or nothing at all, ever."""

    status: int
    body: dict[str, Any]


Answering = Callable[[Asked], Answer | None]


def refused(error: str) -> Answer:
    """Return how DynamoDB refuses; its own words may repeat what was asked."""
    kind = f"com.amazonaws.dynamodb.v20120810#{error}"
    return Answer(400, {"__type": kind, "message": "the service's own words"})


class TroubledDynamoDb:
    """A service that answers as it is told, and keeps what it was asked."""

    def __init__(self, answering: Answering) -> None:
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self._answering = answering

    def answer(self, asked: Asked) -> Answer | None:
        """Answer one request."""
        self.asked.append(asked)
        return self._answering(asked)


@contextmanager
def troubled(answering: Answering) -> Iterator[tuple[str, TroubledDynamoDb]]:
    """Serve a `TroubledDynamoDb` on a port of this machine; give its URL and itself."""
    service = TroubledDynamoDb(answering)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            answer = service.answer(Asked(operation, json.loads(data)))
            if answer is None:
                service.over.wait(60)
                return
            body = json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with _running(server):
        try:
            yield f"http://127.0.0.1:{server.server_port}", service
        finally:
            service.over.set()


@contextmanager
def _running(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
