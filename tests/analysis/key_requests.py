"""What tests of explanations ask about documents of API keys."""

from collections.abc import Callable
from typing import Any

from authorizers.analysis.caller import AskedRequest, Presented
from authorizers.analysis.explanation import Explanation, Stage
from authorizers.config.compiled import CompiledDocument
from authorizers.issuing.issue import IssuedKey
from authorizers.model.arn import parse_arn
from authorizers.model.credential import PresentedApiKey
from authorizers.model.request import ApiKind
from tests.api_key.keys import issued

STAGE = parse_arn("arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/$connect").api
MakeDocument = Callable[..., CompiledDocument]


def reader(**members: Any) -> IssuedKey:
    return issued("acme", scopes=("orders:read",), **members)


def asked(
    request: str = "GET /orders", source_ip: str | None = None, api: ApiKind = "rest"
) -> AskedRequest:
    method, _, path = request.partition(" ")
    return AskedRequest(method, path, api, STAGE._asdict(), source_ip)


def presented(key: IssuedKey) -> Presented:
    return Presented(PresentedApiKey(key.key.reveal()))


def stage(explanation: Explanation, name: str) -> Stage:
    (found,) = (s for s in explanation.stages if s.name == name)
    return found


def facts(explanation: Explanation, name: str) -> list[str]:
    return [fact.text.strip() for fact in stage(explanation, name).facts]


def names(explanation: Explanation) -> list[str]:
    return [s.name for s in explanation.stages]


def refused_step(explanation: Explanation) -> list[str]:
    return [f.text for f in stage(explanation, "key").facts if f.mark == "no"]
