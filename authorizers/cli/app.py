"""The program `authorizers`, put together from its commands."""

import importlib.util
from typing import Annotated

import typer

from authorizers import __version__
from authorizers.cli.bindings import bindings
from authorizers.cli.canary import canary
from authorizers.cli.certificate import certificate
from authorizers.cli.check import check
from authorizers.cli.compile import compile_
from authorizers.cli.console import fail
from authorizers.cli.crl import crl
from authorizers.cli.explain import explain
from authorizers.cli.keys import keys
from authorizers.cli.matrix import matrix
from authorizers.cli.reference import reference
from authorizers.cli.routes import routes
from authorizers.cli.schema import schema
from authorizers.cli.truststore import truststore

app = typer.Typer(
    name="authorizers",
    help="Lambda authorizers for Amazon API Gateway.",
    epilog="Exit codes: 0 all is well, 1 problems were found, 2 called wrongly.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"authorizers {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    pass


def _demo_is_missing() -> None:
    """Run the shipped functions on sample events (needs the demo extra)."""
    raise fail("the demonstration needs: pip install 'apigw-authorizers[demo]'")


def _register_demo() -> None:
    if importlib.util.find_spec("authorizers.cli.demo") is None:
        return
    try:
        demo = importlib.import_module("authorizers.cli.demo").demo
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("authorizers"):
            raise
        demo = _demo_is_missing
    app.command("demo")(demo)


app.command("compile")(compile_)
app.command("check")(check)
app.command("routes")(routes)
app.command("explain")(explain)
app.command("matrix")(matrix)
app.command("canary")(canary)
app.add_typer(bindings, name="bindings")
app.add_typer(keys, name="keys")
app.add_typer(truststore, name="truststore")
app.add_typer(certificate, name="certificate")
app.add_typer(crl, name="crl")
app.command("schema")(schema)
app.command("reference")(reference)
_register_demo()
