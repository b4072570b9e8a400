"""`authorizers compile`: check a document, and write what functions read."""

import os
import sys
import tempfile
from collections.abc import Sized
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from authorizers.cli.console import PROBLEMS_FOUND, fail, say, say_json
from authorizers.cli.document import read_file
from authorizers.config.compile import compile_document, find_losses, render_compiled
from authorizers.config.compiled import CompiledDocument
from authorizers.config.relaxations import relaxations
from authorizers.errors import ConfigurationError, Problem

MODE = 0o644  # Lambda runs functions as another user than the one who packed them
STANDARD_PARAMETER_BYTES = 4096  # Parameter Store: a standard parameter; 8 KB in the advanced tier


class _Result(NamedTuple):
    document: CompiledDocument
    data: bytes
    problems: tuple[Problem, ...]
    losses: tuple[Problem, ...]


def compile_(
    document: Annotated[Path, typer.Argument(help="The YAML document; - for standard input.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where to write; - for standard output. Default: beside the document, as .json.",
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; with -o, fail if that file is not up to date."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """
    Check a document and compile it to the JSON that functions read.

    Everything that is wrong is printed at once, as file:line:column: message.
    The same document always gives the same bytes.

    Examples:

      authorizers compile authorizers.yaml

      authorizers compile authorizers.yaml -o build/authorizers.json

      authorizers compile authorizers.yaml --check --json

    Exit codes: 0 written, or nothing to complain about; 1 problems in the
    document, or with --check a file that is not up to date; 2 called wrongly.
    """
    target = output or _beside(document)
    if as_json and str(target) == "-" and not check:
        raise fail(
            "--json and the compiled document cannot both go to standard output: use -o FILE"
        )
    if target == document and str(target) != "-":
        raise fail("the document would be overwritten: use -o FILE")
    result = _with_staleness(_compile(read_file(document)), output if check else None)
    if not check and not result.problems:
        _write(target, result.data)
    shown = None if check else str(target)
    say_json(_report(document, result, shown)) if as_json else _explain(document, result, shown)
    raise typer.Exit(PROBLEMS_FOUND if result.problems else 0)


def _beside(document: Path) -> Path:
    if str(document) == "-":
        return document
    if not document.is_file():
        raise fail(f"{document}: {'is a directory' if document.is_dir() else 'no such file'}")
    return document.with_suffix(".json")


def _compile(text: bytes) -> _Result:
    try:
        document = compile_document(text)
        return _Result(document, render_compiled(document), (), find_losses(text, document))
    except ConfigurationError as error:
        return _Result({}, b"", error.problems, ())


def _with_staleness(result: _Result, output: Path | None) -> _Result:
    if output is None or result.problems:
        return result
    with suppress(OSError):
        if output.read_bytes() == result.data:
            return result
    stale = Problem("1:1", f"{output} is not up to date; compile the document again")
    return result._replace(problems=(stale,))


def _write(target: Path, data: bytes) -> None:
    """Write `data` whole or not at all: a function must never find half a document."""
    if str(target) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
            file.write(data)
        Path(file.name).chmod(MODE)
        os.replace(file.name, target)  # noqa: PTH105 - the same on every platform
    except OSError as error:
        raise fail(f"{target}: {error.strerror}") from None


def _report(document: Path, result: _Result, output: str | None) -> dict[str, Any]:
    return {
        "document": str(document),
        "ok": not result.problems,
        "problems": [_as_json(problem) for problem in result.problems],
        "output": None if result.problems else output,
        "bytes": len(result.data),
        "schemes": len(result.document.get("schemes", ())),
        "routes": len(result.document.get("routes", ())),
        "relaxations": relaxations(result.document) if result.document else [],
        "inexact": [_as_json(loss) for loss in result.losses],
    }


def _as_json(problem: Problem) -> dict[str, Any]:
    line, _, column = problem.place.partition(":")
    return {"line": int(line), "column": int(column), "message": problem.message}


def _explain(document: Path, result: _Result, output: str | None) -> None:
    for problem in result.problems:
        say((f"{document}:{problem.place}: ", "bold"), problem.message, error=True)
    if result.problems:
        say((_count(result.problems, "problem"), "bold red"), error=True)
        return
    for loss in result.losses:
        say(
            (f"{document}:{loss.place}: ", "bold"),
            ("inexact: ", "yellow"),
            loss.message,
            error=True,
        )
    for sentence in relaxations(result.document):
        say(("relaxed: ", "yellow"), sentence, error=True)
    _say_size(result, output)


def _say_size(result: _Result, output: str | None) -> None:
    size = len(result.data)
    routes = _count(result.document["routes"], "route")
    what = f"{routes}, {_count(result.document['schemes'], 'scheme')}, {size} bytes"
    if size > STANDARD_PARAMETER_BYTES:
        what += "; a standard SSM parameter holds 4096"
    where = f"{output}: " if output else ""
    say(("ok ", "bold green"), f"{where}{what}", error=True)


def _count(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"
