"""What the page of the tools says that the commands about certificates print is what they print."""

import re
import shlex
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner

from authorizers.cli.app import app
from authorizers.testing.certificate_authority import FakeCertificateAuthority
from authorizers.testing.clock import FrozenClock

MARK = "output of certificates"
DAY = timedelta(days=1)
LONG = (DAY, DAY * 3650)
# What another key, or another signature, makes another one.
_CHANCE = (
    ("[0-9a-f]{64}", "<fingerprint>"),
    (r"bytes: \d+", "bytes: <length>"),
    (r"\.pem:\d+:1", ".pem:<line>:1"),
)


def write_files() -> None:
    """Write the files that the page is about, as of 2027-01-15."""
    clock = FrozenClock(1_800_000_000.0)
    root = FakeCertificateAuthority("Example Root CA", clock=clock, life=LONG)
    partners = root.subordinate("Partners CA", life=LONG)
    old = root.subordinate("Old Partners CA", life=(DAY * 900, DAY * 10))
    elsewhere = FakeCertificateAuthority("Shop Root CA", clock=clock, life=LONG)
    shop = elsewhere.subordinate("Shop CA", life=LONG)
    client = partners.issue("orders", uris=["spiffe://example.org/orders"], serial_number=4711)
    pems = (root.pem, partners.pem, old.pem, shop.pem)
    Path("truststore.pem").write_text("".join(pems), "utf-8")
    Path("root.pem").write_text(root.pem, "utf-8")
    Path("partners-ca.pem").write_text(partners.pem, "utf-8")
    Path("client.pem").write_text(client.pem, "utf-8")
    crl = partners.crl([4711])
    Path("partners.crl").write_bytes(crl.public_bytes(Encoding.DER))
    Path("root.crl").write_bytes(root.crl().public_bytes(Encoding.DER))


def settled(text: str) -> str:
    for pattern, word in _CHANCE:
        text = re.sub(pattern, word, text)
    return text


def test_the_outputs_in_the_page_are_those_of_the_commands(
    pages: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = pages["docs/tools.md"]
    Path("partners.yaml").write_text(page.marked("file: partners.yaml"), "utf-8")
    write_files()
    shown = [(a.code, b.code) for a, b in pairwise(page.blocks("sh", "text")) if a.mark == MARK]
    assert len(shown) == 3
    for command, output in shown:
        printed = CliRunner().invoke(app, shlex.split(command)[1:]).output
        assert settled(printed) == settled(output), command
