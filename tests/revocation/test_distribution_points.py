"""Lists that certificates name, over real HTTP: what is fetched, kept and refused."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from authorizers.errors import AuthorizersError
from authorizers.http.allowed_hosts import AllowedHosts
from authorizers.model.refreshed import RETRY_SECONDS
from authorizers.mtls.path.trust import Trust
from authorizers.mtls.status import RevocationSource, Status
from authorizers.revocation import distribution_points as module
from authorizers.revocation.distribution_points import (
    MAX_ADDRESSES,
    MAX_LISTS,
    MAX_POINTS,
    TTL_SECONDS,
    DistributionPoints,
    distribution_addresses,
    distribution_points,
)
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from authorizers.testing.clock import FrozenClock
from authorizers.testing.server import Answer, LoopbackServer, SeenRequest

REASON = "the server of this test is on this machine"
DAY = timedelta(days=1)


class World:
    """An authority whose lists a server has, by their paths, and a source that fetches them."""

    def __init__(self) -> None:
        self.clock = FrozenClock()
        self.authority = FakeCertificateAuthority(clock=self.clock)
        self.lists: dict[str, bytes] = {}
        self.seen: list[SeenRequest] = []
        self.failures: list[AuthorizersError] = []
        self.status_code = 200
        self.server = LoopbackServer(self._answer)
        self.host = self.server.url.removeprefix("http://")
        self.source = self.new_source()

    def new_source(self, *hosts: str) -> DistributionPoints:
        allowed = AllowedHosts(hosts or [self.host], insecure_loopback=REASON)
        return distribution_points(allowed, self, self.clock, self.failures.append)

    def current(self) -> Trust:
        return Trust([self.authority.certificate])

    def _answer(self, seen: SeenRequest) -> Answer:
        self.seen.append(seen)
        data = self.lists.get(seen.path)
        if data is None:
            return Answer(404, {}, b"")
        etag = f'"{hash(data)}"'
        if seen.if_none_match == etag:
            return Answer(304, {"ETag": etag}, b"")
        return Answer(self.status_code, {"ETag": etag}, data)

    def publish(self, path: str, revoked: Sequence[int] = (), **changes: Any) -> None:
        crl = self.authority.crl(revoked, **changes)
        self.lists[path] = crl.public_bytes(Encoding.DER)

    def url(self, path: str) -> str:
        return self.server.url + path

    def client(self, *paths: str) -> Issued:
        return self.authority.issue("orders", crl_urls=[self.url(path) for path in paths])

    def status(self, client: Issued) -> Status:
        path = [client.certificate, self.authority.certificate]
        return self.source.status(path, 0, self.clock.wall())


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.server.stop()


def test_a_certificate_that_its_list_does_not_name_is_good_for_the_life_of_the_list(
    world: World,
) -> None:
    world.publish("/a.crl")
    status = world.status(world.client("/a.crl"))
    assert status.outcome == "good"
    assert status.until == world.clock.wall() + TTL_SECONDS
    assert [seen.path for seen in world.seen] == ["/a.crl"]


def test_a_certificate_that_its_list_names_is_revoked(world: World) -> None:
    client = world.client("/a.crl")
    world.publish("/a.crl", [client.certificate.serial_number])
    assert world.status(client).outcome == "revoked"


def test_a_list_in_pem_is_read_too(world: World) -> None:
    world.lists["/a.crl"] = world.authority.crl().public_bytes(Encoding.PEM)
    assert world.status(world.client("/a.crl")).outcome == "good"


def test_a_list_is_fetched_once_for_all_certificates_that_name_it(world: World) -> None:
    world.publish("/a.crl")
    for _ in range(3):
        assert world.status(world.client("/a.crl")).outcome == "good"
    assert len(world.seen) == 1


def test_a_list_is_asked_for_again_after_its_life_and_fetched_if_it_has_changed(
    world: World,
) -> None:
    client = world.client("/a.crl")
    world.publish("/a.crl")
    world.status(client)
    world.clock.advance(TTL_SECONDS)
    assert world.status(client).outcome == "good"
    assert world.seen[1].if_none_match is not None
    world.publish("/a.crl", [client.certificate.serial_number], number=2)
    world.clock.advance(TTL_SECONDS)
    assert world.status(client).outcome == "revoked"
    assert len(world.seen) == 3


def test_answers_end_with_the_list(world: World) -> None:
    world.publish("/a.crl", life=(DAY, timedelta(seconds=60)))
    assert world.status(world.client("/a.crl")).until == world.clock.wall() + 60


def test_a_good_list_stays_in_use_while_its_server_is_away(world: World) -> None:
    client = world.client("/a.crl")
    world.publish("/a.crl", [client.certificate.serial_number], life=(DAY, DAY))
    world.status(client)
    world.server.stop()
    world.clock.advance(TTL_SECONDS)
    assert world.status(client).outcome == "revoked"
    assert [failure.code for failure in world.failures] == ["http_unavailable"]
    world.clock.advance(2 * DAY.total_seconds())
    assert world.status(client).outcome == "revoked"
    assert world.status(world.client("/a.crl")).outcome == "unknown"


def test_a_server_that_is_away_is_not_asked_at_each_request(world: World) -> None:
    clients = [world.client("/a.crl") for _ in range(3)]
    for client in clients:
        assert world.status(client).outcome == "unknown"
    assert len(world.seen) == 1
    world.publish("/a.crl")
    world.clock.advance(RETRY_SECONDS)
    assert world.status(clients[0]).outcome == "good"


def _forged(world: World) -> bytes:
    stranger = FakeCertificateAuthority(clock=world.clock)
    return stranger.crl(number=9).public_bytes(Encoding.DER)


def _older(world: World) -> bytes:
    return world.authority.crl(life=(2 * DAY, DAY), number=1).public_bytes(Encoding.DER)


def _of_another_part(world: World) -> bytes:
    names = [x509.UniformResourceIdentifier(world.url("/b.crl"))]
    scope = x509.IssuingDistributionPoint(names, None, False, False, None, False, False)
    return world.authority.crl(extensions=[(scope, True)]).public_bytes(Encoding.DER)


def _delta(world: World) -> bytes:
    extension = x509.DeltaCRLIndicator(1)
    return world.authority.crl(number=2, extensions=[(extension, True)]).public_bytes(Encoding.DER)


def _over(world: World) -> bytes:
    crl = world.authority.crl(life=(timedelta(minutes=1), timedelta(0)))
    return crl.public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("replacement", "code"),
    [
        (_forged, "crl_signature_invalid"),
        (_older, "crl_older"),
        (_of_another_part, "crl_says_less"),
        (_delta, "crl_says_less"),
        (_over, "crl_says_less"),
        (lambda _: b"<html>", "crl_malformed"),
        (lambda _: b"", "crl_malformed"),
        (lambda _: b"\x30" * (module.MAX_LIST_BYTES + 1), "http_unavailable"),
    ],
    ids=["forged", "older", "another part", "delta", "over", "HTML", "empty", "too large"],
)
def test_a_worse_list_does_not_replace_a_good_one(
    world: World, replacement: Any, code: str
) -> None:
    """Whoever is on the way of plain http cannot make a revocation be forgotten."""
    client = world.client("/a.crl")
    world.publish("/a.crl", [client.certificate.serial_number], life=(DAY, DAY))
    assert world.status(client).outcome == "revoked"
    world.lists["/a.crl"] = replacement(world)
    world.clock.advance(TTL_SECONDS)
    assert world.status(client).outcome == "revoked"
    assert [failure.code for failure in world.failures] == [code]


def test_the_right_list_replaces_a_wrong_one(world: World) -> None:
    """Whoever was on the way at the first fetch does not keep the right list out for ever."""
    client = world.client("/a.crl")
    world.lists["/a.crl"] = _of_another_part(world)
    assert world.status(client).outcome == "unknown"
    world.publish("/a.crl", [client.certificate.serial_number])
    world.clock.advance(TTL_SECONDS)
    assert world.status(client).outcome == "revoked"


@pytest.mark.parametrize("make", [_forged, lambda _: b"<html>"], ids=["forged", "HTML"])
def test_a_list_that_proves_nothing_is_unknown(world: World, make: Any) -> None:
    world.lists["/a.crl"] = make(world)
    assert world.status(world.client("/a.crl")).outcome == "unknown"


def test_a_second_address_of_a_point_is_asked_when_the_first_has_nothing(world: World) -> None:
    point = x509.DistributionPoint(
        [x509.UniformResourceIdentifier(world.url(path)) for path in ("/gone.crl", "/a.crl")],
        None,
        None,
        None,
    )
    client = world.authority.issue("x", extensions=[(x509.CRLDistributionPoints([point]), False)])
    world.publish("/a.crl")
    assert world.status(client).outcome == "good"
    assert [seen.path for seen in world.seen] == ["/gone.crl", "/a.crl"]


def test_no_more_addresses_of_a_point_are_asked_than_there_is_time_for(world: World) -> None:
    names = [x509.UniformResourceIdentifier(world.url(f"/{number}.crl")) for number in range(9)]
    point = x509.DistributionPoint(names, None, None, None)
    client = world.authority.issue("x", extensions=[(x509.CRLDistributionPoints([point]), False)])
    assert world.status(client).outcome == "unknown"
    assert [seen.path for seen in world.seen] == [
        f"/{number}.crl" for number in range(MAX_ADDRESSES)
    ]


def test_no_more_points_are_asked_than_there_is_time_for(world: World) -> None:
    client = world.client(*(f"/{number}.crl" for number in range(9)))
    assert world.status(client).outcome == "unknown"
    assert len(world.seen) <= MAX_POINTS


def test_no_more_lists_are_kept_than_there_is_room_for(world: World) -> None:
    clients = [world.client(f"/{number}.crl") for number in range(MAX_LISTS + 1)]
    for number, client in enumerate(clients):
        world.publish(f"/{number}.crl")
        assert world.status(client).outcome == "good"
    assert world.status(clients[-1]).outcome == "good"
    assert len(world.seen) == MAX_LISTS + 1
    world.status(clients[0])
    assert len(world.seen) == MAX_LISTS + 2


def test_a_list_of_another_authority_of_the_same_address_is_no_answer(world: World) -> None:
    """Each issuer's certificates have to be judged by a list of their own issuer."""
    other = FakeCertificateAuthority("Another CA", clock=world.clock)
    client = other.issue("orders", crl_urls=[world.url("/a.crl")])
    world.publish("/a.crl")
    assert world.status(world.client("/a.crl")).outcome == "good"
    path = [client.certificate, other.certificate]
    assert world.source.status(path, 0, world.clock.wall()).outcome == "unknown"


def test_authorities_that_share_an_address_do_not_get_in_each_others_way(world: World) -> None:
    """As when an authority has got a new key: what is held for the old one is no list of it."""
    other = FakeCertificateAuthority("Another CA", clock=world.clock)
    client = other.issue("orders", crl_urls=[world.url("/a.crl")])
    world.publish("/a.crl")
    assert world.status(world.client("/a.crl")).outcome == "good"
    world.lists["/a.crl"] = other.crl().public_bytes(Encoding.DER)
    path = [client.certificate, other.certificate]
    assert world.source.status(path, 0, world.clock.wall()).outcome == "good"


@pytest.mark.parametrize(
    "url",
    [
        "ldap://{host}/cn=x?certificateRevocationList",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "http://{host}@evil.example/a.crl",
        "http://evil.example/a.crl",
        "gopher://{host}/a.crl",
    ],
)
def test_only_allowed_addresses_are_asked(world: World, url: str) -> None:
    client = world.authority.issue("x", crl_urls=[url.format(host=world.host)])
    status = world.status(client)
    assert status[:3] == ("unknown", "distribution points", "crl_no_distribution_point")
    assert world.seen == []
    assert world.host not in str(status)


def test_this_machine_is_not_asked_without_a_reason(world: World) -> None:
    hosts = AllowedHosts([world.host])
    world.source = distribution_points(hosts, world, world.clock, world.failures.append)
    world.publish("/a.crl")
    assert world.status(world.client("/a.crl")).outcome == "unknown"
    assert [failure.code for failure in world.failures] == ["address_refused"]
    assert world.seen == []


def test_no_message_carries_an_address_of_a_certificate(world: World) -> None:
    status = world.status(world.client("/tell-everybody.crl"))
    assert "tell-everybody" not in f"{status}{world.failures}"


def _points(*points: x509.DistributionPoint) -> x509.ExtensionType:
    return x509.CRLDistributionPoints(points)


NAME = x509.UniformResourceIdentifier("http://crl.example.com/a.crl")
RELATIVE = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
ISSUER = [x509.DirectoryName(x509.Name([]))]


@pytest.mark.parametrize(
    ("extension", "addresses"),
    [
        (_points(x509.DistributionPoint([NAME], None, None, None)), [[NAME.value]]),
        (
            _points(x509.DistributionPoint([x509.DNSName("x"), NAME], None, None, None)),
            [[NAME.value]],
        ),
        (_points(x509.DistributionPoint(None, None, None, ISSUER)), [[]]),
        (_points(x509.DistributionPoint(None, RELATIVE, None, None)), [[]]),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.31"), b"\xff"), []),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.31"), b"\x30\x00"), []),
    ],
    ids=["full", "other names", "issuer only", "relative", "damaged", "empty"],
)
def test_addresses_are_those_that_are_named_in_full(
    world: World, extension: x509.ExtensionType, addresses: list[list[str]]
) -> None:
    client = world.authority.issue("x", extensions=[(extension, False)])
    assert distribution_addresses(client.certificate) == addresses


def test_a_certificate_without_points_has_no_addresses(world: World) -> None:
    assert distribution_addresses(world.authority.issue("x").certificate) == []
    source: RevocationSource = world.source
    assert source.material() == ()
