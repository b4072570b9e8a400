"""
The API key of a request: the value of exactly one header, or, only where the document says so, of
one query parameter. Two values, or two places with one, are refused: two readers of such a request
might not read the same one.
"""

from collections.abc import Mapping, Sequence

from authorizers.errors import ConfigurationError, MalformedCredential, MissingCredential, Problem
from authorizers.model.credential import PresentedApiKey
from authorizers.model.request import EventKind, Request

MAX_CHARS = 128  # a key is shorter; what is longer is not even hashed


class ApiKeyExtractor:
    """Finds the one API key of a request, in the place that `key_from` names."""

    def __init__(self, key_from: Mapping[str, str]) -> None:
        if len(key_from) != 1 or not key_from.keys() <= {"header", "query"}:
            raise ConfigurationError(Problem("key_from", "name one header or one query parameter"))
        ((self._place, name),) = key_from.items()
        self._name = name.lower() if self._place == "header" else name

    def extract(self, request: Request) -> PresentedApiKey:
        """
        Return the key of `request`, of which nothing is proven.

        Raises:
            MissingCredential: `credential_missing`.
            MalformedCredential: `credential_ambiguous` or `key_malformed`.
        """
        texts = self._texts(request)
        if not texts:
            raise MissingCredential("credential_missing", "the request carries no API key")
        if len(texts) > 1:
            raise MalformedCredential(
                "credential_ambiguous", "the request carries more than one value for its API key"
            )
        if len(texts[0]) > MAX_CHARS:
            raise MalformedCredential("key_malformed", "the credential is not an API key")
        return PresentedApiKey(texts[0])

    def _texts(self, request: Request) -> Sequence[str]:
        if self._place == "query":
            return request.query.get(self._name, ())
        if request.kind is not EventKind.REST_TOKEN:
            return request.headers.get(self._name, ())
        # A TOKEN event has the value of one header, whose name only its authorizer knows.
        return [] if request.authorization_token is None else [request.authorization_token]
