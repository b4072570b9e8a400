"""A list at an address: fetched whole, and again only when it has changed."""

from collections.abc import Iterator

import pytest

from authorizers.errors import DependencyError
from authorizers.http.allowed_hosts import AllowedHosts
from authorizers.http.message import Way
from authorizers.revocation.list_address import ListAddress, fetch_crl
from authorizers.testing import faulty
from authorizers.testing.faulty import FaultyServer
from authorizers.testing.server import Answer, LoopbackServer, SeenRequest

DIRECT = Way(proxies=False)
DATE = "Tue, 01 Jan 2030 00:00:00 GMT"


class Site:
    """A server that has one list, with whatever headers a test gives it."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.seen: list[SeenRequest] = []
        self._server = LoopbackServer(self._answer)
        self.url = f"{self._server.url}/issuing.crl"
        self.stop = self._server.stop

    def _answer(self, seen: SeenRequest) -> Answer:
        self.seen.append(seen)
        etag = self.headers.get("ETag")
        modified = self.headers.get("Last-Modified")
        if (etag and seen.if_none_match == etag) or (
            modified and seen.if_modified_since == modified
        ):
            return Answer(304, self.headers, b"")
        return Answer(200, self.headers, b"list")


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


def fetched(url: str, known: str | None = None, way: Way = DIRECT) -> object:
    return fetch_crl(url, known, way=way, max_bytes=99)


@pytest.mark.parametrize(
    ("headers", "version"),
    [
        ({}, None),
        ({"ETag": '"v1"'}, '"v1"'),
        ({"ETag": 'W/"v1"'}, 'W/"v1"'),
        ({"Last-Modified": DATE}, DATE),
        ({"ETag": '"v1"', "Last-Modified": DATE}, '"v1"'),
        ({"ETag": "broken", "Last-Modified": DATE}, DATE),
        ({"Last-Modified": "yesterday"}, None),
        ({"Last-Modified": f"{DATE} x"}, None),
    ],
    ids=str,
)
def test_a_list_has_the_version_that_its_server_gives(
    site: Site, headers: dict[str, str], version: str | None
) -> None:
    site.headers = headers
    assert fetched(site.url) == (b"list", version)
    assert site.seen == [SeenRequest("/issuing.crl", None, None)]


@pytest.mark.parametrize("headers", [{"ETag": 'W/"v1"'}, {"Last-Modified": DATE}], ids=str)
def test_a_list_that_has_not_changed_is_not_fetched(site: Site, headers: dict[str, str]) -> None:
    site.headers = headers
    (version,) = headers.values()
    assert fetched(site.url, version) is None
    site.headers = {}
    assert fetched(site.url, version) == (b"list", None)


def test_a_list_as_a_store_knows_its_version(site: Site) -> None:
    site.headers = {"ETag": '"v1"'}
    store = ListAddress(site.url, DIRECT, max_bytes=99, place="a list")
    assert store.place == "a list"
    assert store.read(None) == (b"list", '"v1"')
    assert store.read('"v1"') is None


def test_a_list_that_is_too_large_is_unavailable(site: Site) -> None:
    with pytest.raises(
        DependencyError, match="http_unavailable: the answer is larger than 3 bytes"
    ):
        fetch_crl(site.url, way=DIRECT, max_bytes=3)


def test_the_deadline_is_the_callers() -> None:
    with FaultyServer(faulty.drip_body) as server, pytest.raises(DependencyError, match="deadline"):
        fetch_crl(server.url, way=DIRECT, max_bytes=99, seconds=0.1)


@pytest.mark.parametrize("status", ["302 Found", "404 Not Found", "500 Oops", "304 Not Modified"])
def test_any_other_answer_is_no_list(status: str) -> None:
    with FaultyServer(faulty.respond(b"list", "Location: /x", status=status)) as server:
        with pytest.raises(DependencyError, match="http_unavailable"):
            fetched(server.url)
        assert len(server.requests) == 1


def test_an_address_out_of_a_certificate_leads_to_public_servers_only(site: Site) -> None:
    way = AllowedHosts([site.url.split("/")[2]]).way()
    with pytest.raises(DependencyError, match="address_refused"):
        fetched(site.url, way=way)
    assert site.seen == []
