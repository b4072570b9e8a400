"""A server that misbehaves on purpose: what a key source meets on a bad day, or from an attacker."""

import gzip
import json
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

Fault = Callable[[socket.socket, threading.Event], None]
"""Answers one request on a connection; the event is set when the server is stopped."""


class FaultyServer:
    """
    A server on loopback that answers every request with `fault`, which may be changed.

    `requests` counts the requests that arrived.
    """

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.requests = 0
        self._stopped = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "FaultyServer":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        server = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                received = b""
                with suppress(OSError):
                    while b"\r\n\r\n" not in received:
                        received += self.request.recv(4096) or b"\r\n\r\n"
                    server.requests += 1
                    server.fault(self.request, server._stopped)

        return Handler


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


def respond(body: bytes, *headers: str, status: str = "200 OK") -> Fault:
    """Answer properly, with this body."""

    def fault(connection: socket.socket, stopped: threading.Event) -> None:
        lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
        connection.sendall("\r\n".join(lines).encode("latin-1") + body)

    return fault


def respond_json(document: object, *headers: str) -> Fault:
    """Answer properly, with this JSON."""
    return respond(json.dumps(document).encode(), *headers)


def redirect(location: str) -> Fault:
    """Point at another address."""
    return respond(b"", f"Location: {location}", status="302 Found")


def gzip_bomb(size: int = 50_000_000) -> Fault:
    """Answer with a small body that unpacks to `size` bytes, though nobody asked for gzip."""
    return respond(gzip.compress(bytes(size), compresslevel=1), "Content-Encoding: gzip")


def endless_body(connection: socket.socket, stopped: threading.Event) -> None:
    """Send a body without a length and without an end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not stopped.is_set():
        connection.sendall(b" " * 65536)


def truncated_body(connection: socket.socket, stopped: threading.Event) -> None:
    """Promise more than is sent."""
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"keys": []}')


def drip_headers(connection: socket.socket, stopped: threading.Event) -> None:
    """Send a header that never ends, a byte at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    while not stopped.wait(0.02):
        connection.sendall(b"x")


def drip_body(connection: socket.socket, stopped: threading.Event) -> None:
    """Send a body that never ends, a byte at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not stopped.wait(0.02):
        connection.sendall(b" ")


def never_answer(connection: socket.socket, stopped: threading.Event) -> None:
    """Take the request and say nothing."""
    stopped.wait()


def reset(connection: socket.socket, stopped: threading.Event) -> None:
    """Break the connection with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def held_until(release: threading.Event, then: Fault) -> Fault:
    """Answer with `then`, but not before `release` is set."""

    def fault(connection: socket.socket, stopped: threading.Event) -> None:
        release.wait()
        then(connection, stopped)

    return fault
