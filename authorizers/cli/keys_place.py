"""Where the keys are that a command is about, and what is known of them: its options."""

import re
from pathlib import Path
from typing import Annotated, NamedTuple, NoReturn

import typer

from authorizers.api_key.format import ID_PATTERN
from authorizers.api_key.record import KeyRecord
from authorizers.cli.console import CALLED_WRONGLY, PROBLEMS_FOUND, fail, say
from authorizers.cli.document import load_document
from authorizers.cli.moment import parse_moment
from authorizers.errors import AuthorizersError, ConfigurationError
from authorizers.issuing.known_names import KnownNames
from authorizers.issuing.place import KeyPlace, place_in, place_of
from authorizers.model.clock import SystemClock

Document = Annotated[
    Path | None,
    typer.Option(
        "--document",
        help="The document, YAML or compiled: it says where keys are, and which names it knows.",
    ),
]
Scheme = Annotated[
    str | None, typer.Option("--scheme", help="Which scheme of the document, if it has several.")
]
Store = Annotated[
    str | None,
    typer.Option("--store", help="Without a document: dynamodb:TABLE or file:keys.json."),
]
Prefix = Annotated[
    str | None,
    typer.Option("--prefix", help="Without a document: what keys begin with, orders_live."),
]
Pepper = Annotated[
    str | None,
    typer.Option(
        "--pepper",
        help="Without a document: ssm:/name, secretsmanager:NAME, file:PATH, or environment.",
    ),
]
KeyId = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="The key's id: its 12 characters after the prefix.", show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

_WITHOUT = "or --document with an api_key scheme"
_EDIT = "the keys are written in the document itself: edit it, and deploy it again"


class Keys(NamedTuple):
    """Where the keys are, and which names the document knows, if there is one."""

    place: KeyPlace
    scheme: str | None = None
    known: KnownNames | None = None

    def refuse_unknown(self, draft: KeyRecord) -> None:
        """Refuse what no function with this document would accept; tell what may be a slip."""
        if self.known is None:
            return
        for warning in self.known.warnings_of(draft):
            say(("warning: ", "bold yellow"), str(warning), error=True)
        problems = list(self.known.problems_of(draft))
        for problem in problems:
            say(("error: ", "bold red"), str(problem), error=True)
        if problems:
            raise typer.Exit(PROBLEMS_FOUND)

    def refuse_embedded(self) -> None:
        """Refuse to change records that no command can change."""
        if self.place.embedded:
            say(("error: ", "bold red"), _EDIT, error=True)
            raise typer.Exit(PROBLEMS_FOUND)


def keys_meant(  # noqa: PLR0913 - each is an option
    document: Path | None,
    scheme: str | None,
    store: str | None,
    prefix: str | None = None,
    pepper: str | None = None,
    *,
    needs: tuple[str, ...] = (),
) -> Keys:
    """
    Return the keys that the options mean; `needs` are those of `prefix` and `pepper` that have to
    be said where no document does.
    """
    given = {"store": store, "prefix": prefix, "pepper": pepper}
    if document is None:
        return Keys(_written_out(given, scheme, needs))
    both = [f"--{name}" for name, text in given.items() if text is not None]
    if both:
        raise fail(f"the document says it already: leave out {', '.join(both)}")
    read = load_document(document)
    try:
        name, place = place_in(read.document, scheme, document.parent)
    except ConfigurationError as error:
        raise fail(f"{document}: {error.detail}") from None
    return Keys(place, name, KnownNames(read.document, name, read.roles))


def _written_out(
    given: dict[str, str | None], scheme: str | None, needs: tuple[str, ...]
) -> KeyPlace:
    missing = [f"--{name}" for name in ("store", *needs) if not given[name]]
    if missing:
        raise fail(f"say where the keys are: {', '.join(missing)}, {_WITHOUT}")
    if scheme is not None:
        raise fail("--scheme names one of a document: give --document, too")
    try:
        return place_of(given["store"] or "", given["prefix"], given["pepper"])
    except ConfigurationError as error:
        raise failed(error, "--") from None


def failed(error: ConfigurationError, before: str = "") -> typer.Exit:
    """Print why the command cannot run, problem by problem; raise what is returned."""
    for problem in error.problems:
        say(("error: ", "bold red"), f"{before}{problem}", error=True)
    return typer.Exit(CALLED_WRONGLY)


def now() -> int:
    """Return the time, in whole seconds since 1970."""
    return int(SystemClock().wall())


def moment(option: str, text: str | None) -> int | None:
    """Return the moment that `option` says, in seconds since 1970."""
    try:
        return None if text is None else parse_moment(text, SystemClock().wall())
    except ValueError as error:
        raise fail(f"{option}: {error}") from None


def refuse_no_id(*key_ids: str) -> None:
    """Refuse what is no id, without repeating it: it may be a whole key."""
    if not all(re.fullmatch(ID_PATTERN, key_id) for key_id in key_ids):
        raise fail("a key's id is 12 letters and digits, those between its prefix and its secret")


def stopped(error: AuthorizersError) -> NoReturn:
    """Say what is wrong, and end."""
    problems = error.problems if isinstance(error, ConfigurationError) else ()
    for problem in problems or (error.detail,):
        say(("error: ", "bold red"), str(problem), error=True)
    raise typer.Exit(PROBLEMS_FOUND) from None
