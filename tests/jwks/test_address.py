"""Keys come over https from a configured place, or from where the issuer's own metadata says."""

from typing import Any

import pytest

from authorizers.errors import ConfigurationError, DependencyError
from authorizers.jwks.address import Discovery, JwksUri, is_acceptable, is_loopback
from authorizers.jwks.fetch import fetch
from authorizers.testing import faulty
from authorizers.testing.clock import FrozenClock
from authorizers.testing.faulty import FaultyServer
from authorizers.testing.issuer import ABSENT, METADATA_PATH, FakeIssuer
from authorizers.testing.server import SeenRequest

REASON = "the issuer of this test is on this machine"

REFUSED = [
    "",
    "http://issuer.example/jwks",
    "HTTPS://issuer.example",
    "//issuer.example",
    "issuer.example",
    "file:///etc/passwd",
    "ftp://issuer.example",
    "data:application/json,{}",
    "https://",
    "https:///jwks",
    "https://user@issuer.example",
    "https://user:secret@issuer.example",
    "https://issuer.example@evil.example",
    "https://issuer.example#fragment",
    "https://issuer.example/a b",
    "https://issuer.example/\\..",
    "https://issuer.example\\@evil.example",
    "https://issuer.example/\n",
    "https://issuer.example\n",
    " https://issuer.example",
    "https://issuer.example:port",
    "https://issuer.example:123456",
    "https://\u0456ssuer.example",
    "https://[::1",
    "https://issuer.example/" + "a" * 2048,
    None,
    7,
    ["https://issuer.example"],
]


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: repr(url)[:40])
def test_only_a_plain_https_url_is_acceptable(url: object) -> None:
    assert not is_acceptable(url, loopback_http=False)
    assert not is_acceptable(url, loopback_http=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://issuer.example",
        "https://issuer.example:8443/tenant/a%20b/jwks.json?p=b2c_1&x=/?",
        "https://192.0.2.1/",
        "https://[2001:db8::1]:443/jwks",
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC/.well-known/jwks.json",
    ],
)
def test_an_https_url_is_acceptable(url: str) -> None:
    assert is_acceptable(url, loopback_http=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "localhost:8080"])
def test_plain_http_is_acceptable_to_this_machine_when_that_is_relaxed(host: str) -> None:
    assert is_loopback(f"http://{host}/jwks")
    assert is_acceptable(f"http://{host}/jwks", loopback_http=True)
    assert not is_acceptable(f"http://{host}/jwks", loopback_http=False)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.2",
        "0.0.0.0",  # noqa: S104
        "localhost.",
        "localhost.example",
        "127.0.0.1.example",
        "[::]",
        "LOCALHOST",
        "169.254.169.254",
        "x@localhost",
        "127.1",
        "2130706433",
    ],
)
def test_plain_http_is_acceptable_to_no_other_machine(host: str) -> None:
    assert not is_loopback(f"http://{host}/jwks")
    assert not is_acceptable(f"http://{host}/jwks", loopback_http=True)


@pytest.mark.parametrize("kind", [JwksUri, Discovery])
def test_an_address_that_is_not_acceptable_is_the_deployers_to_mend(kind: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        kind("https://user:hunter2@issuer.example")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("kind", [JwksUri, Discovery])
@pytest.mark.parametrize("reason", ["", "  "])
def test_a_relaxation_needs_a_reason(kind: Any, reason: str) -> None:
    with pytest.raises(ConfigurationError):
        kind("http://127.0.0.1/", insecure_loopback_http=reason)


def test_an_issuer_has_no_query() -> None:
    with pytest.raises(ConfigurationError):
        Discovery("https://issuer.example?tenant=1")


def located(issuer: FakeIssuer, *, identifier: str | None = None) -> str:
    discovery = Discovery(identifier or issuer.issuer, insecure_loopback_http=REASON)
    return discovery.locate(fetch, 5)


def failure(issuer: FakeIssuer, *, identifier: str | None = None) -> str:
    with pytest.raises(DependencyError) as raised:
        located(issuer, identifier=identifier)
    assert raised.value.code == "keys_unavailable"
    return raised.value.detail


def test_the_metadata_names_the_key_set(issuer: FakeIssuer) -> None:
    assert located(issuer) == issuer.jwks_uri
    assert issuer.requests == [SeenRequest(METADATA_PATH, None)]


def test_a_trailing_slash_of_the_issuer_is_not_doubled(issuer: FakeIssuer) -> None:
    """Auth0's issuers end in one; the metadata must name it with the slash all the same."""
    identifier = issuer.issuer + "/"
    issuer.metadata["issuer"] = identifier
    assert located(issuer, identifier=identifier) == issuer.jwks_uri
    assert issuer.requests[0].path == METADATA_PATH


def test_an_issuer_with_a_path_has_its_metadata_below_it(issuer: FakeIssuer) -> None:
    assert "404" in failure(issuer, identifier=issuer.issuer + "/tenant/")
    assert issuer.requests[0].path == "/tenant" + METADATA_PATH


@pytest.mark.parametrize(
    "change",
    [
        lambda i: i + "/",
        lambda i: i.upper(),
        lambda i: i + ".evil.example",
        lambda i: i[:-1],
        lambda i: "",
        lambda i: None,
        lambda i: [i],
    ],
)
def test_the_metadata_must_name_the_identical_issuer(issuer: FakeIssuer, change: Any) -> None:
    """OpenID Connect Discovery §4.3; mix-up attacks begin where this is not looked at."""
    issuer.metadata["issuer"] = change(issuer.issuer)
    assert failure(issuer) == "the issuer's metadata names another issuer"


@pytest.mark.parametrize(
    "url",
    [*REFUSED[1:], "http://issuer.example:80/", "http://10.0.0.1/"],
    ids=lambda url: repr(url)[:40],
)
def test_the_metadata_cannot_lead_to_an_address_that_is_not_acceptable(
    issuer: FakeIssuer, url: object
) -> None:
    issuer.metadata["jwks_uri"] = url
    assert "jwks_uri" in failure(issuer)


def test_the_metadata_must_name_a_key_set(issuer: FakeIssuer) -> None:
    issuer.metadata["jwks_uri"] = ABSENT
    assert "jwks_uri" in failure(issuer)


@pytest.mark.parametrize(
    "body", [b"<html>", b"", b"[]", b'{"issuer": 1, "issuer": 2}', b"\xff", b" " * 600_000]
)
def test_metadata_that_is_no_json_object_is_refused(body: bytes) -> None:
    with FaultyServer(faulty.respond(body)) as server:
        discovery = Discovery(server.url, insecure_loopback_http=REASON)
        with pytest.raises(DependencyError):
            discovery.locate(fetch, 5)


def test_metadata_behind_a_redirect_is_not_fetched(issuer: FakeIssuer) -> None:
    with FaultyServer(faulty.redirect(issuer.issuer + METADATA_PATH)) as server:
        discovery = Discovery(server.url, insecure_loopback_http=REASON)
        with pytest.raises(DependencyError, match="redirects"):
            discovery.locate(fetch, 5)
    assert issuer.requests == []


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [(None, 3600), ("max-age=600", 600), ("no-store", 60), ("max-age=86400", 3600)],
)
def test_metadata_is_kept_while_it_is_fresh(
    issuer: FakeIssuer, clock: FrozenClock, cache_control: str | None, seconds: float
) -> None:
    issuer.cache_control = cache_control
    discovery = Discovery(issuer.issuer, clock=clock, insecure_loopback_http=REASON)
    discovery.locate(fetch, 5)
    clock.advance(seconds - 1)
    discovery.locate(fetch, 5)
    assert len(issuer.requests) == 1
    clock.advance(1)
    discovery.locate(fetch, 5)
    assert len(issuer.requests) == 2


def test_metadata_is_not_kept_longer_because_the_environment_was_frozen(
    issuer: FakeIssuer, clock: FrozenClock
) -> None:
    discovery = Discovery(issuer.issuer, clock=clock, insecure_loopback_http=REASON)
    discovery.locate(fetch, 5)
    clock.freeze_environment(3600)
    discovery.locate(fetch, 5)
    assert len(issuer.requests) == 2


def test_metadata_that_led_nowhere_is_fetched_anew(issuer: FakeIssuer, clock: FrozenClock) -> None:
    discovery = Discovery(issuer.issuer, clock=clock, insecure_loopback_http=REASON)
    discovery.locate(fetch, 5)
    discovery.forget()
    discovery.locate(fetch, 5)
    assert len(issuer.requests) == 2
