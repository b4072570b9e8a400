"""The small words of the document: scopes, claim paths, durations, networks, names."""

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
)

from authorizers.config.vocabulary import (
    CLAIM_PATH_EXPECTED,
    SCOPE_EXPECTED,
    is_claim_path,
    is_scope,
    validate_algorithm,
)
from authorizers.jwt.algorithms import ALGORITHMS
from authorizers.model.network import canonical_network
from authorizers.responses.challenge import CONTEXT_NAME as CHALLENGE_NAME
from authorizers.responses.challenge import RETRY_AFTER
from authorizers.responses.limits import RESERVED_NAMES

MAX_NAME_CHARS = 64
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,9})([smhd]?)")
# RFC 9110 §5.6.2, token: what header and cookie names (RFC 6265 §4.1.1) are made of.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_CONTEXT_NAME = re.compile(r"[A-Za-z0-9_]+")
# DynamoDB Developer Guide, "Naming rules and data types": 3 to 255 characters.
_TABLE_NAME = "[A-Za-z0-9_.-]{3,255}"
CLAIMS = "claims."
TAKEN_NAMES = RESERVED_NAMES | {CHALLENGE_NAME, RETRY_AFTER}  # by API Gateway, and by a Deny
EXACTLY_ONE: dict[str, JsonValue] = {"minProperties": 1, "maxProperties": 1}


class Part(BaseModel):
    """A mapping of the document: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def _scope(text: str) -> str:
    if not is_scope(text):
        raise ValueError(SCOPE_EXPECTED)
    return text


def _claim_path(text: str) -> str:
    if not is_claim_path(text):
        raise ValueError(CLAIM_PATH_EXPECTED)
    return text


def _claim_reference(text: str) -> str:
    if not text.startswith(CLAIMS):
        raise ValueError("write claims. and a claim's path, such as claims.sub")
    return _claim_path(text.removeprefix(CLAIMS))


def _algorithm(text: str) -> str:
    validate_algorithm(text)
    return text


def _seconds(value: Any) -> int:
    match = _DURATION.fullmatch(str(value)) if type(value) in (int, str) else None
    if match is None:
        raise ValueError("write a duration: whole seconds, or 30s, 5m, 12h, 1d")
    return int(match[1]) * _SECONDS[match[2]]


def _scalar(value: Any) -> Any:
    if not isinstance(value, str | int | float):
        raise ValueError("write text, a number, true or false")  # noqa: TRY004 - pydantic's way
    return value


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError("write a name without spaces and separators (RFC 9110 §5.6.2)")
    return text


def _scheme_name(text: str) -> str:
    if not _NAME.fullmatch(text) or len(text) > MAX_NAME_CHARS:
        raise ValueError("a scheme's name is letters, digits, _ and -, a letter first")
    return text


def _context_name(text: str) -> str:
    if not _CONTEXT_NAME.fullmatch(text) or len(text) > MAX_NAME_CHARS:
        raise ValueError("a context name is letters, digits and _")
    if text in TAKEN_NAMES:
        raise ValueError("this name is written by API Gateway or by the authorizer itself")
    return text


def _table_name(text: str) -> str:
    if not re.fullmatch(_TABLE_NAME, text):
        raise ValueError("write the table's name: 3 to 255 letters, digits and . _ -")
    return text


def _reason(text: str) -> str:
    if not text.strip():
        raise ValueError("say why, in a few words: the reason is logged")
    return text


def _only_true(value: bool) -> bool:
    if not value:
        raise ValueError("only true has a meaning here: what is not named is denied")
    return value


def spelled(pattern: str, *examples: str, **more: JsonValue) -> Any:
    """Return what the JSON Schema says of a text: its pattern, examples, and `more`."""
    extra: dict[str, JsonValue] = {"pattern": f"^(?:{pattern})$"}
    return Field(json_schema_extra={**extra, "examples": list(examples), **more})


_PATH_PATTERN = r'(?:[A-Za-z0-9_-]+|"[^"\\]+")(?:\.(?:[A-Za-z0-9_-]+|"[^"\\]+"))*'

# Not `Literal[True]`, which takes 1 as well.
OnlyTrue = Annotated[bool, AfterValidator(_only_true), WithJsonSchema({"const": True})]
Text = Annotated[str, Field(min_length=1)]
Scope = Annotated[str, AfterValidator(_scope), spelled(r"[\x21\x23-\x5b\x5d-\x7e]+", "orders:read")]
ClaimPath = Annotated[
    str, AfterValidator(_claim_path), spelled(_PATH_PATTERN, "sub", "realm_access.roles")
]
ClaimReference = Annotated[
    str, AfterValidator(_claim_reference), spelled(rf"claims\.{_PATH_PATTERN}", "claims.sub")
]
Algorithm = Annotated[
    str, AfterValidator(_algorithm), Field(json_schema_extra={"enum": list(ALGORITHMS)})
]
Network = Annotated[
    str, AfterValidator(canonical_network), Field(json_schema_extra={"examples": ["10.0.0.0/8"]})
]
Seconds = Annotated[
    int,
    BeforeValidator(_seconds),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": "^[0-9]{1,9}[smhd]?$"},
            ]
        }
    ),
]
Scalar = Annotated[
    Any, BeforeValidator(_scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})
]
Token = Annotated[str, AfterValidator(_token)]
Reason = Annotated[str, AfterValidator(_reason)]
SchemeName = Annotated[
    str, AfterValidator(_scheme_name), spelled("[A-Za-z][A-Za-z0-9_-]*", "staff")
]
TableName = Annotated[str, AfterValidator(_table_name), spelled(_TABLE_NAME, "Bindings")]
ContextName = Annotated[
    str, AfterValidator(_context_name), spelled("[A-Za-z0-9_]+", "user_id", "tenant")
]


def only_one(value: Any, several: str, empty: str) -> Any:
    """
    Return `value` unless it is a mapping with several entries, or with none.

    Raises:
        ValueError: the sentence `several` or `empty`.
    """
    if isinstance(value, dict) and len(value) != 1:
        raise ValueError(several if value else empty)
    return value
