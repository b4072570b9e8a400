"""A shipped function in the demonstration: invoked as API Gateway would, and what a client gets."""

from collections.abc import Iterable, Iterator

from authorizers.demo.cases import Case
from authorizers.demo.rows import Cell, Row
from authorizers.gateway.answer import Outcome, answer
from authorizers.model.request import EventKind
from authorizers.testing.events import EVENT_BUILDERS, Event
from authorizers.testing.lambda_runtime import InvocationResult, LambdaRuntime
from authorizers.testing.sample import STATUS, expected_outcome

_SOURCE_IP = "203.0.113.10"


def rows_of_cases(function: LambdaRuntime, told: Iterable[Case]) -> Iterator[Row]:
    """Send each case as all its kinds of events, and yield what came of it."""
    for case in told:
        cells = {kind: cell_of_case(function, case, kind) for kind in case.kinds}
        yield Row(case.what, case.route, cells, (), case.note)


def cell_of_case(function: LambdaRuntime, case: Case, kind: EventKind) -> Cell:
    """Send `case` as an event of `kind`."""
    expected = STATUS[expected_outcome(case.verdict, kind)]
    address = case.call.get("source_ip", _SOURCE_IP)
    call = case.call
    if kind is EventKind.REST_TOKEN:
        call = {name: value for name, value in call.items() if name != "source_ip"}
    event = EVENT_BUILDERS[kind](**call)
    return cell_of_event(function, event, kind, expected, address)


def cell_of_event(
    function: LambdaRuntime,
    event: Event,
    kind: EventKind,
    expected: int,
    source_ip: str = _SOURCE_IP,
) -> Cell:
    """Invoke `function` as API Gateway would, and take what it would answer to the client."""
    result = function.invoke(event)
    arn = event.get("routeArn") or event.get("methodArn") or ""
    given = answer(
        kind,
        Outcome(result.payload, result.error_message if result.failed else None),
        arn,
        simple_responses=True,
        condition_context={"aws:SourceIp": source_ip},
    )
    return Cell(given.status, expected, _reason(result), result.milliseconds, result.cold)


def _reason(result: InvocationResult) -> str:
    """Return the reason in the function's own log; without a decision, the error's type."""
    reasons = [r["reason"] for r in result.records if r.get("message") == "decision"]
    return str(reasons[-1] if reasons else result.error_type)
