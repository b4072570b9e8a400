"""Files that other files name."""

import stat
from pathlib import Path
from typing import Any

from authorizers.config.compiled import CompiledDocument

MAX_FILE_BYTES = 8 * 1024 * 1024  # far more than any definition may have


def read_beside(path: str) -> bytes:
    """
    Return what is in the file at `path`, which another file named.

    Raises:
        OSError: it cannot be read, or is no regular file: a device may never end.
    """
    if not stat.S_ISREG(Path(path).stat().st_mode):
        raise OSError(path)
    with Path(path).open("rb") as file:
        return file.read(MAX_FILE_BYTES)


def beside(folder: Path, document: CompiledDocument) -> CompiledDocument:
    """Return a compiled `document` whose files of keys and peppers are found from `folder`."""
    schemes = {
        name: {"api_key": _beside(folder, scheme["api_key"])} if "api_key" in scheme else scheme
        for name, scheme in document["schemes"].items()
    }
    return {**document, "schemes": schemes}


def _beside(folder: Path, scheme: dict[str, Any]) -> dict[str, Any]:
    keys, pepper = scheme["keys"], scheme["pepper"]
    if "file" in keys:
        keys = {"file": str(folder / keys["file"])}
    if pepper["kind"] == "file":
        pepper = {**pepper, "name": str(folder / pepper["name"])}
    return {**scheme, "keys": keys, "pepper": pepper}
