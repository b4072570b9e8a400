"""
Where an issuer's key set is: at a configured address, or where its metadata says.

Sources: OpenID Connect Discovery 1.0 §4 (metadata) and §4.3 (its validation); RFC 8414 §2.
"""

import re
from typing import Any, Final, NamedTuple, Protocol

from authorizers.errors import ConfigurationError, DependencyError, Problem
from authorizers.jwks.document import parse_object
from authorizers.model.clock import Clock, Deadline, SystemClock

WELL_KNOWN: Final = "/.well-known/openid-configuration"  # OIDC Discovery §4
MAX_URL_CHARS: Final = 2048
MIN_METADATA_SECONDS: Final = 60
MAX_METADATA_SECONDS: Final = (
    3600  # ours: an issuer that moves its keys is followed within the hour
)

_URL = (  # RFC 3986 without userinfo and fragment
    r"(https?)://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
    r"((?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?)((?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?)"
)
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "[::1]"))


class Fetched(NamedTuple):
    """An answer: its `body`, or `None` when the server says that it has not been modified."""

    body: bytes | None
    etag: str | None
    lifetime_seconds: float | None


class Fetch(Protocol):
    """The network: `authorizers.jwks.fetch.fetch`, or what stands in its place."""

    def __call__(self, url: str, *, seconds: float, etag: str | None = None) -> Fetched:
        """Fetch `url` within `seconds`."""
        ...


def is_loopback(url: str) -> bool:
    """Return whether `url` names this machine by a name that nobody else can answer to."""
    match = re.fullmatch(_URL, url)
    return match is not None and match[2] in _LOOPBACK


def is_acceptable(url: object, *, loopback_http: bool) -> bool:
    """
    Return whether keys may be fetched from `url`: over https, without userinfo and fragment.

    With `loopback_http`, plain http is acceptable too, to this machine only.
    """
    match = re.fullmatch(_URL, url) if isinstance(url, str) and len(url) <= MAX_URL_CHARS else None
    return match is not None and (match[1] == "https" or (loopback_http and match[2] in _LOOPBACK))


class KeyAddress(Protocol):
    """Where a key set is, now."""

    @property
    def insecure_loopback_http(self) -> str | None:
        """The reason why plain http to this machine is acceptable, if it is."""
        ...

    def locate(self, fetch: Fetch, seconds: float) -> str:
        """
        Return the address, fetching what tells it within `seconds`.

        Raises:
            DependencyError: `keys_unavailable`.
        """
        ...

    def forget(self) -> None:
        """Look anew next time: there was no key set at the address."""
        ...


class JwksUri:
    """
    A configured address.

    `insecure_loopback_http` is the reason why plain http to this machine is acceptable.
    """

    def __init__(self, url: str, *, insecure_loopback_http: str | None = None) -> None:
        self.insecure_loopback_http = insecure_loopback_http
        self._url = _validate(url, "jwks_uri", insecure_loopback_http)

    def locate(self, fetch: Fetch, seconds: float) -> str:  # noqa: ARG002 - as the protocol has it
        """Return the configured address."""
        return self._url

    def forget(self) -> None:
        """Change nothing: the address is configured."""


class Discovery:
    """
    The address that the issuer's metadata names (`jwks_uri`).

    The metadata is kept for as long as its response is fresh, between a minute and an hour, and
    dropped when the key set cannot be had. Only one thread at a time calls `locate`.
    """

    def __init__(
        self, issuer: str, *, clock: Clock | None = None, insecure_loopback_http: str | None = None
    ) -> None:
        self.insecure_loopback_http = insecure_loopback_http
        self._issuer = _validate(issuer, "issuer", insecure_loopback_http)
        if "?" in issuer:
            raise ConfigurationError(
                Problem("issuer", "an issuer has no query (OIDC Discovery §2)")
            )
        self._clock = clock or SystemClock()
        self._jwks_uri: str | None = None
        self._until = Deadline.after(0, self._clock)

    def locate(self, fetch: Fetch, seconds: float) -> str:
        """Return the address from metadata that is still fresh, or fetched within `seconds`."""
        if self._jwks_uri is None or self._until.passed(self._clock):
            self._jwks_uri = None
            fetched = fetch(self._issuer.removesuffix("/") + WELL_KNOWN, seconds=seconds)
            self._jwks_uri = self._read(parse_object(fetched.body or b"", "the issuer's metadata"))
            life = (
                MAX_METADATA_SECONDS
                if fetched.lifetime_seconds is None
                else fetched.lifetime_seconds
            )
            life = min(max(life, MIN_METADATA_SECONDS), MAX_METADATA_SECONDS)
            self._until = Deadline.after(life, self._clock)
        return self._jwks_uri

    def forget(self) -> None:
        """Fetch the metadata anew next time."""
        self._jwks_uri = None

    def _read(self, metadata: dict[str, Any]) -> str:
        if metadata.get("issuer") != self._issuer:  # OIDC Discovery §4.3: identical, RFC 8414 §3.3
            raise _unavailable("the issuer's metadata names another issuer")
        url = metadata.get("jwks_uri")
        if not is_acceptable(url, loopback_http=self.insecure_loopback_http is not None):
            raise _unavailable("the issuer's metadata has no jwks_uri that begins with https://")
        return str(url)


def _validate(url: str, place: str, insecure_loopback_http: str | None) -> str:
    if insecure_loopback_http is not None and not insecure_loopback_http.strip():
        raise ConfigurationError(Problem("insecure_loopback_http", "give the reason for it"))
    if not is_acceptable(url, loopback_http=insecure_loopback_http is not None):
        message = "must be an https:// URL without user name, password and fragment"
        raise ConfigurationError(Problem(place, message))
    return url


def _unavailable(detail: str) -> DependencyError:
    return DependencyError("keys_unavailable", detail)
