"""A server that misbehaves on purpose: what a key source meets on a bad day, or in an attack."""

import gzip
import json
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self


class Exchange(NamedTuple):
    """A connection on which one request has arrived; `stopped` is set when the server ends."""

    connection: socket.socket
    stopped: threading.Event


Fault = Callable[[Exchange], None]
"""Answers the request of an exchange."""


class FaultyServer:
    """
    A server on loopback that answers every request with `fault`, which may be changed.

    `requests` holds the heads of the requests that arrived, as they arrived.
    """

    def __init__(self, fault: Fault, tls: ssl.SSLContext | None = None) -> None:
        self.fault = fault
        self.requests: list[bytes] = []
        self.stopped = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64


def _handler_for(server: FaultyServer) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            received = b""
            with suppress(OSError):
                while b"\r\n\r\n" not in received:
                    received += self.request.recv(4096) or b"\r\n\r\n"
                server.requests.append(received)
                server.fault(Exchange(self.request, server.stopped))

    return Handler


def respond(body: bytes, *headers: str, status: str = "200 OK") -> Fault:
    """Answer properly, with this body."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    answer = "\r\n".join(lines).encode("latin-1") + body
    return lambda exchange: exchange.connection.sendall(answer)


def respond_json(document: object, *headers: str) -> Fault:
    """Answer properly, with this JSON."""
    return respond(json.dumps(document).encode(), *headers)


def redirect(location: str) -> Fault:
    """Point at another address."""
    return respond(b"", f"Location: {location}", status="302 Found")


def gzip_bomb(size: int = 50_000_000) -> Fault:
    """Answer with a small body that unpacks to `size` bytes, though nobody asked for gzip."""
    return respond(gzip.compress(bytes(size), compresslevel=1), "Content-Encoding: gzip")


def truncated_body(exchange: Exchange) -> None:
    """Promise more than is sent."""
    exchange.connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"keys": []}')


def endless_body(exchange: Exchange) -> None:
    """Send a body without a length and without an end, as fast as it is taken."""
    exchange.connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not exchange.stopped.is_set():
        exchange.connection.sendall(b" " * 65536)


def drip_headers(exchange: Exchange) -> None:
    """Send a header that never ends, a byte at a time."""
    _drip(exchange, b"HTTP/1.1 200 OK\r\nX-Drip: ")


def drip_body(exchange: Exchange) -> None:
    """Send a body that never ends, a byte at a time."""
    _drip(exchange, b"HTTP/1.1 200 OK\r\n\r\n")


def never_answer(exchange: Exchange) -> None:
    """Take the request and say nothing."""
    exchange.stopped.wait()


def reset(exchange: Exchange) -> None:
    """Break the connection with a TCP reset."""
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.connection.close()


def held_until(release: threading.Event, then: Fault) -> Fault:
    """Answer with `then`, but not before `release` is set."""

    def fault(exchange: Exchange) -> None:
        release.wait()
        then(exchange)

    return fault


def _drip(exchange: Exchange, beginning: bytes) -> None:
    exchange.connection.sendall(beginning)
    while not exchange.stopped.wait(0.02):
        exchange.connection.sendall(b"x")
