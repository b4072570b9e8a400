"""The stage of an API, given in parts by a program and not by an event."""

from typing import TypedDict

from authorizers.errors import ConfigurationError, EventError, Problem
from authorizers.model.arn import ApiStage, parse_arn

_SAMPLE = ApiStage("aws", "eu-west-1", "123456789012", "abcdef1234", "prod")


class StageParts(TypedDict):
    """The parts of an API's ARN, such as aws, eu-west-1, 123456789012, abcdef1234 and prod."""

    partition: str
    region: str
    account: str
    api_id: str
    stage: str


def read_stage(parts: StageParts) -> ApiStage:
    """
    Read the parts of an API's ARN, each of which must be exactly one: none is a wildcard.

    Raises:
        ConfigurationError: `api_invalid`, with every part that is wrong.
    """
    given = dict(parts)
    problems = [
        Problem(name, f"is not what an API's ARN has there; write one such as {sample}")
        for name, sample in _SAMPLE._asdict().items()
        if not _is_part(name, given.pop(name, None))
    ]
    if given:
        problems.append(Problem("api", f"the parts are {', '.join(ApiStage._fields)}"))
    if problems:
        raise ConfigurationError(*problems, code="api_invalid")
    return ApiStage(**parts)


def _is_part(name: str, value: object) -> bool:
    """Ask the reader of events' ARNs, with the part in an ARN that is right everywhere else."""
    if not isinstance(value, str):
        return False
    stage = _SAMPLE._replace(**{name: value})
    try:
        return parse_arn(f"{stage.arn}/GET/").api == stage
    except EventError:
        return False
