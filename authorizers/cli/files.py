"""Files that other files name."""

import stat
from pathlib import Path

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
