"""What a function that reads keys loads before it is asked for any: a cold start pays for it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[2])
UNNEEDED = {
    "boto3",
    "botocore",
    "dataclasses",
    "datetime",
    "fcntl",
    "ipaddress",
    "pathlib",
    "tempfile",
}


@pytest.mark.parametrize(
    "module", ["dynamodb_keys", "keys_in_file", "keys_in_memory", "secrets_manager"]
)
def test_a_store_loads_what_it_needs_and_nothing_else(module: str) -> None:
    program = (
        "import sys\n"
        f"sys.path.insert(0, {ROOT!r})\n"
        f"import authorizers.stores.{module}\n"
        "print(*sys.modules)\n"
    )
    command = [sys.executable, "-I", "-S", "-c", program]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(result.stdout.split())
    assert f"authorizers.stores.{module}" in loaded
    assert loaded & UNNEEDED == set()
    assert "authorizers.stores.dynamodb_key_registry" not in loaded
