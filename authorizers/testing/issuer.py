"""
An OpenID Connect issuer for tests: real keys, real signatures and, where wanted, real HTTP.

    with FakeIssuer() as issuer:                        # http://127.0.0.1:<port>
        token = issuer.token({"scope": "orders:read"})

    issuer = FakeIssuer("https://issuer.example")       # nothing is served ...
    StaticKeys(issuer.jwks(), algorithms=["RS256"])     # ... the keys are handed over
"""

import hashlib
import json
import secrets
import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

from authorizers.model.clock import Clock, SystemClock
from authorizers.testing.server import Answer, LoopbackServer, SeenRequest
from authorizers.testing.signing_key import SigningKey

ABSENT: Final = object()
"""As the value of a claim or header parameter: leave it out."""

JWKS_PATH: Final = "/.well-known/jwks.json"
METADATA_PATH: Final = "/.well-known/openid-configuration"


class FakeIssuer:
    """
    An issuer whose keys, documents and tokens a test decides.

    `cache_control` is sent with both documents (`None`: not sent), `etags` says whether the key
    set is revalidated by its ETag, `metadata` is merged into the discovery document, and
    `foreign_jwks` are published beside the issuer's own keys, whatever they are.
    """

    def __init__(
        self,
        issuer: str | None = None,
        *,
        keys: tuple[SigningKey, ...] = (),
        audience: str = "https://api.example.com",
        clock: Clock | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.audience = audience
        self.cache_control: str | None = None
        self.etags = True
        self.metadata: dict[str, Any] = {}
        self.foreign_jwks: list[Any] = []
        self.requests: list[SeenRequest] = []
        self._issuer = issuer
        self._keys = list(keys)
        self._clock = clock or SystemClock()
        self._tls = tls
        self._server: LoopbackServer | None = None

    @property
    def issuer(self) -> str:
        """The issuer identifier: what `iss` says, and where the documents are served."""
        return self._issuer or self._served_at()

    @property
    def jwks_uri(self) -> str:
        """The address of the key set."""
        return self._served_at() + JWKS_PATH

    @property
    def keys(self) -> tuple[SigningKey, ...]:
        """The keys that are published, oldest first."""
        return tuple(self._keys)

    def key(self, algorithm: str | None = None) -> SigningKey:
        """Return the newest key, or the newest for `algorithm`; made now if there is none."""
        fitting = [key for key in self._keys if algorithm in (None, key.algorithm)]
        return fitting[-1] if fitting else self.rotate(algorithm or "RS256")

    def rotate(self, algorithm: str | None = None, *, key: SigningKey | None = None) -> SigningKey:
        """Publish a new key and sign with it from now on. The old ones stay until withdrawn."""
        newest = self._keys[-1].algorithm if self._keys else "RS256"
        self._keys.append(key or SigningKey.generate(algorithm or newest))
        return self._keys[-1]

    def withdraw(self, key: SigningKey) -> None:
        """Publish `key` no longer."""
        self._keys.remove(key)

    def jwks(self) -> dict[str, Any]:
        """Return the key set as it is published now (RFC 7517 §5)."""
        self.key()
        return {"keys": [*(key.jwk() for key in self._keys), *self.foreign_jwks]}

    def discovery_document(self) -> dict[str, Any]:
        """Return the metadata as it is published now (OpenID Connect Discovery 1.0 §3)."""
        members = {
            "issuer": self.issuer,
            "jwks_uri": self.jwks_uri,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return _merge(members, self.metadata)

    def token(
        self,
        claims: Mapping[str, Any] | None = None,
        *,
        header: Mapping[str, Any] | None = None,
        algorithm: str | None = None,
        key: SigningKey | None = None,
    ) -> str:
        """
        Return an access token (RFC 9068 §2), changed by `claims` and `header`.

        `ABSENT` leaves a member out. To forge, sign with a stranger's `key` under a kid of the
        issuer: `issuer.token(key=SigningKey.generate(), header={"kid": issuer.key().key_id})`.
        """
        key = key or self.key(algorithm)
        parameters = {"alg": key.algorithm, "typ": "at+jwt", "kid": key.key_id}
        return key.sign(_merge(parameters, header), _merge(self._claims(), claims))

    def start(self) -> Self:
        """Serve the documents over HTTP on a free port of 127.0.0.1."""
        self.key()
        self._server = LoopbackServer(self._answer, self._tls)
        return self

    def stop(self) -> None:
        """Serve no more: connections are refused from now on."""
        if self._server is not None:
            self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _served_at(self) -> str:
        return "https://issuer.example" if self._server is None else self._server.url

    def _claims(self) -> dict[str, Any]:
        now = int(self._clock.wall())
        return {
            "iss": self.issuer,
            "sub": "alice",
            "aud": self.audience,
            "client_id": "test-client",
            "iat": now,
            "exp": now + 300,
            "jti": secrets.token_urlsafe(12),
            "scope": "orders:read",
        }

    def _answer(self, request: SeenRequest) -> Answer:
        self.requests.append(request)
        documents = {JWKS_PATH: self.jwks, METADATA_PATH: self.discovery_document}
        path = request.path.partition("?")[0]
        if path not in documents:
            return Answer(404, {}, b"")
        body = json.dumps(documents[path]()).encode()
        headers = {"Content-Type": "application/json"}
        if self.cache_control is not None:
            headers["Cache-Control"] = self.cache_control
        if self.etags:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.etags and request.if_none_match == headers["ETag"]:
            return Answer(304, headers, b"")
        return Answer(200, headers, body)


def _merge(members: dict[str, Any], changes: Mapping[str, Any] | None) -> dict[str, Any]:
    changed = {**members, **(changes or {})}
    return {name: value for name, value in changed.items() if value is not ABSENT}
