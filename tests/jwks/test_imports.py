"""A cold start pays for nothing that only a fetch needs."""

import subprocess
import sys

import pytest

HEAVY = ("requests", "urllib3", "boto3", "botocore", "yaml", "pydantic", "http.server")


@pytest.mark.parametrize("module", ["source", "address", "cache", "key_set"])
def test_what_a_function_imports_loads_no_client_library(module: str) -> None:
    program = (
        f"import sys, authorizers.jwks.{module};"
        f"print(*(name for name in {HEAVY!r} if name in sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""
