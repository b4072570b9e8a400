"""
Callers to try the rules with, and what they are expected to be allowed.

Read by the tools on people's machines (`authorizers canary`, `matrix`, `explain`); the compiled
document has none of it.
"""

import ipaddress
import re
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, JsonValue

from authorizers.config.document.words import MAX_NAME_CHARS, Part, Text
from authorizers.model.arn import METHODS
from authorizers.model.route import ROUTE_KEYS

_SOME_ALLOW_OR_DENY: dict[str, JsonValue] = {
    "anyOf": [{"required": ["allow"]}, {"required": ["deny"]}]
}
_SOME_CLAIMS: dict[str, JsonValue] = {
    "anyOf": [{"required": ["claims"]}, {"required": ["certificate"]}]
}
REQUEST_EXPECTED = (
    "write a request, such as GET /orders/42, a route of the document, such as"
    " GET /orders/{order_id}, or $connect"
)
_NAME = "[A-Za-z0-9][A-Za-z0-9._@-]*"


def _principal_name(text: str) -> str:
    if not re.fullmatch(_NAME, text) or len(text) > MAX_NAME_CHARS:
        raise ValueError("a principal's name is letters, digits and . _ @ -")
    return text


def validate_request(text: str) -> str:
    """
    Return `text` if it can be a request, or a route, of an expectation.

    Raises:
        ValueError: says what to write instead.
    """
    method, _, path = text.partition(" ")
    plain = text.isascii() and text.isprintable() and " " not in path
    if text not in ROUTE_KEYS and not (plain and path.startswith("/")):
        raise ValueError(REQUEST_EXPECTED)
    if text not in ROUTE_KEYS and method not in (*METHODS, "ANY"):
        raise ValueError(f"the method must be one of {', '.join(METHODS)}, in capitals")
    if "?" in path or "#" in path:
        raise ValueError("write the path alone: a query has no part in what is allowed")
    return text


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("write one address, such as 10.0.0.1 or 2001:db8::1") from None


RequestText = Annotated[
    str,
    AfterValidator(validate_request),
    Field(json_schema_extra={"examples": ["GET /orders/42", "$connect"]}),
]
Address = Annotated[
    str, AfterValidator(_address), Field(json_schema_extra={"examples": ["10.0.0.1"]})
]
PrincipalName = Annotated[
    str,
    AfterValidator(_principal_name),
    Field(json_schema_extra={"pattern": f"^(?:{_NAME})$", "examples": ["alice"]}),
]


class ExampleCertificate(Part):
    """What is known of the client certificate of a principal to try the rules with."""

    scheme: Text | None = Field(
        None,
        description="The scheme that verified it; needed where it stands beside a token or a key,"
        " and several schemes take certificates.",
    )
    spiffe_id: Text | None = Field(None, description="Its SPIFFE ID, with `identity: spiffe`.")
    san_dns: list[Text] | None = Field(None, description="Its DNS names.")
    san_uri: list[Text] | None = Field(None, description="Its URIs.")
    san_email: list[Text] | None = Field(None, description="Its mail addresses.")
    common_name: Text | None = Field(None, description="The common name of its subject.")
    subject: Text | None = Field(None, description="The name of its subject (RFC 4514).")
    issuer: Text | None = Field(None, description="The name of its issuer (RFC 4514).")
    fingerprint_sha256: Text | None = Field(None, description="Its SHA-256.")
    serial: Text | None = Field(None, description="Its serial number, in hexadecimal.")
    not_before: int | None = Field(
        None, description="When it begins to be valid, in seconds since 1970."
    )
    not_after: int | None = Field(
        None, description="When it ceases to be valid, in seconds since 1970."
    )


class ExamplePrincipal(Part):
    """A person or a program to try the rules with. Functions never see this."""

    model_config = ConfigDict(json_schema_extra=_SOME_CLAIMS)

    scheme: Text = Field(description="How it authenticates, one of the names under `authenticate`.")
    claims: dict[Text, Any] | None = Field(
        None,
        min_length=1,
        description="The claims of its token, of which one must identify it. Scopes are read from"
        " them as from a token. For an API key `sub` is the owner and `scope` the scopes of its"
        " record. A client certificate alone has none.",
    )
    certificate: ExampleCertificate | None = Field(
        None,
        description="The client certificate that it presents, alone or beside its token or key.",
    )
    roles: list[Text] = Field(
        default=[],
        description="The roles that a table binds to it, or the record of its key names; the"
        " document's own are found.",
    )


class Expectation(Part):
    """What one principal must be allowed, and what it must be denied."""

    model_config = ConfigDict(json_schema_extra=_SOME_ALLOW_OR_DENY)

    principal: Text = Field(description="One of the names under `principals`.")
    allow: list[RequestText] = Field(
        default=[],
        min_length=1,
        description="Requests that must be allowed. A route stands for all of its paths.",
    )
    deny: list[RequestText] = Field(
        default=[],
        min_length=1,
        description="Requests that must be denied. A route stands for all of its paths.",
    )
    from_: Address | None = Field(
        None,
        alias="from",
        description="The address that the requests come from. Without it, it must be so from"
        " everywhere.",
    )
