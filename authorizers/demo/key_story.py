"""The part of the demonstration that is about API keys."""

from collections.abc import Iterator
from contextlib import ExitStack
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from authorizers.config.compile import compile_document, render_compiled
from authorizers.demo import key_cases
from authorizers.demo.function import rows_of_cases
from authorizers.demo.key_desk import KeyDesk
from authorizers.demo.rows import Row, Section
from authorizers.testing.lambda_runtime import LambdaRuntime
from authorizers.testing.sample import API_KEY_FUNCTION, HANDLERS

_PLACE = "      routes_per_key: true\n"
_LIMITS: Final = """\
      limits:
        dynamodb: Usage
        when_unavailable: deny
        without_plan: unlimited
        plans:
          two_at_once: {rate: 1/h, burst: 2}
          once_a_day: {quota: 1/day}
"""
NEEDS_MOTO: Final = "needs a DynamoDB on this machine: pip install 'moto[dynamodb,server]'"


class KeyStory:
    """Owns the functions for keys, and the operator's desk, while it is told."""

    def __init__(self, resources: ExitStack, folder: Path) -> None:
        self._resources = resources
        self._folder = folder
        folder.mkdir()
        self._desk = KeyDesk(folder / "keys.json")
        self._variables = {
            "AUTHORIZERS_CONFIG": "api_keys.json",
            "AUTHORIZERS_PEPPER": self._desk.pepper,
            "AUTHORIZERS_HTTP_RESPONSES": "simple_uncached",
        }

    def sections(self) -> Iterator[Section]:
        """Tell it: one function for keys in a file, one more whose requests are counted."""
        function = self._function("api_keys.json", example_key_document(), {})
        for title, about, told in (
            ("API keys", "issued just now, as x-api-key: <key>", key_cases.fresh_keys),
            ("What a key may do", "less than its scopes", key_cases.narrowed_keys),
            ("Operating keys", "under a warm function, life 0s", key_cases.operated_keys),
        ):
            yield Section(title, about, rows_of_cases(function, told(self._desk)))
        about = "counted in a table, as moto plays it" if find_spec("moto") else NEEDS_MOTO
        yield Section("Throttling and quotas", about, self._limited_rows())

    def _limited_rows(self) -> Iterator[Row]:
        if find_spec("moto") is None:
            return
        from authorizers.demo.table import usage_table  # noqa: PLC0415 moto may be missing

        variables = self._resources.enter_context(usage_table("Usage"))
        text = example_key_document().replace(_PLACE, _PLACE + _LIMITS)
        function = self._function("limited.json", text, variables)
        yield from rows_of_cases(function, key_cases.limited_keys(self._desk))

    def _function(self, name: str, text: str, variables: dict[str, str]) -> LambdaRuntime:
        self._folder.joinpath(name).write_bytes(render_compiled(compile_document(text)))
        variables = {**self._variables, **variables, "AUTHORIZERS_CONFIG": name}
        return self._resources.enter_context(
            LambdaRuntime(HANDLERS[API_KEY_FUNCTION], variables, task_root=self._folder)
        )


def example_key_document() -> str:
    """Return the example document for API keys."""
    return files("authorizers.demo").joinpath("api_keys.yaml").read_text(encoding="utf-8")
