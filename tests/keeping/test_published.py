"""A list at the address that the document names, over real HTTP on this machine."""

from collections.abc import Iterator

import pytest

from authorizers.errors import ConfigurationError, DependencyError
from authorizers.keeping.published import fetch_published
from authorizers.testing.server import Answer, LoopbackServer, SeenRequest

LOOPBACK = "the list is on this machine"


class Site:
    """A web server with one list; `/moved` redirects to it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._server = LoopbackServer(self._answer)
        self.url = self._server.url
        self.stop = self._server.stop

    def _answer(self, seen: SeenRequest) -> Answer:
        self.asked.append(seen.path)
        if seen.path == "/moved":
            return Answer(302, {"Location": f"{self.url}/issuing.crl"}, b"")
        return Answer(200, {}, b"list")


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


def test_the_bytes_at_the_address_are_fetched(site: Site) -> None:
    assert fetch_published(f"{site.url}/issuing.crl", insecure_loopback=LOOPBACK) == b"list"


def test_a_redirect_is_not_followed(site: Site) -> None:
    with pytest.raises(DependencyError) as caught:
        fetch_published(f"{site.url}/moved", insecure_loopback=LOOPBACK)

    assert caught.value.code == "http_unavailable"
    assert site.asked == ["/moved"]


def test_this_machine_is_not_asked_without_a_reason(site: Site) -> None:
    with pytest.raises(DependencyError) as caught:
        fetch_published(f"{site.url}/issuing.crl")

    assert caught.value.code == "address_refused"
    assert site.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://user@127.0.0.1:1/issuing.crl",
        "http://127.0.0.1:1/issuing.crl#part",
        "ldap://127.0.0.1/cn=issuing",
        "file:///etc/passwd",
        "http:///issuing.crl",
        "",
    ],
)
def test_an_address_that_is_not_plain_is_refused(url: str) -> None:
    with pytest.raises((DependencyError, ConfigurationError)):
        fetch_published(url, insecure_loopback=LOOPBACK)


@pytest.mark.parametrize("url", ["http://127.0.0.1:80/a", "https://127.0.0.1:443/a"])
def test_the_schemes_own_port_may_be_written(url: str) -> None:
    """Nobody listens there: what matters is that it is asked."""
    with pytest.raises(DependencyError) as caught:
        fetch_published(url, insecure_loopback=LOOPBACK)

    assert caught.value.code == "http_unavailable"
