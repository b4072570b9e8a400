"""What an exchange sends and takes beyond what `tests/jwks/test_fetch.py` shows of a GET."""

import socket

import pytest
from urllib3.connection import HTTPConnection

from authorizers.errors import DependencyError
from authorizers.http.exchange import exchange
from authorizers.http.message import Answer, Question, Way
from authorizers.testing import faulty
from authorizers.testing.faulty import FaultyServer
from authorizers.testing.server import Answer as Served
from authorizers.testing.server import LoopbackServer, SeenRequest

DIRECT = Way(proxies=False)
DATE = "Tue, 01 Jan 2030 00:00:00 GMT"


def ask(url: str, way: Way = DIRECT, **more: object) -> Answer:
    return exchange(Question(url, "a/b", 99)._replace(**more), way, seconds=5)  # type: ignore[arg-type]


def failure(url: str, way: Way = DIRECT, **more: object) -> str:
    with pytest.raises(DependencyError) as raised:
        ask(url, way, **more)
    return str(raised.value)


def test_a_body_is_posted_with_its_type() -> None:
    seen: list[SeenRequest] = []

    def answer(request: SeenRequest) -> Served:
        seen.append(request)
        return Served(200, {}, b"pong")

    server = LoopbackServer(answer)
    try:
        answered = ask(f"{server.url}/p?q=%2F", body=b"ping", content_type="x/y")
    finally:
        server.stop()
    assert answered.body == b"pong"
    assert seen == [SeenRequest("/p?q=%2F", None, None, b"ping")]


def test_the_head_says_what_is_asked_for_and_nothing_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FaultyServer(faulty.respond(b"")) as server:
        ask(server.url, body=b"ping", content_type="x/y")
        head = server.requests[0].split(b"\r\n\r\n")[0].split(b"\r\n")
    host = server.url.removeprefix("http://").encode()
    assert head[0] == b"POST / HTTP/1.1"
    assert sorted(head[1:]) == [
        b"Accept-Encoding: identity",
        b"Accept: a/b",
        b"Connection: close",
        b"Content-Length: 4",
        b"Content-Type: x/y",
        b"Host: " + host,
        b"User-Agent: apigw-authorizers",
    ]


def test_an_empty_body_is_posted_too() -> None:
    with FaultyServer(faulty.respond(b"")) as server:
        assert ask(server.url, body=b"").body == b""
        assert server.requests[0].startswith(b"POST / ")


def test_a_date_may_be_what_is_known() -> None:
    with FaultyServer(faulty.respond(b"", status="304 Not Modified")) as server:
        assert ask(server.url, modified=DATE).body is None
        assert f"\r\nIf-Modified-Since: {DATE}\r\n".encode() in server.requests[0]


def test_the_cap_is_the_callers() -> None:
    with FaultyServer(faulty.respond(b"x" * 100)) as server:
        assert failure(server.url) == "http_unavailable: the answer is larger than 99 bytes"
        assert len(ask(server.url, max_bytes=100).body or b"") == 100


def test_a_large_answer_comes_whole() -> None:
    with FaultyServer(faulty.respond(b"x" * 3_000_000)) as server:
        assert len(ask(server.url, max_bytes=4_000_000).body or b"") == 3_000_000


def test_the_other_end_is_judged_by_its_address() -> None:
    judged: list[str] = []

    def admits(address: str) -> bool:
        judged.append(address)
        return False

    with FaultyServer(faulty.respond(b"x")) as server:
        assert failure(server.url, Way(proxies=False, admits=admits)).startswith("address_refused")
    assert judged == ["127.0.0.1"]


def test_the_other_end_is_judged_however_a_release_of_urllib3_connects(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The hook before TLS is a private method of that library, which may go away."""

    def connect(connection: HTTPConnection) -> None:
        connection.sock = socket.create_connection((connection.host, connection.port or 80))

    monkeypatch.setattr(HTTPConnection, "connect", connect)
    with FaultyServer(faulty.respond(b"x")) as server:
        way = Way(proxies=False, admits=lambda _: False)
        assert failure(server.url, way).startswith("address_refused")
        assert [request.strip() for request in server.requests] in ([], [b""])


def test_a_judge_that_fails_admits_nobody() -> None:
    def admits(address: str) -> bool:
        raise KeyError(address)

    with FaultyServer(faulty.respond(b"x")) as server:
        way = Way(proxies=False, admits=admits)
        assert failure(server.url, way) == "http_unavailable: the connection failed"
        assert [request.strip() for request in server.requests] in ([], [b""])


def test_a_server_on_ipv6_is_judged_too() -> None:
    judged: list[str] = []

    def admits(address: str) -> bool:
        judged.append(address)
        return False

    with socket.socket(socket.AF_INET6) as listening:
        try:
            listening.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        listening.listen()
        way = Way(proxies=False, admits=admits)
        url = f"http://[::1]:{listening.getsockname()[1]}/"
        assert failure(url, way).startswith("address_refused")
    assert judged == ["::1"]


def test_a_proxy_is_honoured_only_where_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultyServer(faulty.respond(b"x")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert ask("http://crl.invalid/", Way(proxies=True)).body == b"x"
        assert failure("http://crl.invalid/") == "http_unavailable: the connection failed"
        assert len(proxy.requests) == 1
