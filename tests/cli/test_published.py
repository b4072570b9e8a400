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
from authorizers.config.document.root import Document
from authorizers.config.variables import VARIABLES

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = yaml.safe_load((DOCS / "examples" / "authorizers.yaml").read_text())
KEYS = yaml.safe_load((DOCS / "examples" / "api-keys.yaml").read_text())
API_KEY = KEYS["authenticate"]["partners"]["api_key"]
LIMITS = API_KEY["limits"]


@pytest.mark.parametrize(
    ("command", "file"), [("schema", "document.schema.json"), ("reference", "configuration.md")]
)
def test_the_published_file_is_what_the_command_prints(command: str, file: str) -> None:
    """Write it again with `authorizers schema` or `authorizers reference`."""
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 0
    assert result.stdout == (DOCS / file).read_text()


@pytest.mark.parametrize("example", [EXAMPLE, KEYS], ids=["tokens", "keys"])
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
