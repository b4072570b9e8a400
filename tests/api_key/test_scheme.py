"""Who proves to hold a key; and that every way of failing costs the same."""

import hmac
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import authorizers.api_key.scheme as scheme_module
from authorizers.api_key.authenticator import ApiKeyAuthenticator
from authorizers.api_key.format import checksum, generate_key, generate_key_id
from authorizers.api_key.pepper_source import PepperSource
from authorizers.api_key.record import GatewayKey, StoredSecret
from authorizers.api_key.scheme import ApiKeyScheme
from authorizers.errors import (
    AuthorizersError,
    ConfigurationError,
    CredentialError,
    DependencyError,
    RejectedCredential,
    UntrustedCredential,
)
from authorizers.issuing.issue import IssuedKey, stored_secret
from authorizers.model.credential import PresentedApiKey
from authorizers.testing.clock import FrozenClock
from tests.api_key.keys import NOW, PEPPERS, PEPPERS_TEXT, PREFIX, CountedStore, issued

LIFE, MISS_LIFE = 60, 10


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


class CountedPeppers(PepperSource):
    """Peppers that count digests."""

    digests = 0

    def digest(self, name: str, text: str, *, look: bool) -> bytes | None:
        made = super().digest(name, text, look=look)
        self.digests += made is not None
        return made

    def made_up(self, text: str) -> bytes:
        self.digests += 1
        return super().made_up(text)


class Bench:
    """A scheme, its store, and what was done."""

    def __init__(self, clock: FrozenClock, *keys: IssuedKey, **options: Any) -> None:
        self.store = CountedStore(*keys)
        self.peppers = CountedPeppers(lambda: PEPPERS_TEXT, "test", clock)
        scheme = ApiKeyScheme(
            "machines",
            PREFIX,
            self.store,
            self.peppers,
            clock=clock,
            lives_seconds=(LIFE, MISS_LIFE),
            cache_size=options.get("cache_size", 100),
            routes_per_key=options.get("routes_per_key", False),
        )
        self.authenticator = ApiKeyAuthenticator([scheme], clock=clock, cache_size=100)

    def present(self, text: str) -> Any:
        return self.authenticator.authenticate(PresentedApiKey(text))

    def refused(self, text: str) -> CredentialError:
        with pytest.raises(CredentialError) as raised:
            self.present(text)
        return raised.value


def with_another_secret(text: str) -> str:
    """Return a well-formed key of the same id with a secret that nobody was given."""
    prefix, key_id, _ = text.rsplit("_", 2)
    return generate_key(prefix, key_id)


def test_a_good_key_proves_its_owner(clock: FrozenClock) -> None:
    key = issued(
        scopes=("orders:read",),
        roles=("reader",),
        labels={"team": "blue"},
        usage_plan="gold",
        networks=("10.0.0.0/8",),
        gateway_key=GatewayKey("abc", "gateway-value-0123456789"),
    )
    proof, cache = Bench(clock, key).present(key.key.reveal())
    assert cache == "miss"
    assert proof.principal._asdict() == {
        "principal_id": "machines|acme",
        "scheme": "machines",
        "issuer": "the counted store",
        "scopes": frozenset({"orders:read"}),
        "claims": {
            "sub": "acme",
            "owner": "acme",
            "key_id": key.record.key_id,
            "labels": {"team": "blue"},
            "routes": ["*"],
            "usage_plan": "gold",
        },
        "key_id": key.record.key_id,
        "roles": frozenset({"reader"}),
        "networks": ("10.0.0.0/8",),
        "certificate_scheme": None,
    }
    assert proof.usage_key == "gateway-value-0123456789"
    assert proof.plan == "gold"
    assert proof.metered_as == f"machines|{key.record.key_id}"
    assert "gateway-value" not in repr(proof)


Failing = Callable[[FrozenClock], tuple[Bench, str]]


def unknown(clock: FrozenClock) -> tuple[Bench, str]:
    return Bench(clock), generate_key(PREFIX, generate_key_id())


def wrong(clock: FrozenClock) -> tuple[Bench, str]:
    key = issued()
    return Bench(clock, key), with_another_secret(key.key.reveal())


def wrong_in_rotation(clock: FrozenClock) -> tuple[Bench, str]:
    key = issued()
    two = (*key.record.secrets, StoredSecret(bytes(32), "1", NOW + 60))
    key = key._replace(record=key.record._replace(secrets=two))
    return Bench(clock, key), with_another_secret(key.key.reveal())


def wrong_and_revoked(clock: FrozenClock) -> tuple[Bench, str]:
    key = issued(revoked_at=NOW - 1)
    return Bench(clock, key), with_another_secret(key.key.reveal())


def with_members(**members: Any) -> Failing:
    def failing(clock: FrozenClock) -> tuple[Bench, str]:
        key = issued(**members)
        return Bench(clock, key), key.key.reveal()

    return failing


def replaced(clock: FrozenClock) -> tuple[Bench, str]:
    key, newer = issued(), issued()
    secrets = (newer.record.secrets[0], key.record.secrets[0]._replace(not_after=NOW))
    key = key._replace(record=key.record._replace(secrets=secrets))
    return Bench(clock, key), key.key.reveal()


REVOKED = NOW - 1
FAILING: dict[str, tuple[Failing, str]] = {
    "unknown": (unknown, "key_unknown"),
    "wrong": (wrong, "key_wrong"),
    "wrong in rotation": (wrong_in_rotation, "key_wrong"),
    "wrong and revoked": (wrong_and_revoked, "key_wrong"),
    "revoked": (with_members(revoked_at=REVOKED), "key_revoked"),
    "revoked by a clock that is ahead": (with_members(revoked_at=NOW + 600), "key_revoked"),
    "revoked wins": (with_members(revoked_at=REVOKED, expires_at=REVOKED), "key_revoked"),
    "replaced": (replaced, "key_replaced"),
    "not yet valid": (with_members(not_before=NOW + 1), "key_not_yet_valid"),
    "expired": (with_members(expires_at=NOW), "key_expired"),
}


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, int]]]:
    """The lengths of everything that is compared, in constant time."""
    made: list[tuple[int, int]] = []
    compare = hmac.compare_digest

    def counted(one: bytes, other: bytes) -> bool:
        made.append((len(one), len(other)))
        return compare(one, other)

    monkeypatch.setattr(scheme_module, "compare_digest", counted)
    return made  # type: ignore[return-value]


@pytest.mark.parametrize("name", FAILING)
def test_every_failing_key_costs_what_a_good_one_does(
    clock: FrozenClock, comparisons: list[tuple[int, int]], name: str
) -> None:
    make, code = FAILING[name]
    bench, text = make(clock)
    error = bench.refused(text)
    assert error.code == code
    assert error.scheme == "machines"
    assert isinstance(error, UntrustedCredential | RejectedCredential)
    first = (len(bench.store.calls), bench.peppers.digests, len(comparisons))
    assert first == (1, 2, 2)
    assert set(comparisons) == {(32, 32)}
    bench.refused(text)  # and remembered, no call and the same work
    assert (len(bench.store.calls), bench.peppers.digests, len(comparisons)) == (1, 4, 4)


def test_a_good_key_costs_the_same(clock: FrozenClock, comparisons: list[tuple[int, int]]) -> None:
    key = issued()
    bench = Bench(clock, key)
    bench.present(key.key.reveal())
    assert (len(bench.store.calls), bench.peppers.digests, len(comparisons)) == (1, 2, 2)


def test_a_good_key_that_was_proven_costs_nothing_more_until_it_ends(clock: FrozenClock) -> None:
    key = issued(expires_at=NOW + 30)
    bench = Bench(clock, key)
    first = bench.present(key.key.reveal())
    assert bench.present(key.key.reveal()) == (first[0], "hit")
    assert (len(bench.store.calls), bench.peppers.digests) == (1, 2)
    clock.advance(29.9)
    bench.present(key.key.reveal())
    clock.advance(0.1)
    assert bench.refused(key.key.reveal()).code == "key_expired"
    assert (len(bench.store.calls), bench.peppers.digests) == (1, 4)


def test_what_was_proven_is_forgotten_with_its_record(clock: FrozenClock) -> None:
    key = issued()
    bench = Bench(clock, key)
    bench.present(key.key.reveal())
    bench.store.put(key.record._replace(revoked_at=NOW))
    clock.advance(LIFE)
    assert bench.refused(key.key.reveal()).code == "key_revoked"


@pytest.mark.parametrize("freeze", [True, False])
def test_an_old_secret_ends_at_its_time_also_where_it_was_proven(
    clock: FrozenClock, freeze: bool
) -> None:
    key = issued()
    new = with_another_secret(key.key.reveal())
    secrets = (stored_secret(new, PEPPERS), key.record.secrets[0]._replace(not_after=NOW + 10))
    bench = Bench(clock, key._replace(record=key.record._replace(secrets=secrets)))
    bench.present(key.key.reveal())
    (clock.freeze_environment if freeze else clock.advance)(10)
    assert bench.refused(key.key.reveal()).code == "key_replaced"


def test_a_refused_key_is_not_remembered_and_what_is_remembered_is_bounded(
    clock: FrozenClock,
) -> None:
    keys = [issued() for _ in range(150)]
    bench = Bench(clock, *keys, cache_size=1000)
    for key in keys:
        bench.present(key.key.reveal())
        bench.refused(with_another_secret(key.key.reveal()))
    assert len(bench.authenticator._proven) == 100
    remembered = {known.record.key_id for known, _ in bench.authenticator._proven._values.values()}
    assert remembered == {key.record.key_id for key in keys[50:]}


def test_refusals_say_the_same_to_whoever_asks(clock: FrozenClock) -> None:
    details = set()
    for make, _ in FAILING.values():
        bench, text = make(clock)
        details.add(bench.refused(text).detail)
    assert details == {"the API key is not accepted"}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text[:-1],
        lambda text: text + "x",
        lambda text: f"{text},{text}",
        lambda text: text.replace("orders", "0rders"),
        lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"),
        lambda text: f"orders_test{text[11:-6]}{checksum(f'orders_test{text[11:-6]}')}",
    ],
    ids=["nothing", "cut", "longer", "twice", "odd prefix", "mistyped", "another environment"],
)
def test_what_cannot_be_a_key_of_this_api_asks_no_store(
    clock: FrozenClock, change: Callable[[str], str]
) -> None:
    key = issued()
    bench = Bench(clock, key)
    code = bench.refused(change(key.key.reveal())).code
    assert code in ("key_malformed", "key_mistyped", "key_prefix_unknown")
    assert bench.store.calls == []
    assert bench.peppers.digests == 0


def test_times_are_kept_to_the_second(clock: FrozenClock) -> None:
    key = issued(not_before=NOW + 5, expires_at=NOW + 10)
    bench = Bench(clock, key)
    text = key.key.reveal()
    assert bench.refused(text).code == "key_not_yet_valid"
    clock.advance(5)
    bench.present(text)
    clock.advance(4.999)
    bench.present(text)
    clock.advance(0.001)
    assert bench.refused(text).code == "key_expired"


def test_two_secrets_live_during_a_rotation(clock: FrozenClock) -> None:
    key = issued()
    old = key.key.reveal()
    new = with_another_secret(old)
    secrets = (stored_secret(new, PEPPERS), key.record.secrets[0]._replace(not_after=NOW + 100))
    bench = Bench(clock, key._replace(record=key.record._replace(secrets=secrets)))
    assert bench.present(old)[0].principal == bench.present(new)[0].principal
    clock.advance(100)
    assert bench.refused(old).code == "key_replaced"
    bench.present(new)


def test_a_digest_under_an_older_pepper_counts_as_long_as_there_is_that_pepper(
    clock: FrozenClock,
) -> None:
    key = issued()
    text = key.key.reveal()
    older = StoredSecret(PEPPERS.digest("1", text), "1")
    bench = Bench(clock, key._replace(record=key.record._replace(secrets=(older,))))
    bench.present(text)


def test_a_digest_under_a_pepper_that_is_not_there_is_a_failure_and_no_refusal(
    clock: FrozenClock,
) -> None:
    key = issued()
    lost = key.record._replace(secrets=(StoredSecret(bytes(32), "9"),))
    bench = Bench(clock, key._replace(record=lost))
    with pytest.raises(DependencyError) as raised:
        bench.present(key.key.reveal())
    assert raised.value.code == "pepper_unknown"


def test_a_pepper_that_only_an_ended_secret_needs_may_be_taken_away(clock: FrozenClock) -> None:
    """As the pages about operating keys have it: rotate all, wait, take the old pepper out."""
    key = issued()
    old = StoredSecret(bytes(32), "retired", NOW - 1)
    for secrets in ((old, *key.record.secrets), (*key.record.secrets, old)):
        bench = Bench(clock, key._replace(record=key.record._replace(secrets=secrets)))
        bench.present(key.key.reveal())
        assert bench.refused(with_another_secret(key.key.reveal())).code == "key_wrong"
        assert bench.peppers.digests == 4


@pytest.mark.parametrize("members", [{"revoked_at": NOW}, {"expires_at": NOW}], ids=str)
def test_a_key_that_counts_no_more_needs_no_pepper(
    clock: FrozenClock, members: dict[str, Any]
) -> None:
    key = issued(**members)
    lost = key.record._replace(secrets=(StoredSecret(bytes(32), "retired"),))
    bench = Bench(clock, key._replace(record=lost))
    assert bench.refused(key.key.reveal()).code == "key_wrong"
    assert bench.peppers.digests == 2


def test_a_live_secret_whose_pepper_is_lost_spoils_no_other(clock: FrozenClock) -> None:
    key = issued()
    lost = StoredSecret(bytes(32), "lost", NOW + 60)
    bench = Bench(
        clock, key._replace(record=key.record._replace(secrets=(lost, *key.record.secrets)))
    )
    bench.present(key.key.reveal())
    with pytest.raises(DependencyError, match="pepper_unknown"):
        bench.present(with_another_secret(key.key.reveal()))


def test_a_key_of_one_id_does_not_open_another(clock: FrozenClock) -> None:
    one, other = issued("one"), issued("other")
    prefix, _, secret = one.key.reveal().rsplit("_", 2)
    body = f"{prefix}_{other.record.key_id}_{secret[:-6]}"
    assert Bench(clock, one, other).refused(body + checksum(body)).code == "key_wrong"


def test_a_digest_of_zeros_is_opened_by_no_key(clock: FrozenClock) -> None:
    key = issued()
    zeros = key.record._replace(secrets=(StoredSecret(bytes(32), "1"),) * 2)
    bench = Bench(clock, key._replace(record=zeros))
    assert bench.refused(key.key.reveal()).code == "key_wrong"


def test_routes_of_a_key_count_only_where_the_document_says_so(clock: FrozenClock) -> None:
    key = issued(routes=("GET /orders",))
    with pytest.raises(ConfigurationError) as raised:
        Bench(clock, key).present(key.key.reveal())
    assert raised.value.code == "key_routes_not_enabled"
    proof, _ = Bench(clock, key, routes_per_key=True).present(key.key.reveal())
    assert proof.principal.claims["routes"] == ["GET /orders"]


@pytest.mark.parametrize(
    "members",
    [
        {"networks": ("10.0.0.0/33",)},
        {"networks": ("10.0.0.1/8",)},
        {"networks": ("2001:DB8::/32",)},
        {"networks": ("192.0.2.1",)},
        {"networks": ("fe80::%x/64",)},
        {"networks": ("everywhere",)},
        {"networks": ("10.0.0.0/8", "")},
        {"owner": "a\nb"},
        {"owner": "x" * 256},
    ],
    ids=str,
)
def test_a_record_that_no_policy_could_say_is_a_failure(
    clock: FrozenClock, members: dict[str, Any]
) -> None:
    key = issued(**members)
    with pytest.raises(DependencyError) as raised:
        Bench(clock, key).present(key.key.reveal())
    assert raised.value.code == "key_record_malformed"


def test_two_schemes_are_told_apart_by_prefix(clock: FrozenClock) -> None:
    def scheme(name: str, prefix: str, key: IssuedKey) -> ApiKeyScheme:
        return ApiKeyScheme(
            name, prefix, CountedStore(key), PepperSource(lambda: PEPPERS_TEXT, "x", clock),
            clock=clock, lives_seconds=(1, 1), cache_size=1, routes_per_key=False,
        )  # fmt: skip

    live, test = issued(), issued(prefix="orders_test")
    both = [scheme("live", PREFIX, live), scheme("test", "orders_test", test)]
    authenticator = ApiKeyAuthenticator(both, clock=clock, cache_size=9)
    assert authenticator.authenticate(live.key)[0].principal.scheme == "live"
    assert authenticator.authenticate(test.key)[0].principal.scheme == "test"
    with pytest.raises(ConfigurationError, match="same prefix"):
        ApiKeyAuthenticator([both[0], both[0]], clock=clock, cache_size=9)


def test_errors_hold_nothing_of_the_key(clock: FrozenClock) -> None:
    for make, _ in FAILING.values():
        bench, text = make(clock)
        error: AuthorizersError = bench.refused(text)
        assert text.rsplit("_", 1)[1] not in f"{error} {error!r} {error.args} {vars(error)}"
