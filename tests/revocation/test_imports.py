"""A cold start pays for nothing that only a question over the network needs."""

import subprocess
import sys

import pytest

HEAVY = ("requests", "urllib3", "http.client", "boto3", "botocore", "yaml", "pydantic")
OCSP = "cryptography.x509.ocsp"


@pytest.mark.parametrize(
    ("module", "costly"),
    [
        ("authorizers.http.allowed_hosts", (*HEAVY, "cryptography", "socket", "ipaddress")),
        ("authorizers.http.message", (*HEAVY, "cryptography", "socket", "ipaddress")),
        ("authorizers.model.refreshed", (*HEAVY, "cryptography", "dataclasses")),
        ("authorizers.stores.local_bytes", (*HEAVY, "cryptography", "pathlib")),
        ("authorizers.revocation.ocsp_client", HEAVY),
        ("authorizers.revocation.list_address", (*HEAVY, "cryptography")),
        ("authorizers.revocation.distribution_points", (*HEAVY, OCSP)),
    ],
)
def test_what_a_function_imports_loads_no_client_library(
    module: str, costly: tuple[str, ...]
) -> None:
    before = "import sys; before = set(sys.modules)"
    after = f"import {module}; print(*(n for n in {costly!r} if n in set(sys.modules) - before))"
    run = subprocess.run(
        [sys.executable, "-c", f"{before}; {after}"], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""
