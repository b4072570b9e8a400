"""Finds all credentials of a request that a document's schemes take."""

from collections.abc import Callable
from typing import TypeVar

from authorizers.errors import ConfigurationError, MalformedCredential, MissingCredential, Problem
from authorizers.model.credential import BearerToken, ClientCertificate, PresentedApiKey
from authorizers.model.presented import Presented
from authorizers.model.request import EventKind, Request

C = TypeVar("C")
Extract = Callable[[Request], C]


class CombinedExtractor:
    """
    Finds what a request presents, of the kinds that there is something to extract with.

    A token and a key each say who calls: a request with both is refused, because two readers of
    it might not believe the same one.
    """

    def __init__(
        self,
        *,
        certificate: Extract[ClientCertificate] | None,
        token: Extract[BearerToken] | None,
        key: Extract[PresentedApiKey] | None,
    ) -> None:
        if certificate is None and token is None and key is None:
            raise ConfigurationError(Problem("authenticate", "name at least one scheme"))
        self._certificate = certificate
        self._token = token
        self._key = key

    def extract(self, request: Request) -> Presented:
        """
        Return the credentials of `request`, of which nothing is proven.

        Raises:
            MissingCredential: `credential_missing`, there is none of any kind.
            MalformedCredential: `credential_ambiguous`, or as for a single kind.
            ConfigurationError: `certificate_not_available`.
        """
        certificate = _found(self._certificate, request)
        token, key = self._token, self._key
        if token and key and request.kind is EventKind.REST_TOKEN:
            # The event has one header's value, and only its scheme tells what it is.
            is_bearer = (request.authorization_token or "")[:7].lower() == "bearer "
            token, key = (token, None) if is_bearer else (None, key)
        bearer, api_key = _found(token, request), _found(key, request)
        if bearer is not None and api_key is not None:
            raise MalformedCredential(
                "credential_ambiguous", "the request carries a token and an API key"
            )
        if certificate is None and bearer is None and api_key is None:
            raise MissingCredential("credential_missing", "the request carries no credential")
        return Presented(certificate, bearer or api_key)


def _found(extract: Extract[C] | None, request: Request) -> C | None:
    try:
        return extract(request) if extract is not None else None
    except MissingCredential:
        return None
