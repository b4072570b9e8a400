"""The part of the demonstration that is about client certificates."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from typing import Final

from authorizers.config.compile import compile_document, render_compiled
from authorizers.demo import certificate_cases
from authorizers.demo.function import rows_of_cases
from authorizers.demo.partners import Partners
from authorizers.demo.rows import Section
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.lambda_runtime import LambdaRuntime
from authorizers.testing.sample import COMBINED_FUNCTION, HANDLERS

_DOCUMENT: Final = "certificates.json"


class CertificateStory:
    """Owns the authorities, and the function for certificates and tokens, while it is told."""

    def __init__(self, resources: ExitStack, folder: Path) -> None:
        self._resources = resources
        self._folder = folder
        folder.mkdir()
        self._partners = Partners(folder)
        self._issuer = FakeIssuer("https://login.example.com")
        folder.joinpath("jwks.json").write_text(json.dumps(self._issuer.jwks()), encoding="utf-8")

    def sections(self) -> Iterator[Section]:
        """Tell it: one function for certificates, tokens, and both."""
        text = files("authorizers.demo").joinpath("certificates.yaml").read_text(encoding="utf-8")
        self._folder.joinpath(_DOCUMENT).write_bytes(render_compiled(compile_document(text)))
        variables = {
            "AUTHORIZERS_CONFIG": _DOCUMENT,
            "AUTHORIZERS_HTTP_RESPONSES": "simple_uncached",
        }
        runtime = LambdaRuntime(HANDLERS[COMBINED_FUNCTION], variables, task_root=self._folder)
        function = self._resources.enter_context(runtime)
        partners, issuer = self._partners, self._issuer
        for title, about, told in (
            (
                "Client certificates",
                "as API Gateway hands them over, to GET /orders",
                certificate_cases.certificates(partners),
            ),
            (
                "A certificate, a token, or both",
                "some tokens are bound to a certificate (RFC 8705)",
                certificate_cases.combined(partners, issuer),
            ),
            (
                "Revocation",
                "under a warm function, refresh 0s",
                certificate_cases.operated(partners),
            ),
        ):
            yield Section(title, about, rows_of_cases(function, told))
