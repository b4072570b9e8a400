"""`authorizers schema`: the JSON Schema of the document, for editors."""

import json
from typing import Any

import typer

from authorizers.config.document.root import Document

_NULL = {"type": "null"}


def schema() -> None:
    """
    Print the JSON Schema of the document, generated from the code that checks
    it.

    With the schema an editor completes keys and explains them. The schema
    cannot say everything: authorizers compile has the last word.

    Examples:

      authorizers schema > document.schema.json

      # first line of a document: # yaml-language-server: $schema=document.schema.json
    """
    typer.echo(render_schema(), nl=False)


def render_schema() -> str:
    """Return the JSON Schema as it is published in `docs/document.schema.json`."""
    generated = Document.model_json_schema(by_alias=True)
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_plain(generated),
        "title": "The document of an API's authorizers",
    }
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    """
    Leave out what says "or null", for a key is there with a value or not at all, and titles; and
    take no name where names have a pattern that it does not fit.
    """
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {
        key: _plain(item)
        for key, item in value.items()
        if not (key == "default" and item is None)
        and not (key == "title" and isinstance(item, str))
    }
    if "patternProperties" in result:
        result["additionalProperties"] = False
    kept = [branch for branch in result.get("anyOf", ()) if branch != _NULL]
    if len(kept) == 1:
        del result["anyOf"]
        return {**kept[0], **result}
    return {**result, "anyOf": kept} if kept else result
