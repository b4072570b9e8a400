"""Under which names principals are looked up, and that no two are taken for one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from authorizers.model.subject import KINDS, MAX_SUBJECT_BYTES, Subjects, subject

ALL = list(KINDS.values())
CLAIMS = {
    "staff": {"group": "groups", "client": "client_id"},
    "partners": {"group": '"cognito:groups"'},
}


def subjects(
    claims: dict[str, Any], *scopes: str, scheme: str = "staff", kinds: list[str] = ALL
) -> tuple[str, ...]:
    principal = Principal(f"{scheme}|alice", scheme, "https://i", frozenset(scopes), claims)
    return Subjects(kinds, CLAIMS).of(principal)


def test_a_principal_is_its_identifier_its_groups_its_scopes_and_its_client() -> None:
    claims = {"groups": ["ops", "dev"], "client_id": "ci"}
    assert subjects(claims, "r", "w") == (
        "client#staff|ci",
        "group#staff|dev",
        "group#staff|ops",
        "principal#staff|alice",
        "scope#staff|r",
        "scope#staff|w",
    )


def beside(scheme: str | None, identity: object) -> tuple[str, ...]:
    """Return the subjects of a token's principal, with a certificate beside it."""
    claims = {"certificate": {"identity": identity}}
    principal = Principal(
        "staff|alice", "staff", "https://i", frozenset(), claims, certificate_scheme=scheme
    )
    return Subjects(ALL, CLAIMS).of(principal)


def test_a_certificate_beside_a_token_keeps_its_own_name() -> None:
    """Else a role that takes something away would be lost by adding a token."""
    both = ("principal#devices|d.example", "principal#staff|alice")
    assert beside("devices", "d.example") == both


@pytest.mark.parametrize(
    ("scheme", "identity"),
    [(None, "d.example"), ("devices", None), ("devices", ["d.example"])],
    ids=["a claim of the token", "none", "a list"],
)
def test_what_no_certificate_proved_is_no_name(scheme: str | None, identity: object) -> None:
    assert beside(scheme, identity) == ("principal#staff|alice",)


@pytest.mark.parametrize("kind", ALL)
def test_only_the_kinds_that_are_looked_at_are_found(kind: str) -> None:
    found = subjects({"groups": ["ops"], "client_id": "ci"}, "r", kinds=[kind])
    assert [name.partition("#")[0] for name in found] == [kind]


def test_the_same_words_of_another_scheme_are_other_subjects() -> None:
    claims = {"groups": ["ops"], "cognito:groups": ["ops"], "client_id": "ci"}
    assert not set(subjects(claims, "r")) & set(subjects(claims, "r", scheme="partners"))


def test_a_scheme_without_a_claim_for_it_has_no_clients_and_no_groups() -> None:
    assert subjects({"client_id": "ci"}, scheme="partners") == ("principal#partners|alice",)
    claims = {"groups": ["ops"], "client_id": "ci"}
    assert subjects(claims, scheme="strangers") == ("principal#strangers|alice",)


@pytest.mark.parametrize(
    "groups",
    [
        None, "ops", {"ops": True}, 7, True, [], [""], [7], [None], [["ops"]], [{"ops": 1}], [True],
        ["\ud800"], ["x" * MAX_SUBJECT_BYTES],
    ],
    ids=lambda value: repr(value)[:20],
)  # fmt: skip
def test_what_is_no_name_in_a_list_is_no_group(groups: Any) -> None:
    assert subjects({"groups": groups}, kinds=["group"]) == ()


@pytest.mark.parametrize("client", [None, "", ["ci"], {"ci": 1}, 7, True, "\udfff"], ids=repr)
def test_what_is_no_text_is_no_client(client: Any) -> None:
    assert subjects({"client_id": client}, kinds=["client"]) == ()


def test_each_subject_stands_once_in_an_order_that_the_token_does_not_decide() -> None:
    one = subjects({"groups": ["b", "a", "b"]}, "r", "s")
    assert one == subjects({"groups": ["a", "b"]}, "s", "r")
    assert len(set(one)) == len(one)


def test_a_name_as_long_as_a_key_may_be_is_looked_up() -> None:
    name = "x" * (MAX_SUBJECT_BYTES - len("group#staff|"))
    assert subjects({"groups": [name, name + "x"]}, kinds=["group"]) == (f"group#staff|{name}",)


@pytest.mark.parametrize("kinds", [["principals"], ["principal", "role"], [""]])
def test_a_kind_that_is_not_known_is_refused(kinds: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="kinds of subjects are principal, group"):
        Subjects(kinds, CLAIMS)


schemes = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,3}", fullmatch=True)
names = st.text(alphabet="a|#:b", min_size=1, max_size=6)


@given(*[st.tuples(st.sampled_from(ALL), schemes, names)] * 2)
def test_two_subjects_never_share_a_name(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (subject(*one) == subject(*other)) == (one == other)
