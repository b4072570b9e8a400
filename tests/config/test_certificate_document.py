"""A document of client certificates that is right, and what it compiles to."""

import json
from pathlib import Path
from typing import Any

import pytest

from authorizers.config.compile import compile_document, render_compiled
from authorizers.config.compiled import parse_compiled
from authorizers.config.examples import read_examples
from authorizers.config.relaxations import relaxations

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
HEAD = """\
version: 1
authenticate:
  partners:
    client_certificate:
      trust: file:partners.pem
      identity: dns
      revocation: {none: they live for an hour}
"""
SPIFFE = """\
  workloads:
    client_certificate:
      trust: s3://bucket/a/workloads.pem
      identity: spiffe
      trust_domain: example.org
      revocation: {mode: best_effort, crls: [file:a.crl]}
"""
ROUTES = "routes: {GET /a: {authenticated: true}}\n"
PIN = "ab" * 32


def scheme(
    changes: dict[str, str] | None = None, *, identity: str = "identity: dns"
) -> dict[str, Any]:
    head = HEAD.replace("identity: dns", identity)
    for old, new in (changes or {}).items():
        assert old in head
        head = head.replace(old, new)
    found: dict[str, Any] = compile_document(head + ROUTES)["schemes"]["partners"]
    return found["client_certificate"]  # type: ignore[no-any-return]


def requirement(written: str, head: str = HEAD + SPIFFE) -> Any:
    (route,) = compile_document(f"{head}routes: {{GET /a: {written}}}\n")["routes"]
    return route["requirement"]


def test_the_least_that_is_needed_says_everything_compiled() -> None:
    document = compile_document(HEAD + ROUTES)
    assert document.pop("table")["exact"]
    assert document == {
        "format": 2,
        "schemes": {
            "partners": {
                "client_certificate": {
                    "trust": {"kind": "file", "name": "partners.pem"},
                    "intermediates": None,
                    "identity": {"kind": "dns"},
                    "max_intermediates": 3,
                    "any_extended_key_usage": False,
                    "policies": [],
                    "refresh_seconds": 300,
                    "revocation": None,
                    "reasons": {"revocation": "they live for an hour"},
                }
            }
        },
        "routes": [{"key": "GET /a", "requirement": ["authenticated"]}],
        "context": {},
    }


def test_everything_that_can_be_said_compiles_to_plain_values() -> None:
    every = """\
version: 1
authenticate:
  partners:
    client_certificate:
      trust: s3://bucket/a/b.pem
      intermediates: file:mid.pem
      identity: spiffe
      trust_domain: example.org
      max_intermediates: 0
      any_extended_key_usage: their authority is old
      policies: [1.2.3.4, 2.999.1]
      refresh: 1h
      revocation:
        mode: required
        crls:
          - file:root.crl
          - {url: "https://crl.example.com:8443/a?b=c", kept_in: s3://bucket/a.crl}
        distribution_points: {hosts: [CRL.example.com, crl-2.example.com]}
        ocsp: {hosts: [ocsp]}
"""
    document = compile_document(every + ROUTES)
    assert document["schemes"]["partners"]["client_certificate"] == {
        "trust": {"kind": "s3", "bucket": "bucket", "name": "a/b.pem"},
        "intermediates": {"kind": "file", "name": "mid.pem"},
        "identity": {"kind": "spiffe", "trust_domain": "example.org"},
        "max_intermediates": 0,
        "any_extended_key_usage": True,
        "policies": ["1.2.3.4", "2.999.1"],
        "refresh_seconds": 3600,
        "revocation": {
            "mode": "required",
            "crls": [
                {"kind": "file", "name": "root.crl"},
                {
                    "kind": "s3",
                    "bucket": "bucket",
                    "name": "a.crl",
                    "url": "https://crl.example.com:8443/a?b=c",
                },
            ],
            "distribution_points": ["crl.example.com", "crl-2.example.com"],
            "ocsp": ["ocsp"],
        },
        "reasons": {"any_extended_key_usage": "their authority is old"},
    }


def test_one_source_of_revocations_is_enough() -> None:
    for source in (
        "crls: [file:a]",
        "ocsp: {hosts: [a.example]}",
        "distribution_points: {hosts: [a.example]}",
    ):
        written = f"{{mode: required, {source}}}"
        found = scheme({"{none: they live for an hour}": written})
        assert found["revocation"]["mode"] == "required"
        assert "reasons" not in found


def test_pins_are_written_in_one_way() -> None:
    pins = f"identity: fingerprint\n      fingerprints: ['{':'.join(['AB'] * 32)}', {'0c' * 32}]"
    assert scheme(identity=pins)["identity"] == {
        "kind": "fingerprint",
        "fingerprints": [PIN, "0c" * 32],
    }


@pytest.mark.parametrize("kind", ["uri", "dns", "email", "common_name", "serial"])
def test_other_identities_say_their_kind_only(kind: str) -> None:
    assert scheme(identity=f"identity: {kind}")["identity"] == {"kind": kind}


@pytest.mark.parametrize(
    ("match", "path", "operator", "value"),
    [
        ("trust_domain: example.org", "trust_domain", "equals", "example.org"),
        (
            "spiffe_id: spiffe://example.org/A/b.c",
            "spiffe_id",
            "equals",
            "spiffe://example.org/A/b.c",
        ),
        ("san_dns: Shop.Example.ORG", "san_dns", "contains", "shop.example.org"),
        ("san_uri: urn:example:A", "san_uri", "contains", "urn:example:A"),
        ("san_email: Al@Example.ORG", "san_email", "contains", "Al@example.org"),
        ("common_name: Acme Ltd.", "common_name", "equals", "Acme Ltd."),
        ("subject: 'CN=a\\2Cb,O=x'", "subject", "equals", "CN=a\\,b,O=x"),
        (
            "subject: 'emailAddress=a@b,CN=a'",
            "subject",
            "equals",
            "1.2.840.113549.1.9.1=a@b,CN=a",
        ),
        ("issuer: CN=\\C3\\A4", "issuer", "equals", "CN=ä"),
        (
            f"fingerprint_sha256: '{':'.join(['AB'] * 32)}'",
            "fingerprint_sha256",
            "equals",
            PIN,
        ),
        ("serial: '00:0A:1B'", "serial", "equals", "a1b"),
        ("serial: '00'", "serial", "equals", "0"),
    ],
)
def test_a_match_is_a_test_of_a_fact_as_it_is_written(
    match: str, path: str, operator: str, value: str
) -> None:
    compiled = ["claim", f"certificate.{path}", operator, value]
    assert requirement(f"{{certificate: {{{match}}}}}") == compiled
    name, _, text = match.partition(": ")
    assert requirement(f"{{certificate: {{{name}: [{text}, {text}]}}}}") == compiled
    written = f"{{not: {{not: {{certificate: {{{name}: {text}}}}}}}}}"
    assert requirement(written) == ["not", ["not", compiled]]


def test_one_of_several_values_is_enough() -> None:
    assert requirement("{certificate: {common_name: [a, b]}}") == [
        "claim",
        "certificate.common_name",
        "any_of",
        ["a", "b"],
    ]
    assert requirement("{certificate: {san_dns: [b.example, a.example]}}") == [
        "any_of",
        [
            ["claim", "certificate.san_dns", "contains", "b.example"],
            ["claim", "certificate.san_dns", "contains", "a.example"],
        ],
    ]


def test_a_scheme_of_certificates_is_required_as_such() -> None:
    assert requirement("{scheme: partners}") == ["certificate_scheme", "partners"]
    assert requirement("{any_of: [{not: {scheme: workloads}}, {scheme: partners}]}") == [
        "any_of",
        [["not", ["certificate_scheme", "workloads"]], ["certificate_scheme", "partners"]],
    ]
    role = "roles: {x: {requirement: {scheme: workloads}}}\nroutes: {GET /a: {role: x}}\n"
    (route,) = compile_document(HEAD + SPIFFE + role)["routes"]
    assert route["requirement"] == ["certificate_scheme", "workloads"]


def shown(scheme: str, *identities: str) -> list[Any]:
    """Return what is demanded of a certificate, alone or beside a token."""
    fact = ["claim", "certificate.identity", "any_of", list(identities)]
    return ["all_of", [["certificate_scheme", scheme], fact]]


def test_certificates_are_bound_to_roles_by_their_identity() -> None:
    rest = """\
roles: {x: {routes: [GET /]}}
bindings:
  - {role: x, scheme: partners, certificates: [a.example, b.example]}
  - {role: x, scheme: workloads, certificates: [spiffe://example.org/a]}
  - {role: x, principals: [partners|c.example]}
"""
    (route,) = compile_document(HEAD + SPIFFE + rest)["routes"]
    assert route["requirement"] == [
        "any_of",
        [
            shown("partners", "a.example", "b.example", "c.example"),
            shown("workloads", "spiffe://example.org/a"),
        ],
    ]


def test_the_only_scheme_of_certificates_need_not_be_named() -> None:
    rest = "roles: {x: {routes: [GET /]}}\nbindings: [{role: x, certificates: [a.example]}]\n"
    (route,) = compile_document(HEAD + rest)["routes"]
    assert route["requirement"] == shown("partners", "a.example")


def test_a_table_may_bind_roles_to_certificates() -> None:
    rest = "roles: {x: {routes: [GET /]}}\n"
    rest += "bindings_table: {dynamodb: Bindings, life: 60s, subjects: [principals]}\n"
    document = compile_document(HEAD + rest)
    assert document["routes"][0]["requirement"] == ["role", ["x"]]
    assert (document["bindings"]["kinds"], document["bindings"]["claims"]) == (["principal"], {})


def test_facts_are_passed_on() -> None:
    context = "context: {client: claims.certificate.spiffe_id, until: claims.certificate.not_after}"
    assert compile_document(f"{HEAD}{SPIFFE}{ROUTES}{context}\n")["context"] == {
        "client": "certificate.spiffe_id",
        "until": "certificate.not_after",
    }


def test_facts_are_claims_too() -> None:
    written = "{claim: {certificate.not_after: {equals: 5}}}"
    assert requirement(written) == ["claim", "certificate.not_after", "equals", 5]
    written = "{claim: {certificate.san_dns: {contains: a.example}}}"
    assert requirement(written) == ["claim", "certificate.san_dns", "contains", "a.example"]


def test_what_is_relaxed_is_said_with_its_reason() -> None:
    usage = "      any_extended_key_usage: their authority is old\n"
    head = HEAD.replace("      revocation", f"{usage}      revocation")
    assert relaxations(compile_document(head + SPIFFE + ROUTES)) == [
        "partners takes anyExtendedKeyUsage in the place of clientAuth: their authority is old",
        "partners takes certificates that are revoked: they live for an hour",
        "workloads takes certificates while nobody can say whether they are revoked",
    ]
    strict = HEAD.replace("{none: they live for an hour}", "{mode: required, crls: [file:a]}")
    assert relaxations(compile_document(strict + ROUTES)) == []


@pytest.mark.parametrize("name", ["certificates", "combined"])
def test_the_example_compiles_to_the_form_that_functions_read(name: str) -> None:
    text = (EXAMPLES / f"{name}.yaml").read_bytes()
    document = compile_document(text)
    assert parse_compiled(render_compiled(document), "here") == document
    assert render_compiled(compile_document(text)) == render_compiled(document)
    assert read_examples(text, document).expectations


def test_the_example_of_certificates_looks_for_nothing_else() -> None:
    document = compile_document((EXAMPLES / "certificates.yaml").read_bytes())
    assert not {"token_from", "key_from"} & document.keys()
    kinds = {next(iter(scheme)) for scheme in document["schemes"].values()}
    assert kinds == {"client_certificate"}
    assert json.loads(render_compiled(document))["format"] == 2
