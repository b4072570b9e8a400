"""Which table, which subjects: what the options of `authorizers bindings` speak of."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import typer

from authorizers.cli.console import PROBLEMS_FOUND, fail, say
from authorizers.cli.document import load_document
from authorizers.config.compiled import CompiledDocument
from authorizers.config.document.plain import no_such
from authorizers.model.subject import KINDS, MAX_SUBJECT_BYTES, subject

_EXAMPLE = "SCHEME|NAME, such as staff|ops"


class KnownBindings(NamedTuple):
    """The table, and what the document says of roles in it, if there is one."""

    table: str
    document: CompiledDocument | None

    def refuse_unknown(self, role: str, subjects: list[str]) -> None:
        """Refuse what no function with this document would look at."""
        problems = list(self._unknown(role, subjects))
        for problem in problems:
            say(("error: ", "bold red"), problem, error=True)
        if problems:
            raise typer.Exit(PROBLEMS_FOUND)

    def warn_of_unknown(self, role: str, subjects: list[str]) -> None:
        """Say that no function with this document looks at it: it may be a slip of the pen."""
        for problem in self._unknown(role, subjects):
            say(("warning: ", "bold yellow"), problem, error=True)

    def knows(self, role: str, subject: str) -> bool:
        """Return whether a function with this document would look at it; without one, it may."""
        return not any(self._unknown(role, [subject]))

    def _unknown(self, role: str, subjects: list[str]) -> Iterator[str]:
        if self.document is None:
            return
        said = self.document["bindings"]
        if role not in said["roles"]:
            yield f"{role}: {no_such('role in the document', role, said['roles'])}"
        for kind, _, rest in (name.partition("#") for name in subjects):
            scheme = rest.partition("|")[0]
            if scheme not in self.document["schemes"]:
                known = no_such("scheme in the document", scheme, self.document["schemes"])
                yield f"{rest}: {known}"
            elif kind not in said["kinds"] or (
                kind in ("group", "client") and kind not in said["claims"].get(scheme, {})
            ):
                yield f"{rest}: the document does not look up a {kind} of this scheme"


def known_bindings(document: Path | None, table: str | None) -> KnownBindings:
    """Return the table that is meant, and what `document` says of it, or say why none is."""
    if document is None:
        if not table:
            raise fail("say which table: --table NAME, or --document with a bindings_table")
        return KnownBindings(table, None)
    compiled = load_document(document).document
    if "bindings" not in compiled:
        raise fail(f"{document}: the document has no bindings_table")
    return KnownBindings(table or compiled["bindings"]["dynamodb"], compiled)


def subjects_named(**names: list[str] | None) -> list[str]:
    """Return the subjects that options name, by the words of `KINDS`, or say what is missing."""
    found = [_subject(KINDS[word], name) for word, of in names.items() for name in of or ()]
    if not found:
        raise fail("say who: --principal, --group, --scope or --client")
    return list(dict.fromkeys(found))


def _subject(kind: str, text: str) -> str:
    scheme, _, name = text.partition("|")
    if not scheme or not name or "#" in scheme or not text.isprintable():
        raise fail(f"--{kind}: write {_EXAMPLE}")
    if len(subject(kind, scheme, name).encode()) > MAX_SUBJECT_BYTES:
        raise fail(f"--{kind}: is longer than a table's key")
    return subject(kind, scheme, name)
