"""What is sent in the demonstration: freshly signed tokens, sound and unsound."""

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from authorizers.model.request import EventKind
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.sample import Verdict
from authorizers.testing.signing_key import SigningKey

ALL_KINDS: Final = tuple(EventKind)
WITH_HEADERS: Final = tuple(kind for kind in EventKind if kind is not EventKind.REST_TOKEN)
WITH_ROUTES: Final = tuple(kind for kind in EventKind if kind is not EventKind.WEBSOCKET)
_RSA, _EC = "RS256", "ES256"


class Case(NamedTuple):
    """One call of a client, sent as each of `kinds`, and the verdict that is right for it."""

    what: str
    verdict: Verdict
    call: Mapping[str, Any]
    kinds: tuple[EventKind, ...] = ALL_KINDS
    note: str = ""

    @property
    def route(self) -> str:
        """Method and path, or `$connect` where no other kind of event is sent."""
        if self.kinds == (EventKind.WEBSOCKET,):
            return "$connect"
        return f"{self.call.get('method', 'GET')} {self.call.get('path', '/orders')}"


def publish_first_keys(issuer: FakeIssuer) -> None:
    """Give the issuer two keys, with names that can be told apart in a table."""
    for algorithm, key_id in ((_RSA, "rsa-1"), (_EC, "ec-1")):
        issuer.rotate(key=SigningKey.generate(algorithm, key_id))


def fresh_tokens(issuer: FakeIssuer) -> Iterator[Case]:
    """Yield tokens signed now: two good ones, and what must not pass for one."""
    now = int(time.time())
    key, stranger = issuer.key(_RSA), SigningKey.generate(_RSA)

    def token(**claims: Any) -> str:
        return issuer.token(claims, algorithm=_RSA)

    yield _allow("a good token, RS256", token())
    yield _allow("a good token, ES256", issuer.token(algorithm=_EC))
    yield _bad("expired", token(exp=now - 3600))
    yield _bad("not valid yet", token(nbf=now + 3600))
    yield _bad("for another audience", token(aud="https://another-api.example.com"))
    yield Case("without the scope", Verdict.INSUFFICIENT, {"token": token(scope="profile")})
    yield _bad("an ID token, not an access token", issuer.token(header={"typ": "JWT"}, key=key))
    yield _bad("of an issuer that is not trusted", token(iss="https://login.example.net"))
    forged = issuer.token(key=stranger, header={"kid": key.key_id})
    yield _bad("forged: another key under the same kid", forged)
    yield _bad("changed after it was signed", _altered(token()))
    yield _bad("HS256, signed with the public key", _signed_with_the_public_key(issuer, key))
    yield _bad("unsigned, alg none", _unsigned(issuer, key))
    yield _bad("no JWT at all", "correct-horse-battery-staple")


def places(issuer: FakeIssuer) -> Iterator[Case]:
    """Yield one good token where browsers put it, and where it must not be taken from."""
    token = issuer.token(algorithm=_RSA)
    offered = {"headers": {"Sec-WebSocket-Protocol": f"access_token, {token}"}}
    two_values = {"headers": {"Authorization": [f"Bearer {token}", f"Bearer {token}"]}}
    allow, bad = Verdict.ALLOW, Verdict.BAD_CREDENTIAL
    yield Case("in a cookie", allow, {"cookies": [f"access_token={token}"]}, WITH_HEADERS)
    yield Case("in the query", allow, {"query": {"access_token": token}}, WITH_HEADERS)
    yield Case("in Sec-WebSocket-Protocol", allow, offered, (EventKind.WEBSOCKET,))
    yield Case("nowhere", bad, {}, WITH_HEADERS)
    both = {"token": token, "query": {"access_token": token}}
    yield Case("in the header and in the query", bad, both, WITH_HEADERS)
    yield Case("in two Authorization headers", bad, two_values, WITH_HEADERS)
    yield Case("after another scheme, Basic", bad, {"authorization": f"Basic {token}"})


def routes(issuer: FakeIssuer) -> Iterator[Case]:
    """Yield what one user may do, route by route."""
    alice = issuer.token({"sub": "alice"}, algorithm=_RSA)
    writer = issuer.token({"scope": "orders:write"}, algorithm=_RSA)
    admin = issuer.token({"sub": "root", "groups": ["admin"]}, algorithm=_RSA)
    allow, deny = Verdict.ALLOW, Verdict.INSUFFICIENT

    def case(
        who: str, verdict: Verdict, token: str, route: str, note: str = "", **call: str
    ) -> Case:
        method, _, path = route.partition(" ")
        call |= {"token": token, "method": method, "path": path}
        return Case(f"{who}, {route}", verdict, call, WITH_ROUTES, note)

    user, inside = "/users/{user_id}", "10.1.2.3"
    condition = "a TOKEN event has no address: the policy's Condition decides, at the gateway"
    yield case("alice", allow, alice, "GET /users/alice", resource=user)
    yield case("alice", deny, alice, "GET /users/bob", resource=user)
    yield case("alice", deny, alice, "GET /users/alice/orders")
    yield case("alice", deny, alice, "POST /orders")
    yield case("a writer", allow, writer, "POST /orders")
    yield case("a writer", deny, writer, "DELETE /orders")
    yield case("an admin", deny, admin, "GET /admin/keys")
    yield case("an admin at 10.1.2.3", allow, admin, "GET /admin/keys", condition, source_ip=inside)


def rotation(issuer: FakeIssuer) -> Iterator[Case]:
    """Yield tokens while the issuer changes its keys under a warm function."""
    old = issuer.key(_RSA)
    accepted = issuer.token(algorithm=_RSA)
    yield _allow("a token under the key rsa-1", accepted)
    issuer.rotate(key=SigningKey.generate(_RSA, "rsa-2"))
    issuer.withdraw(old)
    yield _allow("under rsa-2, published just now", issuer.token(algorithm=_RSA))
    yield _bad("the token from above: rsa-1 is withdrawn", accepted)
    invented = issuer.token(algorithm=_RSA, header={"kid": "invented"})
    again = _bad("under a kid that nobody published", invented)
    yield again._replace(note="not fetched again: the cooldown is on")


def outage(issuer: FakeIssuer) -> Iterator[Case]:
    """Yield what a warm function still knows once the issuer is gone."""
    known = issuer.token(algorithm=_RSA)
    yield _allow("while the issuer is up", known)
    issuer.stop()
    yield _allow("issuer stopped, the same token", known)
    fresh = _allow("issuer stopped, a new token", issuer.token(algorithm=_RSA))
    yield fresh._replace(note="verified with the keys that the function holds")


def cold_outage(issuer: FakeIssuer) -> Iterator[Case]:
    """Yield a good token for a function that has never seen the issuer's keys, and cannot."""
    token = issuer.token(algorithm=_RSA)
    note = "no keys, so no decision: never a 401, and never let through"
    what = "issuer stopped, a cold function"
    yield Case(what, Verdict.FAILURE, {"token": token}, note=note)


def _allow(what: str, token: str) -> Case:
    return Case(what, Verdict.ALLOW, {"token": token})


def _bad(what: str, token: str) -> Case:
    return Case(what, Verdict.BAD_CREDENTIAL, {"token": token})


def _altered(token: str) -> str:
    """Return `token` with more scopes than it was signed with."""
    header, payload, signature = token.split(".")
    claims = json.loads(urlsafe_b64decode(payload + "=="))
    return f"{header}.{_base64url(json.dumps(claims | {'scope': 'admin'}).encode())}.{signature}"


def _unsigned(issuer: FakeIssuer, key: SigningKey) -> str:
    """Return an unsecured JWS: RFC 7515 appendix A.5."""
    token = issuer.token(key=key, header={"alg": "none"})
    return token.rpartition(".")[0] + "."


def _signed_with_the_public_key(issuer: FakeIssuer, key: SigningKey) -> str:
    """Return a token whose HMAC secret is the public key, the classic confusion (RFC 8725 §2.1)."""
    signing_input = issuer.token(key=key, header={"alg": "HS256"}).rpartition(".")[0]
    secret = key.private_key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    signature = hmac.digest(secret, signing_input.encode(), "sha256")
    return f"{signing_input}.{_base64url(signature)}"


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
