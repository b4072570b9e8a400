"""What an operator reads besides the decisions: why there was no answer, and what was fetched."""

import io
import json
import sys
from typing import Any

import pytest

from authorizers.audit.log import AuditLog
from authorizers.errors import ConfigurationError, DependencyError, EventError, Problem
from authorizers.model.decision import Decision
from authorizers.testing.clock import FrozenClock


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(stream: io.StringIO, request: pytest.FixtureRequest) -> AuditLog:
    # Powertools keeps one logger for each service name: a name for each test.
    return AuditLog(
        namespace="Tests", service=request.node.name, clock=FrozenClock(), stream=stream
    )


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().split("\n")[:-1]]


@pytest.mark.parametrize(
    "error",
    [
        EventError("arn_malformed", "the event's ARN is wrong"),
        DependencyError("keys_unavailable", "no key set has been fetched"),
        ConfigurationError(Problem("AUTHORIZERS_ISSUER", "is required"), code="x"),
    ],
)
def test_an_own_error_is_told_by_code_and_detail(
    log: AuditLog, stream: io.StringIO, error: Any
) -> None:
    log.failure(error)
    (line,) = lines(stream)
    assert (line["level"], line["message"]) == ("ERROR", "failure")
    assert (line["code"], line["detail"]) == (error.code, error.detail)


def test_a_foreign_error_is_told_by_type_and_place_alone(
    log: AuditLog, stream: io.StringIO
) -> None:
    def fail() -> None:
        raise ValueError("text-sentinel\n{}") from KeyError("cause-sentinel")

    with pytest.raises(ValueError, match="text-sentinel") as caught:
        fail()
    log.failure(caught.value)
    (line,) = lines(stream)
    assert line["code"] == "internal_error"
    assert line["error_type"] == "ValueError"
    assert any(place.startswith("fail:") for place in line["place"])
    assert "sentinel" not in stream.getvalue()


def test_an_error_that_cannot_be_printed_is_told(log: AuditLog, stream: io.StringIO) -> None:
    class Unprintable(Exception):
        def __str__(self) -> str:
            raise RuntimeError

        __repr__ = __str__

    log.failure(Unprintable())
    assert lines(stream)[0]["error_type"] == "Unprintable"


@pytest.mark.parametrize("text", ["a\r\nb", '","level":"INFO', "\x1b[2J", "\x00", "\\"], ids=ascii)
def test_what_is_told_is_one_line_each(log: AuditLog, stream: io.StringIO, text: str) -> None:
    log.event("keys_fetched", {"detail": text})
    log.failure(DependencyError("x", text))
    first, second = lines(stream)
    assert first["detail"] == second["detail"] == text
    assert (first["level"], second["level"]) == ("INFO", "ERROR")


def test_the_decisions_of_two_logs_are_kept_apart() -> None:
    one, two = io.StringIO(), io.StringIO()
    for stream in (one, two):
        log = AuditLog(namespace="N", service="twice", clock=FrozenClock(), stream=stream)
        log.decision(Decision(None))
    assert len(lines(one)) == len(lines(two)) == 1


def test_without_a_stream_everything_goes_where_standard_output_is_now(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runtime, and whoever captures output, replaces `sys.stdout` after the import."""
    log = AuditLog(namespace="N", service="late", clock=FrozenClock())
    later = io.StringIO()
    monkeypatch.setattr(sys, "stdout", later)
    log.decision(Decision(None))
    assert len(lines(later)) == 1
    assert capsys.readouterr().out == ""
