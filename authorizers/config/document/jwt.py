"""Tokens of one issuer: which of them are trusted, and by which keys."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag

from authorizers.config.document.words import (
    Algorithm,
    ClaimPath,
    OnlyTrue,
    Part,
    Reason,
    Scalar,
    Seconds,
    Text,
)
from authorizers.config.key_set import validate_key_set
from authorizers.config.vocabulary import (
    DEFAULT_LEEWAY_SECONDS,
    MAX_LEEWAY_SECONDS,
    PROFILES,
)

KEY_SOURCES = ("discovery", "jwks_uri", "jwks_file", "jwks")
ABSENT_TYPE = "absent"


class AnyAudience(Part):
    """The relaxation of `audience`: a token for anybody is taken."""

    any: Reason = Field(description="Why tokens for other audiences are taken. It is logged.")


class Keys(Part):
    """
    Where the issuer's public keys come from: exactly one of `discovery`, `jwks_uri`,
    `jwks_file` and `jwks`.
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [name]} for name in KEY_SOURCES]}
    )

    discovery: OnlyTrue | None = Field(
        None,
        description="Ask the issuer's discovery document (`/.well-known/openid-configuration`).",
    )
    jwks_uri: Text | None = Field(None, description="The key set's https address.")
    jwks_file: Text | None = Field(
        None, description="A file in the function's package that holds the key set, as JSON."
    )
    jwks: Annotated[dict[str, Any], AfterValidator(validate_key_set)] | None = Field(
        None, description="The key set itself (RFC 7517 §5); public keys only."
    )
    insecure_loopback_http: Reason | None = Field(
        None,
        description="Why `http://` is taken for 127.0.0.1, [::1] and localhost. It is logged.",
    )


class CustomProfile(Part):
    """What makes a token of this issuer one for this API, spelled out."""

    types: list[Text] = Field(
        min_length=1,
        description="Accepted media types in the `typ` header, such as `at+jwt`;"
        f" the word `{ABSENT_TYPE}` takes tokens without one.",
    )
    required_claims: list[Text] = Field(
        min_length=1, description="Claims that must be there, beside `iss` and `exp`."
    )
    audience_claim: Literal["aud", "client_id"] = Field(
        "aud", description="The claim that is compared with `audience`."
    )
    scope_claims: list[Text] = Field(
        default=["scope"], min_length=1, description="Claims that scopes are read from."
    )
    client_claims: list[Text] | None = Field(
        None,
        min_length=1,
        description="Claims that name the client, such as `azp`; one of them must be there.",
    )
    exact: dict[Text, Scalar] = Field(
        default={}, description="Claims that must have exactly this value."
    )


def _leeway(seconds: int) -> int:
    if seconds > MAX_LEEWAY_SECONDS:
        raise ValueError(f"write at most {MAX_LEEWAY_SECONDS}s; more hides a clock that is wrong")
    return seconds


def _max_age(seconds: int) -> int:
    if seconds == 0:
        raise ValueError("write a duration of at least 1s, or leave it out")
    return seconds


def _audience_kind(value: Any) -> str:
    return "<any>" if isinstance(value, dict) else "<list>"


class Jwt(Part):
    """Tokens of one issuer. There is no default for what decides whom to trust."""

    issuer: Text = Field(
        description="The issuer, an https address, exactly as it stands in the `iss` claim."
    )
    audience: Annotated[
        Annotated[list[Text], Field(min_length=1), Tag("<list>")]
        | Annotated[AnyAudience, Tag("<any>")],
        Discriminator(_audience_kind),
    ] = Field(
        description="The audiences that this API answers to; a token must name one of them."
        " `{any: reason}` takes tokens for anybody."
    )
    profile: Literal[PROFILES] = Field(  # type: ignore[valid-type]
        description="The kind of token. `custom` needs `custom_profile`."
    )
    algorithms: list[Algorithm] = Field(
        min_length=1, description="The signature algorithms that tokens may be signed with."
    )
    keys: Keys = Field(description="Where the issuer's public keys come from.")
    leeway: Annotated[Seconds, AfterValidator(_leeway)] = Field(
        DEFAULT_LEEWAY_SECONDS,
        description=f"Tolerated clock skew, at most {MAX_LEEWAY_SECONDS} seconds.",
    )
    max_age: Annotated[Seconds, AfterValidator(_max_age)] | None = Field(
        None, description="Refuse tokens that were issued (`iat`) longer ago than this."
    )
    principal_claim: ClaimPath = Field(
        "sub", description="The claim that identifies the caller within this issuer."
    )
    groups_claim: ClaimPath | None = Field(
        None,
        description="The claim that lists the caller's groups; needed to bind roles to groups.",
    )
    client_claim: ClaimPath | None = Field(
        None,
        description="The claim that names the issuer's client; needed to bind roles to clients.",
    )
    custom_profile: CustomProfile | None = Field(
        None, description="The rules of `profile: custom`, and of no other."
    )
