"""Files of keys, as tests write them and look at them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authorizers.api_key.record import dump_record
from authorizers.errors import DependencyError
from authorizers.stores.keys_in_file import KeysInFile
from tests.stores.key_records import a_full_record, assert_tells_no_secret

EMPTY = '{"version": 1, "keys": []}'
FOUND = "000000000001"


def names_in(folder: Path) -> list[str]:
    """Return the names of what is in `folder`."""
    return sorted(entry.name for entry in folder.iterdir())


def written(path: Path, *entries: Any) -> KeysInFile:
    path.write_text(json.dumps({"version": 1, "keys": entries}))
    return KeysInFile(path)


def an_entry(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {**dump_record(a_full_record(number)), "version": 1, **changes}


def refusal(call: Callable[[], Any]) -> DependencyError:
    with pytest.raises(DependencyError) as caught:
        call()
    assert_tells_no_secret(caught.value)
    return caught.value


def calls(keys: KeysInFile) -> dict[str, Callable[[], Any]]:
    return {
        "find": lambda: keys.find(FOUND),
        "all": lambda: list(keys.all()),
        "replace": lambda: keys.replace(a_full_record()),
        "add": lambda: keys.add(a_full_record(2)),
        "add_all": lambda: keys.add_all([a_full_record(2)]),
    }
