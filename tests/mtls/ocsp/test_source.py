"""Responders as a source of revocation: what is asked, what is kept, and what a failure does."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.ocsp import load_der_ocsp_request
from cryptography.x509.oid import AuthorityInformationAccessOID as Method

from authorizers.errors import DependencyError
from authorizers.mtls.ocsp.source import HOLD_SECONDS, MAX_RESPONDERS, RETRY_SECONDS, OcspResponders
from authorizers.mtls.status import RevocationSource, Status
from authorizers.testing.certificate_authority import Issued
from authorizers.testing.ocsp_response import ocsp_failure
from tests.mtls.ocsp.asked import Asked

URL = "http://ocsp.example.com/"
OTHER = "http://other.example.com/"
DOWN = DependencyError("http_unavailable", "the connection failed")


class Network:
    """What stands at each address, as a test sets it; and what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | DependencyError] = {}
        self.asked: list[tuple[str, bytes]] = []

    def ask(self, url: str, request: bytes) -> bytes:
        self.asked.append((url, request))
        answer = self.answers[url]
        if isinstance(answer, DependencyError):
            raise answer
        return answer


class World:
    """A source, its network, and certificates of one authority."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.network = Network()
        self.source = OcspResponders(self.network.ask, lambda url: url)

    def client(self, *urls: str) -> Issued:
        return self.asked.authority.issue("orders", ocsp_urls=urls or (URL,))

    def response(self, client: Issued, outcome: str = "good", seconds: float = 3600) -> bytes:
        asked = self.asked._replace(client=client)
        single = asked.single(outcome)
        end = single.this_update + timedelta(seconds=seconds)
        return asked.response(single._replace(next_update=end))

    def status(self, client: Issued, after: float = 0) -> Status:
        path = [client.certificate, self.asked.authority.certificate]
        return self.source.status(path, 0, self.asked.now + after)


@pytest.fixture
def world(asked: Asked) -> World:
    return World(asked)


def test_a_responder_is_asked_about_the_certificate_and_no_more(world: World) -> None:
    client = world.client()
    world.network.answers[URL] = world.response(client)
    assert world.status(client) == Status("good", "ocsp", "", world.asked.now + 3600)
    ((url, request),) = world.network.asked
    parsed = load_der_ocsp_request(request)
    assert url == URL
    assert parsed.serial_number == client.certificate.serial_number
    assert parsed.hash_algorithm.name == "sha1"  # RFC 5019 §2.1.1
    assert list(parsed.extensions) == []  # no nonce


def test_a_revoked_certificate_says_why(world: World) -> None:
    client = world.client()
    world.network.answers[URL] = world.response(client, "revoked")
    assert world.status(client)[:3] == ("revoked", "ocsp", "unspecified")


def test_an_authority_below_another_is_asked_about_too(world: World, asked: Asked) -> None:
    issuing = asked.authority.subordinate(ocsp_urls=[URL])
    middle = Issued(issuing.certificate, issuing.key)
    world.network.answers[URL] = world.response(middle, "revoked")
    path = [issuing.issue("x").certificate, issuing.certificate, asked.authority.certificate]
    assert world.source.status(path, 1, asked.now).outcome == "revoked"


def test_an_answer_is_kept_until_its_own_end(world: World) -> None:
    client = world.client()
    world.network.answers[URL] = world.response(client, seconds=600)
    for after in (0, 1, 599):
        assert world.status(client, after).outcome == "good"
    assert len(world.network.asked) == 1
    assert world.status(client, 600) == Status(
        "unknown", "ocsp", "ocsp_expired", world.asked.now + 600 + RETRY_SECONDS
    )
    assert len(world.network.asked) == 2


def test_an_answer_for_days_is_asked_for_again_before(world: World) -> None:
    """A responder that signs for a week does not delay a revocation by a week."""
    client = world.client()
    world.network.answers[URL] = world.response(client, seconds=7 * 86400)
    assert world.status(client).until == world.asked.now + HOLD_SECONDS
    world.network.answers[URL] = world.response(client, "revoked", seconds=7 * 86400)
    assert world.status(client, HOLD_SECONDS - 1).outcome == "good"
    assert world.status(client, HOLD_SECONDS).outcome == "revoked"


def test_an_answer_in_force_stays_in_use_while_the_responder_is_away(world: World) -> None:
    client = world.client()
    world.network.answers[URL] = world.response(client, seconds=2 * HOLD_SECONDS)
    world.status(client)
    world.network.answers[URL] = DOWN
    assert world.status(client, HOLD_SECONDS).outcome == "good"
    assert world.status(client, HOLD_SECONDS + 1).until == (
        world.asked.now + HOLD_SECONDS + RETRY_SECONDS
    )
    assert len(world.network.asked) == 2
    assert world.status(client, 2 * HOLD_SECONDS - 1).until == world.asked.now + 2 * HOLD_SECONDS
    assert world.status(client, 2 * HOLD_SECONDS).outcome == "unknown"


def test_what_was_revoked_stays_so_while_the_responder_is_away(world: World) -> None:
    """Whoever can keep us from the responder cannot make an answer be forgotten."""
    client = world.client()
    world.network.answers[URL] = world.response(client, "revoked")
    world.status(client)
    world.network.answers[URL] = DOWN
    assert world.status(client, 30 * 86400).outcome == "revoked"
    assert len(world.network.asked) == 2


def test_what_was_revoked_is_not_good_by_an_older_answer(world: World) -> None:
    """The answer from before can be played back by whoever stands on the way."""
    client = world.client()
    single = world.asked._replace(client=client).single()
    older = single.this_update - timedelta(seconds=1)
    before = single._replace(this_update=older, next_update=older + timedelta(days=7))
    world.network.answers[URL] = world.response(client, "revoked")
    assert world.status(client).outcome == "revoked"
    world.network.answers[URL] = world.asked.response(before)
    for after in (3600, 7200):
        assert world.status(client, after=after).outcome == "revoked"
    world.network.answers[URL] = world.asked.response(
        before._replace(this_update=single.this_update)
    )
    assert world.status(client, after=7200 + RETRY_SECONDS).outcome == "good"


def test_what_was_held_may_be_good_again(world: World) -> None:
    client = world.client()
    world.network.answers[URL] = world.response(client, "revoked", seconds=60)
    world.status(client)
    world.network.answers[URL] = world.response(client)
    assert world.status(client, 60).outcome == "good"


def test_a_dead_responder_is_not_asked_at_each_request(world: World) -> None:
    client = world.client()
    world.network.answers[URL] = DOWN
    first = world.status(client)
    assert first == Status("unknown", "ocsp", DOWN.code, world.asked.now + RETRY_SECONDS)
    assert world.status(client, RETRY_SECONDS - 1) == first
    assert len(world.network.asked) == 1
    world.network.answers[URL] = world.response(client)
    assert world.status(client, RETRY_SECONDS).outcome == "good"


def test_a_dead_responder_is_not_asked_about_each_certificate(world: World) -> None:
    world.network.answers[URL] = DOWN
    for client in (world.client(), world.client(), world.client()):
        assert world.status(client).code == DOWN.code
    assert len(world.network.asked) == 1


def test_a_bad_answer_about_one_certificate_says_nothing_of_another(world: World) -> None:
    bad, good = world.client(), world.client()
    world.network.answers[URL] = world.response(good)
    assert world.status(bad).code == "ocsp_other_certificate"
    assert world.status(good).outcome == "good"


def test_a_clock_that_was_set_back_makes_an_answer_old(world: World) -> None:
    client = world.client()
    world.network.answers[URL] = world.response(client)
    world.status(client, 30)
    world.status(client, 29)
    assert len(world.network.asked) == 2


def test_a_second_responder_is_asked_when_the_first_says_nothing(world: World) -> None:
    client = world.client(URL, OTHER)
    world.network.answers = {URL: ocsp_failure(3), OTHER: world.response(client)}
    assert world.status(client).outcome == "good"
    assert [url for url, _ in world.network.asked] == [URL, OTHER]


def test_no_more_responders_are_asked_than_there_is_time_for(world: World) -> None:
    urls = [f"http://{number}.example.com/" for number in range(9)]
    world.network.answers = dict.fromkeys(urls, DOWN)
    assert world.status(world.client(*urls)).outcome == "unknown"
    assert [url for url, _ in world.network.asked] == urls[:MAX_RESPONDERS]


def test_only_what_may_be_asked_is_asked(world: World) -> None:
    world.source = OcspResponders(
        world.network.ask, lambda url: OTHER if url == "HTTP://Other.example.com/" else None
    )
    client = world.client(URL, "file:///etc/passwd", "HTTP://Other.example.com/")
    world.network.answers[OTHER] = world.response(client)
    assert world.status(client).outcome == "good"
    assert [url for url, _ in world.network.asked] == [OTHER]


def _access(*described: tuple[x509.ObjectIdentifier, x509.GeneralName]) -> x509.ExtensionType:
    return x509.AuthorityInformationAccess([x509.AccessDescription(*one) for one in described])


@pytest.mark.parametrize(
    "extensions",
    [
        [],
        [_access((Method.CA_ISSUERS, x509.UniformResourceIdentifier(URL)))],
        [_access((Method.OCSP, x509.DNSName("ocsp.example.com")))],
        [_access((x509.ObjectIdentifier("1.2.3"), x509.UniformResourceIdentifier(URL)))],
        [x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.1"), b"\xff\xff")],
    ],
    ids=["none", "of certificates", "no address", "another method", "damaged"],
)
def test_a_certificate_without_a_responder_is_unknown(
    world: World, extensions: Sequence[x509.ExtensionType]
) -> None:
    client = world.asked.authority.issue("x", extensions=[(each, False) for each in extensions])
    assert world.status(client)[:3] == ("unknown", "ocsp", "ocsp_no_responder")
    assert world.network.asked == []


def test_answers_carry_their_own_dates(world: World) -> None:
    source: RevocationSource = world.source
    assert source.material() == ()
