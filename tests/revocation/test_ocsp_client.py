"""Responders over real HTTP: what is sent, and every way in which nothing comes back."""

import time
from collections.abc import Iterator

import pytest

from authorizers.http.allowed_hosts import AllowedHosts
from authorizers.mtls.ocsp.source import OcspResponders
from authorizers.mtls.status import Status
from authorizers.revocation import ocsp_client
from authorizers.revocation.ocsp_client import MAX_ANSWER_BYTES, ocsp_responders
from authorizers.testing import faulty
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from authorizers.testing.clock import FrozenClock
from authorizers.testing.faulty import Fault, FaultyServer
from authorizers.testing.ocsp_responder import FakeOcspResponder
from authorizers.testing.ocsp_response import ocsp_failure

REASON = "the server of this test is on this machine"


@pytest.fixture(scope="module")
def authority() -> FakeCertificateAuthority:
    return FakeCertificateAuthority(clock=FrozenClock())


@pytest.fixture
def responder(authority: FakeCertificateAuthority) -> Iterator[FakeOcspResponder]:
    with FakeOcspResponder(authority) as responder:
        yield responder


def sources(url: str) -> OcspResponders:
    host = url.removeprefix("http://").partition("/")[0]
    return ocsp_responders(AllowedHosts([host], insecure_loopback=REASON))


def status(source: OcspResponders, authority: FakeCertificateAuthority, client: Issued) -> Status:
    path = [client.certificate, authority.certificate]
    return source.status(path, 0, authority.clock.wall())


def asked(authority: FakeCertificateAuthority, url: str) -> Status:
    return status(sources(url), authority, authority.issue("orders", ocsp_urls=[url]))


def test_a_good_certificate_is_good(
    authority: FakeCertificateAuthority, responder: FakeOcspResponder
) -> None:
    url = f"{responder.url}/ocsp/"
    assert asked(authority, url).outcome == "good"
    ((path, *_, body),) = responder.requests
    assert path == "/ocsp/"
    assert 60 < len(body) < 120


def test_a_revoked_certificate_is_revoked(
    authority: FakeCertificateAuthority, responder: FakeOcspResponder
) -> None:
    client = authority.issue("orders", ocsp_urls=[responder.url])
    responder.revoked.add(client.certificate.serial_number)
    assert status(sources(responder.url), authority, client).outcome == "revoked"


def test_the_same_certificate_again_is_not_asked_about(
    authority: FakeCertificateAuthority, responder: FakeOcspResponder
) -> None:
    client = authority.issue("orders", ocsp_urls=[responder.url])
    source = sources(responder.url)
    assert {status(source, authority, client).outcome for _ in range(3)} == {"good"}
    assert len(responder.requests) == 1


def test_a_responder_that_refuses_is_unknown(
    authority: FakeCertificateAuthority, responder: FakeOcspResponder
) -> None:
    responder.say = lambda _: ocsp_failure(6)
    assert asked(authority, responder.url).code == "ocsp_not_successful"


def test_a_right_answer_with_another_status_is_none(
    authority: FakeCertificateAuthority, responder: FakeOcspResponder
) -> None:
    responder.status = 500
    assert asked(authority, responder.url).code == "http_unavailable"


def test_a_responder_that_has_gone_is_unknown(authority: FakeCertificateAuthority) -> None:
    with FakeOcspResponder(authority) as responder:
        url = responder.url
    assert asked(authority, url)[:3] == ("unknown", "ocsp", "http_unavailable")


@pytest.mark.parametrize(
    "fault",
    [
        faulty.reset,
        faulty.truncated_body,
        faulty.redirect("http://169.254.169.254/latest/meta-data/"),
        faulty.gzip_bomb(1000),
        faulty.endless_body,
        faulty.respond(b"x" * (MAX_ANSWER_BYTES + 1)),
        faulty.respond(b"", status="204 No Content"),
        faulty.respond(b"", status="304 Not Modified"),
    ],
    ids=["reset", "truncated", "redirect", "gzip", "endless", "too large", "204", "304"],
)
def test_a_responder_that_misbehaves_is_unknown(
    authority: FakeCertificateAuthority, fault: Fault
) -> None:
    with FaultyServer(fault) as server:
        assert asked(authority, server.url)[:3] == ("unknown", "ocsp", "http_unavailable")


@pytest.mark.parametrize("body", [b"", b"\0", b"<html>", b"x" * MAX_ANSWER_BYTES], ids=len)
def test_an_answer_that_is_no_response_is_unknown(
    authority: FakeCertificateAuthority, body: bytes
) -> None:
    with FaultyServer(faulty.respond(body)) as server:
        assert asked(authority, server.url)[:3] == ("unknown", "ocsp", "ocsp_malformed")


def test_a_responder_that_drips_is_left_at_the_deadline(
    authority: FakeCertificateAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocsp_client, "DEADLINE_SECONDS", 0.2)
    with FaultyServer(faulty.drip_body) as server:
        started = time.monotonic()
        assert asked(authority, server.url).code == "http_unavailable"
        assert time.monotonic() - started < 1.5


def test_a_responder_on_this_machine_is_refused_without_a_reason(
    authority: FakeCertificateAuthority, responder: FakeOcspResponder
) -> None:
    source = ocsp_responders(AllowedHosts([responder.host]))
    client = authority.issue("orders", ocsp_urls=[responder.url])
    assert status(source, authority, client).code == "address_refused"
    assert responder.requests == []


@pytest.mark.parametrize("url", ["http://{}@evil.example/", "http://evil.example/{}", "file://{}/"])
def test_a_responder_on_another_host_is_not_asked(
    authority: FakeCertificateAuthority, responder: FakeOcspResponder, url: str
) -> None:
    source = sources(responder.url)
    client = authority.issue("orders", ocsp_urls=[url.format(responder.host)])
    assert status(source, authority, client).code == "ocsp_no_responder"
    assert responder.requests == []
