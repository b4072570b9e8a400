"""Where decisions and an operator's news are written: standard output, for CloudWatch Logs."""

import sys
import traceback
from collections.abc import Mapping
from logging import StreamHandler
from typing import Any, Protocol

from aws_lambda_powertools.logging import Logger

from authorizers.audit.decision_line import DecisionLine
from authorizers.errors import AuthorizersError
from authorizers.model.clock import Clock
from authorizers.model.decision import Decision


class Stream(Protocol):
    """Where lines go."""

    def write(self, text: str, /) -> object:
        """Take `text`."""
        ...

    def flush(self) -> None:
        """Let go of what was taken."""
        ...


class StandardOutput:
    """
    Whatever is standard output at the moment of writing: the Lambda runtime and test runners put
    their own in its place.
    """

    def write(self, text: str) -> None:
        """Write `text`."""
        sys.stdout.write(text)

    def flush(self) -> None:
        """Let Lambda have it, before it freezes the environment."""
        sys.stdout.flush()


class AuditLog:
    """
    The one place that writes. It is handed nothing secret: credentials are masked before.

    Powertools keeps one logger for a service's name: of two logs with one name, the newer's
    `stream` takes the operational events of both.
    """

    def __init__(
        self, *, namespace: str, service: str, clock: Clock, stream: Stream | None = None
    ) -> None:
        self._line = DecisionLine(namespace, service)
        self._clock = clock
        self._stream = stream or StandardOutput()
        self._operations = Logger(service=service, stream=self._stream)  # type: ignore[arg-type]
        for handler in self._operations.handlers:
            if isinstance(handler, StreamHandler):
                handler.setStream(self._stream)

    def decision(self, decision: Decision) -> None:
        """Write one decision."""
        self._stream.write(self._line.write(decision, self._clock.wall()) + "\n")
        self._stream.flush()

    def failure(self, error: BaseException) -> None:
        """
        Write why there was no answer. A foreign error is told by its type and place alone: its
        text may hold whatever the caller sent.
        """
        if isinstance(error, AuthorizersError):
            self._operations.error("failure", extra={"code": error.code, "detail": error.detail})
            return
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        self._operations.error(
            "failure",
            extra={
                "code": "internal_error",
                "error_type": type(error).__name__,
                "place": [f"{frame.name}:{frame.lineno}" for frame in frames],
            },
        )

    def event(self, name: str, details: Mapping[str, Any]) -> None:
        """Write what an operator should know: keys fetched, a fetch that failed, a relaxation."""
        self._operations.info(name, extra=dict(details))
