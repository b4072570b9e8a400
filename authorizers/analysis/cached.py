"""What a cached copy of a policy answers on the other routes of a document."""

from collections.abc import Iterator

from authorizers.analysis.explanation import CachedAnswer
from authorizers.analysis.judge import Judge, Rights, conditions_of
from authorizers.analysis.probe import Probe, probes
from authorizers.model.policy import PolicyDocument
from authorizers.model.request import API_KINDS, Request
from authorizers.policy.evaluate import evaluate


def cached_answers(
    judge: Judge, rights: Rights, policy: PolicyDocument, request: Request
) -> Iterator[CachedAnswer]:
    """
    Yield what `policy`, cached for `request`, answers on each route of the same API.

    A route is tried with a path of nobody's, and with the paths that are the principal's own.
    API Gateway caches nothing on WebSocket APIs, so there is nothing to tell.
    """
    api, stage_arn = API_KINDS[request.kind], request.arn.stage_arn
    if api == "websocket":
        return
    context = conditions_of(request.source_ip)
    for i, key in enumerate(judge.keys):
        if key == "$connect" or (key == "$default" and api == "rest"):
            continue
        for probe in _of_one_method(probes(judge, i, stage_arn, rights.granted.grants)):
            evaluation = evaluate(policy, probe.arn.text, context)
            allowed = evaluation.decision == "allow"
            yield CachedAnswer(key, probe.text, allowed, evaluation.statement)


def _of_one_method(found: Iterator[Probe]) -> Iterator[Probe]:
    """Yield the requests of the first method only: a table has room for one."""
    first = next(found, None)
    if first is not None:
        yield first
        yield from (probe for probe in found if probe.arn.method == first.arn.method)
