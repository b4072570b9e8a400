"""What is sent in the demonstration of client certificates: good ones, and every usual defect."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from authorizers.demo.cases import Case
from authorizers.demo.partners import TRUST_DOMAIN, Partners
from authorizers.model.request import EventKind
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.sample import Verdict

WITH_CERTIFICATES: Final = (EventKind.REST_REQUEST, EventKind.HTTP_1, EventKind.HTTP_2)
_WITHOUT: Final = (EventKind.REST_TOKEN, EventKind.WEBSOCKET)
_DAY: Final = timedelta(days=1)


def certificates(partners: Partners) -> Iterator[Case]:
    """Yield certificates issued now: a good one, and what must not pass for one."""
    good = partners.issue()
    yield _allow("a good certificate", good)
    yield _bad("revoked", partners.revoke(partners.issue()))
    yield _bad("expired", partners.issue(life=(_DAY * 90, -_DAY)))
    yield _bad("not valid yet", partners.issue(life=(-_DAY, _DAY * 90)))
    server_only = (ExtendedKeyUsageOID.SERVER_AUTH,)
    yield _bad("for servers only", partners.issue(extended_key_usage=server_only))
    other_domain = partners.issue(uris=["spiffe://example.net/orders"])
    yield _bad("of another trust domain", other_domain)
    two = [f"spiffe://{TRUST_DOMAIN}/orders", f"spiffe://{TRUST_DOMAIN}/billing"]
    yield _bad("with two identities", partners.issue(uris=two))
    yield _bad("of an authority, not of a client", partners.issue(is_ca=True))
    stranger = FakeCertificateAuthority("Partners Issuing CA")
    yield _bad("forged: another key under the issuer's name",
               partners.issue(signing_key=stranger.key))  # fmt: skip
    yield _bad("of an authority that nobody trusts", stranger.issue("orders", uris=two[:1]))
    pem = good.pem.replace("\n", "")
    header = {"headers": {"X-Client-Cert": pem, "X-Forwarded-Client-Cert": pem}}
    yield Case("only in headers", Verdict.BAD_CREDENTIAL, header, WITH_CERTIFICATES)
    note = "a TOKEN authorizer and a WebSocket API never see one: a configuration error"
    yield Case("where there is none", Verdict.FAILURE, {"token": "any"}, _WITHOUT, note)


def combined(partners: Partners, issuer: FakeIssuer) -> Iterator[Case]:
    """Yield certificates together with tokens, some of which are bound to a certificate."""
    ours, billing, other = partners.issue(), partners.issue("billing"), partners.issue()
    token, bound = issuer.token(), issuer.token({"cnf": {"x5t#S256": _thumbprint(ours)}})
    both = {"method": "POST", "token": token}
    yield _allow("a certificate and a token, POST /orders", ours, **both)
    yield _deny("only the certificate, POST /orders", ours, method="POST")
    yield Case("only the token, POST /orders", Verdict.INSUFFICIENT, both, WITH_CERTIFICATES)
    yield Case("only the token, GET /orders", Verdict.ALLOW, {"token": token}, WITH_CERTIFICATES)
    yield _allow("billing's certificate, GET /reports", billing, path="/reports")
    yield _deny("orders' certificate, GET /reports", ours, path="/reports")
    yield _allow("a bound token, with its certificate", ours, token=bound)
    yield _bad("a bound token, with another", other, token=bound)
    alone = {"token": bound}
    yield Case("a bound token, alone", Verdict.BAD_CREDENTIAL, alone, WITH_CERTIFICATES)
    expired = issuer.token({"exp": 1})
    yield _bad("a certificate, and an expired token", ours, token=expired)


def operated(partners: Partners) -> Iterator[Case]:
    """Yield one certificate while it is revoked, and while nobody renews the list."""
    client, another = partners.issue(), partners.issue()
    yield _allow("a certificate", client)
    partners.revoke(client)
    yield _bad("revoked just now", client)
    yield _allow("another one", another)
    partners.outlived()
    note = "revocation: required, and nobody can say: never a 401, and never let through"
    what = "the list is not renewed in time"
    call = _call(another, {})
    yield Case(what, Verdict.FAILURE, call, WITH_CERTIFICATES, note)


def _call(issued: Issued, call: dict[str, Any]) -> dict[str, Any]:
    return {"client_certificate": issued.pem, **call}


def _allow(what: str, issued: Issued, **call: Any) -> Case:
    return Case(what, Verdict.ALLOW, _call(issued, call), WITH_CERTIFICATES)


def _deny(what: str, issued: Issued, **call: Any) -> Case:
    return Case(what, Verdict.INSUFFICIENT, _call(issued, call), WITH_CERTIFICATES)


def _bad(what: str, issued: Issued, **call: Any) -> Case:
    return Case(what, Verdict.BAD_CREDENTIAL, _call(issued, call), WITH_CERTIFICATES)


def _thumbprint(issued: Issued) -> str:
    digest = hashlib.sha256(issued.certificate.public_bytes(Encoding.DER)).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
