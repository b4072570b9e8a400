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


@pytest.mark.parametrize(
    ("command", "file"), [("schema", "document.schema.json"), ("reference", "configuration.md")]
)
def test_the_published_file_is_what_the_command_prints(command: str, file: str) -> None:
    """Write it again with `authorizers schema` or `authorizers reference`."""
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 0
    assert result.stdout == (DOCS / file).read_text()


def test_the_schema_is_one_and_takes_the_example() -> None:
    schema = json.loads(render_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(EXAMPLE, schema)


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


def test_every_key_and_every_variable_stands_in_the_reference() -> None:
    text = render_reference()
    assert all(f"`{variable.name}`" in text for variable in VARIABLES)
    assert all(f"| `{name}` |" in text for name in Document.model_fields)


def test_every_key_is_explained() -> None:
    schema = json.loads(render_schema())
    for part in (schema, *schema["$defs"].values()):
        assert all(prop.get("description") for prop in part["properties"].values())
