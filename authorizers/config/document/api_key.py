"""API keys: how they begin, where their records and the secret of their digests are."""

import re
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator

from authorizers.api_key.format import MAX_PREFIX_CHARS, PREFIX_PATTERN, is_prefix
from authorizers.config.document.limits import Limits
from authorizers.config.document.words import (
    EXACTLY_ONE,
    OnlyTrue,
    Part,
    Seconds,
    TableName,
    Text,
    Token,
    only_one,
)
from authorizers.config.location import PARAMETER
from authorizers.config.variables import PEPPER_VARIABLE

MAX_LIFE_SECONDS = 3600  # longer, and revoking a key would be no way to stop it
MAX_MISS_LIFE_SECONDS = 300  # for so long a new key may be unknown
DEFAULT_HEADER = "x-api-key"  # the header of API Gateway's own keys
PEPPER_EXPECTED = (
    "write ssm:/parameter/name, secretsmanager:NAME, file:PATH or the word environment"
)
_KEYS_EXPECTED = "write exactly one of dynamodb, file and records"
_KEY_SOURCE_EXPECTED = "write one place, {header: name} or {query: name}"
# Secrets Manager API Reference, CreateSecret, Name: 512 characters, letters, digits and
# `/_+=.@-`; a secret of another account is named by its ARN.
_SECRET = (
    r"(?:arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:)?[A-Za-z0-9/_+=.@-]{1,512}"
)
_PEPPER_NAMES = {"ssm": PARAMETER, "secretsmanager": _SECRET, "file": r"[^\x00]+"}


class Pepper(NamedTuple):
    """Where the peppers are: the kind of the place, and its name there."""

    kind: str
    name: str


def _pepper(text: Any) -> Pepper:
    if text == "environment":
        return Pepper("environment", PEPPER_VARIABLE)
    kind, _, name = text.partition(":") if isinstance(text, str) else ("", "", "")
    if not re.fullmatch(_PEPPER_NAMES.get(kind, "(?!)"), name):
        raise ValueError(PEPPER_EXPECTED)
    return Pepper(kind, name)


def _prefix(text: str) -> str:
    if not is_prefix(text):
        raise ValueError(
            "a prefix is small letters and digits, joined by single _, a letter first, at most"
            f" {MAX_PREFIX_CHARS} characters: orders_live"
        )
    return text


def _life(seconds: int) -> int:
    if seconds > MAX_LIFE_SECONDS:
        raise ValueError("write at most 1h: a key that is revoked may be used for so long")
    return seconds


def _miss_life(seconds: int) -> int:
    if seconds > MAX_MISS_LIFE_SECONDS:
        raise ValueError("write at most 5m: a new key may be refused for so long")
    return seconds


def _key_header(text: str) -> str:
    if text.lower() == "authorization":
        raise ValueError("write another header: Authorization is for tokens (RFC 9110 §11.6.2)")
    return text


Prefix = Annotated[
    str,
    AfterValidator(_prefix),
    Field(
        json_schema_extra={
            "pattern": f"^(?:{PREFIX_PATTERN})$",
            "maxLength": MAX_PREFIX_CHARS,
            "examples": ["orders_live"],
        }
    ),
]
PepperPlace = Annotated[
    Any,
    AfterValidator(_pepper),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^(?:environment|(?:ssm|secretsmanager|file):.+)$",
            "examples": ["ssm:/authorizers/pepper"],
        }
    ),
]
KeyRecords = Annotated[
    list[dict[str, Any]],
    Field(min_length=1),
    WithJsonSchema(
        {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["id", "owner", "secrets", "created_at"],
            },
        }
    ),
]
KeyHeader = Annotated[Token, AfterValidator(_key_header)]


class KeyRecordPlace(Part):
    """Where the records of keys are: exactly one of `dynamodb`, `file` and `records`."""

    model_config = ConfigDict(json_schema_extra=EXACTLY_ONE)

    dynamodb: TableName | None = Field(
        None,
        description="The name of a table of Amazon DynamoDB, in the function's account and Region.",
    )
    file: Text | None = Field(
        None, description="A file in the function's package, as `authorizers keys` writes it."
    )
    records: KeyRecords | None = Field(
        None, description="The records themselves: a few keys, and no infrastructure."
    )

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        return only_one(value, _KEYS_EXPECTED, _KEYS_EXPECTED)


class ApiKey(Part):
    """API keys of one prefix, which you issue with `authorizers keys`."""

    prefix: Prefix = Field(
        description="What the keys begin with: one word for each environment, so that people and"
        " secret scanners see whose key it is."
    )
    pepper: PepperPlace = Field(
        description="Where the secret is that digests of keys are made with: `ssm:/parameter`,"
        " `secretsmanager:NAME` or its ARN, `file:PATH`, or the word `environment`, which reads"
        f" `{PEPPER_VARIABLE}` and is for local runs."
    )
    keys: KeyRecordPlace = Field(description="Where the records of keys are.")
    life: Annotated[Seconds, AfterValidator(_life)] = Field(
        60,
        description="How long a record that was read is used, and so how long a key that was"
        f" revoked still counts; at most {MAX_LIFE_SECONDS} seconds, `0` reads at every request.",
    )
    miss_life: Annotated[Seconds, AfterValidator(_miss_life)] = Field(
        10,
        description="How long it is remembered that there is no such key, and so how long a new"
        f" one may be refused; at most {MAX_MISS_LIFE_SECONDS} seconds.",
    )
    routes_per_key: OnlyTrue | None = Field(
        None,
        description="Records may name the routes that their key is for. Without it, a record that"
        " does is refused.",
    )
    limits: Limits | None = Field(
        None, description="Throttling and quotas by the function, for HTTP and WebSocket APIs."
    )


class KeySource(Part):
    """The one place where an API key is looked for."""

    model_config = ConfigDict(json_schema_extra=EXACTLY_ONE)

    header: KeyHeader | None = Field(None, description="A header whose whole value is the key.")
    query: Token | None = Field(
        None, description="A query parameter. Addresses are logged in many places: avoid it."
    )

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        return only_one(value, _KEY_SOURCE_EXPECTED, _KEY_SOURCE_EXPECTED)
