"""The lines of a file that keys are to be made of, each checked as `authorizers keys create` is."""

import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from authorizers.api_key.record import KeyRecord
from authorizers.errors import Problem
from authorizers.issuing.draft import checked_draft, problems_of_draft
from authorizers.issuing.known_names import KnownNames
from authorizers.issuing.rows import LABEL, BadRow, Row, Rows

MAX_REFERENCE_CHARS = 256
# A spreadsheet takes such a cell for a formula, and the keys stand beside it in the output.
FORMULA = ("=", "+", "-", "@")


class Candidate(NamedTuple):
    """A line that a key can be made of."""

    line: int
    reference: str
    draft: KeyRecord


class Candidates:
    """
    The candidates and the bad lines of `rows`, in the order of the file.

    `parse_moment` reads a time as people write it, and raises `ValueError`; `known` are the names
    of a document, if there is one. Memory: 16 bytes of each reference, so that none comes twice.
    """

    def __init__(
        self,
        rows: Rows,
        *,
        created_at: int,
        parse_moment: Callable[[str], int],
        known: KnownNames | None = None,
    ) -> None:
        self._rows = rows
        self._created_at = created_at
        self._parse_moment = parse_moment
        self._known = known

    def __iter__(self) -> Iterator[Candidate | BadRow]:
        """
        Yield them.

        Raises:
            ConfigurationError: `csv_invalid`.
        """
        lines: dict[bytes, int] = {}
        for row in self._rows:
            candidate = row if isinstance(row, BadRow) else self._candidate(row)
            if isinstance(candidate, Candidate) and candidate.reference:
                digest = hashlib.blake2b(candidate.reference.encode(), digest_size=16).digest()
                first = lines.setdefault(digest, candidate.line)
                if first != candidate.line:
                    problem = f"reference: is that of line {first}, too"
                    candidate = BadRow(row.line, row.text, problem)
            yield candidate

    def _candidate(self, row: Row) -> Candidate | BadRow:
        reference = row.fields.get("reference", "")
        starts, ends = (self._moment(row.fields, name) for name in ("not_before", "expires_at"))
        problems = [m for m in (starts, ends) if isinstance(m, Problem)]
        if len(reference) > MAX_REFERENCE_CHARS:
            too_long = f"has more than {MAX_REFERENCE_CHARS} characters"
            problems.append(Problem("reference", too_long))
        problems += _formulas(row.fields)
        draft = self._draft(row.fields)._replace(
            not_before=starts if isinstance(starts, int) else None,
            expires_at=ends if isinstance(ends, int) else None,
        )
        problems += problems_of_draft(draft)
        if self._known is not None:
            problems += self._known.problems_of(draft)
        if problems:
            return BadRow(row.line, row.text, "; ".join(map(str, problems)))
        return Candidate(row.line, reference, checked_draft(draft))

    def _draft(self, fields: dict[str, str]) -> KeyRecord:
        labels = {n.removeprefix(LABEL): v for n, v in fields.items() if n.startswith(LABEL) and v}
        return KeyRecord(
            "",
            fields["owner"],
            (),
            self._created_at,
            scopes=tuple(fields.get("scopes", "").split()),
            roles=tuple(fields.get("roles", "").split()),
            routes=split_routes(fields.get("routes", "")) or None,
            networks=tuple(fields.get("networks", "").split()) or None,
            usage_plan=fields.get("usage_plan") or None,
            labels=labels,
        )

    def _moment(self, fields: dict[str, str], name: str) -> int | Problem | None:
        text = fields.get(name, "")
        try:
            return self._parse_moment(text) if text else None
        except ValueError as error:
            return Problem(name, str(error))


def _formulas(fields: dict[str, str]) -> Iterator[Problem]:
    for name in ("owner", "reference"):
        if fields.get(name, "").startswith(FORMULA):
            yield Problem(
                name, f"a spreadsheet would take it for a formula: it begins with {fields[name][0]}"
            )


def split_routes(text: str) -> tuple[str, ...]:
    """Return the routes in `text`: `GET /orders $connect` has two."""
    words = iter(text.split())
    return tuple(
        word if word.startswith(("$", "*")) else f"{word} {next(words, '')}".strip()
        for word in words
    )
