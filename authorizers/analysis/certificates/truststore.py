"""
Everything that is wrong with a truststore for API Gateway's mutual TLS, at once.

Sources: "Configuring your truststore"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html); "Amazon API
Gateway quotas"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html).
API Gateway itself only warns, and mutual TLS stays enabled: some clients cannot call then.
"""

from collections.abc import Sequence
from typing import NamedTuple

from authorizers.analysis.certificates import contents, together
from authorizers.analysis.certificates.bundle import Block, read_bundle
from authorizers.analysis.certificates.chains import Chains, chains_of
from authorizers.analysis.certificates.contents import Times
from authorizers.analysis.certificates.entry import Entry, entry_of
from authorizers.analysis.certificates.words import short_name
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.template.template import Place

MAX_CERTIFICATES = 1000
MAX_BYTES = 1_000_000
_OF_THE_FILE = ("truststore-too-large", "too-many-certificates", "anchor-not-in-truststore")
_FAR_TOO_LARGE = 20 * MAX_BYTES  # not looked into


class Truststore(NamedTuple):
    """The certificates of a truststore, each once, who issued whom, and what was found."""

    entries: tuple[Entry, ...]
    chains: Chains
    findings: tuple[Finding, ...]

    def findings_at(self, entry: Entry) -> list[Finding]:
        """Return what was found at one certificate."""
        at = [finding for finding in self.findings if finding.place.line == entry.line]
        return [finding for finding in at if finding.rule not in _OF_THE_FILE]


def check_truststore(data: bytes, file: str, times: Times) -> Truststore:
    """Return what is in a truststore, `data` of the name `file`, and everything wrong with it."""
    found = _Checker(file)
    found.check_size(data)
    if len(data) <= _FAR_TOO_LARGE:
        found.read(data)
    entries, chains = tuple(found.entries), chains_of(found.entries)
    for entry in entries:
        for name, rule in contents.RULES.items():
            for message in rule(entry, times):
                found.add(entry.line, name, f"{named(entry)}: {message}")
    for name, of_all in together.RULES.items():
        for entry, message in of_all(entries, chains):
            found.add(entry.line, name, f"{named(entry)}: {message}")
    return Truststore(entries, chains, tuple(found.in_order()))


def named(entry: Entry, what: str = "certificate") -> str:
    """Return how a finding names a certificate."""
    return f"{what} {entry.number}, {short_name(entry.certificate.subject)}"


def certificates_in(data: bytes) -> list[Entry]:
    """Return the certificates in a bundle that can be read, whatever else is in it."""
    found = _Checker("")
    found.read(data)
    return found.entries


class _Checker:
    """Collects the certificates of a file, and what is found."""

    def __init__(self, file: str) -> None:
        self.entries: list[Entry] = []
        self._file = file
        self._findings: list[Finding] = []

    def add(self, line: int, rule: str, message: str) -> None:
        self._findings.append(Finding(Place(self._file, line, 1), rule, message))

    def in_order(self) -> Sequence[Finding]:
        return sorted(dict.fromkeys(self._findings), key=lambda f: f.place.line)

    def check_size(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            self.add(1, "truststore-too-large", f"{len(data):,} bytes: a truststore has up to 1 MB")

    def read(self, data: bytes) -> None:
        """Read the blocks of the file; a certificate that stands twice is kept once."""
        known: dict[str, Entry] = {}
        number = 0
        for block in read_bundle(data.decode("utf-8-sig", "replace")):
            if not isinstance(block, Block):
                self._add_outside(block.line, edge=block.edge)
                continue
            if block.label != "CERTIFICATE":
                self._add_other(block)
                continue
            number += 1
            entry = entry_of(number, block.line, block.pem.encode())
            if entry is None:
                message = f"certificate {number} cannot be read: it is damaged, or of no known form"
                self.add(block.line, "certificate-unreadable", message)
                continue
            if entry.fingerprint in known:
                same = known[entry.fingerprint].number
                message = f"{named(entry)}: the same as certificate {same}"
                self.add(block.line, "certificate-twice", f"{message}: leave it out")
            else:
                known[entry.fingerprint] = entry
                self.entries.append(entry)
        self._check_count(number)

    def _check_count(self, number: int) -> None:
        if number > MAX_CERTIFICATES:
            message = f"{number:,} certificates: a truststore has up to {MAX_CERTIFICATES:,}"
            self.add(1, "too-many-certificates", message)
        if not number:
            message = "no certificate in PEM: no line is -----BEGIN CERTIFICATE-----"
            self.add(1, "no-certificate", message)

    def _add_outside(self, line: int, *, edge: bool) -> None:
        if edge:
            self.add(line, "block-unfinished", "a block of PEM that has no beginning or no end")
        else:
            message = "text outside of the certificates: leave it out, if API Gateway warns of it"
            self.add(line, "text-outside", message)

    def _add_other(self, block: Block) -> None:
        if "PRIVATE KEY" in block.label:
            message = (
                "a private key: take it out, and whatever was made with it out of use, if this file"
                " was anywhere but here"
            )
            self.add(block.line, "private-key", message)
        else:
            message = f"a block of another kind, {block.label}: only certificates belong here"
            self.add(block.line, "not-a-certificate", message)
