"""
Write the sample events: `python -m authorizers.testing.sample_events FOLDER`.

    FOLDER/*.json               events, every one of them
    FOLDER/local/env.json       the variables under which their tokens verify (SAM's --env-vars)
    FOLDER/local/expected.json  what the function answers to each of them
    FOLDER/README.md            the same for people

Each run signs with a key of its own, whose private half is stored nowhere.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

from authorizers.testing.sample_tokens import AUDIENCE, ISSUER, SCOPE, SampleTokens
from authorizers.testing.samples import SAMPLES, Sample

FUNCTION: Final = "JwtAuthorizer"  # its logical ID in the SAM template

_README: Final = """\
# Sample events

What API Gateway sends to a Lambda authorizer, in every shape, and what the authorizer answers.
Every `*.json` in this folder is an event; try one, on your own machine, with

    sam local invoke JwtAuthorizer -e events/rest-token.json --env-vars events/local/env.json

The tokens are valid until 2100. They verify only under `local/env.json`: its issuer is
`{issuer}`, a name that can never exist, and its key set holds the public half of a
key pair that was made for these files and whose private half was never stored. Nothing else in
this project trusts that key, and no deployment should.

`make events` writes this folder again, with a new key. `local/expected.json` is the table below
for programs.

- **allow**, **deny**: an answer in the format of the event's kind (an IAM policy, or
  `isAuthorized` for format 2.0).
- **unauthorized**: an error whose message is exactly `Unauthorized`, which REST and WebSocket
  APIs turn into 401.
- **error**: any other error.

| event | what it is | answer | client gets | reason in the log |
|---|---|---|---|---|
{rows}
"""


def write_sample_events(folder: Path) -> None:
    """Write all events, signed by a new key, with their environment and expectations."""
    tokens = SampleTokens()
    local = folder / "local"
    local.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.json"):
        stale.unlink()
    for sample in SAMPLES:
        _write_json(folder / sample.file, sample.event(tokens.by_name))
    _write_json(local / "env.json", {FUNCTION: _environment(tokens)})
    _write_json(local / "expected.json", {sample.file: _expected(sample) for sample in SAMPLES})
    rows = "\n".join(map(_row, SAMPLES))
    (folder / "README.md").write_text(_README.format(issuer=ISSUER, rows=rows), encoding="utf-8")


def _environment(tokens: SampleTokens) -> dict[str, str]:
    return {
        "AUTHORIZERS_CONFIG": "",
        "AUTHORIZERS_ISSUER": ISSUER,
        "AUTHORIZERS_AUDIENCE": AUDIENCE,
        "AUTHORIZERS_ACCESS": f"any_route_with_any_scope: {SCOPE} orders:write",
        "AUTHORIZERS_PROFILE": "rfc9068-access-token",
        "AUTHORIZERS_ALGORITHMS": "RS256",
        "AUTHORIZERS_JWKS": json.dumps(tokens.jwks),
        "AUTHORIZERS_JWKS_URI": "",
        "AUTHORIZERS_HTTP_RESPONSES": "simple",
    }


def _expected(sample: Sample) -> dict[str, Any]:
    return {
        "kind": sample.kind.value,
        "about": sample.about,
        "outcome": sample.outcome,
        "reason": sample.reason,
        "status": sample.status,
    }


def _row(sample: Sample) -> str:
    file = f"[{sample.name}]({sample.file})"
    return f"| {file} | {sample.about} | {sample.outcome} | {sample.status} | `{sample.reason}` |"


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Write the sample events into the folder named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m authorizers.testing.sample_events FOLDER")
    write_sample_events(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
