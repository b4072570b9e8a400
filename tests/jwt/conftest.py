"""An issuer with a key for every algorithm, and authenticators that trust what a test says."""

import builtins
import os
import socket
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest

from authorizers.errors import CredentialError, MalformedCredential, UntrustedCredential
from authorizers.jwks.source import StaticKeys
from authorizers.jwt.algorithms import ALGORITHMS
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.claims import Expectation
from authorizers.jwt.compact import parse_compact
from authorizers.jwt.profiles import PROFILES
from authorizers.jwt.verifier import JwtVerifier
from authorizers.model.clock import Clock, Deadline
from authorizers.model.credential import BearerToken
from authorizers.model.key import KeySource, VerificationKey
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey


@pytest.fixture(scope="session")
def keys() -> dict[str, SigningKey]:
    """One key for each algorithm, under a kid of the same name; RSA's are one key."""
    rsa = SigningKey.generate("RS256").private_key
    return {
        name: SigningKey(name, rsa, name)
        if name[:2] in ("RS", "PS")
        else SigningKey.generate(name, name)
        for name in ALGORITHMS
    }


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def issued_by(clock: FrozenClock, keys: dict[str, SigningKey]) -> Callable[..., FakeIssuer]:
    """Return an issuer with the named keys, which serves nothing."""

    def build(*names: str | SigningKey, issuer: str = "https://issuer.example") -> FakeIssuer:
        chosen = tuple(keys[name] if isinstance(name, str) else name for name in names)
        return FakeIssuer(issuer, keys=chosen, clock=clock)

    return build


@pytest.fixture
def issuer(issued_by: Callable[..., FakeIssuer]) -> FakeIssuer:
    """An issuer with one RS256 key."""
    return issued_by("RS256")


Trusting = Callable[..., JwtAuthenticator]


class Counting:
    """A key source that counts how often it is asked, and whose key a test may withdraw."""

    def __init__(self, key: VerificationKey) -> None:
        self.key = key
        self.asked = 0
        self.withdrawn = False

    def find(self, key_id: str | None, algorithm: str) -> VerificationKey:
        self.asked += 1
        if self.withdrawn:
            raise UntrustedCredential("key_not_found", "withdrawn")
        return self.key

    def withdraw(self) -> None:
        """From now on there is no such key, and what it verified is due to be verified again."""
        self.withdrawn = True
        self.key.usable_until = Deadline(float("-inf"), float("-inf"))


@pytest.fixture
def source(issuer: FakeIssuer) -> Counting:
    """The only key of the test's issuer, counted."""
    key = issuer.key()
    keys = StaticKeys(issuer.jwks(), algorithms=[key.algorithm])
    return Counting(keys.find(key.key_id, key.algorithm))


@pytest.fixture
def trusting(clock: FrozenClock) -> Trusting:
    """Return an authenticator for issuers, each with its own keys; nothing is remembered."""

    def verifier(
        issuer: FakeIssuer,
        *,
        profile: Any = "rfc9068-access-token",
        algorithms: tuple[str, ...] = ("RS256",),
        audience: tuple[str, ...] | None = ("https://api.example.com",),
        leeway: float = 0,
        max_age: float | None = None,
        principal_claim: str = "sub",
        source: KeySource | None = None,
    ) -> JwtVerifier:
        return JwtVerifier(
            scheme=issuer.issuer.removeprefix("https://"),
            issuer=issuer.issuer,
            algorithms=algorithms,
            expected=Expectation(
                PROFILES[profile] if isinstance(profile, str) else profile,
                None if audience is None else frozenset(audience),
                leeway,
                max_age,
                principal_claim,
            ),
            keys=source or StaticKeys(issuer.jwks(), algorithms=algorithms),
        )

    def build(
        *issuers: FakeIssuer, cache_size: int = 0, time: Clock | None = None, **expected: Any
    ) -> JwtAuthenticator:
        verifiers = [verifier(issuer, **expected) for issuer in issuers]
        return JwtAuthenticator(verifiers, clock=time or clock, cache_size=cache_size)

    return build


@pytest.fixture
def remembering(issuer: FakeIssuer, source: Counting, trusting: Trusting) -> JwtAuthenticator:
    """An authenticator that trusts the test's issuer and remembers its tokens."""
    return trusting(issuer, algorithms=(issuer.key().algorithm,), source=source, cache_size=8)


@pytest.fixture(scope="session")
def state() -> Callable[[JwtAuthenticator, str], str]:
    """Return what a token found in the memory: `hit`, `miss`, or `off`."""

    def ask(authenticator: JwtAuthenticator, token: str) -> str:
        return authenticator.authenticate(BearerToken(token))[1]

    return ask


@pytest.fixture
def refusal() -> Callable[[JwtAuthenticator, str], str]:
    """Return the code by which a token is refused, having looked at what its error says."""

    def code(authenticator: JwtAuthenticator, token: str) -> str:
        with pytest.raises(CredentialError) as raised:
            authenticator.authenticate(BearerToken(token))
        error = raised.value
        assert error.__cause__ is None
        parts = [part for part in token.split(".") if len(part) > 8]
        assert not any(part in f"{error!r} {error}" for part in parts)
        return error.code

    return code


@pytest.fixture(scope="session")
def compact() -> Callable[..., str]:
    """Return the compact serialization of three parts, each of which may be any octets."""

    def join(
        header: bytes = b'{"alg":"RS256"}',
        payload: bytes = b'{"iss":"https://issuer.example"}',
        signature: bytes = b"sign",
    ) -> str:
        parts = (header, payload, signature)
        return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)

    return join


@pytest.fixture(scope="session")
def refuse() -> Callable[[str], None]:
    """Parse a token that must be malformed, and give no other reason."""

    def parse(token: str) -> None:
        with pytest.raises(MalformedCredential) as raised:
            parse_compact(token)
        assert raised.value.code == "jwt_malformed"
        assert raised.value.__cause__ is None

    return parse


@pytest.fixture
def no_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test fail if anything opens a file, a socket or a process."""

    def refuse(*args: object, **named: object) -> None:
        raise AssertionError("a token made the verifier reach outside")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "system", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)
