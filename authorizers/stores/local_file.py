"""What stores in files have in common: whose turn it is, whole writes, and what errors mean."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from authorizers.errors import ConfigurationError, DependencyError, Problem

OWNER_ONLY = 0o600
LOCK_SECONDS = 10  # each change takes a fraction of a second
_PAUSE_SECONDS = 0.01


@contextmanager
def file_errors(place: str, done: str = "read") -> Iterator[None]:
    """
    Let nothing foreign out of what is done to `place`: it is read, or what `done` says.

    Raises:
        DependencyError: `store_not_found`, `store_access_denied` or `store_unavailable`.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise DependencyError("store_not_found", f"{place} does not exist") from error
    except PermissionError as error:
        raise DependencyError("store_access_denied", f"{place} may not be {done}") from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        detail = f"{place} could not be {done}: {reason}"
        raise DependencyError("store_unavailable", detail) from error
    except ValueError as error:  # a path that no file can have
        raise DependencyError("store_unavailable", f"{place} could not be {done}") from error


def signature_of(status: os.stat_result) -> tuple[int, ...]:
    """Return what a file looks like: something else once it was changed or replaced."""
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


@contextmanager
def folder_lock(
    path: str,
    *,
    monotonic: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """
    Wait until no other process or thread is at work in the folder of `path`, and keep it so.

    The lock (flock(2)) is on the folder itself, because the file is replaced by another, and
    leaves nothing behind. It ends with the process, however that ends.

    Raises:
        ConfigurationError: this system has no such locks.
        DependencyError: `store_busy`: another program has the folder, and does not let go.
        OSError: the folder is not there, or cannot be locked.
    """
    try:
        import fcntl  # noqa: PLC0415 - not on every system, and functions never write
    except ImportError as error:
        hint = "can be changed on Linux and macOS only; everywhere else it can be read"
        raise ConfigurationError(Problem(path, hint)) from error
    folder = os.open(os.path.dirname(path), os.O_RDONLY)  # noqa: PTH120 - as below
    end = monotonic() + LOCK_SECONDS
    try:
        while not _is_locked(folder, fcntl):
            if monotonic() >= end:
                detail = f"{path} was not written: another program has held its folder too long"
                raise DependencyError("store_busy", detail)
            pause(_PAUSE_SECONDS)
        yield
    finally:
        os.close(folder)


def _is_locked(folder: int, fcntl: Any) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def replace_file(path: str, data: bytes) -> None:
    """
    Let `path` hold `data`. Whoever reads it, at any moment and after any crash, finds all of the
    old or all of the new (rename(2)). The caller has the folder's lock.

    A new file is its owner's alone; one that was there keeps its mode, and its owner where this
    process may say so.

    Raises:
        OSError: nothing was changed, or it is not known to outlive a loss of power.
    """
    folder, name = os.path.split(path)  # pathlib would cost functions a cold start
    new = os.path.join(folder, f".{name}.new")  # noqa: PTH118
    with suppress(FileNotFoundError):  # what a process left that was killed
        os.unlink(new)  # noqa: PTH108
    try:
        _write_whole(new, data, _status_of(path))
        os.replace(new, path)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            os.unlink(new)  # noqa: PTH108
        raise
    _write_through(folder)


def _write_whole(path: str, data: bytes, old: os.stat_result | None) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with open(descriptor, "wb") as file:  # noqa: PTH123
        if old is not None:
            _keep_access(descriptor, old)
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _keep_access(descriptor: int, old: os.stat_result) -> None:
    """Let those read the new file who could read the `old` one, and nobody else."""
    mode = old.st_mode & 0o777
    try:
        os.fchown(descriptor, -1, old.st_gid)
    except PermissionError:
        mode &= ~0o070  # they would be another group's
    with suppress(PermissionError):  # root may, and would else take it from its owner
        os.fchown(descriptor, old.st_uid, -1)
    os.fchmod(descriptor, mode)


def _status_of(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116
    except FileNotFoundError:
        return None


def _write_through(folder: str) -> None:
    """Let the new name outlive a loss of power; the file's content already does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
