"""The program, called as a user calls it."""

from collections.abc import Callable
from typing import NamedTuple

from typer.testing import CliRunner

from authorizers.cli.app import app


class Run(NamedTuple):
    """What a call printed, and its exit code."""

    code: int
    out: str
    err: str


def command(name: str) -> Callable[..., Run]:
    """Return what calls the command `name`; none ends in a traceback."""

    def run(*arguments: object, stdin: str | None = None, **environment: str) -> Run:
        words = [name, *map(str, arguments)]
        result = CliRunner().invoke(app, words, input=stdin, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return Run(result.exit_code, result.stdout, result.stderr)

    return run
