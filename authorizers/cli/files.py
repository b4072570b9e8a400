"""Files that other files name."""

import stat
from collections.abc import Callable, Mapping
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
    """Return a compiled `document` whose files are found from `folder`."""
    schemes = {
        name: {kind: _BESIDE.get(kind, _as_it_is)(folder, said) for kind, said in scheme.items()}
        for name, scheme in document["schemes"].items()
    }
    return {**document, "schemes": schemes}


def _as_it_is(_: Path, scheme: Any) -> Any:
    return scheme


def _keys_beside(folder: Path, scheme: dict[str, Any]) -> dict[str, Any]:
    keys, pepper = scheme["keys"], scheme["pepper"]
    if "file" in keys:
        keys = {"file": str(folder / keys["file"])}
    return {**scheme, "keys": keys, "pepper": _place_beside(folder, pepper)}


def _trust_beside(folder: Path, scheme: dict[str, Any]) -> dict[str, Any]:
    trust, intermediates, revocation = (
        scheme[name] for name in ("trust", "intermediates", "revocation")
    )
    if revocation is not None:
        crls = [_place_beside(folder, place) for place in revocation["crls"]]
        revocation = {**revocation, "crls": crls}
    return {
        **scheme,
        "trust": _place_beside(folder, trust),
        "intermediates": intermediates and _place_beside(folder, intermediates),
        "revocation": revocation,
    }


def _place_beside(folder: Path, place: dict[str, Any]) -> dict[str, Any]:
    return {**place, "name": str(folder / place["name"])} if place["kind"] == "file" else place


_BESIDE: Mapping[str, Callable[[Path, Any], Any]] = {
    "api_key": _keys_beside,
    "client_certificate": _trust_beside,
}
