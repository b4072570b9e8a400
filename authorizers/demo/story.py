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
from authorizers.demo.certificate_story import CertificateStory
from authorizers.demo.function import cell_of_case, cell_of_event
from authorizers.demo.key_story import KeyStory
from authorizers.demo.rows import Cell, Row, Section
from authorizers.model.request import EventKind
from authorizers.testing.issuer import JWKS_PATH, FakeIssuer
from authorizers.testing.lambda_runtime import LambdaRuntime
from authorizers.testing.sample import (
    API_KEY_FUNCTION,
    CERTIFICATE_FUNCTION,
    COMBINED_FUNCTION,
    HANDLERS,
    JWT_FUNCTION,
)
from authorizers.testing.sample_events import write_sample_events

EXAMPLE_ISSUER: Final = "https://login.example.com"
_REASON: Final = "the demonstration's issuer runs on this machine"
_KIND_IN_NAME: Final = re.compile(r"rest-token|rest-request|http-1|http-2|websocket")


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
        local = self._events / "local"
        variables = _read_json(local / "env.json")
        simple = {"AUTHORIZERS_HTTP_RESPONSES": "simple_uncached"}
        self._for_samples = {
            function: enter(LambdaRuntime(handler, variables[function], task_root=local))
            for function, handler in HANDLERS.items()
        }
        self._for_tokens = enter(LambdaRuntime(HANDLERS[JWT_FUNCTION], simple, task_root=folder))
        self._keys = KeyStory(self._resources, folder / "keys")
        self._certificates = CertificateStory(self._resources, folder / "certificates")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._resources.close()

    def sections(self) -> Iterator[Section]:
        """Tell it, in an order that matters: the issuer changes as it goes on."""
        yield Section("Sample events", self._about_samples, self._sample_rows(JWT_FUNCTION))
        about = "for the function that takes keys, under their own variables"
        yield Section("Sample events with keys", about, self._sample_rows(API_KEY_FUNCTION))
        about = "for the function that takes certificates"
        title = "Sample events with certificates"
        yield Section(title, about, self._sample_rows(CERTIFICATE_FUNCTION))
        about = "for the function that takes certificates, tokens and keys"
        title = "Sample events with several credentials"
        yield Section(title, about, self._sample_rows(COMBINED_FUNCTION))
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
        yield from self._keys.sections()
        yield from self._certificates.sections()

    def _outage(self, issuer: FakeIssuer) -> Iterator[Case]:
        yield from cases.outage(issuer)
        self._for_tokens.stop()
        yield from cases.cold_outage(issuer)

    def _case_rows(self, told: Iterable[Case]) -> Iterator[Row]:
        for case in told:
            asked_before = len(self.issuer.requests)
            cells = {kind: cell_of_case(self._for_tokens, case, kind) for kind in case.kinds}
            asked = self.issuer.requests[asked_before:]
            fetched = tuple(self._fetched(request.path) for request in asked)
            yield Row(case.what, case.route, cells, fetched, case.note)

    def _fetched(self, path: str) -> str:
        if path != JWKS_PATH:
            return "discovery document"
        return "keys " + " ".join(key.key_id for key in self.issuer.keys)

    def _sample_rows(self, function: str) -> Iterator[Row]:
        """One row for each scenario: the same thing as different kinds of event."""
        expected = _read_json(self._events / "local" / "expected.json")
        runtime = self._for_samples[function]
        scenarios: dict[str, dict[EventKind, Cell]] = {}
        for name, its in expected.items():
            if its["function"] != function:
                continue
            kind = EventKind(its["kind"])
            cell = cell_of_event(runtime, _read_json(self._events / name), kind, its["status"])
            scenarios.setdefault(_KIND_IN_NAME.sub("*", name, count=1), {})[kind] = cell
        for scenario, cells in scenarios.items():
            yield Row(scenario, "", cells)


def example_document(issuer: str) -> str:
    """Return the example document with `issuer`, which is on this machine, as its issuer."""
    text = files("authorizers.demo").joinpath("document.yaml").read_text(encoding="utf-8")
    keys = f'{{discovery: true, insecure_loopback_http: "{_REASON}"}}'
    return text.replace(EXAMPLE_ISSUER, issuer).replace("{discovery: true}", keys)


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
