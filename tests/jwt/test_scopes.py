"""Scopes are whole words, and a subject is plain text."""

from typing import Any

import pytest

from authorizers.errors import RejectedCredential
from authorizers.jwt.claims import (
    scopes_of,
    subject_of,
)
from authorizers.jwt.profiles import (
    ENTRA,
    RFC_9068_ACCESS_TOKEN,
    Profile,
)


def scope_code(claims: dict[str, Any], profile: Profile = RFC_9068_ACCESS_TOKEN) -> str:
    with pytest.raises(RejectedCredential) as raised:
        scopes_of(claims, profile)
    return raised.value.code


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({}, set()),
        ({"scope": ""}, set()),
        ({"scope": []}, set()),
        ({"scope": "a"}, {"a"}),
        ({"scope": "a b"}, {"a", "b"}),
        ({"scope": "a a"}, {"a"}),
        ({"scope": "a A"}, {"a", "A"}),
        ({"scope": "orders:read https://x.example/y.z"}, {"orders:read", "https://x.example/y.z"}),
        ({"scope": "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"}, {"!#$%&'()*+,-./:;<=>?@[]^_`{|}~"}),
        ({"scope": ["a", "b"]}, {"a", "b"}),
        ({"scp": "a"}, set()),
    ],
)
def test_scopes_are_whole_words(claims: dict[str, Any], scopes: set[str]) -> None:
    assert scopes_of(claims, RFC_9068_ACCESS_TOKEN) == scopes


@pytest.mark.parametrize(
    "scope",
    [
        " ", " a", "a ", "a  b", "a\tb", "a\nb", "a\u00a0b", "a\x00", "a\x7f", 'a"b', "a\\b",
        "caf\u00e9", "a\u2028b", "a\n", None, 0, 1, True, False, {}, {"a": 1}, ["a", 1],
        ["a", None],
        [["a"]], ["a b"], [""], ["a", ""], [" "], ["a\n"], ['a"'], ["caf\u00e9"], 1.5,
    ],
)  # fmt: skip
def test_scopes_in_another_form_are_malformed(scope: object) -> None:
    assert scope_code({"scope": scope}) == "claim_malformed"


def test_each_profile_reads_scopes_from_its_own_claim() -> None:
    assert scopes_of({"scp": "a", "scope": "b"}, ENTRA) == {"a"}
    both = ENTRA._replace(scope_claims=("scp", "scope"))
    assert scopes_of({"scp": ["a"], "scope": "b c"}, both) == {"a", "b", "c"}
    assert scope_code({"scp": ["a"], "scope": "b  c"}, both) == "claim_malformed"


@pytest.mark.parametrize(
    "text", ["a" * 10_000 + '"', "a " * 5_000 + " ", " " * 10_000, "aaaa!" * 2_000 + "\\"]
)
def test_no_scope_makes_the_check_slow(text: str) -> None:
    import time

    started = time.perf_counter()
    assert scope_code({"scope": text}) == "claim_malformed"
    assert time.perf_counter() - started < 0.05


# The principal's claim


@pytest.mark.parametrize(
    "subject", ["a", "alice", "auth0|5f", "a" * 255, "J\u00fcrgen M", "42", "*"]
)
def test_printable_text_is_a_subject(subject: str) -> None:
    assert subject_of({"sub": subject}, "sub") == subject


@pytest.mark.parametrize(
    "subject",
    [
        "", "a" * 256, "a\n", "\n", "a\r\nb", "a\x00", "\x1b[31m", "a\tb", "a\x7f", "a\x85b",
        "a\u2028b",
        "a\u2029", "\u200b", "a\u202eb", "\ufeff", "\u00a0", "a\ud800", 0, 42, True, False, [],
        ["alice"],
        {}, {"id": 1}, 1.5,
    ],
)  # fmt: skip
def test_a_subject_that_could_not_be_logged_as_it_is_is_malformed(subject: object) -> None:
    with pytest.raises(RejectedCredential) as raised:
        subject_of({"sub": subject}, "sub")
    assert raised.value.code == "claim_malformed"


@pytest.mark.parametrize("claims", [{}, {"sub": None}])
def test_a_missing_subject_is_missing(claims: dict[str, Any]) -> None:
    with pytest.raises(RejectedCredential) as raised:
        subject_of(claims, "sub")
    assert raised.value.code == "claim_missing"


def test_the_principal_may_be_named_by_a_claim_inside_another() -> None:
    assert subject_of({"org": {"id": "o-1"}}, "org.id") == "o-1"
    assert subject_of({"cognito:username": "ann"}, '"cognito:username"') == "ann"


def test_a_path_to_the_principal_is_not_the_name_of_a_claim() -> None:
    with pytest.raises(RejectedCredential):
        subject_of({"org.id": "o-1"}, "org.id")
