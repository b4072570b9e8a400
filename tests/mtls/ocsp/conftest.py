"""An authority, its client, and a clock that stands still."""

import pytest

from authorizers.testing.certificate_authority import FakeCertificateAuthority
from authorizers.testing.clock import FrozenClock
from tests.mtls.ocsp.asked import Asked


@pytest.fixture(scope="session")
def asked() -> Asked:
    clock = FrozenClock()
    authority = FakeCertificateAuthority(clock=clock)
    return Asked(authority, authority.issue("orders"), float(int(clock.wall())))


@pytest.fixture(scope="session")
def stranger(asked: Asked) -> FakeCertificateAuthority:
    """Another authority, of the same name."""
    return FakeCertificateAuthority(clock=asked.authority.clock)
