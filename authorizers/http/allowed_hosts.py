"""
The only way to an address that stands in somebody else's document, such as a certificate.

Whoever wrote the certificate chose the address. So the deployer names the hosts that may be
asked, and whatever their names resolve to has to be public: who controls a name, or answers for
it, cannot turn this function into a visitor of its own network (server-side request forgery).
The address that counts is the one that the connection has, not one looked up before it.
"""

import re
from collections.abc import Iterable
from typing import Final

from authorizers.errors import ConfigurationError, Problem
from authorizers.http.message import Way
from authorizers.http.public_address import is_loopback, is_public

MAX_URL_CHARS: Final = 2048

_LABEL = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = rf"(?:{_LABEL}\.)*{_LABEL}"
_HOST = re.compile(rf"{_NAME}(?::[1-9][0-9]{{0,4}})?")
_URL = re.compile(  # RFC 3986 without userinfo, fragment, IP literals and empty ports
    rf"(?i:(https?)://({_NAME})(?::([1-9][0-9]{{0,4}}))?)"
    r"((?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?)",
    re.ASCII,  # in Unicode a Kelvin sign is a k
)
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}


class AllowedHosts:
    """
    `hosts` are DNS names in lower case, each with a `:port` where that is not the scheme's own.

    `insecure_loopback` is the reason why this machine may be asked too, for tests.
    """

    __slots__ = ("_hosts", "_loopback")

    def __init__(self, hosts: Iterable[str], *, insecure_loopback: str | None = None) -> None:
        """
        Nothing is asked.

        Raises:
            ConfigurationError: there is no host, or one is not written as above.
        """
        self._hosts = frozenset(hosts)
        self._loopback = insecure_loopback is not None
        if not self._hosts or not all(map(_HOST.fullmatch, self._hosts)):
            hint = "must name at least one host, as ocsp.example.com or ocsp.example.com:8080"
            raise ConfigurationError(Problem("hosts", hint))

    def normal(self, url: object) -> str | None:
        """
        Return `url` with scheme and host in lower case, or None if it may not be asked: over http
        or https only, to one of the hosts, as it is written; no user name, no fragment.
        """
        match = _URL.fullmatch(url) if isinstance(url, str) and len(url) <= MAX_URL_CHARS else None
        if match is None:
            return None
        scheme, host, port = match[1].lower(), match[2].lower(), match[3]
        if port in (None, _DEFAULT_PORTS[scheme]):
            return f"{scheme}://{host}{match[4]}" if host in self._hosts else None
        place = f"{host}:{port}"
        return f"{scheme}://{place}{match[4]}" if place in self._hosts else None

    def way(self) -> Way:
        """
        Return how they are asked: without the environment's proxies, which would look names up
        by themselves, and only where the other end is public.
        """
        return Way(proxies=False, admits=self._admits)

    def _admits(self, address: str) -> bool:
        return is_public(address) or (self._loopback and is_loopback(address))
