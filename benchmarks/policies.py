"""Policies from documents of 20, 200 and 2,000 routes; loading the largest; reading a policy."""

import gc
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from authorizers import evaluate
from authorizers.config.compile import render_compiled
from authorizers.config.table import compile_route_table
from authorizers.model.principal import Principal
from authorizers.policy.assembly import PolicyAssembler
from authorizers.rules.rule_set import RuleSet
from benchmarks.figure import TIMES, Figure, Spread

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
CALLER = Principal("staff|alice", "staff", "i", frozenset({"x"}), {"sub": "alice", "team": "t0"})
GRANTS = 20
ROUNDS = 1500
LOADS = 15
LOAD = """
import sys, time
from authorizers.config.compiled import load_compiled_file
from authorizers.policy.assembly import PolicyAssembler
from authorizers.rules.rule_set import RuleSet
started = time.perf_counter()
document = load_compiled_file(sys.argv[1])
RuleSet(document["routes"]), PolicyAssembler(document["table"])
print((time.perf_counter() - started) * 1000)
"""


def routes(count: int) -> list[dict[str, Any]]:
    """Return `count` routes of teams of their own: twenty for each, ten on either of two things."""
    shapes = (
        "GET /{}", "POST /{}", "GET /{}/{{id}}", "PUT /{}/{{id}}", "DELETE /{}/{{id}}",
        "GET /{}/{{id}}/parts", "POST /{}/{{id}}/parts", "GET /{}/{{id}}/parts/{{part}}",
        "PUT /{}/{{id}}/parts/{{part}}", "POST /{}/{{id}}/orders",
    )  # fmt: skip
    return [
        {
            "key": shape.format(f"things{i}"),
            "requirement": ["claim", "team", "equals", f"t{i // 2}"],
        }
        for i in range(count // len(shapes))
        for shape in shapes
    ]


def _microseconds(action: Callable[[], object]) -> Spread:
    times = []
    gc.collect()
    for _ in range(ROUNDS):
        started = perf_counter()
        action()
        times.append((perf_counter() - started) * 1e6)
    return Spread.of(times)


def measure() -> Sequence[Figure]:
    """Measure all four."""
    documents = {count: routes(count) for count in (20, 200, 2000)}
    tables = {n: compile_route_table(rs, inexact=False) for n, rs in documents.items()}
    bars = {20: 30, 200: 40, 2000: 60}
    figures = [_policy(n, documents[n], tables[n], bars[n]) for n in documents]
    return [*figures, _loading(documents[2000], tables[2000]), *_reading()]


def _policy(count: int, rules: list[dict[str, Any]], table: Any, bar: float) -> Figure:
    rule_set, assembler = RuleSet(rules), PolicyAssembler(table)

    def policy() -> object:
        grants = rule_set.grants(CALLER)
        return assembler.assemble(grants, STAGE, websocket=False, deny_the_rest=True)

    assert len(rule_set.grants(CALLER)) == GRANTS
    spread = _microseconds(policy)
    size = len(json.dumps(policy()))
    detail = f"{spread.text('µs')}; {GRANTS} grants, {size} bytes with REST's explicit Deny"
    return Figure(f"a policy, of {count:,} routes", spread.middle, bar, "µs", detail)


def _loading(rules: list[dict[str, Any]], table: Any) -> Figure:
    document = {
        "format": 2,
        "schemes": {
            "staff": {
                "jwt": {
                    "issuer": "https://i.example", "audience": ["a"], "profile": "custom",
                    "algorithms": ["RS256"], "keys": {"discovery": True}, "leeway_seconds": 0,
                }
            }
        },
        "token_from": ["authorization"],
        "routes": rules,
        "table": table,
        "context": {},
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "authorizers.json")
        path.write_bytes(render_compiled(document))
        times = [
            float(
                subprocess.run(
                    [sys.executable, "-c", LOAD, str(path)], check=True, capture_output=True
                ).stdout
            )
            for _ in range(LOADS)
        ]
        size = path.stat().st_size
    spread = Spread.of(times)
    detail = f"{spread.text('ms')}; {size:,} bytes, in a fresh process, without its imports"
    return Figure("loading a document of 2,000 routes", spread.middle, 25, "ms", detail)


def _document(patterns: Sequence[str]) -> dict[str, Any]:
    resources = [f"{STAGE}/{pattern}" for pattern in patterns]
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resources}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _reading() -> list[Figure]:
    large = _document([f"GET/things{i // 9}/?*/parts{i}" for i in range(90)])
    size = len(json.dumps(large))
    assert 7_500 < size <= 8_192
    last, missing = f"{STAGE}/GET/things9/1/parts89", f"{STAGE}/GET/things9/1/parts90"
    assert [evaluate(large, arn).decision for arn in (last, missing)] == ["allow", "implicit_deny"]
    spread = _microseconds(lambda: evaluate(large, missing))
    detail = f"{spread.text('µs')}; {size} bytes, 90 resources, none matches"
    growth = median(_growth(pattern) for pattern in ("*a", "*a?", "?*a"))
    return [
        Figure("evaluate on an 8 KB policy", spread.middle, 60, "µs", detail),
        Figure("adversarial patterns: twice the text takes", growth, 2.6, TIMES, "*a*a… on aaaa…"),
    ]


def _growth(piece: str) -> float:
    """Return how much longer it takes to fail on a text of twice the length."""
    policy = _document(["GET/" + piece * 100 + "b"])
    short, long = (f"{STAGE}/GET/{'a' * length}" for length in (700, 1400))
    rounds = range(40)
    return median(_seconds(policy, long) / _seconds(policy, short) for _ in rounds)


def _seconds(policy: dict[str, Any], arn: str) -> float:
    started = perf_counter()
    evaluate(policy, arn)
    return perf_counter() - started
