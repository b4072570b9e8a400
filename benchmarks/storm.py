"""A thousand invented key ids from twenty threads, and a valid token among them."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from authorizers.errors import AuthorizersError
from authorizers.jwks.address import JwksUri
from authorizers.jwks.fetch import fetch
from authorizers.jwks.source import RemoteKeys
from authorizers.testing.issuer import FakeIssuer
from benchmarks.figure import Figure

THREADS = 20
INVENTED = 1000


class _HeldFetch:
    """Fetches as the real one does, but the second time only once it is let go."""

    def __init__(self) -> None:
        self.calls = 0
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, url: str, *, seconds: float, etag: str | None = None) -> object:
        self.calls += 1
        if self.calls > 1:
            self.begun.set()
            self.go.wait(10)
        return fetch(url, seconds=seconds, etag=etag)


def measure() -> Sequence[Figure]:
    """Hold the storm's one fetch, look for the valid key meanwhile, then let the fetch go."""
    held = _HeldFetch()
    with FakeIssuer() as issuer, ThreadPoolExecutor(THREADS) as pool:
        address = JwksUri(issuer.jwks_uri, insecure_loopback_http="a benchmark on this machine")
        keys = RemoteKeys(address, algorithms=["RS256"], fetch=held)  # type: ignore[arg-type]
        valid = issuer.key().key_id
        keys.find(valid, "RS256")
        storm = [pool.submit(_invented, keys, f"invented-{i}") for i in range(INVENTED)]
        held.begun.wait(10)
        started = perf_counter()
        keys.find(valid, "RS256")
        delay = (perf_counter() - started) * 1e6
        held.go.set()
        refused = sum(future.result() for future in storm)
    detail = f"{refused} of {INVENTED} invented ids refused, from {THREADS} threads"
    return [
        Figure("fetches for a storm of unknown kids", held.calls - 1, 1, "", detail),
        Figure("a valid key while that fetch is held", delay, 1000, "µs", "not delayed by a fetch"),
    ]


def _invented(keys: RemoteKeys, key_id: str) -> bool:
    try:
        keys.find(key_id, "RS256")
    except AuthorizersError:
        return True
    return False
