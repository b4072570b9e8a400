"""A named way to authenticate: exactly one kind of credential, and how it is verified."""

from typing import Any

from pydantic import ConfigDict, Field, model_validator

from authorizers.config.document.api_key import ApiKey
from authorizers.config.document.client_certificate import ClientCertificate
from authorizers.config.document.jwt import Jwt
from authorizers.config.document.words import EXACTLY_ONE, Part, only_one

KINDS = ("jwt", "api_key", "client_certificate")
_ONE_KIND = f"a scheme is of one kind: write one of {', '.join(KINDS)}"


class Scheme(Part):
    """
    One way to authenticate: `jwt`, `api_key` or `client_certificate`. A document may have schemes
    of all kinds. A request carries a token or a key, not both; a certificate may stand beside it.
    """

    model_config = ConfigDict(json_schema_extra=EXACTLY_ONE)

    jwt: Jwt | None = Field(None, description="JSON Web Tokens of one issuer.")
    api_key: ApiKey | None = Field(None, description="API keys that you issue.")
    client_certificate: ClientCertificate | None = Field(
        None,
        description="Certificates of TLS clients, on a custom domain with mutual TLS of a REST or"
        " an HTTP API.",
    )

    @model_validator(mode="before")
    @classmethod
    def _one_kind(cls, value: Any) -> Any:
        return only_one(value, _ONE_KIND, _ONE_KIND)
