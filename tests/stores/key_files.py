"""Files of keys, as tests write them and look at them."""

import json
from pathlib import Path
from typing import Any

from authorizers.api_key.record import dump_record
from authorizers.stores.keys_in_file import KeysInFile
from tests.stores.key_records import a_full_record

EMPTY = '{"version": 1, "keys": []}'


def names_in(folder: Path) -> list[str]:
    """Return the names of what is in `folder`."""
    return sorted(entry.name for entry in folder.iterdir())


def written(path: Path, *entries: Any) -> KeysInFile:
    path.write_text(json.dumps({"version": 1, "keys": entries}))
    return KeysInFile(path)


def an_entry(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {**dump_record(a_full_record(number)), "version": 1, **changes}
