"""`authorizers keys` on a file of keys, and what no output may show."""

import json
import re
from pathlib import Path
from typing import Any

from authorizers.api_key.format import scanner_pattern
from tests.cli.program import Run, command

PREFIX = "orders_live"
PEPPER = "the-first-pepper-of-the-tests-is-this"
KEY = re.compile(scanner_pattern(PREFIX))
keys = command("keys")


class Place:
    """A folder with peppers and a file of keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store, self.pepper = folder / "keys.json", folder / "pepper.json"
        self.pepper.write_text(json.dumps({"current": "1", "1": PEPPER}))
        self.runs: list[Run] = []
        self.reading = ("--store", f"file:{self.store}")
        self.writing = (*self.reading, "--prefix", PREFIX, "--pepper", f"file:{self.pepper}")

    def run(self, *words: object) -> Run:
        self.runs.append(keys(*words))
        return self.runs[-1]

    def read(self, *words: object) -> Run:
        """Run a command that only reads records, or changes them without making a key."""
        return self.run(*words, *self.reading)

    def write(self, *words: object) -> Run:
        """Run a command that makes keys."""
        return self.run(*words, *self.writing)

    def created(self, owner: str = "acme", *words: str) -> str:
        """Return the id of a new key."""
        run = self.write("create", owner, *words)
        assert run.code == 0, run.err
        return run.out.split("_")[2]

    def listed(self, *words: str) -> list[dict[str, Any]]:
        run = self.read("list", "--json", *words)
        assert run.code == 0, run.err
        found: list[dict[str, Any]] = json.loads(run.out)
        return found

    def stored(self) -> list[dict[str, Any]]:
        """Return the records as they are in the file."""
        records: list[dict[str, Any]] = json.loads(self.store.read_text())["keys"]
        return records

    def stored_plain(self) -> list[dict[str, Any]]:
        """Return the records without what only a file has: as a document holds them."""
        return [{n: m for n, m in record.items() if n != "version"} for record in self.stored()]

    def secrets(self) -> list[str]:
        """Return what no output may ever show: peppers, digests, values for the gateway."""
        digests = [s["hmac_sha256"] for r in self.stored() for s in r["secrets"]]
        values = [v for r in self.stored() if (v := r.get("gateway_key", {}).get("value"))]
        return [PEPPER, *digests, *values]

    def assert_told_no_secret(self) -> None:
        """Assert that keys were on standard output alone, once each, and nothing else anywhere."""
        shown = [key for run in self.runs for key in KEY.findall(run.out)]
        assert len(shown) == len(set(shown))
        for run in self.runs:
            assert not KEY.search(run.err)
            assert not any(secret in run.out + run.err for secret in self.secrets())
