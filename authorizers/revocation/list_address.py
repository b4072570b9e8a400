"""A certificate revocation list at an HTTP address, read again only when it has changed."""

import re
from typing import Final

from authorizers.http.message import Question, Way

DEADLINE_SECONDS: Final = 4.0  # API Gateway waits for 10 s
_MEDIA_TYPE: Final = "application/pkix-crl"  # RFC 2585 §4.2
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT")


def fetch_crl(
    url: str,
    known_version: str | None = None,
    *,
    way: Way,
    max_bytes: int,
    seconds: float = DEADLINE_SECONDS,
) -> tuple[bytes, str | None] | None:
    """
    Return the bytes at `url` and their version, an ETag or a Last-Modified; `None` if that is
    still `known_version`. They are untrusted. `way` is `AllowedHosts.way()` for an address that
    stands in a certificate.

    Raises:
        DependencyError: `http_unavailable`, or `address_refused`.
    """
    from authorizers.http.exchange import exchange  # noqa: PLC0415 loads `requests`

    is_date = known_version is not None and _HTTP_DATE.fullmatch(known_version) is not None
    question = Question(
        url,
        _MEDIA_TYPE,
        max_bytes,
        etag=None if is_date else known_version,
        modified=known_version if is_date else None,
    )
    answer = exchange(question, way, seconds=seconds)
    if answer.body is None:
        return None
    modified = answer.headers.get("Last-Modified", "")
    return answer.body, answer.etag or (modified if _HTTP_DATE.fullmatch(modified) else None)


class ListAddress:
    """
    The list at `url`, as a store (`model.refreshed.BytesStore`). `place` is what messages call
    it: an address out of a certificate is somebody else's text.
    """

    __slots__ = ("_max_bytes", "_url", "_way", "place")

    def __init__(self, url: str, way: Way, *, max_bytes: int, place: str) -> None:
        self._url = url
        self._way = way
        self._max_bytes = max_bytes
        self.place = place

    def read(self, known_version: str | None = None) -> tuple[bytes, str | None] | None:
        """
        Return the list and its version, or `None` if that is still `known_version`.

        Raises:
            DependencyError: as `fetch_crl`.
        """
        return fetch_crl(self._url, known_version, way=self._way, max_bytes=self._max_bytes)
