"""
One GET with a hard deadline over everything: name lookup, connect, TLS, headers and body.

No time-out of a socket gives that: each byte of a slow drip starts it again, and a name lookup
has none. So the exchange runs in a thread; the caller waits for it no longer than the deadline,
then shuts its socket down, which ends every blocked read, and goes on. Nothing depends on what
becomes of the thread: it holds no lock, and its result is dropped. (A thawed Lambda environment
may find one such thread on a dead socket: it ends with its first read.)

This module loads `requests`; the others import it only when there is something to fetch.
"""

import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter

from authorizers.errors import DependencyError
from authorizers.jwks.address import Fetched, is_loopback
from authorizers.jwks.document import MAX_DOCUMENT_BYTES
from authorizers.jwks.freshness import lifetime_seconds

_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # nothing compressed, so no bomb
    "Connection": "close",
    "User-Agent": "apigw-authorizers",
}
_AT_ONCE_SECONDS: Final = 0.001
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,256}"')  # RFC 9110 §8.8.3; longer ones are not kept


def fetch(url: str, *, seconds: float, etag: str | None = None) -> Fetched:
    """
    Fetch `url`, which `authorizers.jwks.address` has validated, within `seconds`.

    No redirect is followed, and neither cookies nor the credentials of a `.netrc` are sent. The
    environment's proxies and `REQUESTS_CA_BUNDLE` are honoured; loopback needs no proxy.

    Raises:
        DependencyError: `keys_unavailable`, saying what happened.
    """
    exchange = _Exchange(url, seconds, etag)
    worker = threading.Thread(target=exchange.run, name="jwks-fetch", daemon=True)
    try:
        worker.start()
    except RuntimeError:
        raise _unavailable("no thread could be started") from None
    worker.join(seconds)
    if worker.is_alive():
        exchange.abandon()
        raise _unavailable("there was no complete answer within the deadline")
    if exchange.fetched is None:
        raise _unavailable(exchange.failure)
    return exchange.fetched


class _Exchange:
    """One request and its answer, made in one thread and abandoned from another."""

    def __init__(self, url: str, seconds: float, etag: str | None) -> None:
        self._url = url
        self._seconds = seconds
        self._etag = etag
        self._abandoned = False
        self._connections: list[Any] = []
        self._sockets: list[socket.socket] = []
        self.fetched: Fetched | None = None
        self.failure = "the connection failed"

    def run(self) -> None:
        """Make the exchange, and leave its outcome in `fetched` or `failure`."""
        try:
            self.fetched = self._send()
        except DependencyError as error:
            self.failure = error.detail
        except requests.Timeout:
            self.failure = "there was no complete answer within the deadline"
        except requests.exceptions.SSLError:
            self.failure = "TLS failed, or the server's certificate is not trusted"
        except Exception:  # noqa: BLE001 - whatever a client library raises, no answer has come
            self.failure = "the connection failed"

    def abandon(self) -> None:
        """
        End the exchange from outside, as far as it has come.

        Either this finds the socket of a connection that stands, or the thread finds the flag
        as soon as there is one: a TLS handshake ends by its own time-out, which is one for
        the whole handshake, and so does, from now on, the first read of a proxy's answer.
        """
        self._abandoned = True
        for open_socket in self._sockets:
            with suppress(OSError):
                socket.socket.shutdown(open_socket, socket.SHUT_RDWR)
        for connecting_socket in [connection.sock for connection in self._connections]:
            if connecting_socket is not None and connecting_socket not in self._sockets:
                with suppress(OSError):
                    connecting_socket.settimeout(_AT_ONCE_SECONDS)

    def _send(self) -> Fetched:
        headers = {**_HEADERS, "If-None-Match": self._etag} if self._etag else _HEADERS
        with _Session() as session:
            adapter = _Adapter(self._watch)
            session.mount("http://", adapter)
            session.mount("https://", adapter)
            response = session.get(
                self._url,
                headers=headers,
                auth=_send_no_credentials,
                proxies={"no_proxy": "localhost,127.0.0.1,::1"} if is_loopback(self._url) else None,
                timeout=self._seconds,
                allow_redirects=False,
                stream=True,
            )
            with response:
                return self._read(response)

    def _watch(self, connection_class: type[Any]) -> type[Any]:
        """Return `connection_class`, made to hand over each connection and its socket."""

        def connect(connection: Any) -> None:
            self._connections.append(connection)
            connection_class.connect(connection)
            self._sockets.append(connection.sock)
            if self._abandoned:
                raise OSError("nobody waits for this exchange any more")

        return type("WatchedConnection", (connection_class,), {"connect": connect})

    def _read(self, response: requests.Response) -> Fetched:
        status, headers = response.status_code, response.headers
        if status not in ((200, 304) if self._etag else (200,)):
            raise _unavailable(_refusal(status))
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            raise _unavailable("the answer is compressed, though that was not asked for")
        etag = headers.get("ETag", "")
        return Fetched(
            _read_body(response) if status == 200 else None,
            etag if _ETAG.fullmatch(etag) else None,
            lifetime_seconds(headers, time.time()),  # the time matters only without a Date
        )


class _Session(requests.Session):
    """A session that does not look at redirects."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """
        Return nothing, whatever the answer says.

        `requests` reads the body of a redirect, of any size, even when it is not to follow it.
        """


class _Adapter(HTTPAdapter):
    """The transport of `requests`, with a hook for each new connection."""

    def __init__(self, watch: Callable[[type[Any]], type[Any]]) -> None:
        super().__init__(max_retries=0)
        self._watch = watch

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return the pool that `requests` would use, with its connections watched."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = self._watch(pool.ConnectionCls)
        return pool


def _read_body(response: requests.Response) -> bytes:
    """Read the body as it was sent, and no more than a document may have."""
    body = b""
    while chunk := response.raw.read(MAX_DOCUMENT_BYTES + 1 - len(body), decode_content=False):
        body += chunk
        if len(body) > MAX_DOCUMENT_BYTES:
            raise _unavailable(f"the answer is larger than {MAX_DOCUMENT_BYTES} bytes")
    return body


def _refusal(status: int) -> str:
    if 300 <= status < 400 and status != 304:
        return "the server redirects, and redirects are not followed"
    return f"the server answered with status {status}"


def _send_no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stand in for credentials: without this, `requests` would look them up in a `.netrc`."""
    return request


def _unavailable(detail: str) -> DependencyError:
    return DependencyError("keys_unavailable", detail)
