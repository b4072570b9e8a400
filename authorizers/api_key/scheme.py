"""The keys of one scheme: who holds one, in the order in which it is safe to find out."""

from hmac import compare_digest

from authorizers.api_key.known_keys import KnownKey, KnownKeys
from authorizers.api_key.pepper_source import PepperSource
from authorizers.api_key.record import MAX_SECRETS, KeyRecord, StoredSecret
from authorizers.api_key.store import KeyStore
from authorizers.errors import (
    ConfigurationError,
    CredentialError,
    DependencyError,
    Problem,
    RejectedCredential,
    UntrustedCredential,
)
from authorizers.model.clock import Clock, Deadline
from authorizers.model.credential import PresentedApiKey
from authorizers.model.network import canonical_network
from authorizers.model.principal import Principal, names_principal

EVERY_ROUTE = ("*",)
# One sentence for every reason, so that a refusal tells nobody which ids there are.
_NOT_ACCEPTED = "the API key is not accepted"
_NOTHING = bytes(32)  # as long as a digest, and compared with in vain


class ApiKeyScheme:
    """
    Authenticates the keys that begin with `prefix`.

    Every key that is well-formed costs the same, whether it is good, wrong, unknown, revoked or
    expired: one lookup, and `MAX_SECRETS` digests and comparisons.
    """

    def __init__(  # noqa: PLR0913 the store, the clock and the lives are arguments
        self,
        scheme: str,
        prefix: str,
        store: KeyStore,
        peppers: PepperSource,
        *,
        clock: Clock,
        lives_seconds: tuple[float, float],
        cache_size: int,
        routes_per_key: bool,
    ) -> None:
        self.scheme = scheme
        self.prefix = prefix
        self._place = store.place
        self._peppers = peppers
        self._clock = clock
        self._routes_per_key = routes_per_key
        self._known = KnownKeys(
            store, self._principal, clock=clock, lives_seconds=lives_seconds, size=cache_size
        )

    def authenticate(self, key: PresentedApiKey, key_id: str) -> tuple[KnownKey, Deadline, bool]:
        """
        Return what `key`, which says to be `key_id`, proves, until when that need not be proven
        again, and whether its record was remembered.

        Raises:
            UntrustedCredential: `key_unknown` or `key_wrong`.
            RejectedCredential: `key_revoked`, `key_replaced`, `key_not_yet_valid`, `key_expired`.
            DependencyError: the store or the peppers cannot be read.
            ConfigurationError: `key_routes_not_enabled`, `pepper_invalid`.
        """
        try:
            return self._prove(key, key_id)
        except CredentialError as error:
            error.scheme = self.scheme
            raise

    def _prove(self, key: PresentedApiKey, key_id: str) -> tuple[KnownKey, Deadline, bool]:
        # (1) the record, or that there is none
        known, remembered = self._known.find(key_id)
        # (2) the secret, also where there is none to compare with
        now = self._clock.wall()
        record = None if known is None else known.record
        secret = self._match(key, record, now)
        if known is None or secret is None:
            code = "key_unknown" if known is None else "key_wrong"
            raise UntrustedCredential(code, _NOT_ACCEPTED)
        # (3) revocation first, then time
        code = _why_not_now(known.record, secret, now)
        if code:
            raise RejectedCredential(code, _NOT_ACCEPTED)
        # (4) a restriction that this document does not enforce is no restriction to ignore
        if known.record.routes is not None and not self._routes_per_key:
            problem = Problem(
                f"authenticate.{self.scheme}.api_key",
                "a key has routes of its own: write routes_per_key: true, so that they count",
            )
            raise ConfigurationError(problem, code="key_routes_not_enabled")
        return known, _end_of(known, secret), remembered

    def _match(
        self, key: PresentedApiKey, record: KeyRecord | None, now: float
    ) -> StoredSecret | None:
        """
        Return the stored secret that `key` is. The work does not depend on whether it is one: what
        cannot be compared is made up.
        """
        text, found, lost, compared = key.reveal(), None, False, 0
        for stored in record.secrets if record is not None else ():
            live = record is not None and not _why_not_now(record, stored, now)
            digest = self._peppers.digest(stored.pepper, text, look=live)
            if digest is None:
                lost = lost or live
                continue
            compared += 1
            if compare_digest(digest, stored.digest):
                found = stored
        for _ in range(MAX_SECRETS - compared):
            compare_digest(self._peppers.made_up(text), _NOTHING)
        if lost and found is None:
            detail = f"a live secret of a key in {self._place} was made with a pepper not there"
            raise DependencyError("pepper_unknown", detail)
        return found

    def _principal(self, record: KeyRecord) -> Principal:
        _check_record(record, self._place, self.scheme)
        claims = {
            "sub": record.owner,
            "owner": record.owner,
            "key_id": record.key_id,
            "labels": record.labels,
            "routes": list(EVERY_ROUTE if record.routes is None else record.routes),
        }
        if record.usage_plan is not None:
            claims["usage_plan"] = record.usage_plan
        return Principal(
            f"{self.scheme}|{record.owner}",
            self.scheme,
            self._place,
            frozenset(record.scopes),
            claims,
            record.key_id,
            frozenset(record.roles),
            record.networks,
        )


def _why_not_now(record: KeyRecord, secret: StoredSecret, now: float) -> str:
    """Return the code of what keeps `secret` from counting at the time `now`, or nothing."""
    if record.revoked_at is not None:  # whatever the clocks say: revoked is revoked
        return "key_revoked"
    if secret.not_after is not None and now >= secret.not_after:
        return "key_replaced"
    if record.not_before is not None and now < record.not_before:
        return "key_not_yet_valid"
    if record.expires_at is not None and now >= record.expires_at:
        return "key_expired"
    return ""


def _end_of(known: KnownKey, secret: StoredSecret) -> Deadline:
    """Return when `secret` stops to count, or else when the record has been used long enough."""
    ends = (known.until.wall, known.record.expires_at, secret.not_after)
    return known.until._replace(wall=min(end for end in ends if end is not None))


def _check_record(record: KeyRecord, place: str, scheme: str) -> None:
    """Refuse what could not be a principal, or whose networks could not be told to the gateway."""
    problem = ""
    if not names_principal(f"{scheme}|{record.owner}"):
        problem = "an owner that cannot name a principal"
    elif record.networks is not None and not _are_networks(record.networks):
        problem = "networks that are none"
    if problem:
        detail = f"{place} has a key, {record.key_id}, with {problem}"
        raise DependencyError("key_record_malformed", detail)


def _are_networks(texts: tuple[str, ...]) -> bool:
    try:
        return all(canonical_network(text) == text for text in texts)
    except ValueError:
        return False
