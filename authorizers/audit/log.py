"""Where decisions and an operator's news are written: standard output, for CloudWatch Logs."""

import sys
import traceback
from collections.abc import Mapping
from typing import Any, TextIO

from aws_lambda_powertools.logging import Logger

from authorizers.audit.decision_line import DecisionLine
from authorizers.errors import AuthorizersError
from authorizers.model.clock import Clock
from authorizers.model.decision import Decision


class AuditLog:
    """
    The one place that writes. It is handed nothing secret: credentials are masked before.

    `stream` is looked up at each line when it is not given, because the Lambda runtime and test
    runners put their own in the place of `sys.stdout`.
    """

    def __init__(
        self, *, namespace: str, service: str, clock: Clock, stream: TextIO | None = None
    ) -> None:
        self._line = DecisionLine(namespace, service)
        self._clock = clock
        self._stream = stream
        self._operations = Logger(service=service, stream=stream or sys.stdout)

    def decision(self, decision: Decision) -> None:
        """Write one decision."""
        stream = self._stream or sys.stdout
        stream.write(self._line.write(decision, self._clock.wall()) + "\n")
        stream.flush()

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
