"""A public key that may verify signatures: parsed once, for one algorithm, alive for a time."""

from typing import Protocol

from authorizers.model.clock import NEVER, Clock, Deadline


class SignatureAlgorithm(Protocol):
    """The part of PyJWT's algorithm objects that is used: verification with a parsed key."""

    def verify(self, msg: bytes, key: object, sig: bytes) -> bool:
        """Return whether `sig` signs `msg` under `key`."""
        ...


class VerificationKey:
    """
    One key of one issuer's key set, bound to one algorithm (RFC 8725 §3.1).

    `usable_until` is moved by the key source at each refresh and set to the past when the
    issuer withdraws the key, so that whoever remembers the key sees it die.
    """

    __slots__ = ("_algorithm", "_public_key", "algorithm", "key_id", "usable_until")

    def __init__(
        self,
        key_id: str | None,
        algorithm: str,
        implementation: SignatureAlgorithm,
        public_key: object,
        usable_until: Deadline = NEVER,
    ) -> None:
        self.key_id = key_id
        self.algorithm = algorithm
        self._algorithm = implementation
        self._public_key = public_key
        self.usable_until = usable_until

    def __repr__(self) -> str:
        return f"VerificationKey(key_id={self.key_id!r}, algorithm={self.algorithm!r})"

    def verify(self, signing_input: bytes, signature: bytes) -> bool:
        """Return whether `signature` signs `signing_input` under this key and its algorithm."""
        return self._algorithm.verify(signing_input, self._public_key, signature)

    def usable(self, clock: Clock) -> bool:
        """Return whether the key's source still stands by it."""
        return not self.usable_until.passed(clock)


class KeySource(Protocol):
    """Where the keys of exactly one issuer come from."""

    def find(self, key_id: str | None, algorithm: str) -> VerificationKey:
        """
        Return the one key for `key_id` and `algorithm`. Both are the caller's text: data only.

        Raises:
            UntrustedCredential: `key_not_found`, or `key_ambiguous` when several would fit.
            DependencyError: `keys_unavailable` when the keys cannot be had.
        """
        ...
