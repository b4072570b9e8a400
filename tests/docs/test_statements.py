"""What the pages state about the code, compared with the code."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import authorizers
from authorizers import Answers, ConfigurationError, build_authorizer, compile_document, evaluate
from authorizers.config.vocabulary import PROFILES
from authorizers.jwks.cache import DEFAULT_TIMES
from authorizers.testing.events import rest_request_event
from authorizers.testing.issuer import FakeIssuer

ROOT = Path(__file__).parents[2]
STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
SCOPES = {"alice": "orders:read", "bob": "orders:read billing:read"}
_PREFIX = """
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://issuer.example
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
routes:
"""


def _policy(document: dict[str, Any], scope: str, subject: str) -> Any:
    issuer = FakeIssuer("https://issuer.example")
    document["schemes"]["staff"]["jwt"]["keys"] = {"jwks": issuer.jwks()}
    answers = Answers(http_responses="iam", unauthorized="exception")
    event = rest_request_event(token=issuer.token({"sub": subject, "scope": scope}), path="/")
    return build_authorizer(document, answers=answers)(event)["policyDocument"]


@pytest.fixture
def architecture(pages: Any) -> Any:
    """The page that explains policies."""
    return pages["docs/architecture.md"]


@pytest.mark.parametrize("who", SCOPES)
def test_the_policies_in_architecture_are_those_that_are_built(architecture: Any, who: str) -> None:
    document = compile_document(architecture.marked("file: orders.yaml"))
    text = json.dumps(_policy(document, SCOPES[who], who)).replace(STAGE, "…")
    assert json.loads(text) == json.loads(architecture.marked(f"policy: {who}"))


def test_the_decisions_in_architecture_are_those_of_the_policies(architecture: Any) -> None:
    document = compile_document(architecture.marked("file: orders.yaml"))
    rows = architecture.rows("decisions")
    assert len(rows) == 6
    for who, column in (("alice", 2), ("bob", 3)):
        policy = _policy(document, SCOPES[who], who)
        for row in rows:
            decision = evaluate(policy, f"{STAGE}/{row[0].strip('`')}").decision
            assert decision.removeprefix("explicit_") == row[column].strip("*"), (who, row[0])


def test_the_inexact_routes_are_refused_with_the_message_in_architecture(architecture: Any) -> None:
    routes = "".join(f"  {line}\n" for line in architecture.marked("inexact").splitlines())
    with pytest.raises(ConfigurationError) as raised:
        compile_document(_PREFIX + routes)
    assert raised.value.code == "configuration_inexact"
    messages = [problem.message for problem in raised.value.problems]
    assert messages == [architecture.marked("inexact: message").strip()]


def test_inexact_deny_loses_the_route_that_architecture_says(architecture: Any) -> None:
    routes = "".join(f"  {line}\n" for line in architecture.marked("inexact").splitlines())
    policy = _policy(compile_document(f"{_PREFIX}{routes}inexact: deny\n"), "a c", "carol")
    assert evaluate(policy, f"{STAGE}/GET/files/f").decision == "allow"
    assert evaluate(policy, f"{STAGE}/GET/files/f/versions/1").decision == "explicit_deny"
    assert evaluate(policy, f"{STAGE}/GET/files/f/versions/latest").decision == "explicit_deny"


def test_the_layers_in_architecture_are_the_contract(architecture: Any) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = [c["layers"] for c in contracts if c["type"] == "layers"]
    drawn = architecture.marked("layers").strip().splitlines()
    assert [layer.replace("authorizers.", "") for layer in layers] == drawn


def test_the_times_in_caching_are_those_of_the_cache(pages: Any) -> None:
    rows = pages["docs/caching.md"].rows("times")
    stated = {name.strip("`"): float(seconds) for name, seconds, _ in rows}
    assert stated == DEFAULT_TIMES._asdict()


def test_every_profile_has_a_row(pages: Any) -> None:
    rows = pages["docs/jwt-profiles.md"].rows("profiles")
    assert sorted(row[1].strip("`") for row in rows) == sorted(PROFILES)


def test_every_decision_is_numbered_once_and_listed(pages: Any) -> None:
    files = sorted(path.name for path in ROOT.glob("docs/decisions/0*.md"))
    assert [name[:4] for name in files] == [f"{i + 1:04d}" for i in range(len(files))]
    assert pages["docs/decisions/README.md"].links() == files
    for name in files:
        page = pages[f"docs/decisions/{name}"]
        title = page.text.splitlines()[0]
        assert title.startswith(f"# {name[:4]}. ")
        assert re.findall(r"^\*\*(\w+)\.\*\*", page.text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]


def test_the_decisions_that_the_code_cites_exist() -> None:
    for path in [ROOT / "pyproject.toml", *ROOT.glob("authorizers/**/*.py")]:
        for number in re.findall(r"docs/decisions/(\d{4})", path.read_text("utf-8")):
            assert list(ROOT.glob(f"docs/decisions/{number}-*.md")), (path, number)


def test_the_requirements_in_security_name_code_and_tests_that_exist(pages: Any) -> None:
    rows = [
        row
        for mark in ("requirements", "requirements: keys", "requirements: policies")
        for row in pages["SECURITY.md"].rows(mark)
    ]
    tests = "".join(path.read_text("utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    assert len(rows) > 35
    for number, _, where, shown_by in rows:
        names = re.findall(r"`(test_\w+)`", shown_by)
        assert where, number
        assert names, number
        assert [name for name in names if f"def {name}(" not in tests] == [], number


def test_the_changelog_tells_of_this_version(pages: Any) -> None:
    assert f"## [{authorizers.__version__}]" in pages["CHANGELOG.md"].text
    assert f"**Status: {authorizers.__version__}.**" in pages["README.md"].text
