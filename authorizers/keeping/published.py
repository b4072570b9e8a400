"""A list as its authority publishes it, which is fetched from the host that the document names."""

from urllib.parse import urlsplit

from authorizers.errors import DependencyError
from authorizers.http.allowed_hosts import AllowedHosts
from authorizers.mtls.crl.crl import MAX_BYTES
from authorizers.revocation.list_address import fetch_crl

DEADLINE_SECONDS = 60.0  # nobody waits for it
_DEFAULT_PORTS = {"http": 80, "https": 443}


def fetch_published(url: str, *, insecure_loopback: str | None = None) -> bytes:
    """
    Return the bytes at `url`, untrusted: no redirect is followed, and no address is asked that is
    not public; `insecure_loopback` is the reason why this machine may be, for tests.

    Raises:
        DependencyError: `address_refused`, `http_unavailable`.
    """
    hosts = AllowedHosts([_host(url)], insecure_loopback=insecure_loopback)
    address = hosts.normal(url)
    if address is None:
        raise DependencyError("address_refused", "this address may not be asked")
    answer = fetch_crl(address, way=hosts.way(), max_bytes=MAX_BYTES, seconds=DEADLINE_SECONDS)
    assert answer is not None  # noqa: S101 no version was known
    return answer[0]


def _host(url: str) -> str:
    """Return the host, with its port where that is not the scheme's own."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port
    return host if port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{port}"
