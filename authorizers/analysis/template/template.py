"""
A SAM or CloudFormation template, or an OpenAPI file: values with their places, in YAML with
CloudFormation's short forms, or JSON.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from authorizers.analysis.template.values import Values, mapping
from authorizers.config.document.text import KEY, DocumentText, Loc
from authorizers.errors import ConfigurationError, Problem

MAX_TEMPLATE_CHARS = 1_100_000  # CloudFormation takes 1 MB from S3
MAX_DEPTH = 100
MAX_VALUES = 200_000
_GLOBALS = {
    "AWS::Serverless::Api": "Api",
    "AWS::Serverless::HttpApi": "HttpApi",
    "AWS::Serverless::WebSocketApi": "WebSocketApi",
    "AWS::Serverless::Function": "Function",
}
_TAG = "tag:yaml.org,2002:"


class Place(NamedTuple):
    """Where something stands: a file, and a line and a column in it, counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def place_in(file: str, position: str) -> Place:
    """Return the place at `position`, a problem's `line:column`; the file's first if it is none."""
    line, _, column = position.partition(":")
    return Place(file, int(line), int(column)) if column.isdigit() else Place(file, 1, 1)


class Resource(NamedTuple):
    """One resource, with what SAM's `Globals` add to its properties."""

    name: str
    type: str
    properties: Mapping[str, Any]


IMPLICIT = {  # by the type of the events that belong to it
    "Api": Resource("ServerlessRestApi", "AWS::Serverless::Api", {}),
    "HttpApi": Resource("ServerlessHttpApi", "AWS::Serverless::HttpApi", {}),
}
"""The APIs that SAM makes for events that name none."""


class Template:
    """A parsed file. Intrinsic functions are kept in their long form; `file` is its name."""

    def __init__(self, text: DocumentText, file: str = "") -> None:
        self.file = file
        self.root: dict[str, Any] = mapping(text.value)
        root = self.root
        self._text = text
        self._nodes: dict[yaml.Node, dict[str | int, tuple[yaml.Node, yaml.Node]]] = {}
        self._globals = mapping(root.get("Globals"))
        self._values = Values(mapping(root.get("Parameters")), mapping(root.get("Conditions")))
        self.resources = {
            name: self._resource(name, resource)
            for name, resource in mapping(root.get("Resources")).items()
            if isinstance(resource, dict)
        }

    def including(self, data: bytes, file: str) -> "Template":
        """
        Return the parsed `file` that this template includes: its values are this template's.

        Raises:
            ConfigurationError: as `read_template`.
        """
        included = read_template(data, file)
        included._globals, included._values = self._globals, self._values
        included.resources = self.resources
        return included

    def shared(self, kind: str) -> dict[str, Any]:
        """Return what `Globals` says of resources of `kind`."""
        return mapping(self._globals.get(_GLOBALS.get(kind, "")))

    def _resource(self, name: str, resource: dict[str, Any]) -> Resource:
        kind = str(resource.get("Type"))
        own = mapping(resource.get("Properties"))
        return Resource(name, kind, _merged(self.shared(kind), own))

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of one of `types`."""
        return (resource for resource in self.resources.values() if resource.type in types)

    def place(self, loc: Loc) -> Place:
        """Return the place of what stands at `loc`, or of the nearest thing around it."""
        node = mark = self._text.root
        for step in loc:
            found = self._children(node).get(step)
            if found is not None:
                key, node = found
                mark = key if loc[-1] == KEY or not isinstance(node, yaml.ScalarNode) else node
        start = mark.start_mark
        return Place(self.file, start.line + 1, start.column + 1)

    def _children(self, node: yaml.Node) -> dict[str | int, tuple[yaml.Node, yaml.Node]]:
        """Return what stands in `node`; kept, because files have thousands of paths."""
        if node not in self._nodes:
            pairs: Iterable[tuple[str | int, tuple[yaml.Node, yaml.Node]]] = ()
            if isinstance(node, yaml.MappingNode):
                pairs = ((str(key.value), (key, value)) for key, value in reversed(node.value))
            elif isinstance(node, yaml.SequenceNode):
                pairs = ((i, (item, item)) for i, item in enumerate(node.value))
            self._nodes[node] = dict(pairs)
        return self._nodes[node]

    def scalar(self, value: Any) -> Any:
        """Return the plain value, `None` for `AWS::NoValue`, or `UNKNOWN`."""
        return self._values.scalar(value)

    def flag(self, value: Any) -> Any:
        """Return the same as `scalar`, with the texts `true` and `false` as the booleans."""
        return self._values.flag(value)

    def referenced(self, value: Any) -> Iterator[Resource]:
        """Yield the resources that are named anywhere in `value`."""
        for name in _names(value):
            if name in self.resources:
                yield self.resources[name]


def _merged(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Merge as SAM does: mappings key by key, lists joined, and the resource's own value wins."""
    merged = {**shared, **own}
    for key in shared.keys() & own.keys():
        if isinstance(shared[key], dict) and isinstance(own[key], dict):
            merged[key] = _merged(shared[key], own[key])
        elif isinstance(shared[key], list) and isinstance(own[key], list):
            merged[key] = shared[key] + own[key]
    return merged


def _names(value: Any) -> Iterator[str]:
    """Yield the logical names in `Ref`, `Fn::GetAtt` and `Fn::Sub`, however deep."""
    if isinstance(value, list):
        for item in value:
            yield from _names(item)
    for key, item in mapping(value).items():
        if key in ("Ref", "Fn::GetAtt"):
            first = item[0] if isinstance(item, list) and item else item
            yield str(first).partition(".")[0]
        elif key == "Fn::Sub":
            text = item[0] if isinstance(item, list) and item else item
            yield from (p.partition("}")[0].partition(".")[0] for p in str(text).split("${")[1:])
            yield from _names(item[1:] if isinstance(item, list) else [])
        else:
            yield from _names(item)


def read_template(data: bytes, file: str = "") -> Template:
    """
    Parse a template, or an OpenAPI file.

    Raises:
        ConfigurationError: it is no YAML and no JSON, or beyond the limits; the problem's place
            is `line:column`.
    """
    if len(data) > MAX_TEMPLATE_CHARS:
        raise ConfigurationError(Problem("1:1", "the template is larger than 1 MB"))
    try:
        text = data.decode("utf-8-sig")
        # JSON may be indented with tabs, which YAML does not take; its strings hold none.
        root = yaml.compose(text.replace("\t", " ") if text.lstrip()[:1] == "{" else text)
        value = _Reader().value(root, 0) if isinstance(root, yaml.MappingNode) else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise ConfigurationError(Problem(place, f"this is not YAML: {error.problem}")) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise ConfigurationError(Problem("1:1", "this is not YAML")) from None
    if root is None or not isinstance(value, dict):
        raise ConfigurationError(Problem("1:1", "this is no template"))
    return Template(DocumentText(value, root, ()), file)


class _Reader:
    """Turns nodes into values, with short intrinsic functions in their long form."""

    def __init__(self) -> None:
        self._count = 0
        self._scalars = yaml.SafeLoader("")

    def value(self, node: yaml.Node, depth: int) -> Any:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_VALUES:
            raise ConfigurationError(Problem("1:1", "the template is too deep or too large"))
        plain = self._plain(node, depth)
        if not node.tag.startswith("!"):
            return plain
        name = node.tag[1:]
        if name == "GetAtt" and isinstance(plain, str):
            return {"Fn::GetAtt": plain.split(".", 1)}
        return {name if name in ("Ref", "Condition") else f"Fn::{name}": plain}

    def _plain(self, node: yaml.Node, depth: int) -> Any:
        if isinstance(node, yaml.MappingNode):
            return {str(k.value): self.value(v, depth + 1) for k, v in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, depth + 1) for item in node.value]
        if node.tag in (f"{_TAG}bool", f"{_TAG}int", f"{_TAG}null"):
            return self._scalars.construct_object(node)
        return node.value
