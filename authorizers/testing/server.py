"""A small HTTP server on loopback, which answers what a function says."""

import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class SeenRequest(NamedTuple):
    """One request that reached the server."""

    path: str
    if_none_match: str | None
    if_modified_since: str | None = None
    body: bytes = b""


class Answer(NamedTuple):
    """What the server answers."""

    status: int
    headers: dict[str, str]
    body: bytes


class LoopbackServer:
    """Serves `answer` on a free port of 127.0.0.1, in threads of its own, until it is stopped."""

    def __init__(
        self, answer: Callable[[SeenRequest], Answer], tls: ssl.SSLContext | None = None
    ) -> None:
        self._server = _Server(("127.0.0.1", 0), _handler_for(answer))
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Close the port: connections are refused from now on."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: that a client goes away, or does not trust us, is what is tested."""


def _handler_for(answer: Callable[[SeenRequest], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            etag, modified = self.headers["If-None-Match"], self.headers["If-Modified-Since"]
            seen = SeenRequest(self.path, etag, modified, body)
            status, headers, body = answer(seen)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - as http.server names it

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in http.server
            """Print nothing."""

    return Handler
