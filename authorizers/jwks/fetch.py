"""
Fetching a key set, or the metadata that tells where it is.

This module loads `requests`; the others import it only when there is something to fetch.
"""

import time
from typing import Final

from authorizers.errors import DependencyError
from authorizers.http.exchange import exchange
from authorizers.http.message import Question, Way
from authorizers.jwks.address import Fetched, is_loopback
from authorizers.jwks.document import MAX_DOCUMENT_BYTES
from authorizers.jwks.freshness import lifetime_seconds

MEDIA_TYPE: Final = "application/json"


def fetch(url: str, *, seconds: float, etag: str | None = None) -> Fetched:
    """
    Fetch `url`, which `authorizers.jwks.address` has validated, within `seconds`.

    No redirect is followed, and neither cookies nor the credentials of a `.netrc` are sent. The
    environment's proxies and `REQUESTS_CA_BUNDLE` are honoured; loopback needs no proxy.

    Raises:
        DependencyError: `keys_unavailable`, saying what happened.
    """
    question = Question(url, MEDIA_TYPE, MAX_DOCUMENT_BYTES, etag=etag)
    try:
        answer = exchange(question, Way(proxies=not is_loopback(url)), seconds=seconds)
    except DependencyError as error:
        raise DependencyError("keys_unavailable", error.detail) from None
    life = lifetime_seconds(answer.headers, time.time())  # the time matters only without a Date
    return Fetched(answer.body, answer.etag, life)
