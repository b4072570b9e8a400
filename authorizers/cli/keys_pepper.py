"""`authorizers keys pepper`: the secret that digests of keys are made with, new or one more."""

from typing import Annotated

import typer

from authorizers.cli.console import fail, say
from authorizers.cli.keys_place import stopped
from authorizers.errors import AuthorizersError, ConfigurationError
from authorizers.issuing.new_pepper import first_pepper, with_new_pepper
from authorizers.issuing.place import pepper_place, read_pepper


def pepper(
    add_to: Annotated[
        str | None,
        typer.Option(
            "--add-to",
            help="The peppers there are: ssm:/name, secretsmanager:NAME, file:PATH, or"
            " environment.",
        ),
    ] = None,
) -> None:
    """
    Print a new pepper.

    It is printed as the JSON that its store is to hold; with --add-to together
    with those that are there, as the one that is current. Nothing is written.

    Examples:

      (umask 077; authorizers keys pepper > pepper.json)

      authorizers keys pepper --add-to ssm:/authorizers/pepper

    Exit codes: 0 printed; 1 the peppers there are cannot be read; 2 called
    wrongly.
    """
    if add_to is None:
        typer.echo(first_pepper())
    else:
        typer.echo(_with_new(add_to))
    say("this is a secret: whoever has it and the records can try keys", error=True)


def _with_new(text: str) -> str:
    try:
        where = pepper_place(text)
    except ConfigurationError as error:
        raise fail(f"--add-to: {error.problems[0].message}") from None
    try:
        place, data = read_pepper(where)
        return with_new_pepper(data, place)
    except AuthorizersError as error:
        stopped(error)
