"""
Every table of up to three routes out of a few, each route with a requirement of its own.

Of a table that is compiled every principal's policy is compared with the rules on every short path.
Of a table that is refused it is shown that the refusal is justified: for some principal no
choice of patterns, allowed and denied, says what the rules say.
"""

from collections.abc import Sequence
from functools import cache

import pytest

from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from tests.policy.conftest import Api
from tests.properties.world import STAGE, World, subsets

SHAPES = (
    "$default",
    "GET /",
    "GET /a",
    "GET /{x}",
    "GET /a/b",
    "GET /a/{x}",
    "GET /{x}/b",
    "GET /{x}/{y}",
    "GET /a/{z+}",
    "GET /{x}/{z+}",
    "GET /{z+}",
    "GET /a/{x}/b",
    "GET /{x}/b/{z+}",
)
METHODS = (
    "ANY /",
    "GET /a",
    "ANY /a",
    "GET /{x}",
    "POST /{x}",
    "ANY /{x}",
    "GET /a/b",
    "ANY /{x}/b",
    "GET /a/{z+}",
    "ANY /{z+}",
)
# Refused although they need not be, and every table that has one of these within it.
NEEDLESS: dict[str, list[set[str]]] = {
    "shapes": [
        {"$default", "GET /{x}"},
        {"$default", "GET /{x}/{z+}"},
        {"GET /{x}/{y}", "GET /a/{z+}"},
        {"GET /{x}/{z+}", "GET /{z+}"},
        {"GET /a/b", "GET /a/{z+}", "GET /{x}/b/{z+}"},
        {"GET /a/{x}", "GET /a/{z+}", "GET /{x}/b/{z+}"},
    ],
    "methods": [],
}


@cache
def world(name: str) -> World:
    return World(SHAPES, ["GET"], 4) if name == "shapes" else World(METHODS, ["GET", "POST"], 3)


def compiled(table: Sequence[str], *, inexact: bool = False) -> Api | None:
    try:
        return Api({key: ["scopes_any", [key]] for key in table}, inexact=inexact)
    except ConfigurationError as error:
        if error.code != "configuration_inexact":
            raise
        return None


def principal(granted: frozenset[str]) -> Principal:
    return Principal("s|x", "s", "https://issuer.example", granted, {})


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("name", ["shapes", "methods"])
def test_a_compiled_table_is_exact_for_every_principal_on_every_short_path(
    name: str, part: int
) -> None:
    tried = 0
    for table in world(name).tables[part::2]:
        api = compiled(table)
        for granted in subsets(table) if api else []:
            assert api is not None
            wanted = world(name).wanted(table, granted)
            for rest in (True, False):
                has = world(name).allowed_by(api.policy(principal(granted), stage=STAGE, rest=rest))
                wider, narrower = has & wanted.denied, wanted.allowed & ~has
                assert not wider, (table, set(granted), world(name).described(wider))
                assert not narrower, (table, set(granted), world(name).described(narrower))
                tried += 1
    assert tried > 200, "hardly any table was compiled"


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("name", ["shapes", "methods"])
def test_a_table_that_may_be_inexact_is_never_wider(name: str, part: int) -> None:
    for table in world(name).tables[part::2]:
        if compiled(table) is not None:
            continue
        api = compiled(table, inexact=True)
        assert api is not None
        for granted in subsets(table):
            policy = api.policy(principal(granted), stage=STAGE)
            wider = world(name).allowed_by(policy) & world(name).wanted(table, granted).denied
            assert not wider, (table, set(granted), world(name).described(wider))


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("name", ["shapes", "methods"])
def test_a_table_is_refused_only_where_no_policy_can_say_it(name: str, part: int) -> None:
    refused = [table for table in world(name).tables[part::2] if compiled(table) is None]
    assert refused, "nothing was refused"
    needless = [
        table
        for table in refused
        if all(world(name).can_be_said(world(name).wanted(table, s)) for s in subsets(table))
    ]
    assert not [t for t in needless if not any(known <= set(t) for known in NEEDLESS[name])]
