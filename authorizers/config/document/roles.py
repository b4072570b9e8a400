"""Roles: names for routes and requirements, and who holds them."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, JsonValue, model_validator

from authorizers.config.document.requirement import Requirement
from authorizers.config.document.words import (
    MAX_NAME_CHARS,
    Part,
    Scope,
    Seconds,
    TableName,
    Text,
)

MAX_LIFE_SECONDS = 3600  # longer, and taking a role away would be no way to take it away
HOLDERS = ("principals", "groups", "scopes", "clients", "certificates")
HOLDERS_EXPECTED = f"say who has the role: {', '.join(HOLDERS[:-1])} or {HOLDERS[-1]}, with a list"
PRINCIPAL_EXPECTED = "write a principal as logs name it, SCHEME|SUBJECT: staff|alice"
_ROLE_NAME = "[A-Za-z][A-Za-z0-9_-]*"
_SOME_HOLDER: dict[str, JsonValue] = {"anyOf": [{"required": [name]} for name in HOLDERS]}


def validate_role_name(text: str) -> str:
    """
    Return `text` if a role may have this name.

    Raises:
        ValueError: says what names are made of.
    """
    if not re.fullmatch(_ROLE_NAME, text) or len(text) > MAX_NAME_CHARS:
        raise ValueError("a role's name is letters, digits, _ and -, a letter first")
    return text


def _principal_id(text: str) -> str:
    scheme, separator, subject = text.partition("|")
    if not (scheme and separator and subject):
        raise ValueError(PRINCIPAL_EXPECTED)
    return text


def _life(seconds: int) -> int:
    if seconds > MAX_LIFE_SECONDS:
        raise ValueError("write at most 1h: a role that is taken away may be used for so long")
    return seconds


RoleName = Annotated[
    str,
    AfterValidator(validate_role_name),
    Field(json_schema_extra={"pattern": f"^(?:{_ROLE_NAME})$", "examples": ["reader"]}),
]
PrincipalId = Annotated[
    str, AfterValidator(_principal_id), Field(json_schema_extra={"examples": ["staff|alice"]})
]


class Role(Part):
    """
    A name for routes, for a requirement, for both, or (`{}`) for those it is bound to. Who meets
    the requirement holds the role, and so does everybody to whom it is bound.
    """

    routes: list[Text] | None = Field(
        None,
        min_length=1,
        description="Routes that are granted to everybody who holds the role, beside what"
        " `routes` of the document says of them.",
    )
    requirement: Requirement | None = Field(
        None, description="Who meets it holds the role. It may mention other roles."
    )


class Binding(Part):
    """A role and those who hold it by this document: one of the lists is enough."""

    model_config = ConfigDict(json_schema_extra=_SOME_HOLDER)

    role: Text = Field(description="One of the names under `roles`.")
    scheme: Text | None = Field(
        None,
        description="The scheme that the groups, scopes, clients and certificates are of; needed as"
        " soon as the document has several, because one issuer's groups are not another's.",
    )
    principals: list[PrincipalId] | None = Field(
        None, min_length=1, description="Single callers, by their principal identifier."
    )
    groups: list[Text] | None = Field(
        None, min_length=1, description="Members of a group, by the scheme's `groups_claim`."
    )
    scopes: list[Scope] | None = Field(
        None, min_length=1, description="Callers whose token carries one of these scopes."
    )
    clients: list[Text] | None = Field(
        None, min_length=1, description="Clients of the issuer, by the scheme's `client_claim`."
    )
    certificates: list[Text] | None = Field(
        None,
        min_length=1,
        description="Client certificates, by the identity that their scheme reads. Who presents a"
        " token or a key beside the certificate is the principal of that.",
    )

    @model_validator(mode="before")
    @classmethod
    def _some_holder(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.keys().isdisjoint(HOLDERS):
            raise ValueError(HOLDERS_EXPECTED)
        return value


class BindingsTable(Part):
    """A table that binds roles, so that an operator can grant and revoke without a deployment."""

    dynamodb: TableName = Field(
        description="The name of a table of Amazon DynamoDB, in the function's account and Region."
    )
    life: Annotated[Seconds, AfterValidator(_life)] = Field(
        description="How long what was read is used, and so how long a role that was taken away"
        f" still counts here; at most {MAX_LIFE_SECONDS} seconds, `0` reads at every request."
    )
    subjects: list[Literal["principals", "groups", "scopes", "clients"]] = Field(
        min_length=1, description="What of a caller is looked up in the table."
    )
