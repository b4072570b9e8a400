"""`authorizers keys`: everything an operator does with API keys."""

import typer

from authorizers.cli.keys_create import create
from authorizers.cli.keys_import import import_
from authorizers.cli.keys_list import list_, show
from authorizers.cli.keys_pepper import pepper
from authorizers.cli.keys_revoke import revoke
from authorizers.cli.keys_rotate import rotate
from authorizers.cli.keys_sync import sync

_HELP = """
Create, list, rotate, revoke and import API keys. A key is shown once, when it
is made; only a digest of it is stored.

Keys in a file or in the document need nothing else; those in DynamoDB
need the aws extra.

Examples:

  (umask 077; authorizers keys pepper > pepper.json)

  authorizers keys create acme --scope orders:read --document authorizers.yaml

  authorizers keys list --document authorizers.yaml

  authorizers keys revoke 7Fh3kQ9ZpLm2 --document authorizers.yaml
"""
keys = typer.Typer(help=_HELP, no_args_is_help=True)

keys.command("create")(create)
keys.command("list")(list_)
keys.command("show")(show)
keys.command("rotate")(rotate)
keys.command("revoke")(revoke)
keys.command("import")(import_)
keys.command("sync")(sync)
keys.command("pepper")(pepper)
