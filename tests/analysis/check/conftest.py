"""A document and the files that describe its API, and what is found in them."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.analysis.check.checking import File, Surroundings, check_document
from authorizers.analysis.check.finding import Finding

HEAD = """\
version: 1
authenticate:
  main:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
"""

Find = Callable[..., dict[str, list[str]]]


def document_of(routes: str, more: str = "") -> str:
    """Return a document with `routes`, lines of YAML; `more` goes into its scheme's `jwt`."""
    indented = "".join(f"  {line}\n" for line in routes.strip().split("\n"))
    return f"{HEAD}{more}routes:\n{indented}"


@pytest.fixture
def findings() -> Callable[..., list[Finding]]:
    """Return what finds everything in a document and in templates, all of them texts."""

    def find(document: str | None, *templates: str, read: Any = None, **said: Any) -> list[Finding]:
        files = [File(f"{i}.yaml", text.encode()) for i, text in enumerate(templates)]
        checked = None if document is None else File("doc.yaml", document.encode())
        more = {} if read is None else {"read": read}
        return check_document(checked, files, Surroundings(**said), **more)

    return find


@pytest.fixture
def find(findings: Callable[..., list[Finding]]) -> Find:
    """Return the same by rule: for each, the lines of text that the findings name."""

    def by_rule(document: str | None, *templates: str, **said: Any) -> dict[str, list[str]]:
        texts = {"doc.yaml": document or "", **{f"{i}.yaml": t for i, t in enumerate(templates)}}
        found: dict[str, list[str]] = {}
        for finding in findings(document, *templates, **said):
            lines = texts.get(finding.place.file, "").split("\n")
            line = lines[finding.place.line - 1] if finding.place.line <= len(lines) else ""
            found.setdefault(finding.rule, []).append(line.strip())
        return found

    return by_rule


@pytest.fixture
def document() -> Callable[..., str]:
    """Return what makes a document of its routes."""
    return document_of


@pytest.fixture
def keys_document() -> Callable[..., str]:
    """Return what makes a document of API keys: `limits` of it, and settings of its scheme."""

    def make(limits: bool = False, when_unavailable: str = "deny", **settings: str) -> str:
        given = {"prefix": "orders_live", "pepper": "ssm:/pepper", "keys": "{dynamodb: ApiKeys}"}
        if limits:
            given["limits"] = LIMITS.replace("WHEN", when_unavailable)
        key_from = settings.pop("key_from", "{header: X-Api-Key}")
        lines = "".join(f"      {name}: {value}\n" for name, value in (given | settings).items())
        head = f"version: 1\nkey_from: {key_from}\nauthenticate:\n  machines:\n    api_key:\n"
        return f"{head}{lines}routes:\n  GET /x: {{authenticated: true}}\n"

    return make


@pytest.fixture
def api() -> Callable[..., str]:
    """Return what makes an OpenAPI file of route keys, and of those among them that ask nobody."""

    def make(*keys: str, public: tuple[str, ...] = (), authorizer: str = "", root: str = "") -> str:
        paths: dict[str, str] = {}
        for key in (*keys, *public):
            method, _, path = key.partition(" ")
            name = "x-amazon-apigateway-any-method" if method in ("ANY", "$default") else method
            security = "[]" if key in public else "[{Jwt: []}]"
            line = f"    {name.lower()}: {{security: {security}}}\n"
            path = path or "/$default"
            paths[path] = paths.get(path, "") + line
        text = "".join(f"  {path}:\n{lines}" for path, lines in paths.items())
        return f"openapi: 3.0.1\n{root}paths:\n{text}{SCHEME}{authorizer}"

    return make


LIMITS = (
    "{dynamodb: Usage, when_unavailable: WHEN, without_plan: free,"
    " plans: {free: {quota: 1000/day}}}"
)
SCHEME = """\
components:
  securitySchemes:
    Jwt:
      type: apiKey
      name: Unused
      in: header
      x-amazon-apigateway-authtype: custom
      x-amazon-apigateway-authorizer:
        type: request
        identitySource: $request.header.Authorization
        authorizerUri: arn:aws:apigateway:eu-west-1:lambda:path/x/invocations
        authorizerPayloadFormatVersion: "2.0"
        authorizerResultTtlInSeconds: 0
"""
