"""The document that a command is given: read, compiled, or told what is wrong with it."""

import sys
from pathlib import Path
from typing import NamedTuple

import typer

from authorizers.cli.console import PROBLEMS_FOUND, fail, say
from authorizers.config.compile import compile_document
from authorizers.config.compiled import CompiledDocument, parse_compiled
from authorizers.config.document.text import parse_document_text
from authorizers.config.examples import Examples, read_examples
from authorizers.errors import ConfigurationError


class ReadDocument(NamedTuple):
    """
    A compiled document, the examples that stood beside its rules, and the roles that it declares;
    where it was compiled before, neither is known.
    """

    document: CompiledDocument
    examples: Examples
    roles: tuple[str, ...] = ()


def load_document(path: Path) -> ReadDocument:
    """
    Return the document at `path`, YAML or compiled JSON; `-` is standard input.

    Raises:
        typer.Exit: 2 where it cannot be read; 1 where it is wrong, and every problem was printed.
    """
    text = read_file(path)
    try:
        if path.suffix == ".json":
            return ReadDocument(parse_compiled(text, "1:1"), Examples({}, ()))
        document = compile_document(text)
        roles = tuple(parse_document_text(text).value.get("roles") or ())
        return ReadDocument(document, read_examples(text, document), roles)
    except ConfigurationError as error:
        for problem in error.problems:
            say((f"{path}:{problem.place}: ", "bold"), problem.message, error=True)
        raise typer.Exit(PROBLEMS_FOUND) from None


def read_file(path: Path) -> bytes:
    """
    Return what is in the file at `path`; `-` is standard input.

    Raises:
        typer.Exit: 2, it cannot be read.
    """
    if str(path) == "-" and sys.stdin is None:
        raise fail("-: standard input is closed")
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise fail(f"{path}: {error.strerror}") from None
