"""The judge of the properties is judged by hand: it sees the too wide and the too narrow."""

from typing import Any

import pytest

from authorizers.model.principal import Principal
from tests.properties.judge import complaint
from tests.properties.tables import STAGE, Question

WIDER, NARROWER = "wider than the rules", "narrower than the rules"
OPEN = "an undeclared route is open"
READ, WRITE = ["scopes_any", ["read"]], ["scopes_any", ["write"]]
READER = Principal("s|x", "s", "https://issuer.example", frozenset(["read"]), {"sub": "me"})


def policy(allow: list[str], deny: tuple[str, ...] = ()) -> Any:
    parts = [("Allow", allow), ("Deny", deny)]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": effect, "Action": "*", "Resource": [f"{STAGE}/{tail}" for tail in tails]}
            for effect, tails in parts
        ],
    }


def judged(table: dict[str, Any], asked: str, *rest: Any, exact: bool = True) -> str:
    method, _, path = asked.partition("/")
    question = Question(method, path, "10.1.2.3")
    return (complaint(table, READER, question, policy(*rest), exact=exact) or "fine").split(":")[0]


@pytest.mark.parametrize(
    ("table", "asked", "allow", "verdict"),
    [
        ({"GET /a": READ}, "GET/a", ["GET/a"], "fine"),
        ({"GET /a": READ}, "GET/a", ["POST/a"], NARROWER),
        ({"GET /a": WRITE}, "GET/a", ["GET/*"], WIDER),
        ({"GET /a": WRITE}, "GET/a", ["POST/a"], "fine"),
        ({"GET /a": WRITE}, "GET/a/", ["GET/?*"], WIDER),
        ({"GET /a": WRITE}, "GET//a", ["GET/?*"], WIDER),
        ({"GET /a": READ}, "GET/a/", ["GET/a"], "fine"),
        ({"GET /a": READ}, "GET/b", ["GET/*"], OPEN),
        ({"GET /{p}": READ}, "GET/b/c", ["GET/*"], OPEN),
        ({"GET /{p}": READ, "GET /{p}/c": READ}, "GET/b/d", ["GET/*"], "fine"),
        ({"GET /{p}": READ, "POST /{p}/c": READ}, "GET/b/d", ["GET/*"], OPEN),
        ({"GET /{z+}": READ, "GET /a": WRITE}, "GET/a", ["GET/*"], WIDER),
        ({"GET /{z+}": READ, "GET /a": WRITE}, "GET/a/", ["GET/*"], WIDER),
        ({"GET /a/{z+}": READ, "GET /{p}/b": WRITE}, "GET/a/b", ["GET/*"], WIDER),
        ({"GET /a/{z+}": WRITE, "GET /{p}/b": READ}, "GET/a/b", ["GET/*"], WIDER),
        ({"GET /{p}": ["path", {"p": "sub"}]}, "GET/me", ["GET/me"], "fine"),
        ({"GET /{p}": ["path", {"p": "sub"}]}, "GET/you", ["GET/?*"], WIDER),
        ({"GET /{p}": ["source_ip", ["10.0.0.0/8"]]}, "GET/me", ["GET/you"], NARROWER),
        ({"GET /{p}": ["not", ["source_ip", ["10.0.0.0/8"]]]}, "GET/me", ["GET/me"], WIDER),
    ],
)
def test_the_judge_says_what_is_wrong(
    table: dict[str, Any], asked: str, allow: list[str], verdict: str
) -> None:
    assert judged(table, asked, allow) == verdict


def test_what_need_not_be_exact_may_be_narrower_and_never_wider() -> None:
    assert judged({"GET /a": READ}, "GET/a", ["GET/*"], ("GET/a",), exact=False) == "fine"
    assert judged({"GET /a": WRITE}, "GET/a", ["GET/*"], exact=False) == WIDER
