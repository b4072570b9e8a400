"""Files that are only ever written at their end, each time so that it survives a kill."""

import os
from pathlib import Path

MODE = 0o600  # nobody else's to read
MAX_LINE_BYTES = 16 * 1024  # far more than an owner, a reference and a key


def open_for_appending(path: Path, *, new: bool = False) -> int:
    """
    Open the file at `path`, which no link stands for; `new` refuses one that is there.

    Raises:
        OSError: it cannot be opened.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    return os.open(path, flags | (os.O_EXCL if new else 0), MODE)


def append(file: int, text: str) -> None:
    """
    Write `text` at the end of `file`, and return when it is on the disk.

    Raises:
        OSError: it cannot be written whole.
    """
    data = text.encode()
    while data:
        data = data[os.write(file, data) :]
    os.fsync(file)


def cut_torn_line(file: int) -> None:
    """
    Cut off a last line that is not whole: it was being written when the writer was killed.

    Raises:
        OSError: the file cannot be read or cut.
    """
    end = os.fstat(file).st_size
    start = max(0, end - MAX_LINE_BYTES)
    tail = os.pread(file, end - start, start)
    os.truncate(file, start + tail.rfind(b"\n") + 1)


def sync_folder(path: Path) -> None:
    """
    Return when the name of the file at `path` is on the disk, where that can be waited for.

    Raises:
        OSError: its folder cannot be opened.
    """
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
