"""No text and no bytes make the compiler raise anything but its own error."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authorizers.config.compile import compile_document, render_compiled
from authorizers.errors import ConfigurationError, Problem

WORDS = st.sampled_from(
    [
        "version", "authenticate", "staff", "jwt", "issuer", "audience", "profile", "algorithms",
        "keys", "discovery", "jwks", "jwks_uri", "leeway", "custom", "custom_profile", "types",
        "token_from", "header", "routes", "GET /", "GET /{a}", "$connect", "*", "scopes", "any_of",
        "all_of", "not", "claim", "equals", "contains", "path", "a", "claims.sub", "scheme",
        "source_ip", "10.0.0.0/8", "authenticated", "context", "inexact", "deny", "any", "exact",
        "RS256", "none", "https://login.example.com/", "http://localhost/",
        "insecure_loopback_http", "api_key", "max_age", "30s", "", "key_from", "query", "records",
        "dynamodb", "limits", "plans", "rate", "burst", "quota", "5/s", "9/day", "unlimited",
        "client_certificate", "trust", "file:a", "s3://bucket/a", "identity", "spiffe", "dns",
        "trust_domain", "example.org", "fingerprints", "revocation", "none", "mode", "crls", "url",
        "kept_in", "hosts", "certificate", "san_dns", "certificate.san_dns", "certificates",
    ]
)  # fmt: skip
SCALARS = WORDS | st.booleans() | st.integers() | st.floats() | st.none() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=25,
)
YAML_SOUP = st.text(
    alphabet=st.sampled_from(list("abc01:-?,[]{}&*!|>'\"%@`#~<= \n\t\r\\.$/\u0085\ufeff\ud800")),
    max_size=60,
)
JWT = {
    "issuer": "https://login.example.com/",
    "audience": ["a"],
    "profile": "auth0",
    "algorithms": ["RS256"],
    "keys": {"discovery": True},
}
RECORD = {
    "id": "7Fh3kQ9ZpLm2",
    "owner": "a",
    "secrets": [{"hmac_sha256": "ab" * 32, "pepper": "1", "not_after": 5}],
    "created_at": 1,
    "scopes": ["a"],
    "roles": ["r"],
    "routes": ["GET /"],
    "networks": ["10.0.0.0/8"],
    "not_before": 1,
    "expires_at": 2,
    "usage_plan": "p",
    "labels": {"a": "b"},
    "gateway_key": {"id": "a", "value": "b"},
}
LIMIT = {"rate": "5/s", "burst": 5, "quota": "9/day"}
API_KEY = {
    "prefix": "orders_live",
    "pepper": "ssm:/a",
    "keys": {"records": [RECORD, {**RECORD, "id": "8Fh3kQ9ZpLm2"}]},
    "life": "5s",
    "miss_life": 5,
    "routes_per_key": True,
    "limits": {
        "dynamodb": "Usage",
        "when_unavailable": "deny",
        "without_plan": "p",
        "plans": {"p": {**LIMIT, "routes": {"GET /": LIMIT}}},
    },
}
OF_KEYS = {
    "version": 1,
    "authenticate": {
        "a": {"api_key": API_KEY},
        "b": {"api_key": {"prefix": "bb", "pepper": "environment", "keys": {"dynamodb": "Keys"}}},
    },
    "key_from": {"header": "x-api-key"},
    "roles": {"r": {"routes": ["GET /"]}},
    "bindings": [{"role": "r", "scheme": "a", "scopes": ["a"]}],
    "principals": {"acme": {"scheme": "a", "claims": {"sub": "acme"}}},
}


OF_CERTIFICATES = {
    "version": 1,
    "authenticate": {
        "a": {
            "client_certificate": {
                "trust": "file:a.pem",
                "intermediates": "s3://bucket/b.pem",
                "identity": "spiffe",
                "trust_domain": "example.org",
                "max_intermediates": 2,
                "any_extended_key_usage": "why",
                "policies": ["1.2.3.4"],
                "refresh": "5m",
                "revocation": {
                    "mode": "required",
                    "crls": ["file:a.crl", {"url": "http://a/b", "kept_in": "s3://bucket/b.crl"}],
                    "distribution_points": {"hosts": ["a.example"]},
                    "ocsp": {"hosts": ["b.example"]},
                },
            }
        },
        "b": {
            "client_certificate": {
                "trust": "file:b.pem",
                "identity": "fingerprint",
                "fingerprints": ["ab" * 32],
                "revocation": {"none": "why"},
            }
        },
        "c": {"jwt": JWT},
        "d": {"api_key": {"prefix": "bb", "pepper": "environment", "keys": {"dynamodb": "Keys"}}},
    },
    "token_from": ["authorization"],
    "key_from": {"header": "x-api-key"},
    "roles": {"r": {"routes": ["GET /"]}},
    "bindings": [
        {"role": "r", "scheme": "a", "certificates": ["spiffe://example.org/a"]},
        {"role": "r", "principals": ["b|" + "ab" * 32]},
    ],
    "routes": {
        "GET /a": {"certificate": {"trust_domain": ["example.org"]}},
        "GET /{b}": {"path": {"b": "claims.certificate.serial"}},
        "GET /e": {"not": {"certificate": {"subject": "CN=a,O=b"}}},
        "GET /c": {"claim": {"certificate.san_dns": {"contains": "a.example"}}},
        "GET /d": {"all_of": [{"scheme": "a"}, {"scheme": "c"}]},
    },
    "context": {"a": "claims.certificate.spiffe_id"},
    "principals": {
        "x": {"scheme": "a", "certificate": {"spiffe_id": "spiffe://example.org/a"}},
        "y": {
            "scheme": "c",
            "claims": {"sub": "a"},
            "certificate": {"scheme": "b", "fingerprint_sha256": "ab" * 32},
        },
    },
    "expectations": [{"principal": "x", "allow": ["GET /a"]}],
}


def places_in(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    inner = value.items() if isinstance(value, dict) else ()
    for step, part in enumerate(value) if isinstance(value, list) else inner:
        yield from places_in(part, (*place, step))


def with_value_at(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    copy = list(document) if isinstance(document, list) else dict(document)
    copy[place[0]] = with_value_at(document[place[0]], place[1:], value)
    return copy


def compiles_or_says_why(text: str | bytes) -> None:
    found: tuple[Problem, ...] = ()
    try:
        document = compile_document(text)
        assert json.loads(render_compiled(document)) == document
    except ConfigurationError as error:
        found = error.problems
        assert found
    assert all(re.fullmatch(r"[1-9][0-9]*:[1-9][0-9]*", problem.place) for problem in found)
    assert all(problem.message.isprintable() for problem in found)


@given(st.binary(max_size=200))
def test_bytes(data: bytes) -> None:
    compiles_or_says_why(data)


@given(st.text(max_size=200) | YAML_SOUP)
def test_text(text: str) -> None:
    compiles_or_says_why(text)


@given(VALUES)
def test_any_yaml(value: Any) -> None:
    compiles_or_says_why(yaml.safe_dump(value))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(VALUES, VALUES, VALUES, VALUES)
def test_a_document_with_anything_in_its_places(
    jwt: Any, routes: Any, context: Any, token_from: Any
) -> None:
    document = {
        "version": 1,
        "authenticate": {"staff": {"jwt": jwt}},
        "routes": routes,
        "context": context,
        "token_from": token_from,
    }
    compiles_or_says_why(yaml.safe_dump(document))


@given(VALUES)
def test_a_right_document_with_any_requirement(requirement: Any) -> None:
    document = {
        "version": 1,
        "authenticate": {"staff": {"jwt": JWT}},
        "routes": {"GET /{a}": requirement},
    }
    compiles_or_says_why(json.dumps(document))


def test_the_document_of_keys_is_right() -> None:
    assert compile_document(json.dumps(OF_KEYS))["table"]["exact"]


@given(st.sampled_from(list(places_in(OF_KEYS))), VALUES)
def test_a_right_document_of_keys_with_anything_in_one_place(
    place: tuple[Any, ...], value: Any
) -> None:
    compiles_or_says_why(yaml.safe_dump(with_value_at(OF_KEYS, place, value)))


@given(st.sampled_from(list(places_in(OF_KEYS))), st.sampled_from(list(places_in(OF_KEYS))))
def test_a_right_document_of_keys_with_a_part_of_itself_in_another_place(
    place: tuple[Any, ...], other: tuple[Any, ...]
) -> None:
    part: Any = OF_KEYS
    for step in other:
        part = part[step]
    compiles_or_says_why(json.dumps(with_value_at(OF_KEYS, place, part)))


def test_the_document_of_certificates_is_right() -> None:
    assert compile_document(json.dumps(OF_CERTIFICATES))["table"]["exact"]


@given(st.sampled_from(list(places_in(OF_CERTIFICATES))), VALUES)
def test_a_right_document_of_certificates_with_anything_in_one_place(
    place: tuple[Any, ...], value: Any
) -> None:
    compiles_or_says_why(yaml.safe_dump(with_value_at(OF_CERTIFICATES, place, value)))


@given(
    st.sampled_from(list(places_in(OF_CERTIFICATES))),
    st.sampled_from(list(places_in(OF_CERTIFICATES))),
)
def test_a_right_document_of_certificates_with_a_part_of_itself_in_another_place(
    place: tuple[Any, ...], other: tuple[Any, ...]
) -> None:
    part: Any = OF_CERTIFICATES
    for step in other:
        part = part[step]
    compiles_or_says_why(json.dumps(with_value_at(OF_CERTIFICATES, place, part)))
