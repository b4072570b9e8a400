"""`sam local invoke FUNCTION -e events/...` for every sample event, in AWS's emulator."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authorizers.policy.evaluate import evaluate

ROOT = Path(__file__).parents[2]
EVENTS = sorted((ROOT / "events").glob("*.json"))
EXPECTED = json.loads((ROOT / "events" / "local" / "expected.json").read_text())
Sam = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("docker", "built")


def outcome_of(answer: Any, event: dict[str, Any]) -> str:
    """Say in one word what API Gateway would make of the function's answer."""
    if "errorMessage" in answer:
        return "unauthorized" if answer["errorMessage"] == "Unauthorized" else "error"
    if "isAuthorized" in answer:
        return "allow" if answer["isAuthorized"] is True else "deny"
    assert answer["principalId"]
    arn = event.get("methodArn") or event["routeArn"]
    return "allow" if evaluate(answer["policyDocument"], arn).decision == "allow" else "deny"


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_event_is_answered_as_it_says(sam: Sam, path: Path) -> None:
    expected = EXPECTED[path.name]
    result = sam(
        *("local", "invoke", expected["function"], "--skip-pull-image"),
        *("-e", str(path.relative_to(ROOT))),
    )
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout.strip().splitlines()[-1])
    event = json.loads(path.read_text())
    assert outcome_of(answer, event) == expected["outcome"], result.stderr
