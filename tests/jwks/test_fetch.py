"""One GET: only a complete answer in time counts, and nothing is sent that was not asked for."""

import socket
import threading
import time
from pathlib import Path

import pytest

from authorizers.errors import DependencyError
from authorizers.jwks.address import Fetched
from authorizers.jwks.document import MAX_DOCUMENT_BYTES
from authorizers.jwks.fetch import fetch
from authorizers.testing import faulty
from authorizers.testing.faulty import Fault, FaultyServer

IN_TIME = 5.0
SOON = 0.2
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def failure(url: str, *, seconds: float = IN_TIME, etag: str | None = None) -> str:
    with pytest.raises(DependencyError) as raised:
        fetch(url, seconds=seconds, etag=etag)
    assert raised.value.code == "keys_unavailable"
    return raised.value.detail


def no_worker_lives_on() -> bool:
    """Whether the threads of all fetches have ended, or end within a moment."""
    workers = [thread for thread in threading.enumerate() if thread.name == "http-exchange"]
    for worker in workers:
        worker.join(2)
    return not any(worker.is_alive() for worker in workers)


def test_an_answer_has_its_body_its_etag_and_its_life() -> None:
    with FaultyServer(faulty.respond(b"{}", 'ETag: W/"v1"', "Cache-Control: max-age=77")) as server:
        assert fetch(server.url, seconds=IN_TIME) == Fetched(b"{}", 'W/"v1"', 77.0)


def test_an_answer_may_say_nothing_about_its_life() -> None:
    with FaultyServer(faulty.respond(b"{}")) as server:
        assert fetch(server.url, seconds=IN_TIME) == Fetched(b"{}", None, None)


def test_a_chunked_answer_is_read() -> None:
    def chunked(exchange: faulty.Exchange) -> None:
        exchange.connection.sendall(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
        )

    with FaultyServer(chunked) as server:
        assert fetch(server.url, seconds=IN_TIME).body == b"{}"


def test_what_has_not_been_modified_has_no_body() -> None:
    with FaultyServer(faulty.respond(b"", status="304 Not Modified")) as server:
        assert fetch(server.url, seconds=IN_TIME, etag='"v1"').body is None
        assert b'\r\nIf-None-Match: "v1"\r\n' in server.requests[0]


def test_not_modified_is_a_failure_when_nothing_was_held() -> None:
    with FaultyServer(faulty.respond(b"", status="304 Not Modified")) as server:
        assert failure(server.url) == "the server answered with status 304"


@pytest.mark.parametrize(
    "etag", ['"', "v1", '"a b"', '"a"b"', "w/" + '"a"', '"' + "x" * 300 + '"', '"caf\xe9"']
)
def test_an_etag_that_is_none_is_not_kept(etag: str) -> None:
    with FaultyServer(faulty.respond(b"{}", f"ETag: {etag}")) as server:
        assert fetch(server.url, seconds=IN_TIME).etag is None


@pytest.mark.parametrize("status", ["201 Created", "204 No Content", "206 Partial Content"])
def test_only_200_is_an_answer(status: str) -> None:
    with FaultyServer(faulty.respond(b"{}", status=status)) as server:
        assert failure(server.url) == f"the server answered with status {status[:3]}"


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "500 Oops", "503 Busy"])
def test_an_error_of_the_server_is_a_failure(status: str) -> None:
    with FaultyServer(faulty.respond(b'{"keys": []}', status=status)) as server:
        assert failure(server.url) == f"the server answered with status {status[:3]}"
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 Temp", "308 Perm"])
def test_a_redirect_is_not_followed(status: str) -> None:
    """A redirect would let another host name the keys: it gets no request at all."""
    with FaultyServer(faulty.respond(b"{}")) as other:
        to_other = faulty.respond(b"", f"Location: {other.url}/keys", status=status)
        with FaultyServer(to_other) as server:
            assert "redirects" in failure(server.url)
            assert (len(server.requests), len(other.requests)) == (1, 0)


def test_the_body_of_a_redirect_is_not_read() -> None:
    def endless_redirect(exchange: faulty.Exchange) -> None:
        exchange.connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n")
        exchange.stopped.wait()

    with FaultyServer(endless_redirect) as server:
        assert "redirects" in failure(server.url)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "x"])
def test_a_compressed_answer_is_refused(encoding: str) -> None:
    with FaultyServer(faulty.respond(b"{}", f"Content-Encoding: {encoding}")) as server:
        assert "compressed" in failure(server.url)
        assert b"\r\nAccept-Encoding: identity\r\n" in server.requests[0]


def test_a_gzip_bomb_is_not_unpacked() -> None:
    with FaultyServer(faulty.gzip_bomb()) as server:
        assert "compressed" in failure(server.url)


def test_an_answer_of_the_largest_size_is_read_and_a_larger_one_is_not() -> None:
    with FaultyServer(faulty.respond(b" " * MAX_DOCUMENT_BYTES)) as server:
        assert len(fetch(server.url, seconds=IN_TIME).body or b"") == MAX_DOCUMENT_BYTES
        server.fault = faulty.respond(b" " * (MAX_DOCUMENT_BYTES + 1))
        assert "larger" in failure(server.url)
        server.fault = faulty.respond(b" " * 5_000_000)
        assert "larger" in failure(server.url)
        server.fault = faulty.endless_body
        assert "larger" in failure(server.url)


@pytest.mark.parametrize("fault", [faulty.truncated_body, faulty.reset])
def test_a_broken_connection_is_a_failure(fault: Fault) -> None:
    with FaultyServer(fault) as server:
        assert failure(server.url) == "the connection failed"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"\x00" * 99_999,
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 999,
    ],
    ids=lambda answer: repr(answer)[:24],
)
def test_what_is_no_http_is_a_failure(answer: bytes) -> None:
    with FaultyServer(lambda exchange: exchange.connection.sendall(answer)) as server:
        assert failure(server.url) == "the connection failed"


def test_nobody_listening_is_a_failure() -> None:
    with FaultyServer(faulty.reset) as server:
        url = server.url
    assert failure(url) == "the connection failed"


def test_a_host_without_an_address_is_a_failure() -> None:
    assert failure("https://issuer.invalid/jwks") == "the connection failed"


@pytest.mark.parametrize("fault", [faulty.never_answer, faulty.drip_headers, faulty.drip_body])
def test_the_deadline_ends_an_answer_that_does_not_end(fault: Fault) -> None:
    """Each byte of a drip starts a socket's time-out again; the deadline does not care."""
    with FaultyServer(fault) as server:
        started = time.monotonic()
        assert "deadline" in failure(server.url, seconds=SOON)
        assert time.monotonic() - started < SOON + 1
        assert no_worker_lives_on()


def test_the_deadline_covers_informational_responses() -> None:
    def only_continue(exchange: faulty.Exchange) -> None:
        while not exchange.stopped.wait(0.02):
            exchange.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    with FaultyServer(only_continue) as server:
        assert "deadline" in failure(server.url, seconds=SOON)
        assert no_worker_lives_on()


def test_the_deadline_covers_the_tls_handshake() -> None:
    with FaultyServer(faulty.never_answer) as server:
        assert "deadline" in failure(server.url.replace("http:", "https:"), seconds=SOON)
        assert no_worker_lives_on()


def test_the_deadline_covers_the_name_lookup(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name lookup cannot be ended from outside: the caller goes, and its late end is harmless."""
    answer = threading.Event()

    def slow_lookup(*_: object, **__: object) -> list[object]:
        answer.wait()
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", slow_lookup)
    assert "deadline" in failure("https://issuer.example/jwks", seconds=SOON)
    answer.set()
    assert no_worker_lives_on()


def test_a_connection_that_comes_after_the_deadline_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The lookup ends after the deadline, and with an address: nothing is sent to it."""
    answer, lookup = threading.Event(), socket.getaddrinfo

    def slow_lookup(*arguments: object, **options: object) -> object:
        answer.wait()
        return lookup(*arguments, **options)  # type: ignore[arg-type]

    with FaultyServer(faulty.drip_headers) as server:
        monkeypatch.setattr(socket, "getaddrinfo", slow_lookup)
        assert "deadline" in failure(server.url, seconds=SOON)
        answer.set()
        assert no_worker_lives_on()
        assert server.requests in ([], [b"\r\n\r\n"])


def test_no_cookie_is_kept() -> None:
    with FaultyServer(faulty.respond(b"{}", "Set-Cookie: a=b")) as server:
        fetch(server.url, seconds=IN_TIME)
        fetch(server.url, seconds=IN_TIME)
        assert b"cookie" not in server.requests[1].lower()


def test_the_credentials_of_a_netrc_are_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with FaultyServer(faulty.respond(b"{}")) as server:
        fetch(server.url, seconds=IN_TIME)
        assert b"authorization" not in server.requests[0].lower()


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function in a VPC may have no other way out."""
    with FaultyServer(faulty.respond(b"{}")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert fetch("http://issuer.invalid/jwks", seconds=IN_TIME).body == b"{}"
        assert proxy.requests[0].startswith(b"GET http://issuer.invalid/jwks ")


def test_loopback_is_reached_without_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultyServer(faulty.reset) as proxy, FaultyServer(faulty.respond(b"{}")) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert fetch(server.url, seconds=IN_TIME).body == b"{}"
        assert proxy.requests == []


def test_the_deadline_covers_a_proxy_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultyServer(faulty.drip_headers) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert "deadline" in failure("https://issuer.invalid/jwks", seconds=SOON)
        assert no_worker_lives_on()


def test_a_machine_without_threads_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_more)
    assert failure("https://issuer.invalid/jwks") == "no thread could be started"
