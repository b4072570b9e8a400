"""One call of `authorizers keys import`: what is read, what is written, and what is told of it."""

from pathlib import Path
from typing import Any

from authorizers.api_key.pepper import Peppers
from authorizers.cli.console import counted, say
from authorizers.cli.keys_place import Keys, now
from authorizers.cli.moment import parse_moment
from authorizers.cli.progress import progress
from authorizers.issuing.bulk_import import Imported, KeyImport, digest_of
from authorizers.issuing.candidates import Candidates
from authorizers.issuing.journal import Journal
from authorizers.issuing.rejected import RejectedLines
from authorizers.issuing.rows import BadRow, Rows


class ImportRun:
    """The import of `file`, begun or gone on with."""

    def __init__(self, keys: Keys, file: Path, output: Path, rejected: Path | None) -> None:
        self._keys = keys
        self._file = file
        self._journal = Journal(output)
        self._rejected = rejected
        begun = self._journal.begun()
        self._again = begun is not None
        registry = keys.place.registry()
        self._registry = registry
        self._peppers = keys.place.peppers()
        said = begun.get("started_at") if begun is not None else None
        self._started_at = said if type(said) is int else now()
        self._about = {
            "input_sha256": digest_of(file),
            "started_at": self._started_at,
            "prefix": keys.place.prefix,
            "store": registry.place,
            **_pepper_of(begun, self._peppers),
            "rejected": None if rejected is None else str(rejected),
        }
        if begun is not None:
            self._journal.refuse_other(self._about)

    def run(self, *, bar: bool) -> tuple[Imported | None, list[BadRow]]:
        """Return what was imported, None if nothing was, and the bad lines."""
        rows = Rows(self._file)
        candidates = self._candidates(rows)
        good, bad = 0, []
        for candidate in candidates:
            if isinstance(candidate, BadRow):
                bad.append(candidate._replace(text=""))
                say((f"{self._file}:{candidate.line}: ", "bold"), candidate.problem, error=True)
            else:
                good += 1
        if bad and self._rejected is None:
            return None, bad
        keys = KeyImport(
            candidates,
            self._journal,
            self._registry,
            self._keys.place.prefix,
            self._peppers,
            rejected=self._rejects(rows),
        )
        try:
            with progress("keys", good, bar=bar) as on_progress:
                return keys.run(self._about, on_progress), bad
        except KeyboardInterrupt:
            stored = f"{self._journal.stored:,} of {counted(good, 'key')}"
            say(f"interrupted; {stored} are stored, and the same command goes on", error=True)
            raise

    def _candidates(self, rows: Rows) -> Candidates:
        started_at = self._started_at
        return Candidates(
            rows,
            created_at=started_at,
            parse_moment=lambda text: parse_moment(text, started_at),
            known=self._keys.known,
        )

    def _rejects(self, rows: Rows) -> RejectedLines | None:
        if self._rejected is None:
            return None
        return RejectedLines(self._rejected, rows.head, again=self._again)


def _pepper_of(begun: dict[str, Any] | None, peppers: Peppers) -> dict[str, str | None]:
    """Return which pepper the import began with, and what only the same one makes of a text."""
    name = peppers.current if begun is None else str(begun.get("pepper"))
    made = peppers.digest(name, "authorizers keys import").hex() if name in peppers else None
    return {"pepper": name, "pepper_digest": made}
