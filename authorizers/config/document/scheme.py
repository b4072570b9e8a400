"""A named way to authenticate: exactly one kind of credential, and how it is verified."""

from typing import Any

from pydantic import ConfigDict, Field, model_validator

from authorizers.config.document.api_key import ApiKey
from authorizers.config.document.jwt import Jwt
from authorizers.config.document.words import EXACTLY_ONE, Part, only_one

KINDS = ("jwt", "api_key")
_LATER = "client_certificate"
_ONE_KIND = "a scheme is of one kind: write either jwt or api_key"


class Scheme(Part):
    """One way to authenticate: `jwt` or `api_key`. All schemes of a document are of one kind."""

    model_config = ConfigDict(json_schema_extra=EXACTLY_ONE)

    jwt: Jwt | None = Field(None, description="JSON Web Tokens of one issuer.")
    api_key: ApiKey | None = Field(None, description="API keys that you issue.")

    @model_validator(mode="before")
    @classmethod
    def _one_kind(cls, value: Any) -> Any:
        if isinstance(value, dict) and _LATER in value:
            raise ValueError(f"{_LATER} comes in a later release; this one takes jwt and api_key")
        return only_one(value, _ONE_KIND, _ONE_KIND)
