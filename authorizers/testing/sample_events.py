"""
Write the sample events: `python -m authorizers.testing.sample_events FOLDER`.

    FOLDER/*.json               events, every one of them
    FOLDER/local/env.json       the variables under which their tokens and keys are good, for each
                                function (SAM's --env-vars)
    FOLDER/local/expected.json  which function answers what to each of them
    FOLDER/README.md            the same for people

Each run signs with a key of its own, whose private half is stored nowhere, and issues API keys
under a pepper of its own.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from authorizers.testing.key_samples import KEY_SAMPLES
from authorizers.testing.sample import API_KEY_FUNCTION, JWT_FUNCTION, Sample
from authorizers.testing.sample_keys import PREFIX, SampleKeys
from authorizers.testing.sample_tokens import AUDIENCE, ISSUER, SCOPE, SampleTokens
from authorizers.testing.samples import SAMPLES
from authorizers.testing.token_samples import TOKEN_SAMPLES

_README: Final = """\
# Sample events

What API Gateway sends to a Lambda authorizer, in every shape, and what the authorizer answers.
Every `*.json` in this folder is an event; try one, on your own machine, with

    sam local invoke JwtAuthorizer -e events/rest-token.json
    sam local invoke ApiKeyAuthorizer -e events/api-key-http-2.json

`samconfig.toml` adds `--env-vars events/local/env.json`, under which they are what they say.

The tokens are valid until 2100. They verify only there: the issuer is
`{issuer}`, a name that can never exist, and its key set holds the public half of a
key pair that was made for these files and whose private half was never stored. Nothing else in
this project trusts that key, and no deployment should.

The API keys are valid until 2100 too, and open nothing either: their records are in the document
that `local/env.json` holds, under a pepper that was made for these files. They begin with
`{prefix}_`, so that a scanner that finds one can be told that it is no secret.

`make events` writes this folder again, with new keys. `local/expected.json` is the tables below
for programs.

- **allow**, **deny**: an answer in the format of the event's kind (an IAM policy, or
  `isAuthorized` for format 2.0).
- **unauthorized**: an error whose message is exactly `Unauthorized`, which REST and WebSocket
  APIs turn into 401.
- **error**: any other error.

## For JwtAuthorizer

{tokens}

## For ApiKeyAuthorizer

{keys}
"""
_HEAD: Final = """\
| event | what it is | answer | client gets | reason in the log |
|---|---|---|---|---|
"""


def write_sample_events(folder: Path) -> None:
    """Write all events, with new tokens and keys, their environment and expectations."""
    tokens, keys = SampleTokens(), SampleKeys()
    credentials = tokens.by_name | keys.by_name
    local = folder / "local"
    local.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.json"):
        stale.unlink()
    for sample in SAMPLES:
        _write_json(folder / sample.file, sample.event(credentials))
    environments = {JWT_FUNCTION: _environment(tokens), API_KEY_FUNCTION: keys.environment}
    _write_json(local / "env.json", environments)
    _write_json(local / "expected.json", {sample.file: _expected(sample) for sample in SAMPLES})
    tables = {"tokens": _table(TOKEN_SAMPLES), "keys": _table(KEY_SAMPLES)}
    text = _README.format(issuer=ISSUER, prefix=PREFIX, **tables)
    (folder / "README.md").write_text(text, encoding="utf-8")


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
        "function": sample.function,
        "kind": sample.kind.value,
        "about": sample.about,
        "outcome": sample.outcome,
        "reason": sample.reason,
        "status": sample.status,
    }


def _table(samples: Iterable[Sample]) -> str:
    return _HEAD + "\n".join(map(_row, samples))


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
