"""One sentence for what is met, and for what is missing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.analysis import requirement as sentences
from authorizers.analysis.requirement import Circumstances, read_requirement
from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from authorizers.rules import requirement as forms
from authorizers.rules.requirement import load_requirement

ALICE = Principal(
    "staff|alice",
    "staff",
    "https://issuer.example",
    frozenset({"a", "b"}),
    {"sub": "alice", "groups": ["ops"], "level": 3, "bad": "a/b", "long": "x" * 500},
    roles=frozenset({"reader"}),
)
HERE = Circumstances({"user": "alice"}, "10.1.2.3")
THERE = Circumstances({"user": "bob"}, "192.0.2.1")
OWN: list[Any] = ["path", {"user": "sub"}]
INSIDE: list[Any] = ["source_ip", ["10.0.0.0/8"]]


@pytest.mark.parametrize(
    ("requirement", "met", "sentence"),
    [
        (["authenticated"], "met", "is a verified caller"),
        (["never"], "missing", "is for nobody"),
        (["scheme", "staff"], "met", "is of the scheme staff"),
        (["scheme", "other"], "missing", "needs the scheme other (is of staff)"),
        (["scopes_any", ["c", "b"]], "met", "has the scope b"),
        (["scopes_any", ["c"]], "missing", "needs the scope c"),
        (["scopes_any", ["c", "d", "e"]], "missing", "needs one of the scopes c, d or e"),
        (["scopes_all", ["a", "b"]], "met", "has the scopes a and b"),
        (["scopes_all", ["a"]], "met", "has the scope a"),
        (["scopes_all", ["a", "c", "d"]], "missing", "needs the scopes c and d"),
        (["claim", "groups", "contains", "ops"], "met", 'has "ops" in claims.groups'),
        (
            ["claim", "groups", "contains", "admin"],
            "missing",
            'needs "admin" in claims.groups (has ["ops"])',
        ),
        (["claim", "level", "equals", 3], "met", "has 3 as claims.level"),
        (["claim", "level", "equals", "3"], "missing", 'needs "3" as claims.level (has 3)'),
        (["claim", "none", "equals", True], "missing", "needs true as claims.none (has none)"),
        (["claim", "level", "any_of", [1, 3]], "met", "has 3 as claims.level"),
        (["claim", "level", "any_of", [1, 2]], "missing", "needs 1 or 2 as claims.level (has 3)"),
        (OWN, "depends", "where {user} is alice (claims.sub)"),
        (["path", {"user": "none"}], "missing", "{user} must be claims.none (has none)"),
        (
            ["path", {"user": "bad"}],
            "missing",
            "{user} must be claims.bad (whose value is no plain segment of a path)",
        ),
        (INSIDE, "depends", "where it comes from 10.0.0.0/8"),
        (["principal", ["staff|alice"]], "met", 'is "staff|alice"'),
        (
            ["principal", ["staff|bob", "staff|eve"]],
            "missing",
            'must be "staff|bob" or "staff|eve" (is "staff|alice")',
        ),
        (["role", ["writer", "reader"]], "met", "has the role reader"),
        (["role", ["writer"]], "missing", "needs the role writer"),
        (["not", ["scheme", "staff"]], "missing", "is excluded: is of the scheme staff"),
        (
            ["not", ["scheme", "other"]],
            "met",
            "is not excluded; that needs the scheme other (is of staff)",
        ),
        (["not", INSIDE], "depends", "except where it comes from 10.0.0.0/8"),
        (
            ["all_of", [["scheme", "staff"], ["scopes_any", ["a"]]]],
            "met",
            "is of the scheme staff and has the scope a",
        ),
        (
            ["all_of", [["scheme", "other"], ["scopes_any", ["a"]], ["scopes_any", ["c"]]]],
            "missing",
            "needs the scheme other (is of staff); needs the scope c",
        ),
        (
            ["all_of", [OWN, INSIDE, ["authenticated"]]],
            "depends",
            "where {user} is alice (claims.sub) and where it comes from 10.0.0.0/8",
        ),
        (["any_of", [["scopes_any", ["c"]], ["scopes_any", ["a"]]]], "met", "has the scope a"),
        (
            ["any_of", [["scopes_any", ["c"]], ["scheme", "other"]]],
            "missing",
            "either needs the scope c; or needs the scheme other (is of staff)",
        ),
        (
            ["any_of", [["scopes_any", ["c"]], OWN]],
            "depends",
            "where {user} is alice (claims.sub)",
        ),
        (
            ["all_of", [["source_ip", ["10.0.0.0/8"]], ["source_ip", ["192.0.2.0/24"]]]],
            "missing",
            "its parts exclude one another",
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, list) else None,
)
def test_what_is_met_or_missing_is_one_sentence(
    requirement: list[Any], met: str, sentence: str
) -> None:
    reading = read_requirement(requirement, ALICE)
    assert (reading.met, reading.sentence) == (met, sentence)


@pytest.mark.parametrize(
    ("requirement", "circumstances", "met", "sentence"),
    [
        (OWN, HERE, "met", "{user} is alice (claims.sub)"),
        (OWN, THERE, "missing", '{user} must be alice (claims.sub), and is "bob"'),
        (INSIDE, HERE, "met", "comes from 10.0.0.0/8"),
        (INSIDE, THERE, "missing", 'must come from 10.0.0.0/8 (comes from "192.0.2.1")'),
        (
            INSIDE,
            Circumstances({}, None),
            "missing",
            "must come from 10.0.0.0/8 (comes from an address that is not known)",
        ),
        (["not", INSIDE], HERE, "missing", "is excluded: comes from 10.0.0.0/8"),
    ],
)
def test_a_request_settles_what_depends_on_it(
    requirement: list[Any], circumstances: Circumstances, met: str, sentence: str
) -> None:
    reading = read_requirement(requirement, ALICE, circumstances)
    assert (reading.met, reading.sentence) == (met, sentence)


def test_a_value_of_the_caller_is_cut_and_cannot_steer_a_terminal() -> None:
    long = read_requirement(["claim", "long", "equals", "y"], ALICE).sentence
    assert len(long) < 150
    hostile = ALICE._replace(claims={"sub": "\x1b[31m\nallowed\u202e"})
    sentence = read_requirement(["claim", "sub", "equals", "y"], hostile).sentence
    assert sentence.isascii()
    assert sentence.isprintable()


@pytest.mark.parametrize("form", [["no-such-kind"], ["scopes_any", []], [], ["all_of", []]])
def test_what_no_compiler_writes_is_refused(form: list[Any]) -> None:
    with pytest.raises(ConfigurationError):
        read_requirement(form, ALICE)


_SIMPLE = st.sampled_from(
    [
        ["authenticated"],
        ["scheme", "staff"],
        ["scheme", "other"],
        ["scopes_any", ["a", "z"]],
        ["scopes_all", ["a", "z"]],
        ["claim", "groups", "contains", "ops"],
        ["path", {"user": "sub"}],
        ["path", {"user": "none"}],
        INSIDE,
        ["source_ip", ["192.0.2.0/24"]],
        ["role", ["reader"]],
        ["principal", ["staff|bob"]],
    ]
)
_REQUIREMENTS = st.recursive(
    _SIMPLE,
    lambda inner: st.tuples(
        st.sampled_from(["all_of", "any_of"]), st.lists(inner, min_size=1, max_size=3)
    ).map(list),
    max_leaves=8,
)


@given(_REQUIREMENTS, st.sampled_from([None, HERE, THERE]))
def test_what_is_said_is_what_is_decided(
    requirement: list[Any], circumstances: Circumstances | None
) -> None:
    answer = load_requirement(requirement)(ALICE)
    reading = read_requirement(requirement, ALICE, circumstances)
    assert (reading.met == "missing") or answer
    assert reading.sentence
    if circumstances is None:
        assert (reading.met == "missing") == (not answer)


def test_there_is_a_sentence_for_every_form_of_a_requirement() -> None:
    """Else the tools would break on a document that compiles."""
    assert {*sentences._SENTENCES, "all_of", "any_of", "not"} == set(forms._LOADERS)
