"""What importing the handler adds to the runtime client and PyJWT, in fresh processes."""

import subprocess
import sys
from collections.abc import Sequence
from time import perf_counter

from benchmarks.figure import TIMES, Figure, Spread

RUNS = 21
BASE = "import awslambdaric.bootstrap, jwt"
HANDLER = f"{BASE}, authorizers.handlers.jwt"
UNWANTED = ("requests", "boto3", "botocore.session", "yaml", "pydantic", "typer", "rich")
ENVIRONMENT = {
    "AUTHORIZERS_ISSUER": "https://login.example.com/",
    "AUTHORIZERS_AUDIENCE": "https://api.example.com",
    "AUTHORIZERS_ACCESS": "any_route_when_authenticated",
    "AUTHORIZERS_PROFILE": "rfc9068-access-token",
    "AUTHORIZERS_ALGORITHMS": "RS256",
    "AUTHORIZERS_HTTP_RESPONSES": "simple",
}


def _milliseconds(statement: str) -> float:
    started = perf_counter()
    subprocess.run([sys.executable, "-c", statement], env=ENVIRONMENT, check=True)
    return (perf_counter() - started) * 1000


def measure() -> Sequence[Figure]:
    """Measure in pairs, after one run of each that writes the bytecode."""
    _milliseconds(HANDLER)
    base, handler = [], []
    for _ in range(RUNS):
        base.append(_milliseconds(BASE))
        handler.append(_milliseconds(HANDLER))
    ratio = Spread.of([h / b for h, b in zip(handler, base, strict=True)])
    detail = f"{Spread.of(handler).text('ms')}; without it {Spread.of(base).text('ms')}"
    return [
        Figure("importing the JWT handler ÷ its base", ratio.middle, 1.2, TIMES, detail),
        Figure("modules a function must not load", _unwanted(), 0, "", ", ".join(UNWANTED)),
    ]


def _unwanted() -> int:
    statement = f"{HANDLER}, sys; print(sum(name in sys.modules for name in {UNWANTED!r}))"
    run = subprocess.run(
        [sys.executable, "-c", statement], env=ENVIRONMENT, check=True, capture_output=True
    )
    return int(run.stdout)
