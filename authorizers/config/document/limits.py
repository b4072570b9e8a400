"""How often a key may be used: rates and quotas, by plan and by route."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, JsonValue, WithJsonSchema

from authorizers.config.document.words import MAX_NAME_CHARS, Part, TableName, Text

UNLIMITED = "unlimited"
# DynamoDB Developer Guide, "Designing partition keys": one item takes 1,000 writes a second.
MAX_RATE_PER_SECOND = 1_000
MAX_BURST = 1_000_000
MAX_QUOTA = 1_000_000_000
RATE_EXPECTED = f"write a rate such as 5/s, 100/m or 1000/h, at most {MAX_RATE_PER_SECOND}/s"
QUOTA_EXPECTED = f"write a quota such as 1000/day, 5000/week or 20000/month, at most {MAX_QUOTA}"
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600}
_RATE = re.compile(r"([0-9]{1,9})/([smh])")
_QUOTA = re.compile(r"([0-9]{1,10})/(day|week|month)")
_PLAN_NAME = "[A-Za-z0-9][A-Za-z0-9_.-]*"
_SOME_LIMIT: dict[str, JsonValue] = {
    "anyOf": [{"required": ["rate", "burst"]}, {"required": ["quota"]}],
    "dependentRequired": {"rate": ["burst"], "burst": ["rate"]},
}


def _interval_us(text: Any) -> int:
    """Return the microseconds between two requests, rounded up: never more than was written."""
    match = _RATE.fullmatch(text) if isinstance(text, str) else None
    number, seconds = (int(match[1]), _UNIT_SECONDS[match[2]]) if match else (0, 1)
    if not 1 <= number <= MAX_RATE_PER_SECOND * seconds:
        raise ValueError(RATE_EXPECTED)
    return -(-1_000_000 * seconds // number)


def _quota(text: Any) -> dict[str, Any]:
    match = _QUOTA.fullmatch(text) if isinstance(text, str) else None
    if match is None or not 1 <= int(match[1]) <= MAX_QUOTA:
        raise ValueError(QUOTA_EXPECTED)
    return {"limit": int(match[1]), "period": match[2]}


def _burst(number: int) -> int:
    if not 1 <= number <= MAX_BURST:
        raise ValueError(f"write a whole number from 1 to {MAX_BURST}")
    return number


def _plan_name(text: str) -> str:
    if not re.fullmatch(_PLAN_NAME, text) or len(text) > MAX_NAME_CHARS:
        raise ValueError("a plan's name is letters, digits and . _ -")
    if text == UNLIMITED:
        raise ValueError(f"{UNLIMITED} is the word for no plan: choose another name")
    return text


Rate = Annotated[
    int,
    BeforeValidator(_interval_us),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,9}/[smh]$", "examples": ["5/s"]}),
]
Burst = Annotated[
    int, AfterValidator(_burst), Field(json_schema_extra={"minimum": 1, "maximum": MAX_BURST})
]
Quota = Annotated[
    dict[str, Any],
    BeforeValidator(_quota),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[0-9]{1,10}/(?:day|week|month)$",
            "examples": ["1000/day"],
        }
    ),
]
PlanName = Annotated[
    str,
    AfterValidator(_plan_name),
    Field(json_schema_extra={"pattern": f"^(?!{UNLIMITED}$)(?:{_PLAN_NAME})$"}),
]


class Limit(Part):
    """A rate with its burst, a quota, or both: a request is admitted if both have room for it."""

    model_config = ConfigDict(json_schema_extra=_SOME_LIMIT)

    rate: Rate | None = Field(
        None,
        description="How many requests are admitted in a second, a minute or an hour, in the long"
        " run.",
    )
    burst: Burst | None = Field(
        None,
        description="How many requests are admitted at once after a pause; needed with `rate`.",
    )
    quota: Quota | None = Field(
        None,
        description="How many requests are admitted in a day, a week or a month of UTC; a week"
        " begins on Monday.",
    )


class Plan(Limit):
    """What a key of this plan may use, on all routes together and on single routes."""

    routes: dict[Text, Limit] = Field(
        default={},
        description="Limits of single routes of this document, beside those of the plan.",
    )


class Limits(Part):
    """
    Throttling and quotas by the function itself, for HTTP and WebSocket APIs; the usage plans of
    API Gateway do it for REST APIs.
    """

    dynamodb: TableName = Field(
        description="The table of counters in Amazon DynamoDB, in the function's account and"
        " Region."
    )
    when_unavailable: Literal["deny", "allow_unmetered"] = Field(
        description="What happens while the table cannot be reached: `deny` everybody, or"
        " `allow_unmetered`."
    )
    without_plan: Text = Field(
        description=f"The plan of keys whose record names none, or `{UNLIMITED}`."
    )
    plans: Annotated[dict[PlanName, Plan], Field(min_length=1)] = Field(
        description="Usage plans by name, which the records of keys refer to."
    )
