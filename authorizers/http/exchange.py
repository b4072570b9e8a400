"""
One exchange with a hard deadline over everything: name lookup, connect, TLS, headers and body.

No time-out of a socket gives that: each byte of a slow drip starts it again, and a name lookup
has none. So the exchange runs in a thread; the caller waits for it no longer than the deadline,
then shuts its socket down, which ends every blocked read, and goes on. Nothing depends on what
becomes of the thread: it holds no lock, and its result is dropped. (A thawed Lambda environment
may find one such thread on a dead socket: it ends with its first read.)

This module loads `requests`; the others import it only when there is something to ask.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter

from authorizers.errors import DependencyError
from authorizers.http.message import Answer, Question, Way

_AT_ONCE_SECONDS: Final = 0.001
_NO_PROXIES: Final = {"no_proxy": "*"}


def exchange(question: Question, way: Way, *, seconds: float) -> Answer:
    """
    Send `question`, and return the answer that came within `seconds`.

    No redirect is followed, and neither cookies nor the credentials of a `.netrc` are sent. The
    environment's `REQUESTS_CA_BUNDLE` is honoured.

    Raises:
        DependencyError: `http_unavailable`, saying what happened, or `address_refused`.
    """
    running = _Exchange(question, way, seconds)
    worker = threading.Thread(target=running.run, name="http-exchange", daemon=True)
    try:
        worker.start()
    except RuntimeError:
        raise _unavailable("no thread could be started") from None
    worker.join(seconds)
    if worker.is_alive():
        running.abandon()
        raise _unavailable("there was no complete answer within the deadline")
    if running.answer is None:
        raise running.failure
    return running.answer


class _Exchange:
    """One question and its answer, made in one thread and abandoned from another."""

    def __init__(self, question: Question, way: Way, seconds: float) -> None:
        self._question = question
        self._way = way
        self._seconds = seconds
        self._abandoned = False
        self._connections: list[Any] = []
        self._sockets: list[socket.socket] = []
        self.answer: Answer | None = None
        self.failure = _unavailable("the connection failed")

    def run(self) -> None:
        """Make the exchange, and leave its outcome in `answer` or `failure`."""
        try:
            self.answer = self._send()
        except DependencyError as error:
            self.failure = error
        except requests.Timeout:
            self.failure = _unavailable("there was no complete answer within the deadline")
        except requests.exceptions.SSLError:
            self.failure = _unavailable("TLS failed, or the server's certificate is not trusted")
        except Exception:  # noqa: BLE001, S110 - whatever a client library raises, no answer came
            pass

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

    def _send(self) -> Answer:
        question = self._question
        with _Session() as session:
            adapter = _Adapter(self._watch)
            session.mount("http://", adapter)
            session.mount("https://", adapter)
            response = session.request(
                "GET" if question.body is None else "POST",
                question.url,
                data=question.body,
                headers=question.headers(),
                auth=_send_no_credentials,
                proxies=None if self._way.proxies else _NO_PROXIES,
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
            self._refuse_peer(connection.sock)  # again, should a release know no _new_conn
            if self._abandoned:
                raise OSError("nobody waits for this exchange any more")

        def new_conn(connection: Any) -> socket.socket:  # before TLS, and before any byte is sent
            opened: socket.socket = connection_class._new_conn(connection)
            self._refuse_peer(opened)
            return opened

        return type(
            "WatchedConnection", (connection_class,), {"connect": connect, "_new_conn": new_conn}
        )

    def _refuse_peer(self, opened: socket.socket) -> None:
        try:
            if self._way.admits is None or self._way.admits(opened.getpeername()[0]):
                return
        except BaseException:
            opened.close()
            raise
        opened.close()
        raise DependencyError("address_refused", "the host has an address that may not be asked")

    def _read(self, response: requests.Response) -> Answer:
        status, headers = response.status_code, response.headers
        conditional = self._question.etag or self._question.modified
        if status not in ((200, 304) if conditional else (200,)):
            raise _unavailable(_refusal(status))
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            raise _unavailable("the answer is compressed, though that was not asked for")
        body = _read_body(response, self._question.max_bytes) if status == 200 else None
        return Answer(body, headers)


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


def _read_body(response: requests.Response, max_bytes: int) -> bytes:
    """Read the body as it was sent, and no more than a document may have."""
    body = b""
    while chunk := response.raw.read(max_bytes + 1 - len(body), decode_content=False):
        body += chunk
        if len(body) > max_bytes:
            raise _unavailable(f"the answer is larger than {max_bytes} bytes")
    return body


def _refusal(status: int) -> str:
    if 300 <= status < 400 and status != 304:
        return "the server redirects, and redirects are not followed"
    return f"the server answered with status {status}"


def _send_no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stand in for credentials: without this, `requests` would look them up in a `.netrc`."""
    return request


def _unavailable(detail: str) -> DependencyError:
    return DependencyError("http_unavailable", detail)
