"""
The Lambda service for one function on this machine: AWS's own runtime client, real HTTP.

`LambdaRuntime` serves the Lambda Runtime API on loopback and starts `python -m awslambdaric`
with a handler, in an environment that has nothing of this process's own. What answers is the
function as it is deployed: its import, its log, its errors, its timeout.

    with LambdaRuntime("authorizers.handlers.jwt.handler", {"AUTHORIZERS_ISSUER": ...}) as function:
        result = function.invoke(event)

It needs the package `awslambdaric` (the extra `demo`).
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

from authorizers.testing.runtime_api import Ended, RuntimeApi

FUNCTION_NAME = "JwtAuthorizer"
FUNCTION_ARN = f"arn:aws:lambda:eu-west-1:123456789012:function:{FUNCTION_NAME}"


class InvocationResult(NamedTuple):
    """
    What one invocation came to: a payload, or an error's type and message.

    `log` are the lines written since the invocation before it, so the first one's include
    what was written while the function was imported.
    """

    payload: Any
    error_type: str | None
    error_message: str | None
    milliseconds: float
    log: tuple[str, ...]
    cold: bool  # whether it had to start an execution environment

    @property
    def failed(self) -> bool:
        """Whether the function raised, timed out or died instead of answering."""
        return self.error_type is not None

    @property
    def records(self) -> list[dict[str, Any]]:
        """The lines of the log that are JSON objects, parsed."""
        return [json.loads(line) for line in self.log if line.startswith("{")]


class LambdaRuntime:
    """
    One function, served by one execution environment after the other.

    As in Lambda, an environment that dies or runs out of time is gone, and the next
    invocation starts a new one. `environment` are the function's own variables; `task_root`
    is the folder of the function's package, its working directory.
    """

    def __init__(
        self,
        handler: str,
        environment: Mapping[str, str],
        *,
        task_root: Path | None = None,
        timeout_seconds: float = 10.0,
    ) -> None:
        self._handler = handler
        self._variables = dict(environment)
        self._timeout_seconds = timeout_seconds
        self._resources = ExitStack()
        enter = self._resources.enter_context
        folder = Path(enter(tempfile.TemporaryDirectory(prefix="lambda-runtime-")))
        self._task_root = task_root or folder
        self._log = enter(folder.joinpath("log").open("a+b"))
        self._log_offset = 0
        self._environment: _ExecutionEnvironment | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def invoke(self, event: object) -> InvocationResult:
        """Invoke the function with `event` and wait for its answer, at most its timeout."""
        started, cold = time.monotonic(), self._environment is None
        if self._environment is None:
            self._environment = _ExecutionEnvironment(
                self._handler, self._variables, self._task_root, self._log
            )
        ended = self._environment.invoke(event, self._timeout_seconds)
        milliseconds = (time.monotonic() - started) * 1000
        if ended.environment_is_gone:
            self.stop()
        log = self._log_lines()
        return InvocationResult(*ended[:3], milliseconds=milliseconds, log=log, cold=cold)

    def stop(self) -> None:
        """End the execution environment; the next invocation is a cold start."""
        environment, self._environment = self._environment, None
        if environment is not None:
            environment.close()

    def close(self) -> None:
        """End the function's process, and forget its log."""
        self.stop()
        self._resources.close()

    def _log_lines(self) -> tuple[str, ...]:
        """
        Return the lines since the last look.

        The log is a file opened for appending, not a pipe: it never fills, and what the
        runtime flushed before its response is there when the response is.
        """
        file = self._log.fileno()
        written = os.pread(file, os.fstat(file).st_size - self._log_offset, self._log_offset)
        self._log_offset += len(written)
        return tuple(line for line in written.decode("utf-8", "replace").split("\n") if line)


class _ExecutionEnvironment:
    """One process of the runtime client, and the Runtime API that it polls."""

    def __init__(
        self, handler: str, variables: Mapping[str, str], task_root: Path, log: IO[bytes]
    ) -> None:
        self._api = RuntimeApi(FUNCTION_ARN)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, a fixed module
                [sys.executable, "-m", "awslambdaric", handler],
                env=self._lambda_variables(handler, task_root) | dict(variables),
                cwd=task_root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        except OSError:
            self._api.close()
            raise
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()

    def invoke(self, event: object, timeout_seconds: float) -> Ended:
        """Invoke the function, and say `Sandbox.Timedout` as Lambda does when time runs out."""
        message = f"Task timed out after {timeout_seconds:.2f} seconds"
        return self._api.invoke(json.dumps(event).encode(), timeout_seconds) or Ended(
            None, "Sandbox.Timedout", message, environment_is_gone=True
        )

    def close(self) -> None:
        """Kill the process and wait until it is gone."""
        self._process.kill()
        self._watcher.join()
        self._api.close()

    def _watch(self) -> None:
        self._api.runtime_exited(self._process.wait())

    def _lambda_variables(self, handler: str, task_root: Path) -> dict[str, str]:
        """The variables that Lambda itself sets. Nothing of this process is inherited."""
        major, minor = sys.version_info[:2]
        return {
            "PATH": os.defpath,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": str(task_root),
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_LAMBDA_FUNCTION_NAME": FUNCTION_NAME,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{FUNCTION_NAME}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{major}.{minor}",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "_HANDLER": handler,
        }
