"""No caller's policy is larger than the bound that is counted before there is a caller."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from authorizers.policy.table.size import STAGE_ARN_CHARS
from authorizers.rules.requirement import MAX_BOUND_VALUE_CHARS

STAGE = "arn:aws:execute-api:ap-southeast-1:123456789012:abcdef1234/".ljust(STAGE_ARN_CHARS, "s")
CLAIMS = {name: name[0] * MAX_BOUND_VALUE_CHARS for name in ("sub", "org")}
CALLERS = [
    Principal("staff|x", "staff", "i", frozenset(scopes), {**CLAIMS, "team": team})
    for scopes in ("", "s", "t", "st")
    for team in ("red", "blue")
]

paths = st.sampled_from(
    ["/", "/a", "/b", "/{p}", "/a/b", "/a/{p}", "/{p}/b", "/{p}/{q}", "/{z+}", "/a/{z+}",
     "/{p}/{z+}", "/a/{p}/b", "/{p}/{q}/{r}", "/a/{p}/{z+}"]
)  # fmt: skip
keys = st.one_of(
    st.builds(lambda method, path: f"{method} {path}", st.sampled_from(["GET", "ANY"]), paths),
    st.just("$default"),
)
leaves = st.sampled_from(
    [["authenticated"], ["scopes_any", ["s"]], ["scopes_all", ["t"]],
     ["not", ["scopes_any", ["s"]]],
     ["claim", "team", "equals", "red"], ["claim", "team", "equals", "blue"],
     ["source_ip", ["10.0.0.0/8"]], ["source_ip", ["192.0.2.0/24", "2001:db8::/32"]],
     ["not", ["source_ip", ["10.1.0.0/16"]]]]
)  # fmt: skip


def requirements(key: str) -> st.SearchStrategy[Any]:
    names = [part[1:-1] for part in key.split("/") if part in ("{p}", "{q}", "{r}")]
    own = [["path", {name: claim}] for name in names for claim in CLAIMS]
    own += [["path", dict.fromkeys(names, "sub")]] if names else []
    leaf = leaves | st.sampled_from(own) if own else leaves
    both = st.builds(
        lambda kind, parts: [kind, parts],
        st.sampled_from(["all_of", "any_of"]),
        st.lists(leaf, min_size=2, max_size=3),
    )
    return leaf | both


tables = st.lists(keys, min_size=1, max_size=4, unique_by=lambda key: key.split("{z")[0]).flatmap(
    lambda chosen: st.fixed_dictionaries({key: requirements(key) for key in chosen})
)


@given(tables, st.booleans())
def test_no_policy_is_larger_than_was_bounded(
    api: Callable[..., Any], table: dict[str, Any], inexact: bool
) -> None:
    try:
        some = api(table, inexact=inexact)
    except ConfigurationError:
        return  # it cannot be said exactly
    for caller in CALLERS:
        policy = some.policy(caller, stage=STAGE)
        assert len(json.dumps(policy)) <= some.table["largest"]["bytes"]


@pytest.mark.parametrize("count", [5, 20, 30])
def test_the_bound_is_not_far_from_a_plain_table(api: Callable[..., Any], count: int) -> None:
    """Collections and their items, each under a scope of its own: whoever has all scopes."""
    table = {
        f"GET /things{i}{tail}": ["scopes_any", [f"s{i}"]]
        for i in range(count // 2)
        for tail in ("", "/{id}")
    }
    some = api(table)
    everything = Principal("a|b", "a", "i", frozenset(f"s{i}" for i in range(count)), {})
    real = len(json.dumps(some.policy(everything, stage=STAGE)))
    assert real <= some.table["largest"]["bytes"] <= 1.2 * real
