"""
The command line: `authorizers compile`, `check`, `schema`, `reference`, `demo`.

One file a command. Exit codes of every command: 0 all is well, 1 problems were found in what was
looked at, 2 the command was called wrongly or cannot run.
"""

import sys

_EXTRA = frozenset(("typer", "click", "rich", "shellingham", "yaml", "pydantic", "pydantic_core"))


def main() -> None:
    """Run the command line; without the `cli` extra, say how to install it."""
    try:
        from authorizers.cli.app import app  # noqa: PLC0415 - the extra may be missing
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write("the command line needs: pip install 'apigw-authorizers[cli]'\n")
        raise SystemExit(2) from None
    app(prog_name="authorizers")
