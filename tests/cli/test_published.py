"""What is published in `docs/` is what the code says."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from typer.testing import CliRunner

from authorizers.cli.app import app
from authorizers.cli.reference import render_reference
from authorizers.cli.schema import render_schema
from authorizers.config.compile import compile_document
from authorizers.config.document.root import Document
from authorizers.config.variables import VARIABLES
from authorizers.errors import ConfigurationError

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = yaml.safe_load((DOCS / "examples" / "authorizers.yaml").read_text())
KEYS = yaml.safe_load((DOCS / "examples" / "api-keys.yaml").read_text())
API_KEY = KEYS["authenticate"]["partners"]["api_key"]
LIMITS = API_KEY["limits"]
CERTIFICATES = yaml.safe_load((DOCS / "examples" / "certificates.yaml").read_text())
COMBINED = yaml.safe_load((DOCS / "examples" / "combined.yaml").read_text())
CERTIFICATE = CERTIFICATES["authenticate"]["partners"]["client_certificate"]
REVOCATION = CERTIFICATE["revocation"]


@pytest.mark.parametrize(
    ("command", "file"), [("schema", "document.schema.json"), ("reference", "configuration.md")]
)
def test_the_published_file_is_what_the_command_prints(command: str, file: str) -> None:
    """Write it again with `authorizers schema` or `authorizers reference`."""
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 0
    assert result.stdout == (DOCS / file).read_text()


@pytest.mark.parametrize(
    "example",
    [EXAMPLE, KEYS, CERTIFICATES, COMBINED],
    ids=["tokens", "keys", "certificates", "combined"],
)
def test_the_schema_is_one_and_takes_the_examples(example: dict[str, Any]) -> None:
    schema = json.loads(render_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(example, schema)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"routes": {}},
        {"routes": {"GET /": {}}},
        {"routes": {"GET /": None}},
        {"routes": {"GET /": {"scheme": "a", "authenticated": True}}},
        {"routes": {"GET /": {"authenticated": False}}},
        {"routes": {"GET /": {"scopes": {"any_of": []}}}},
        {"routes": {"GET /": {"scopes": {"any_of": ["a b"]}}}},
        {"routes": {"GET /": {"unknown": 1}}},
        {"token_from": []},
        {"context": {"a": "sub"}},
        {"inexact": "allow"},
        {"extra": 1},
    ],
)
def test_the_schema_refuses_what_the_compiler_refuses(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(EXAMPLE | change, json.loads(render_schema()))


@pytest.mark.parametrize(
    "change",
    [
        {"prefix": "Orders"},
        {"prefix": "a" * 25},
        {"pepper": "nowhere"},
        {"pepper": None},
        {"keys": {}},
        {"keys": {"dynamodb": "Keys", "file": "keys.json"}},
        {"keys": {"records": []}},
        {"keys": {"records": [{"id": "7Fh3kQ9ZpLm2"}]}},
        {"life": "1w"},
        {"routes_per_key": False},
        {"limits": {}},
        {"limits": LIMITS | {"when_unavailable": "allow"}},
        {"limits": LIMITS | {"plans": {}}},
        {"limits": LIMITS | {"plans": {"unlimited": {"quota": "5/day"}}}},
        {"limits": LIMITS | {"plans": {"free": {}}}},
        {"limits": LIMITS | {"plans": {"free": {"rate": "5/s"}}}},
        {"limits": LIMITS | {"plans": {"free": {"burst": 5, "quota": "5/day"}}}},
        {"limits": LIMITS | {"plans": {"free": {"rate": "5/d", "burst": 5}}}},
        {"limits": LIMITS | {"plans": {"free": {"rate": "5/s", "burst": 0}}}},
        {"limits": LIMITS | {"plans": {"free": {"quota": "5/year"}}}},
        {"extra": 1},
    ],
)
def test_the_schema_refuses_what_the_compiler_refuses_of_keys(change: dict[str, Any]) -> None:
    schemes = {"partners": {"api_key": API_KEY | change}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(KEYS | {"authenticate": schemes}, json.loads(render_schema()))


@pytest.mark.parametrize(
    "change",
    [
        {"trust": "partners.pem"},
        {"trust": "s3://B/a"},
        {"trust": None},
        {"intermediates": "https://a.example/b"},
        {"identity": "subject"},
        {"trust_domain": "Example.org"},
        {"fingerprints": []},
        {"fingerprints": ["ab" * 31]},
        {"max_intermediates": 4},
        {"any_extended_key_usage": True},
        {"policies": []},
        {"policies": ["1.2.x"]},
        {"refresh": "1w"},
        {"revocation": "none"},
        {"revocation": {}},
        {"revocation": {"none": True}},
        {"revocation": {"mode": "required"}},
        {"revocation": REVOCATION | {"mode": "off"}},
        {"revocation": REVOCATION | {"none": "why"}},
        {"revocation": REVOCATION | {"crls": []}},
        {"revocation": REVOCATION | {"crls": ["a.crl"]}},
        {"revocation": REVOCATION | {"crls": [{"url": "http://a/b"}]}},
        {"revocation": REVOCATION | {"crls": [{"url": "ftp://a/b", "kept_in": "s3://bucket/a"}]}},
        {"revocation": REVOCATION | {"crls": [{"url": "http://a/b", "kept_in": "file:a"}]}},
        {"revocation": REVOCATION | {"ocsp": {"hosts": []}}},
        {"revocation": REVOCATION | {"ocsp": {"hosts": ["*.example"]}}},
        {"revocation": REVOCATION | {"ocsp": {"hosts": ["127.0.0.1"]}}},
        {"extra": 1},
    ],
)
def test_the_schema_refuses_what_the_compiler_refuses_of_certificates(
    change: dict[str, Any],
) -> None:
    document = COMBINED | {"authenticate": {"partners": {"client_certificate": CERTIFICATE}}}
    jsonschema.validate(document, json.loads(render_schema()))
    document["authenticate"] = {"partners": {"client_certificate": CERTIFICATE | change}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, json.loads(render_schema()))
    assert_compiler_refuses(document)


@pytest.mark.parametrize(
    "match",
    [
        {},
        {"san_dns": []},
        {"san_dns": 5},
        {"san_dns": ""},
        {"san_dns": "a.example", "serial": "1"},
        {"cn": "a"},
        {"trust_domain": "Example.org"},
        {"spiffe_id": ["example.org/a"]},
        {"fingerprint_sha256": "ab"},
        {"serial": "0x1"},
    ],
    ids=repr,
)
def test_the_schema_refuses_matches_that_the_compiler_refuses(match: dict[str, Any]) -> None:
    document = CERTIFICATES | {"routes": {"GET /": {"certificate": match}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, json.loads(render_schema()))
    assert_compiler_refuses(document)


def assert_compiler_refuses(document: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        compile_document(json.dumps(document))


def test_a_scheme_of_the_schema_is_of_one_kind() -> None:
    for scheme in ({}, {**EXAMPLE["authenticate"]["staff"], "api_key": API_KEY}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(
                EXAMPLE | {"authenticate": {"a": scheme}}, json.loads(render_schema())
            )


def test_every_key_and_every_variable_stands_in_the_reference() -> None:
    text = render_reference()
    assert all(f"`{variable.name}`" in text for variable in VARIABLES)
    assert all(f"| `{name}` |" in text for name in Document.model_fields)


def test_every_key_is_explained() -> None:
    schema = json.loads(render_schema())
    for part in (schema, *schema["$defs"].values()):
        assert all(prop.get("description") for prop in part["properties"].values())
