"""Markdown out of the document's models and the list of variables."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from authorizers.config.variables import Variable

Row = Sequence[str]


def table(head: Row, rows: Iterable[Row]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def fields_table(model: type[BaseModel], sections: dict[str, str]) -> str:
    """Return the table of a model's keys; `sections` maps models' names to headings."""
    schema = model.model_json_schema(by_alias=True)
    schema = schema.get("$defs", {}).get(model.__name__, schema)  # a model that holds itself
    required = schema.get("required", ())
    return table(
        ("Key", "Value", "Default", "Meaning"),
        (
            (
                f"`{name}`",
                _value(prop, sections),
                "**required**" if name in required else _default(prop),
                prop.get("description", ""),
            )
            for name, prop in schema["properties"].items()
        ),
    )


def _default(prop: dict[str, Any]) -> str:
    default = prop.get("default")
    if default in (None, {}):
        return ""
    if isinstance(default, list):
        return f"`[{', '.join(map(str, default))}]`"
    if isinstance(default, dict):
        return f"`{{{', '.join(f'{name}: {value}' for name, value in default.items())}}}`"
    return f"`{default}`"


def _value(prop: dict[str, Any], sections: dict[str, str]) -> str:
    """Return what may be written, in words, from a property's JSON Schema."""
    if "$ref" in prop:
        heading = sections[prop["$ref"].rpartition("/")[2]]
        return f"[{heading}](#{heading.lower().replace(' ', '-')})"
    for word in ("anyOf", "oneOf"):
        if word in prop:
            branches = [_value(p, sections) for p in prop[word] if p.get("type") != "null"]
            lists = {f"list of {branch}": "a list" for branch in branches}
            return " or ".join(dict.fromkeys(lists.get(branch, branch) for branch in branches))
    if "const" in prop:
        return f"`{str(prop['const']).lower()}`"
    if "enum" in prop:
        return ", ".join(f"`{name}`" for name in prop["enum"])
    return _plain_value(prop, sections)


def _plain_value(prop: dict[str, Any], sections: dict[str, str]) -> str:
    kind = prop.get("type")
    if kind == "array":
        return f"list of {_value(prop['items'], sections)}"
    if kind == "object":
        patterns = list(prop.get("patternProperties", {}).values())
        inner = patterns[0] if patterns else prop.get("additionalProperties")
        named = _value(inner, sections) if isinstance(inner, dict) else "anything"
        return f"mapping of names to {named}"
    if isinstance(kind, list):
        return "text, number, `true` or `false`"
    if kind == "integer":
        return "whole number"
    return f"text like `{prop['examples'][0]}`" if prop.get("examples") else "text"


def variables_table(variables: Iterable[Variable]) -> str:
    """Return the table of environment variables."""
    return table(
        ("Variable", "Default", "Meaning"),
        ((f"`{v.name}`", f"`{v.default}`" if v.default else "", v.meaning) for v in variables),
    )
