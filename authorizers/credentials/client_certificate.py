"""
The certificate of a TLS client, from where API Gateway puts it, and never from a header: whoever
can send a request can send a header.

Source: "Configuring mutual TLS authentication for a REST API",
https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html
"""

from authorizers.errors import ConfigurationError, MissingCredential, Problem
from authorizers.model.credential import ClientCertificate
from authorizers.model.request import EventKind, Request

_NEVER_HAVE_ONE = (EventKind.REST_TOKEN, EventKind.WEBSOCKET)


class CertificateExtractor:
    """Finds the certificate of a request to a domain with mutual TLS."""

    def extract(self, request: Request) -> ClientCertificate:
        """
        Return the certificate of `request`, of which nothing is proven but that the client has its
        private key.

        Raises:
            MissingCredential: `certificate_missing`, the request did not come through a domain with
                mutual TLS.
            ConfigurationError: `certificate_not_available`, this kind of event never has one.
        """
        if request.kind in _NEVER_HAVE_ONE:
            message = (
                "a TOKEN authorizer and a WebSocket API never see a client certificate: attach this"
                " function as a REQUEST authorizer of a REST API, or to an HTTP API"
            )
            raise ConfigurationError(
                Problem("authorizer", message), code="certificate_not_available"
            )
        if not request.client_certificate:
            detail = "the request carries no client certificate"
            raise MissingCredential("certificate_missing", detail)
        return ClientCertificate(request.client_certificate)
