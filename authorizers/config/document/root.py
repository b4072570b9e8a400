"""The whole document: who may call what."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    WithJsonSchema,
    model_validator,
)

from authorizers.config.document.api_key import DEFAULT_HEADER, KeySource
from authorizers.config.document.examples import ExamplePrincipal, Expectation, PrincipalName
from authorizers.config.document.requirement import Requirement
from authorizers.config.document.roles import Binding, BindingsTable, Role, RoleName
from authorizers.config.document.scheme import Scheme
from authorizers.config.document.words import (
    EXACTLY_ONE,
    ClaimReference,
    ContextName,
    Part,
    SchemeName,
    Token,
    only_one,
)

VERSION = 1
TOKEN_SOURCE_EXPECTED = (
    "write authorization, or one of header, cookie, query and websocket_protocol with a name"
)


class NamedTokenSource(Part):
    """A place other than the `Authorization` header, by name; exactly one entry."""

    model_config = ConfigDict(json_schema_extra=EXACTLY_ONE)

    header: Token | None = Field(None, description="A header whose whole value is the token.")
    cookie: Token | None = Field(None, description="A cookie.")
    query: Token | None = Field(
        None, description="A query parameter. Addresses are logged in many places: avoid it."
    )
    websocket_protocol: Token | None = Field(
        None,
        description="The item after this one in `Sec-WebSocket-Protocol`: browsers can set no"
        " other header on a WebSocket.",
    )

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        return only_one(value, TOKEN_SOURCE_EXPECTED, TOKEN_SOURCE_EXPECTED)


def _source_kind(value: Any) -> str:
    return "<named>" if isinstance(value, dict) else "<word>"


TokenSource = Annotated[
    Annotated[Literal["authorization"], Tag("<word>")]
    | Annotated[NamedTokenSource, Tag("<named>")],
    Discriminator(_source_kind),
]


def _version(number: int) -> int:
    if number != VERSION:
        raise ValueError(f"write {VERSION}")
    return number


Version = Annotated[int, AfterValidator(_version), WithJsonSchema({"const": VERSION})]


_SOME_ROUTE: dict[str, JsonValue] = {"anyOf": [{"required": ["routes"]}, {"required": ["roles"]}]}


class Document(Part):
    """Who may call what on an API. `authorizers compile` turns it into what a function reads."""

    model_config = ConfigDict(json_schema_extra=_SOME_ROUTE)

    version: Version = Field(description="The version of this format.")
    authenticate: Annotated[dict[SchemeName, Scheme], Field(min_length=1)] = Field(
        description="Which credentials are taken: named schemes, each with an issuer, a prefix of"
        " keys, or trusted authorities of its own."
    )
    token_from: list[TokenSource] = Field(
        default=["authorization"],
        min_length=1,
        description="Where a token is looked for. A request that presents several is refused. With"
        " `jwt` schemes only.",
    )
    key_from: KeySource = Field(
        default=KeySource.model_validate({"header": DEFAULT_HEADER}),
        description="Where an API key is looked for. With `api_key` schemes only.",
        json_schema_extra={"default": {"header": DEFAULT_HEADER}},
    )
    routes: Annotated[dict[str, Requirement], Field(min_length=1)] = Field(
        default={},
        description="What each route requires. A route that is named neither here nor by a role is"
        " granted to nobody.",
    )
    roles: Annotated[dict[RoleName, Role], Field(min_length=1)] = Field(
        default={}, description="Names for routes and requirements, of your choice."
    )
    bindings: list[Binding] = Field(
        default=[], min_length=1, description="Who holds which role, by this document."
    )
    bindings_table: BindingsTable | None = Field(
        None, description="Where else roles are bound: what an operator may change at any time."
    )
    context: dict[ContextName, ClaimReference] = Field(
        default={},
        description="Claims that are passed to the integration, under names of your choice.",
    )
    inexact: Literal["refuse", "deny"] = Field(
        "refuse",
        description="What happens when no IAM policy can say exactly what the routes require:"
        " `refuse` the document, or `deny` the requests in question. It never allows more.",
    )
    oversized: Literal["refuse", "fail"] = Field(
        "refuse",
        description="What happens when a caller who may do most would get a policy larger than"
        " API Gateway takes: `refuse` the document, or let the requests of such callers `fail`"
        " (500). Simple responses carry no policy, and do not fail.",
    )
    principals: dict[PrincipalName, ExamplePrincipal] = Field(
        default={},
        description="People and programs to try the rules with, by name. Functions never see them.",
    )
    expectations: list[Expectation] = Field(
        default=[],
        description="What these principals must be allowed and denied; `authorizers canary` checks"
        " it.",
    )

    @property
    def takes_keys(self) -> bool:
        """Whether callers may present API keys."""
        return any(scheme.api_key is not None for scheme in self.authenticate.values())

    @property
    def takes_tokens(self) -> bool:
        """Whether callers may present tokens."""
        return any(scheme.jwt is not None for scheme in self.authenticate.values())

    @property
    def certificate_schemes(self) -> list[str]:
        """The names of the schemes that verify client certificates."""
        schemes = self.authenticate.items()
        return [name for name, scheme in schemes if scheme.client_certificate is not None]
