"""The parts that events have in common; null, `{}` and absent are all the same."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from authorizers.errors import EventError

Values = dict[str, list[str]]


def mapping(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the object `name` of `parent`; empty where it is null or absent."""
    value = parent.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise EventError("event_malformed", f"the event's {name} must be an object")
    return value


def text(parent: Mapping[str, Any], name: str) -> str | None:
    """Return the string `name` of `parent`; None where it is null or absent."""
    value = parent.get(name)
    if value is None or isinstance(value, str):
        return value
    raise EventError("event_malformed", f"the event's {name} must be a string")


def merged(single: Mapping[str, Any], multiple: Mapping[str, Any], *, fold_case: bool) -> Values:
    """
    Join an event's single-value and multi-value maps: each name with every value it was sent with.

    In `single` the gateway kept one of several values; a name may come in two spellings, and the
    maps may disagree. Nothing is dropped here, so that whoever needs exactly one value can see
    that there are two. `fold_case` joins names that differ in case only, as headers' do.
    """
    values: Values = {}
    for name, items in multiple.items():
        if items is not None:
            values.setdefault(name.lower() if fold_case else name, []).extend(_strings(items))
    known = {name: len(items) for name, items in values.items()}
    for name, item in single.items():
        if item is None:
            continue
        if not isinstance(item, str):
            raise EventError("event_malformed", "a header or query value must be a string")
        key = name.lower() if fold_case else name
        if key not in known or item not in values[key]:
            values.setdefault(key, []).append(item)
    return values


def _strings(items: object) -> Iterable[str]:
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise EventError("event_malformed", "a multi-value map must hold lists of strings")
    return items


def parse_query(raw: str) -> Values:
    """Split a raw query string into each name's values, decoded."""
    values: Values = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):  # the gateway limits its length
        values.setdefault(name, []).append(value)
    return values


def cookies_of(headers: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the `name=value` pairs of the Cookie header (RFC 6265 §4.2.1)."""
    return [pair.strip() for value in headers.get("cookie", ()) for pair in value.split(";")]
