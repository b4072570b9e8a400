"""Addresses out of certificates: only configured hosts, and only where they are public."""

import socket
import threading
from collections.abc import Callable

import pytest

from authorizers.errors import ConfigurationError, DependencyError
from authorizers.http.allowed_hosts import MAX_URL_CHARS, AllowedHosts
from authorizers.http.exchange import exchange
from authorizers.http.message import Question
from authorizers.testing import faulty
from authorizers.testing.faulty import Exchange, FaultyServer

HOST = "ocsp.example.com"
REASON = "the server of this test is on this machine"

HOSTS = AllowedHosts(
    [HOST, "crl.example.com:8080", "127.0.0.1", "xn--bcher-kva.example", "kelvin.example"]
)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("http://ocsp.example.com", "http://ocsp.example.com"),
        ("http://ocsp.example.com/", "http://ocsp.example.com/"),
        ("HTTP://OCSP.Example.COM/A?b=C%2f", "http://ocsp.example.com/A?b=C%2f"),
        ("http://ocsp.example.com:80/a", "http://ocsp.example.com/a"),
        ("https://ocsp.example.com/a", "https://ocsp.example.com/a"),
        ("https://ocsp.example.com:443/a", "https://ocsp.example.com/a"),
        ("http://crl.example.com:8080/x.crl", "http://crl.example.com:8080/x.crl"),
        ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"),
    ],
)
def test_an_address_on_an_allowed_host_may_be_asked(url: str, normal: str) -> None:
    assert HOSTS.normal(url) == normal


REFUSED = [
    # Other hosts, and other spellings of hosts.
    "http://example.com/",
    "http://evil.ocsp.example.com/",
    "http://ocsp.example.com.evil.example/",
    "http://ocsp.example.com./",
    "http://.ocsp.example.com/",
    "http://ocsp..example.com/",
    "http://ocsp.example.com%2eevil.example/",
    "http://ocsp%2eexample.com/",
    "http://bücher.example/",
    "http://oc\u017fp.example.com/",  # a long s, which is an s in another case
    "http://\u212aelvin.example/",  # a Kelvin sign, which is a k in lower case
    "http://ocsp.example.com\uff0fevil.example/",
    "http://ocsp\uff0eexample\uff0ecom/",
    # This machine, the network, and the metadata service.
    "http://localhost/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://0xA9FEA9FE/",
    "http://0xa9.0xfe.0xa9.0xfe/",
    "http://0251.0376.0251.0376/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://[::1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1%25eth0]/",
    # User names, and what looks like one.
    "http://ocsp.example.com@evil.example/",
    "http://ocsp.example.com:80@evil.example/",
    "http://user@ocsp.example.com/",
    "http://user:password@ocsp.example.com/",
    "http://evil.example\\@ocsp.example.com/",
    "http://ocsp.example.com\\.evil.example/",
    "http://evil.example#@ocsp.example.com/",
    "http://ocsp.example.com/#fragment",
    "http://ocsp.example.com#@evil.example/",
    # Ports.
    "http://ocsp.example.com:8080/",
    "http://ocsp.example.com:443/",
    "https://ocsp.example.com:80/",
    "http://ocsp.example.com:22/",
    "http://ocsp.example.com:/",
    "http://ocsp.example.com:080/",
    "http://ocsp.example.com:65616/",
    "http://ocsp.example.com:+80/",
    "http://crl.example.com/",
    "http://crl.example.com:80/",
    # Schemes.
    "file:///etc/passwd",
    "file://ocsp.example.com/etc/passwd",
    "ldap://ocsp.example.com/cn=x",
    "ldaps://ocsp.example.com/",
    "gopher://ocsp.example.com/_GET",
    "ftp://ocsp.example.com/",
    "data:,x",
    "dict://ocsp.example.com/",
    "http+unix://ocsp.example.com/",
    "https:ocsp.example.com/",
    "http:/ocsp.example.com/",
    "//ocsp.example.com/",
    "ocsp.example.com",
    "javascript:alert(1)",
    # Text that a parser may cut, or a request may be split by.
    "",
    " http://ocsp.example.com/",
    "http://ocsp.example.com/ ",
    "http://ocsp.example.com/\n",
    "http://ocsp.example.com/\r\nHost: evil.example",
    "http://ocsp.example.com/\tx",
    "http://ocsp.example.com/\0",
    "http://ocsp.exa\tmple.com/",
    "http://ocsp.example.com/?a b",
    "http://ocsp.example.com/é",
    "http://ocsp.example.com/" + "a" * MAX_URL_CHARS,
]


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: ascii(url)[:60])
def test_no_other_address_may_be_asked(url: str) -> None:
    assert HOSTS.normal(url) is None


@pytest.mark.parametrize(
    "url", [None, 5, b"http://ocsp.example.com/", ["http://ocsp.example.com/"]]
)
def test_what_is_no_text_is_no_address(url: object) -> None:
    assert HOSTS.normal(url) is None


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [""],
        ["OCSP.example.com"],
        ["ocsp.example.com."],
        ["*.example.com"],
        ["*"],
        ["http://ocsp.example.com"],
        ["ocsp.example.com/"],
        ["user@ocsp.example.com"],
        ["ocsp.example.com:"],
        ["ocsp.example.com:0"],
        ["[::1]"],
        ["bücher.example"],
        [HOST, "ocsp.example.com "],
    ],
    ids=ascii,
)
def test_hosts_that_are_none_are_refused(hosts: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="at least one host"):
        AllowedHosts(hosts)


Names = Callable[[str, str], None]


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Let a name have an address, as whoever controls the name can."""
    known: dict[str, str] = {}
    lookup = socket.getaddrinfo

    def fake(host: object, *arguments: object, **options: object) -> object:
        return lookup(known.get(str(host), host), *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    return known.__setitem__


class Silent:
    """A server that has to tell that somebody connected and said nothing."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def __call__(self, exchange: Exchange) -> None:
        self.closed.set()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_with_an_address_that_is_not_public_is_refused_before_a_byte_is_sent(
    resolve: Names, scheme: str
) -> None:
    """Not even the first message of TLS: a service may act on what it can read of that."""
    silent = Silent()
    with FaultyServer(silent) as server:
        resolve(HOST, "127.0.0.1")
        port = server.url.rpartition(":")[2]
        url = f"{scheme}://{HOST}:{port}/"
        hosts = AllowedHosts([f"{HOST}:{port}"])
        assert hosts.normal(url) == url
        with pytest.raises(DependencyError, match="address_refused"):
            exchange(Question(url, "*/*", 99, body=b"x"), hosts.way(), seconds=5)
        assert silent.closed.wait(5)
        assert server.requests == [b"\r\n\r\n"]  # how this server notes an empty connection


@pytest.mark.parametrize("spelling", ["2130706433", "0177.0.0.1", "127.1", "0x7f.0.0.1"])
def test_a_host_that_is_another_spelling_of_an_address_is_refused_even_if_allowed(
    spelling: str,
) -> None:
    silent = Silent()
    with FaultyServer(silent) as server:
        place = f"{spelling}:{server.url.rpartition(':')[2]}"
        way = AllowedHosts([place]).way()
        with pytest.raises(DependencyError, match=r"address_refused|http_unavailable"):
            exchange(Question(f"http://{place}/", "*/*", 99), way, seconds=5)
        assert [request.strip() for request in server.requests] in ([], [b""])


def test_this_machine_is_asked_where_a_test_says_so() -> None:
    with FaultyServer(faulty.respond(b"x")) as server:
        hosts = AllowedHosts([server.url.removeprefix("http://")], insecure_loopback=REASON)
        url = hosts.normal(f"{server.url}/a")
        assert url is not None
        assert exchange(Question(url, "*/*", 99), hosts.way(), seconds=5).body == b"x"


def test_a_redirect_to_the_metadata_service_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected: list[object] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: object) -> None:
        connected.append(address)
        connect(self, address)  # type: ignore[arg-type]

    with FaultyServer(faulty.redirect("http://169.254.169.254/latest/meta-data/")) as server:
        hosts = AllowedHosts([server.url.removeprefix("http://")], insecure_loopback=REASON)
        monkeypatch.setattr(socket.socket, "connect", watched)
        with pytest.raises(DependencyError, match="redirects are not followed"):
            exchange(Question(server.url, "*/*", 99), hosts.way(), seconds=5)
        assert len(connected) == 1
        assert len(server.requests) == 1


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_the_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The other end would be the proxy, which looks names up with its own view of the network."""
    with (
        FaultyServer(faulty.respond(b"proxy")) as proxy,
        FaultyServer(faulty.respond(b"x")) as server,
    ):
        monkeypatch.setenv(name, proxy.url)
        hosts = AllowedHosts([server.url.removeprefix("http://")], insecure_loopback=REASON)
        assert exchange(Question(server.url, "*/*", 99), hosts.way(), seconds=5).body == b"x"
        assert proxy.requests == []
