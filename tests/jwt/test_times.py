"""exp, nbf, iat and the greatest age: numbers, and compared at the moment itself."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import RejectedCredential
from authorizers.jwt.claims import (
    MAX_SECONDS,
    Expectation,
    validate_times,
)
from authorizers.jwt.profiles import (
    RFC_9068_ACCESS_TOKEN,
)

NOW = 1_800_000_000.0
EXPECTED = Expectation(
    RFC_9068_ACCESS_TOKEN, frozenset({"https://api.example.com"}), 0, None, "sub"
)
NOT_A_NUMBER = [
    "9999999999", "", " ", "1e10", "NaN", "2100-01-01T00:00:00Z", True, False, None, [], {},
    [9999999999], {"value": 9999999999}, float("inf"), float("-inf"), float("nan"),
    10**400, -(10**400), 10**300, 1e18, -1e18, MAX_SECONDS + 1, -MAX_SECONDS - 1,
]  # fmt: skip


def time_code(claims: dict[str, Any], **changes: Any) -> str:
    with pytest.raises(RejectedCredential) as raised:
        validate_times(claims, EXPECTED._replace(**changes), NOW)
    return raised.value.code


def until(claims: dict[str, Any], **changes: Any) -> float:
    return validate_times(claims, EXPECTED._replace(**changes), NOW)


# exp (RFC 7519 §4.1.4)


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", NOT_A_NUMBER)
def test_a_time_that_is_no_finite_number_is_malformed(name: str, value: object) -> None:
    assert time_code({"exp": NOW + 60, name: value}) == "claim_malformed"


@pytest.mark.parametrize("value", NOT_A_NUMBER)
def test_a_time_that_is_no_number_is_malformed_under_any_leeway_and_age(value: object) -> None:
    assert time_code({"exp": value}, leeway_seconds=300.0, max_age_seconds=1e9) == "claim_malformed"


def test_a_token_that_never_expires_is_refused() -> None:
    assert time_code({"iat": NOW}) == "claim_missing"


@pytest.mark.parametrize("exp", [NOW, NOW - 0.001, NOW - 1, 0, -1, -MAX_SECONDS, 1.5, int(NOW)])
def test_a_token_is_expired_on_and_after_exp(exp: float) -> None:
    assert time_code({"exp": exp}) == "token_expired"


@pytest.mark.parametrize("exp", [NOW + 0.001, NOW + 1, int(NOW) + 1, 1e11, MAX_SECONDS])
def test_a_token_is_good_before_exp(exp: float) -> None:
    assert until({"exp": exp}) == exp


def test_leeway_moves_exp_and_no_further() -> None:
    assert until({"exp": NOW - 29}, leeway_seconds=30) == NOW + 1
    assert time_code({"exp": NOW - 30}, leeway_seconds=30) == "token_expired"


# nbf and iat (RFC 7519 §4.1.5, §4.1.6)


@pytest.mark.parametrize(
    ("name", "code"), [("nbf", "token_not_yet_valid"), ("iat", "token_issued_in_the_future")]
)
def test_a_token_from_the_future_is_refused_beyond_the_leeway(name: str, code: str) -> None:
    claims = {"exp": NOW + 600}

    assert until({**claims, name: NOW}) == NOW + 600
    assert until({**claims, name: -1}) == NOW + 600
    assert until({**claims, name: NOW + 30}, leeway_seconds=30) == NOW + 630
    assert time_code({**claims, name: NOW + 0.001}) == code
    assert time_code({**claims, name: NOW + 31}, leeway_seconds=30) == code
    assert time_code({**claims, name: 1e11}) == code


# max_age


def test_a_token_is_refused_at_its_greatest_age_however_long_it_lives() -> None:
    claims = {"exp": NOW + 3600, "iat": NOW - 60}

    assert until(claims, max_age_seconds=61)
    assert time_code(claims, max_age_seconds=60) == "token_too_old"
    assert time_code(claims, max_age_seconds=1) == "token_too_old"
    assert until(claims, max_age_seconds=31, leeway_seconds=30)
    assert time_code(claims, max_age_seconds=30, leeway_seconds=30) == "token_too_old"


def test_a_token_without_an_age_is_refused_where_age_counts() -> None:
    assert time_code({"exp": NOW + 60}, max_age_seconds=60) == "claim_missing"


def test_a_proof_holds_until_the_token_expires_or_is_too_old() -> None:
    """A remembered token must not outlive its greatest age."""
    claims = {"exp": NOW + 3600, "iat": NOW - 10}

    assert until(claims, max_age_seconds=60) == NOW + 50
    assert until(claims, max_age_seconds=60, leeway_seconds=5) == NOW + 55
    assert until({**claims, "exp": NOW + 20}, max_age_seconds=60) == NOW + 20


@given(
    exp=st.none() | st.integers(-(10**20), 10**20) | st.floats() | st.text() | st.booleans(),
    nbf=st.none() | st.integers(-(10**20), 10**20) | st.floats(),
    leeway=st.integers(0, 300),
)
def test_what_times_let_through_is_a_finite_moment_to_come(exp: Any, nbf: Any, leeway: int) -> None:
    claims = {"exp": exp, "nbf": nbf}
    try:
        end = until(
            {name: value for name, value in claims.items() if value is not None},
            leeway_seconds=leeway,
        )
    except RejectedCredential:
        return
    assert NOW < end < float("inf")
    assert nbf is None or nbf <= NOW + leeway
