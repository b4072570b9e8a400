"""The demonstration itself: an issuer, the shipped function, and everything that is sent to it."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

from authorizers.config.compile import compile_document, render_compiled
from authorizers.demo import cases
from authorizers.demo.cases import Case
from authorizers.demo.rows import Cell, Row, Section
from authorizers.gateway.answer import Outcome, answer
from authorizers.model.request import EventKind
from authorizers.testing.events import EVENT_BUILDERS, Event
from authorizers.testing.issuer import JWKS_PATH, FakeIssuer
from authorizers.testing.lambda_runtime import InvocationResult, LambdaRuntime
from authorizers.testing.sample_events import FUNCTION, write_sample_events
from authorizers.testing.samples import STATUS, expected_outcome

HANDLER: Final = "authorizers.handlers.jwt.handler"
EXAMPLE_ISSUER: Final = "https://login.example.com"
_REASON: Final = "the demonstration's issuer runs on this machine"
_KIND_IN_NAME: Final = re.compile(r"rest-token|rest-request|http-1|http-2|websocket")
_SOURCE_IP: Final = "203.0.113.10"


class Story:
    """
    Owns the issuer and the functions while it is told.

    `events` is a folder of sample events; without one they are made, with a key of their own.
    """

    def __init__(self, events: Path | None) -> None:
        self._resources = ExitStack()
        enter = self._resources.enter_context
        folder = Path(enter(TemporaryDirectory(prefix="authorizers-demo-")))
        self._events = events or folder / "events"
        self._about_samples = f"{events}/*.json, under the variables in {events}/local/env.json"
        if events is None:
            self._about_samples = "made just now, with a key of their own"
            write_sample_events(self._events)
        self.issuer = FakeIssuer()
        cases.publish_first_keys(self.issuer)
        enter(self.issuer)
        compiled = render_compiled(compile_document(example_document(self.issuer.issuer)))
        self.compiled_bytes = len(compiled)
        folder.joinpath("authorizers.json").write_bytes(compiled)
        sample_variables = _read_json(self._events / "local" / "env.json")[FUNCTION]
        simple = {"AUTHORIZERS_HTTP_RESPONSES": "simple_uncached"}
        self._for_samples = enter(LambdaRuntime(HANDLER, sample_variables))
        self._for_tokens = enter(LambdaRuntime(HANDLER, simple, task_root=folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._resources.close()

    def sections(self) -> Iterator[Section]:
        """Tell it, in an order that matters: the issuer changes as it goes on."""
        yield Section("Sample events", self._about_samples, self._sample_rows())
        to = "to GET /orders, or $connect"
        for title, about, told in (
            ("Fresh tokens", f"as Authorization: Bearer <token>, {to}", cases.fresh_tokens),
            ("Where a token is looked for", f"a good token, {to}", cases.places),
            (
                "Who may do what",
                "good tokens; alice has orders:read, a writer orders:write",
                cases.routes,
            ),
            ("Key rotation", "the issuer changes its keys; the function is warm", cases.rotation),
            ("Outage", "the issuer goes away", self._outage),
        ):
            yield Section(title, about, self._case_rows(told(self.issuer)))

    def _outage(self, issuer: FakeIssuer) -> Iterator[Case]:
        yield from cases.outage(issuer)
        self._for_tokens.stop()
        yield from cases.cold_outage(issuer)

    def _case_rows(self, told: Iterable[Case]) -> Iterator[Row]:
        for case in told:
            asked_before = len(self.issuer.requests)
            cells = {kind: self._cell(case, kind) for kind in case.kinds}
            asked = self.issuer.requests[asked_before:]
            fetched = tuple(self._fetched(request.path) for request in asked)
            yield Row(case.what, case.route, cells, fetched, case.note)

    def _cell(self, case: Case, kind: EventKind) -> Cell:
        expected = STATUS[expected_outcome(case.verdict, kind)]
        event, address = EVENT_BUILDERS[kind](**case.call), case.call.get("source_ip", _SOURCE_IP)
        return _cell(self._for_tokens, event, kind, expected, address)

    def _fetched(self, path: str) -> str:
        if path != JWKS_PATH:
            return "discovery document"
        return "keys " + " ".join(key.key_id for key in self.issuer.keys)

    def _sample_rows(self) -> Iterator[Row]:
        """One row for each scenario: the same thing as different kinds of event."""
        expected = _read_json(self._events / "local" / "expected.json")
        scenarios: dict[str, dict[EventKind, Cell]] = {}
        for name, its in expected.items():
            kind = EventKind(its["kind"])
            cell = _cell(self._for_samples, _read_json(self._events / name), kind, its["status"])
            scenarios.setdefault(_KIND_IN_NAME.sub("*", name, count=1), {})[kind] = cell
        for scenario, cells in scenarios.items():
            yield Row(scenario, "", cells)


def _cell(
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


def example_document(issuer: str) -> str:
    """Return the example document with `issuer`, which is on this machine, as its issuer."""
    text = files("authorizers.demo").joinpath("document.yaml").read_text(encoding="utf-8")
    keys = f'{{discovery: true, insecure_loopback_http: "{_REASON}"}}'
    return text.replace(EXAMPLE_ISSUER, issuer).replace("{discovery: true}", keys)


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
