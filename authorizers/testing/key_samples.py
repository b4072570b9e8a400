"""The catalogue of sample events with API keys."""

from typing import Any, Final

from authorizers.testing.sample import KINDS, Sample, Verdict, bad_credential, insufficient


def _allow(name: str, about: str, **call: Any) -> Sample:
    call = call if "headers" in call else {"api_key": "<good key>"} | call
    return Sample(name, about, Verdict.ALLOW, "granted", call)


_BAD: Final = bad_credential
_DEFAULT: Final = {"stage": "$default"}
_TWO_KEYS: Final = {"headers": {"x-api-key": ["<good key>", "<expired key>"]}}
_QUERY: Final = {"query": {"x-api-key": "<good key>"}}

_GOOD: Final = (
    _allow("api-key-rest-token", "REST API, TOKEN authorizer"),
    _allow("api-key-rest-request", "REST API, REQUEST authorizer"),
    _allow("api-key-http-1", "HTTP API, payload format 1.0"),
    _allow("api-key-http-2", "HTTP API, payload format 2.0", **_DEFAULT),
    _allow("api-key-websocket", "WebSocket API, `$connect`"),
    _allow("api-key-rest-request-usage-plan", "a key of a usage plan: `usageIdentifierKey`",
           api_key="<plan key>"),
    _allow("api-key-rest-request-upper-case", "the header's name in another spelling",
           headers={"X-API-KEY": "<good key>"}),
    _allow("api-key-http-2-rotating-old", "the old key of two, before it ends",
           api_key="<rotating old key>", **_DEFAULT),
    _allow("api-key-http-2-rotating-new", "the new key of two",
           api_key="<rotating new key>", **_DEFAULT),
)  # fmt: skip
_BAD_KEYS: Final = (
    _BAD("api-key-rest-request-missing", "no key", "credential_missing"),
    _BAD("api-key-http-1-missing", "no key", "credential_missing"),
    _BAD("api-key-http-2-missing", "no key", "credential_missing", **_DEFAULT),
    _BAD("api-key-websocket-missing", "no key", "credential_missing"),
    _BAD("api-key-rest-token-mistyped", "one wrong character: no store is asked", "key_mistyped",
         api_key="<mistyped key>"),
    _BAD("api-key-http-2-mistyped", "one wrong character: no store is asked", "key_mistyped",
         api_key="<mistyped key>", **_DEFAULT),
    _BAD("api-key-rest-request-malformed", "no key of this form", "key_malformed",
         api_key="d41d8cd98f00b204e9800998ecf8427e"),
    _BAD("api-key-rest-request-wrong-prefix", "a key of another environment",
         "key_prefix_unknown", api_key="<wrong prefix key>"),
    _BAD("api-key-http-2-wrong-prefix", "a key of another environment",
         "key_prefix_unknown", api_key="<wrong prefix key>", **_DEFAULT),
    _BAD("api-key-rest-request-unknown", "an id that nobody has", "key_unknown",
         api_key="<unknown key>"),
    _BAD("api-key-http-2-unknown", "an id that nobody has", "key_unknown",
         api_key="<unknown key>", **_DEFAULT),
    _BAD("api-key-http-2-wrong-secret", "the id of another's key, and an invented secret",
         "key_wrong", api_key="<wrong secret key>", **_DEFAULT),
    _BAD("api-key-rest-request-revoked", "a revoked key", "key_revoked",
         api_key="<revoked key>"),
    _BAD("api-key-websocket-revoked", "a revoked key", "key_revoked",
         api_key="<revoked key>"),
    _BAD("api-key-rest-token-expired", "an expired key", "key_expired",
         api_key="<expired key>"),
    _BAD("api-key-http-1-expired", "an expired key", "key_expired",
         api_key="<expired key>"),
    _BAD("api-key-http-2-not-yet-valid", "a key from 2099 on", "key_not_yet_valid",
         api_key="<future key>", **_DEFAULT),
    _BAD("api-key-http-2-replaced", "the old key of two, after its end", "key_replaced",
         api_key="<replaced key>", **_DEFAULT),
    _BAD("api-key-rest-request-two-headers", "two keys", "credential_ambiguous", **_TWO_KEYS),
    _BAD("api-key-http-2-two-headers", "two keys, joined by a comma", "key_malformed",
         **_TWO_KEYS, **_DEFAULT),
    _BAD("api-key-http-2-authorization", "a good key in another header, which is not looked at",
         "credential_missing", authorization="ApiKey <good key>", **_DEFAULT),
    _BAD("api-key-rest-request-query", "a good key in the query, likewise",
         "credential_missing", **_QUERY),
    _BAD("api-key-websocket-query", "a good key in the query, likewise",
         "credential_missing", **_QUERY),
)  # fmt: skip
_INSUFFICIENT: Final = (
    *(
        insufficient(
            f"api-key-{kind}-missing-scope",
            "a key without the scope that grants",
            api_key="<no scope key>",
        )
        for kind in KINDS
    ),
    insufficient("api-key-websocket-other-routes", "a key for other routes",
                 api_key="<other routes key>"),
    insufficient("api-key-http-2-other-routes", "a key for other routes",
                 api_key="<other routes key>", **_DEFAULT),
    insufficient("api-key-rest-request-other-network", "a key for another network",
                 api_key="<other network key>"),
    insufficient("api-key-http-2-other-network", "a key for another network",
                 api_key="<other network key>", **_DEFAULT),
)  # fmt: skip
_FAILURES: Final = (
    Sample("api-key-rest-request-lost-pepper", "a key whose pepper is gone: nobody can say",
           Verdict.FAILURE, "pepper_unknown", {"api_key": "<lost pepper key>"}),
)  # fmt: skip
KEY_SAMPLES: Final = (*_GOOD, *_INSUFFICIENT, *_BAD_KEYS, *_FAILURES)
