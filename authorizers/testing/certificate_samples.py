"""The catalogue of sample events with client certificates."""

from typing import Any, Final

from authorizers.testing.sample import Sample, Verdict, bad_credential, insufficient

_DOMAIN: Final = {"domain": "api.shop.example.com"}  # mutual TLS is a custom domain's
_POST: Final = {"method": "POST"}


def _allow(name: str, about: str, **call: Any) -> Sample:
    call = {"client_certificate": "<good certificate>"} | _DOMAIN | call
    return Sample(f"certificate-{name}", about, Verdict.ALLOW, "granted", call)


def _bad(name: str, about: str, reason: str, certificate: str = "", **call: Any) -> Sample:
    shown = {"client_certificate": f"<{certificate}>"} if certificate else {}
    return bad_credential(f"certificate-{name}", about, reason, **_DOMAIN, **shown, **call)


def _failure(name: str, about: str) -> Sample:
    call = {"client_certificate": "<good certificate>"}
    return Sample(f"certificate-{name}", about, Verdict.FAILURE, "certificate_not_available", call)


_GOOD: Final = (
    _allow("rest-request", "REST API, REQUEST authorizer"),
    _allow("http-1", "HTTP API, payload format 1.0"),
    _allow("http-2", "HTTP API, payload format 2.0", stage="$default"),
    _allow("rest-request-admin", "the one client that may", **_POST,
           client_certificate="<admin certificate>"),
    _allow("http-2-base-path", "a custom domain with a base path", base_path="/shop",
           stage="$default"),
)  # fmt: skip
_INSUFFICIENT: Final = tuple(
    insufficient(f"certificate-{kind}-insufficient", "a client that may not",
                 client_certificate="<good certificate>", **_DOMAIN, **_POST)
    for kind in ("rest-request", "http-1", "http-2")
)  # fmt: skip
_BAD: Final = (
    _bad("rest-request-missing", "no certificate", "certificate_missing"),
    _bad("http-1-missing", "no certificate", "certificate_missing"),
    _bad("http-2-missing", "no certificate", "certificate_missing", stage="$default"),
    _bad("rest-request-expired", "an expired certificate", "certificate_expired",
         "expired certificate"),
    _bad("http-1-expired", "an expired certificate", "certificate_expired",
         "expired certificate"),
    _bad("http-2-not-yet-valid", "a certificate from 2099 on", "certificate_not_yet_valid",
         "future certificate"),
    _bad("rest-request-revoked", "a revoked certificate", "certificate_revoked",
         "revoked certificate"),
    _bad("http-2-revoked", "a revoked certificate", "certificate_revoked",
         "revoked certificate"),
    _bad("rest-request-wrong-eku", "a server's certificate: no `clientAuth`",
         "certificate_extended_key_usage", "server certificate"),
    _bad("http-2-authority", "an authority's own certificate", "certificate_is_authority",
         "authority certificate"),
    _bad("rest-request-wrong-trust-domain", "the identity of another trust domain",
         "trust_domain_mismatch", "other trust domain certificate"),
    _bad("http-2-two-identities", "two URI names, where a SPIFFE ID is the only one",
         "svid_uri", "two identities certificate"),
    _bad("rest-request-unknown-issuer", "an authority that nobody trusts",
         "certificate_issuer_unknown", "unknown issuer certificate"),
    _bad("http-2-self-signed", "signed by its own key", "certificate_issuer_unknown",
         "self-signed certificate"),
    _bad("rest-request-rsa-1024", "a key of 1024 bits", "certificate_key_weak",
         "weak certificate"),
    _bad("rest-request-malformed", "PEM around what is no certificate", "certificate_malformed",
         "certificate text"),
    _bad("http-2-two-certificates", "two PEM blocks", "certificate_not_one",
         "two certificates"),
    _bad("rest-request-placeholder", "the text of the guide's sample event",
         "certificate_not_one", "certificate placeholder"),
    _bad("rest-request-x-client-cert", "a good certificate in a header, which is not looked at",
         "certificate_missing", headers={"X-Client-Cert": "<good certificate in base64>"}),
    _bad("http-1-x-forwarded-client-cert", "a good certificate in a header, likewise",
         "certificate_missing",
         headers={"X-Forwarded-Client-Cert": 'Cert="<good certificate in base64>"'}),
    _bad("http-2-client-cert", "a good certificate in the header of RFC 9440, likewise",
         "certificate_missing", headers={"Client-Cert": ":<good certificate in base64>:"}),
    _bad("http-2-x-amzn-mtls", "a good certificate in a load balancer's header, likewise",
         "certificate_missing", headers={"X-Amzn-Mtls-Clientcert": "<good certificate in base64>"}),
)  # fmt: skip
_FAILURES: Final = (
    _failure("rest-token", "a TOKEN authorizer, which never sees a certificate"),
    _failure("websocket", "a WebSocket API, which has no mutual TLS"),
)
CERTIFICATE_SAMPLES: Final = (*_GOOD, *_INSUFFICIENT, *_BAD, *_FAILURES)
