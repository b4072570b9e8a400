"""
The usable keys of one JWK Set (RFC 7517 §5), which never change, and the choice among them.

A key that cannot be used is skipped and counted (RFC 7517 §5); a set without a usable key is bad.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from authorizers.errors import DependencyError, UntrustedCredential
from authorizers.jwks.document import parse_object
from authorizers.jwks.key import KINDS, KeyIdentity, Unusable, identify, parse_key
from authorizers.model.key import VerificationKey

MAX_KEYS: Final = 100  # ours: the largest public sets hold some twenty


class KeySet:
    """
    The usable keys of one issuer, found by `kid` and algorithm.

    `skipped` counts the keys that are not used, by reason. `keys` holds each key once: a key
    repeated member for member is the same key.
    """

    __slots__ = ("_by_algorithm", "_by_key_id", "keys", "skipped")

    def __init__(
        self,
        keys: Mapping[KeyIdentity, VerificationKey],
        skipped: Mapping[str, int],
        allowed: frozenset[str],
    ) -> None:
        self.keys: Final = keys
        self.skipped: Final = skipped
        self._by_algorithm: dict[str, tuple[VerificationKey, ...]] = {}
        self._by_key_id: dict[tuple[str, str], tuple[VerificationKey, ...]] = {}
        for key in keys.values():
            for name in allowed.intersection(KINDS[key.algorithm].names):
                self._file(key, name)

    def _file(self, key: VerificationKey, name: str) -> None:
        self._by_algorithm[name] = (*self._by_algorithm.get(name, ()), key)
        if key.key_id is not None:
            place = (key.key_id, name)
            self._by_key_id[place] = (*self._by_key_id.get(place, ()), key)

    def matching(self, key_id: str | None, algorithm: str) -> tuple[VerificationKey, ...]:
        """
        Return the keys that fit: those with `key_id`, byte for byte, or all if it is absent.

        `algorithm` is any allowed name of the algorithm: `EdDSA` finds an Ed25519 key.
        """
        if key_id is None:
            return self._by_algorithm.get(algorithm, ())
        return self._by_key_id.get((key_id, algorithm), ())

    def select(self, key_id: str | None, algorithm: str) -> VerificationKey:
        """
        Return the one key that fits. Both arguments are the caller's text.

        Raises:
            UntrustedCredential: `key_not_found`, or `key_ambiguous`: keys are not tried in turn.
        """
        matching = self.matching(key_id, algorithm)
        if not matching:
            raise UntrustedCredential(
                "key_not_found", "no key of the issuer has this kid and algorithm"
            )
        if len(matching) > 1:
            raise UntrustedCredential("key_ambiguous", "several keys of the issuer fit the token")
        return matching[0]


def parse_key_set(
    document: object, allowed: frozenset[str], previous: KeySet | None = None
) -> KeySet:
    """
    Parse `document`, a JWK Set as bytes or as parsed JSON, untrusted.

    Keys that `previous` holds already are taken over, not parsed again.

    Raises:
        DependencyError: `keys_unavailable`, saying what is wrong with the set.
    """
    members = parse_object(document, "the key set") if isinstance(document, bytes) else document
    jwks = members.get("keys") if isinstance(members, Mapping) else None
    if not isinstance(jwks, list) or len(jwks) > MAX_KEYS:
        raise DependencyError(
            "keys_unavailable", f"the key set has no list of at most {MAX_KEYS} keys"
        )
    keys: dict[KeyIdentity, VerificationKey] = {}
    skipped: Counter[str] = Counter()
    for jwk in jwks:
        found = _parse(jwk, allowed, previous.keys if previous else {})
        if isinstance(found, Unusable):
            skipped[found.reason] += 1
        else:
            keys.update([found])
    if not keys:
        reasons = "; ".join(sorted(skipped)) or "it is empty"
        raise DependencyError("keys_unavailable", f"the key set has no usable key: {reasons}")
    return KeySet(keys, dict(skipped), allowed)


def _parse(
    jwk: object, allowed: frozenset[str], known: Mapping[KeyIdentity, VerificationKey]
) -> tuple[KeyIdentity, VerificationKey] | Unusable:
    """Parse one member of a set, unless it is `known`: a key is parsed once."""
    identity = identify(jwk, allowed)
    if isinstance(identity, Unusable):
        return identity
    key = known.get(identity) or parse_key(identity)
    return key if isinstance(key, Unusable) else (identity, key)
