"""What a route requires of a caller."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from authorizers.config.document.certificate_match import CertificateMatch
from authorizers.config.document.words import (
    EXACTLY_ONE,
    ClaimPath,
    ClaimReference,
    Network,
    OnlyTrue,
    Part,
    Scalar,
    Scope,
    Text,
    only_one,
)


class Scopes(Part):
    """Scopes that the token must carry: `any_of` a list, or `all_of` it."""

    model_config = ConfigDict(json_schema_extra=EXACTLY_ONE)

    any_of: list[Scope] | None = Field(None, min_length=1, description="One of these is enough.")
    all_of: list[Scope] | None = Field(None, min_length=1, description="All of these are needed.")

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        return only_one(
            value, "write either any_of or all_of", "write any_of: [...] or all_of: [...]"
        )


class ClaimTest(Part):
    """What a claim's value must be: exactly one of `equals`, `contains` and `any_of`."""

    model_config = ConfigDict(json_schema_extra=EXACTLY_ONE)

    equals: Scalar = Field(None, description="The value itself. Text is never a number.")
    contains: Scalar = Field(None, description="A list that has this value among its items.")
    any_of: list[Scalar] | None = Field(
        None, min_length=1, description="One of these values; the claim holds a single one."
    )

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        message = "write exactly one of equals, contains and any_of"
        return only_one(value, message, message)


class Requirement(Part):
    """
    What a caller must be able to show: a mapping with exactly one entry. `all_of` and
    `any_of` join several.
    """

    model_config = ConfigDict(json_schema_extra=EXACTLY_ONE)

    authenticated: OnlyTrue | None = Field(
        None, description="Every caller whose credential was verified."
    )
    nobody: OnlyTrue | None = Field(
        None,
        description="No caller at all: the route is known, and closed but to roles that name it.",
    )
    scheme: Text | None = Field(
        None,
        description="Callers of this scheme, one of the names under `authenticate`. Of a"
        " `client_certificate` scheme: those whose certificate it verified, also beside a token or"
        " a key.",
    )
    role: Text | None = Field(
        None, description="Callers who hold this role, one of the names under `roles`."
    )
    scopes: Scopes | None = Field(None, description="Callers whose token carries scopes.")
    claim: Annotated[dict[ClaimPath, ClaimTest], Field(min_length=1, max_length=1)] | None = Field(
        None, description="Callers with a certain value in a claim: `{path: {equals: value}}`."
    )
    certificate: CertificateMatch | None = Field(
        None,
        description="Callers who presented a client certificate of which this is true, alone or"
        " beside a token or a key.",
    )
    path: Annotated[dict[Text, ClaimReference], Field(min_length=1)] | None = Field(
        None,
        description="Callers to whom the path belongs: a parameter of the route has the value of"
        " a claim, `{user_id: claims.sub}`.",
    )
    source_ip: list[Network] | None = Field(
        None, min_length=1, description="Callers from these networks, as a condition of the policy."
    )
    all_of: "list[Requirement] | None" = Field(
        None, min_length=1, description="Every one of these requirements."
    )
    any_of: "list[Requirement] | None" = Field(
        None, min_length=1, description="At least one of these requirements."
    )
    not_: "Requirement | None" = Field(
        None, alias="not", description="Verified callers who do not meet this requirement."
    )

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        return only_one(
            value,
            "a requirement has one entry; to join several, write all_of: [...] or any_of: [...]",
            "an empty requirement is met by nobody; `authenticated: true` is every verified caller",
        )
