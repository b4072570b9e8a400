"""
Write the sample events: `python -m authorizers.testing.sample_events FOLDER`.

    FOLDER/*.json               events, every one of them
    FOLDER/local/env.json       the variables under which their credentials are good, for each
                                function (SAM's --env-vars)
    FOLDER/local/sample/        the bundles and the lists of revoked certificates that these name
    FOLDER/local/expected.json  which function answers what to each of them
    FOLDER/README.md            the same for people

Each run signs with keys of its own, whose private halves are stored nowhere, and issues API keys
under a pepper of its own.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from authorizers.testing.certificate_samples import CERTIFICATE_SAMPLES
from authorizers.testing.combined_samples import COMBINED_SAMPLES
from authorizers.testing.key_samples import KEY_SAMPLES
from authorizers.testing.sample import (
    API_KEY_FUNCTION,
    CERTIFICATE_FUNCTION,
    COMBINED_FUNCTION,
    JWT_FUNCTION,
    Sample,
)
from authorizers.testing.sample_certificates import SampleCertificates
from authorizers.testing.sample_combined import combined_environment
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
    sam local invoke CertificateAuthorizer -e events/certificate-http-2.json
    sam local invoke CombinedAuthorizer -e events/combined-http-2-both.json

`samconfig.toml` adds `--env-vars events/local/env.json`, under which they are what they say.

The tokens are valid until 2100. They verify only there: the issuer is
`{issuer}`, a name that can never exist, and its key set holds the public half of a
key pair that was made for these files and whose private half was never stored. Nothing else in
this project trusts that key, and no deployment should.

The API keys are valid until 2100 too, and open nothing either: their records are in the document
that `local/env.json` holds, under a pepper that was made for these files. They begin with
`{prefix}_`, so that a scanner that finds one can be told that it is no secret.

The certificates are valid until 2100, and so are the authorities above them and the lists of who is
revoked, in `local/sample/`. `sam build` puts these files into the package of the two functions,
where no document but that of `local/env.json` names them. Nobody has the private key of any of
these certificates, so that nobody can present one to API Gateway.

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

## For CertificateAuthorizer

{certificates}

## For CombinedAuthorizer

`GET /orders` asks for a token, `POST /orders` for a token and a certificate, `GET /reports` for a
certificate or a key.

{combined}
"""
_HEAD: Final = """\
| event | what it is | answer | client gets | reason in the log |
|---|---|---|---|---|
"""


def write_sample_events(folder: Path) -> None:
    """Write all events, with new credentials, their environment and expectations."""
    certificates, keys = SampleCertificates(), SampleKeys()
    tokens = SampleTokens(certificates.good)
    credentials = tokens.by_name | keys.by_name | certificates.by_name
    local = folder / "local"
    local.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.json"):
        stale.unlink()
    for sample in SAMPLES:
        _write_json(folder / sample.file, sample.event(credentials))
    certificates.write(local)
    environments = {
        JWT_FUNCTION: _environment(tokens),
        API_KEY_FUNCTION: keys.environment,
        CERTIFICATE_FUNCTION: certificates.environment,
        COMBINED_FUNCTION: combined_environment(tokens, keys),
    }
    _write_json(local / "env.json", environments)
    _write_json(local / "expected.json", {sample.file: _expected(sample) for sample in SAMPLES})
    (folder / "README.md").write_text(_readme(), encoding="utf-8")


def _readme() -> str:
    return _README.format(
        issuer=ISSUER,
        prefix=PREFIX,
        tokens=_table(TOKEN_SAMPLES),
        keys=_table(KEY_SAMPLES),
        certificates=_table(CERTIFICATE_SAMPLES),
        combined=_table(COMBINED_SAMPLES),
    )


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
