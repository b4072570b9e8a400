"""Addresses that keys and revocation lists are fetched from, and the issuers that own them."""

import re

_URL = (  # compiled when it is used: most functions never check an address
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])"
    r"(?P<port>:[0-9]{1,5})?(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?P<query>\?[^#\x00-\x20\x7f-]*)?"
)
_LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
MAX_URL_CHARS = 2048


def validate_issuer(text: str, *, loopback_http: bool = False) -> None:
    """
    Accept `text` as an issuer identifier: https, no query, no fragment (RFC 8414 §2).

    `loopback_http` is the named relaxation: http, for this machine only.

    Raises:
        ValueError: says what to write instead, without the text.
    """
    if _parse_url(text, loopback_http=loopback_http)["query"] is not None:
        raise ValueError("an issuer has no query and no fragment (RFC 8414 §2)")


def validate_jwks_uri(text: str, *, loopback_http: bool = False) -> None:
    """
    Accept `text` as the address of a key set: https, a query is allowed.

    Raises:
        ValueError: says what to write instead, without the text.
    """
    _parse_url(text, loopback_http=loopback_http)


def validate_crl_url(text: str) -> None:
    """
    Accept `text` as the address of a revocation list: http or https, for lists are signed and
    reading them must not need one (RFC 5280 §8).

    Raises:
        ValueError: says what to write instead, without the text.
    """
    _match_url(text, "http://crl.example.com/issuing.crl")


def _parse_url(text: str, *, loopback_http: bool) -> re.Match[str]:
    match = _match_url(text, "https://login.example.com/")
    if match["scheme"] == "http" and not (loopback_http and match["host"] in _LOOPBACK):
        raise ValueError(_HTTPS_EXPECTED)
    return match


def _match_url(text: str, example: str) -> re.Match[str]:
    if "@" in text.partition("://")[2].partition("/")[0]:
        raise ValueError("an address holds no user name and no password")
    if "#" in text:
        raise ValueError("an address that is fetched has no fragment")
    match = re.fullmatch(_URL, text)
    if match is None or len(text) > MAX_URL_CHARS or int((match["port"] or ":443")[1:]) > 65535:
        raise ValueError(f"write an address such as {example}")
    return match


_HTTPS_EXPECTED = (
    "write an https:// address; http:// is taken for 127.0.0.1, [::1] and localhost only, and only"
    " with insecure_loopback_http: <reason> under keys"
)
