"""The wire shape of a policy document (IAM User Guide, "Grammar of the IAM JSON policy")."""

from typing import Literal, TypedDict

Effect = Literal["Allow", "Deny"]


class Statement(TypedDict, total=False):
    """One statement; the builder always writes lists."""

    Effect: Effect
    Action: str
    Resource: list[str]
    NotResource: list[str]
    Condition: dict[str, dict[str, list[str]]]


class PolicyDocument(TypedDict):
    """A policy document, version 2012-10-17."""

    Version: Literal["2012-10-17"]
    Statement: list[Statement]
