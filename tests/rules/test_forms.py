"""What grants may look like, known before there is a principal."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.model.principal import Principal
from authorizers.rules.forms import WHOLE, binds_behind_an_open_one, forms_of, is_open, is_tangled
from authorizers.rules.requirement import load_requirement

EVERYBODY = ["authenticated"]
OWNER = ["path", {"id": "sub"}]
TENANT = ["path", {"tenant": "org"}]
OFFICE = ["source_ip", ["10.0.0.0/8"]]
HOME = ["source_ip", ["192.0.2.0/24"]]

requirements = st.recursive(
    st.sampled_from(
        [EVERYBODY, OWNER, TENANT, OFFICE, HOME, ["scopes_any", ["a"]], ["not", OFFICE]]
    ),
    lambda inner: st.builds(
        lambda kind, parts: [kind, parts],
        st.sampled_from(["all_of", "any_of"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)


@given(
    requirements,
    st.sets(st.sampled_from(["a"])),
    st.sampled_from([{"sub": "x"}, {"sub": "x", "org": "y"}]),
)
def test_every_grant_has_a_form_that_was_foreseen(
    requirement: Any, scopes: set[str], claims: dict[str, str]
) -> None:
    forms = forms_of(requirement)
    for alternative in load_requirement(requirement)(
        Principal("p", "s", "i", frozenset(scopes), claims)
    ):
        bound = frozenset(name for name, _ in alternative.bindings)
        assert any(
            form.bound == bound and bool(form.networks) == (alternative.networks is not None)
            for form in forms
        )


@pytest.mark.parametrize(
    ("requirement", "open_"),
    [
        (OWNER, False),
        (["all_of", [OWNER, OFFICE]], False),
        (["any_of", [OWNER, ["all_of", [OWNER, OFFICE]]]], False),
        (EVERYBODY, True),
        (["any_of", [OWNER, ["scopes_any", ["a"]]]], True),
        (["not", OFFICE], True),
    ],
)
def test_who_is_bound_to_every_parameter_has_single_paths(requirement: Any, open_: bool) -> None:
    assert is_open(forms_of(requirement), frozenset({"id"})) is open_


def test_who_is_bound_to_some_parameters_has_more_than_single_paths() -> None:
    assert is_open(forms_of(OWNER), frozenset({"id", "tenant"}))
    assert not is_open(forms_of(["all_of", [OWNER, TENANT]]), frozenset({"id", "tenant"}))


@pytest.mark.parametrize(
    "requirement",
    [
        ["any_of", [OWNER, OFFICE]],
        ["any_of", [["all_of", [OWNER, OFFICE]], ["all_of", [TENANT, HOME]]]],
        ["all_of", [["any_of", [OWNER, EVERYBODY]], ["any_of", [OFFICE, EVERYBODY]]]],
        ["any_of", [OWNER, ["not", OFFICE]]],
    ],
)
def test_overlapping_grants_for_different_networks_are_tangled(requirement: Any) -> None:
    assert is_tangled(forms_of(requirement))


@pytest.mark.parametrize(
    "requirement",
    [
        EVERYBODY,
        OWNER,
        ["any_of", [OWNER, TENANT]],
        ["any_of", [OFFICE, HOME]],
        ["any_of", [OWNER, ["scopes_any", ["a"]]]],
        ["all_of", [OWNER, ["any_of", [OFFICE, HOME]]]],
        ["any_of", [["all_of", [OWNER, OFFICE]], ["all_of", [["path", {"id": "org"}], HOME]]]],
    ],
)
def test_grants_that_are_joined_or_apart_are_not_tangled(requirement: Any) -> None:
    assert not is_tangled(forms_of(requirement))


@pytest.mark.parametrize(
    ("requirement", "segments", "behind"),
    [
        (TENANT, ("{tenant}", "{id}", "{rest+}"), False),
        (OWNER, ("{tenant}", "{id}", "{rest+}"), True),
        (["all_of", [OWNER, TENANT]], ("{tenant}", "{id}", "{rest+}"), False),
        (OWNER, ("{tenant}", "{id}"), False),
        (OWNER, ("a", "{id}", "{rest+}"), False),
        (OWNER, (), False),
        (EVERYBODY, ("{tenant}", "{id}", "{rest+}"), False),
    ],
)
def test_before_a_greedy_parameter_bound_ones_stand_first(
    requirement: Any, segments: tuple[str, ...], behind: bool
) -> None:
    assert binds_behind_an_open_one(forms_of(requirement), segments) is behind


def test_a_whole_grant_is_a_form_like_others() -> None:
    assert forms_of(["any_of", [EVERYBODY, OWNER]]) > {WHOLE}


def test_combinations_without_end_are_refused_before_they_are_made() -> None:
    part = ["any_of", [["path", {"a": "sub"}], ["source_ip", ["10.0.0.0/8"]]]]
    parts = [
        ["any_of", [["path", {f"p{i}": "sub"}], ["source_ip", [f"10.{i}.0.0/16"]]]]
        for i in range(40)
    ]
    assert forms_of(["all_of", [part, part]])
    with pytest.raises(ValueError, match="too many combinations"):
        forms_of(["all_of", parts])
