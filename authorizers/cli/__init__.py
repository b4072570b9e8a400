"""
The command line: `authorizers compile`, `check`, `schema`, `reference`, `demo`.

One file a command. Exit codes of every command: 0 all is well, 1 problems were found in what was
looked at, 2 the command was called wrongly or cannot run.
"""

import errno
import io
import os
import sys
from contextlib import suppress
from typing import Any

_EXTRA = frozenset(("typer", "click", "rich", "shellingham", "yaml", "pydantic", "pydantic_core"))
_UNWRITABLE = 1
_INTERRUPTED = 130  # 128 and SIGINT, as shells say it


def main() -> None:
    """
    Run the command line; without the `cli` extra, say how to install it.

    Output that cannot be written, whichever command wrote it, ends in one line and exit code 1.
    """
    try:
        app = _app()
        _prepare_output()
        app(prog_name="authorizers")
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    except OSError as error:
        _say_unwritable(error)
        raise SystemExit(_UNWRITABLE) from None


def _app() -> Any:
    try:
        from authorizers.cli.app import app  # noqa: PLC0415 - the extra may be missing
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write("the command line needs: pip install 'apigw-authorizers[cli]'\n")
        raise SystemExit(2) from None
    return app


def _prepare_output() -> None:
    """Refuse a standard output that is closed; let one take every name, whatever its encoding."""
    if sys.stdout is None:  # a key would be shown to nobody
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _say_unwritable(error: OSError) -> None:
    from authorizers.cli.console import say  # noqa: PLC0415 - the extra may be missing

    place = error.filename or "standard output"
    with suppress(OSError):
        say(("error: ", "bold red"), f"{place}: {error.strerror}", error=True)
    # What is left of it would be tried again, and fail again, when Python ends.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        os.dup2(nowhere, stream.fileno())
