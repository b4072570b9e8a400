"""What the commands about certificates are asked with, and the scheme that they are about."""

from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from authorizers.cli.console import fail
from authorizers.cli.document import load_document
from authorizers.cli.files import beside
from authorizers.cli.moment import parse_moment, parse_time
from authorizers.model.clock import SystemClock

OptionalDocument = Annotated[
    Path | None, typer.Option("--document", help="The document, YAML or compiled.")
]
Scheme = Annotated[
    str | None,
    typer.Option("--scheme", help="Which of its client_certificate schemes, if it has several."),
]
At = Annotated[
    str | None,
    typer.Option("--at", help="As of this time, 2027-01-01 or 2027-01-01T12:00Z. Default: now."),
]
KIND = "client_certificate"


class MeantScheme(NamedTuple):
    """A scheme of certificates, in its compiled form, by its name in the document."""

    name: str
    settings: dict[str, Any]


def scheme_meant(document: Path | None, name: str | None) -> MeantScheme | None:
    """
    Return the scheme that the options mean, None without a document. Files are found beside it.

    Raises:
        typer.Exit: 2, it is not said which; 1, the document has problems, which were printed.
    """
    if document is None:
        if name is not None:
            raise fail("--scheme names one of a document: give --document, too")
        return None
    read = beside(document.parent, load_document(document).document)
    known = {n: scheme[KIND] for n, scheme in read["schemes"].items() if KIND in scheme}
    if not known:
        raise fail(f"{document} has no scheme of the kind {KIND}")
    chosen = next(iter(known)) if name is None and len(known) == 1 else name or ""
    if chosen not in known:
        raise fail(f"say which scheme: --scheme {' or '.join(known)}")
    return MeantScheme(chosen, known[chosen])


def time_of(text: str | None) -> int:
    """Return the time that --at says, in seconds since 1970; now without it."""
    try:
        return int(SystemClock().wall()) if text is None else parse_time(text)
    except ValueError as error:
        raise fail(f"--at: {error}") from None


def until(within: str, now: int) -> int:
    """Return the moment that lies `within` from `now`, in seconds since 1970."""
    try:
        return parse_moment(within, now)
    except ValueError:
        raise fail("--within: write how long: 12h, 30d") from None


def files_of(scheme: MeantScheme, *names: str) -> list[Path]:
    """Return the files of a scheme's `trust` or `intermediates`, or both."""
    places = {name: scheme.settings[name] for name in names}
    for name, place in places.items():
        if place is not None and place["kind"] != "file":
            raise fail(f"{scheme.name}: its {name} is in S3: copy it here, and name it as a file")
    return [Path(place["name"]) for place in places.values() if place is not None]
