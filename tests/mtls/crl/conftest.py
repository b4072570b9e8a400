"""One authority, with time standing still, for all tests of lists."""

import pytest

from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from authorizers.testing.clock import FrozenClock


@pytest.fixture(scope="package")
def root() -> FakeCertificateAuthority:
    return FakeCertificateAuthority(clock=FrozenClock())


@pytest.fixture(scope="package")
def issuing(root: FakeCertificateAuthority) -> FakeCertificateAuthority:
    return root.subordinate()


@pytest.fixture(scope="package")
def client(issuing: FakeCertificateAuthority) -> Issued:
    return issuing.issue("client", crl_urls=["http://crl.example.com/issuing.crl"])
