"""
YAML text → plain values, and the place of each of them in the text.

Stricter than YAML: a key stands once, there are no tags and no merge keys, and nothing is taken
for a boolean, a date or a number that YAML 1.2's core schema does not take for one: `NO`, `on`
and `1:30` are text. Source: YAML 1.2.2, §10.3 (https://yaml.org/spec/1.2.2/).
"""

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import yaml

from authorizers.errors import ConfigurationError, Problem

MAX_DOCUMENT_CHARS = 256 * 1024  # ten times a document of 300 routes (API Gateway's own quota)
MAX_DEPTH = 40
MAX_VALUES = 50_000  # aliases multiply: a small text can stand for millions of values
MAX_NUMBER_CHARS = 18

Loc = Sequence[str | int]
KEY = "[key]"  # the last step of a `Loc` that means a mapping's key, not its value

_TAG = "tag:yaml.org,2002:"
_CORE = {
    "null": re.compile(r"(?:~|null|Null|NULL|)\Z"),
    "bool": re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"),
    "int": re.compile(r"[-+]?[0-9]+\Z"),
    "float": re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z"),
}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class _CoreLoader(yaml.SafeLoader):
    """PyYAML's reader with YAML 1.2's core schema in place of YAML 1.1's types."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own declaration


for _kind, _pattern in _CORE.items():
    _CoreLoader.add_implicit_resolver(_TAG + _kind, _pattern, None)


class DocumentText(NamedTuple):
    """The document's plain value, the nodes that know their places, and what is wrong so far."""

    value: Any
    root: yaml.Node
    problems: tuple[Problem, ...]

    def place(self, loc: Loc) -> str:
        """
        Return `line:column` of what stands at `loc`, or of the nearest thing around it.

        A mapping or a list is named by the place of its key; so is anything if `loc` ends
        in `KEY`.
        """
        of_key = tuple(loc[-1:]) == (KEY,)
        node = mark = self.root
        for step in loc:
            found = _child(node, step)
            if found is not None:
                key, node = found
                mark = key if of_key or not isinstance(node, yaml.ScalarNode) else node
        return _place(mark)


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _place(node: yaml.Node) -> str:
    return f"{node.start_mark.line + 1}:{node.start_mark.column + 1}"


def parse_document_text(text: str | bytes) -> DocumentText:
    """
    Parse `text`, one YAML document in UTF-8. What is wrong with single values stands in the
    result's `problems`, so that it can be reported together with everything else.

    Raises:
        ConfigurationError: it cannot be read as YAML at all, or is beyond the limits.
    """
    root = _compose(_decode(text))
    reader = _Reader()
    value = reader.value(root, 0)
    return DocumentText(value, root, tuple(reader.problems))


def _decode(text: str | bytes) -> str:
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    except UnicodeDecodeError:
        raise ConfigurationError(Problem("1:1", "write the document in UTF-8")) from None
    if len(decoded) > MAX_DOCUMENT_CHARS:
        message = f"a document has at most {MAX_DOCUMENT_CHARS} characters"
        raise ConfigurationError(Problem("1:1", message))
    return decoded


def _compose(text: str) -> yaml.Node:
    try:
        root = yaml.compose(text, Loader=_CoreLoader)
    except yaml.YAMLError as error:
        raise ConfigurationError(_problem_of(error)) from None
    except RecursionError:
        raise ConfigurationError(Problem("1:1", _TOO_DEEP)) from None
    except (ValueError, OverflowError):  # an escape for a character that does not exist
        raise ConfigurationError(Problem("1:1", "this is not YAML")) from None
    if root is None:
        raise ConfigurationError(Problem("1:1", "the document is empty"))
    return root


def _problem_of(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    # A quoted part may be the author's text; only the parser's own `<token>` names are kept.
    sentence = re.sub(r" '(?!<)[^']*'", "", str(getattr(error, "problem", None) or ""))
    place = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
    if _UNPRINTABLE.search(sentence) or not mark or not sentence:
        sentence = "a character that YAML does not take" if not mark else "a syntax error"
    return Problem(place, f"this is not YAML: {sentence}")


_TOO_DEEP = f"values lie inside one another more than {MAX_DEPTH} deep"


class _Reader:
    """Turns nodes into values and remembers everything that is wrong on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._count = 0

    def value(self, node: yaml.Node, depth: int) -> Any:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_VALUES:
            message = _TOO_DEEP if depth > MAX_DEPTH else f"more than {MAX_VALUES} values"
            raise ConfigurationError(*self.problems, Problem(_place(node), message))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if node.tag not in (f"{_TAG}map", f"{_TAG}seq"):
            self._wrong(node, "tags (!…) are not taken")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        return [self.value(item, depth + 1) for item in node.value]

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        first: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._wrong(key_node, "a key is text")
                continue
            key = self._key(key_node)
            if key in first:
                self._wrong(key_node, f"this key stands twice, first at {_place(first[key])}")
            first.setdefault(key, key_node)
            mapping[key] = self.value(value_node, depth + 1)
        return mapping

    def _key(self, node: yaml.ScalarNode) -> str:
        if node.value == "<<" and node.style is None:
            self._wrong(node, "merge keys (<<) are not taken; write the entries out")
        self._text(node)
        return str(node.value)

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        kind = node.tag.removeprefix(_TAG)
        if kind == "str":
            return self._text(node)
        if kind not in _CORE or not _CORE[kind].match(node.value):
            return self._wrong(node, "tags (!…) are not taken")
        if kind == "null":
            return self._wrong(node, "a value is missing; leave the key out, or quote the word")
        return node.value.lower() == "true" if kind == "bool" else self._number(node, kind)

    def _text(self, node: yaml.ScalarNode) -> str:
        if _UNPRINTABLE.search(node.value):
            self._wrong(node, "control characters and line breaks are not taken here")
        return str(node.value)

    def _number(self, node: yaml.ScalarNode, kind: str) -> int | float:
        if len(node.value) > MAX_NUMBER_CHARS:
            self._wrong(node, f"a number has at most {MAX_NUMBER_CHARS} characters; quote text")
            return 0
        number = int(node.value) if kind == "int" else float(node.value)
        if not math.isfinite(number):
            self._wrong(node, "this number is too large")
            return 0
        return number

    def _wrong(self, node: yaml.Node, message: str) -> None:
        self.problems.append(Problem(_place(node), message))
