"""
The catalogue of sample events for the function that takes certificates, tokens and keys: what each
route asks for is in `authorizers.testing.sample_combined`.
"""

from typing import Any, Final

from authorizers.testing.sample import Sample, Verdict, bad_credential, insufficient

_CERTIFICATE: Final = {"client_certificate": "<good certificate>"}
_COMMON: Final = {"domain": "api.shop.example.com", "identity_source": None}
_ORDER: Final = {"method": "POST"}  # a certificate and a token
_REPORT: Final = {"path": "/reports"}  # a certificate or a key


def _allow(name: str, about: str, **call: Any) -> Sample:
    return Sample(f"combined-{name}", about, Verdict.ALLOW, "granted", _COMMON | call)


def _bad(name: str, about: str, reason: str, **call: Any) -> Sample:
    return bad_credential(f"combined-{name}", about, reason, **_COMMON, **call)


def _insufficient(name: str, about: str, **call: Any) -> Sample:
    return insufficient(f"combined-{name}", about, **_COMMON, **call)


def _failure(name: str, about: str, **call: Any) -> Sample:
    return Sample(
        f"combined-{name}", about, Verdict.FAILURE, "certificate_not_available", _COMMON | call
    )


_GOOD: Final = (
    *(
        _allow(f"{kind}-both", "a certificate and a token, where both are asked for",
               token="<good>", **_CERTIFICATE, **_ORDER)
        for kind in ("rest-request", "http-1", "http-2")
    ),
    _allow("rest-request-certificate", "a certificate, where it or a key is asked for",
           **_CERTIFICATE, **_REPORT),
    _allow("http-2-key", "a key, where it or a certificate is asked for", api_key="<good key>",
           **_REPORT),
    _allow("rest-request-bound", "a token that is bound to this certificate",
           token="<bound>", **_CERTIFICATE),
    _allow("http-2-bound", "a token that is bound to this certificate", token="<bound>",
           **_CERTIFICATE),
    _allow("http-2-token", "a token that is bound to nothing, and no certificate",
           token="<good>"),
)  # fmt: skip
_INSUFFICIENT: Final = (
    _insufficient("rest-request-token-alone", "a token, where a certificate is asked for as well",
                  token="<good>", **_ORDER),
    _insufficient("http-2-certificate-alone", "a certificate, where a token is asked for as well",
                  **_CERTIFICATE, **_ORDER),
    _insufficient("http-1-token-for-key", "a token, where a certificate or a key is asked for",
                  token="<good>", **_REPORT),
    _insufficient("rest-request-no-scope", "both, but a token without the scope that grants",
                  token="<no scope>", **_CERTIFICATE, **_ORDER),
)  # fmt: skip
_BAD: Final = (
    _bad("rest-request-missing", "nothing", "credential_missing"),
    _bad("http-2-missing", "nothing", "credential_missing"),
    _bad("rest-request-bound-to-another", "a token, and the certificate of somebody else",
         "certificate_mismatch", token="<bound>", client_certificate="<admin certificate>"),
    _bad("http-2-bound-to-another", "a token, and the certificate of somebody else",
         "certificate_mismatch", token="<bound>", client_certificate="<admin certificate>"),
    _bad("rest-request-bound-alone", "a token that is bound to a certificate, without it",
         "certificate_required", token="<bound>"),
    _bad("http-2-bound-alone", "a token that is bound to a certificate, without it",
         "certificate_required", token="<bound>"),
    _bad("http-2-bound-header", "a token, and its certificate in a header",
         "certificate_required", token="<bound>",
         headers={"X-Client-Cert": "<good certificate in base64>"}),
    _bad("rest-request-revoked", "a good token beside a revoked certificate",
         "certificate_revoked", token="<good>", client_certificate="<revoked certificate>"),
    _bad("http-2-expired-token", "an expired token beside a good certificate", "token_expired",
         token="<expired>", **_CERTIFICATE),
    _bad("http-1-expired-key", "an expired key beside a good certificate", "key_expired",
         api_key="<expired key>", **_CERTIFICATE, **_REPORT),
    _bad("rest-request-token-and-key", "a good token and a good key", "credential_ambiguous",
         token="<good>", api_key="<good key>"),
    _bad("http-2-token-and-key", "a good token and a good key", "credential_ambiguous",
         token="<good>", api_key="<good key>"),
)  # fmt: skip
_FAILURES: Final = (
    _failure("rest-token", "a TOKEN authorizer, which never sees a certificate",
             token="<good>"),
    _failure("websocket", "a WebSocket API, which has no mutual TLS", token="<good>"),
)  # fmt: skip
COMBINED_SAMPLES: Final = (*_GOOD, *_INSUFFICIENT, *_BAD, *_FAILURES)
