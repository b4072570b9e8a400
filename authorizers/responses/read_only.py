"""
Dictionaries and lists that cannot be changed, and are written as JSON like any other.

A policy document is shared by all requests of callers with the same rights: whoever added a
statement to one answer would add it to all that follow. Copying costs each request, this nothing.
"""

from typing import Any, NoReturn


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError("this is shared with other requests: change a copy.deepcopy of it")


class ReadOnlyDict(dict[str, Any]):
    """A dictionary without the methods that change it. Its copies are plain dictionaries."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return dict, (dict(self),)


class ReadOnlyList(list[Any]):
    """A list without the methods that change it. Its copies are plain lists."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = _refuse
    remove = reverse = sort = _refuse

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return list, (list(self),)


def read_only(value: Any) -> Any:
    """Return `value` with everything inside it made read-only."""
    if isinstance(value, dict):
        return ReadOnlyDict({name: read_only(item) for name, item in value.items()})
    if isinstance(value, list):
        return ReadOnlyList(map(read_only, value))
    return value
