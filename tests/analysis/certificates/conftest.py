"""An authority that stands still in time, and what finds the rules that a truststore breaks."""

from collections.abc import Callable

import pytest

from authorizers.analysis.certificates.contents import Times
from authorizers.analysis.certificates.truststore import Truststore, check_truststore
from authorizers.testing.certificate_authority import FakeCertificateAuthority
from authorizers.testing.clock import FrozenClock

CLOCK = FrozenClock()
NOW = CLOCK.wall()
DAY = 86400


@pytest.fixture(scope="session")
def root() -> FakeCertificateAuthority:
    """The root of every chain here."""
    return FakeCertificateAuthority(clock=CLOCK)


@pytest.fixture(scope="session")
def issuing(root: FakeCertificateAuthority) -> FakeCertificateAuthority:
    """An authority below it."""
    return root.subordinate()


Check = Callable[..., Truststore]
Rules = Callable[..., dict[str, list[int]]]


@pytest.fixture
def check() -> Check:
    """Return what checks the PEM texts of certificates, one after the other, as a truststore."""

    def run(*pems: str, now: float = NOW, until: float = NOW + 30 * DAY) -> Truststore:
        return check_truststore("".join(pems).encode(), "trust.pem", Times(now, until))

    return run


@pytest.fixture
def rules(check: Check) -> Rules:
    """Return the same by rule: for each, the lines at which it found something."""

    def run(*pems: str, **when: float) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for finding in check(*pems, **when).findings:
            found.setdefault(finding.rule, []).append(finding.place.line)
        return found

    return run
