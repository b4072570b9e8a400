"""What is asked over HTTP, what comes back, and which way it goes."""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

_HEADERS: Final = {
    "Accept-Encoding": "identity",  # nothing compressed, so no bomb
    "Connection": "close",
    "User-Agent": "apigw-authorizers",
}
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,256}"')  # RFC 9110 §8.8.3; longer ones are not kept


class Question(NamedTuple):
    """
    What is sent: a GET of `url`, or a POST where there is a `body` of `content_type`.

    `accept` is the media type that is asked for, `max_bytes` all that an answer's body may have.
    With `etag` or `modified` (a `Last-Modified`) an answer may say that nothing has changed.
    """

    url: str
    accept: str
    max_bytes: int
    etag: str | None = None
    modified: str | None = None
    body: bytes | None = None
    content_type: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers of the request."""
        conditional = {
            "Accept": self.accept,
            "Content-Type": self.content_type,
            "If-None-Match": self.etag,
            "If-Modified-Since": self.modified,
        }
        return _HEADERS | {name: value for name, value in conditional.items() if value}


class Answer(NamedTuple):
    """An answer: its `body`, or `None` when the server says that it has not been modified."""

    body: bytes | None
    headers: Mapping[str, str]

    @property
    def etag(self) -> str | None:
        """The entity tag, if it has one that can be sent back."""
        etag = self.headers.get("ETag", "")
        return etag if _ETAG.fullmatch(etag) else None


class Way(NamedTuple):
    """
    How the network is used: `proxies` says whether the environment's are honoured, and `admits`
    whether the other end of a connection, whose IP address it is given, may be talked to.

    With a proxy the other end is the proxy, which looks the name up by itself: whoever has to
    know where an exchange goes goes there without one.
    """

    proxies: bool
    admits: Callable[[str], bool] | None = None
