"""The closed lists agree with the code that does the work."""

import pytest

from authorizers.config.key_set import validate_key_set
from authorizers.config.vocabulary import CUSTOM, PROFILES, is_claim_path, is_scope
from authorizers.jwt.algorithms import ALGORITHMS
from authorizers.jwt.profiles import PROFILES as VERIFIED_PROFILES
from authorizers.model.claim_path import parse_claim_path


def test_the_profiles_are_those_that_can_be_verified_and_custom() -> None:
    assert (*VERIFIED_PROFILES, CUSTOM) == PROFILES


def test_no_symmetric_algorithm_and_no_none_is_in_the_list() -> None:
    assert all(name[:2] in ("RS", "PS", "ES", "Ed") for name in ALGORITHMS)


def test_scopes_are_single_words_of_printable_ascii() -> None:
    assert all(map(is_scope, ("a", "orders:read", "https://example.com/a.b", "!#[]~")))
    assert not any(map(is_scope, ("", "a b", 'a"', "a\\b", "ä", "a\n", "\x7f")))


def test_claim_paths_are_names_and_quoted_names_joined_by_dots() -> None:
    paths = {
        "sub": ("sub",),
        "realm_access.roles": ("realm_access", "roles"),
        '"cognito:groups"': ("cognito:groups",),
        'a."https://example.com/b".c': ("a", "https://example.com/b", "c"),
    }
    for path, names in paths.items():
        assert is_claim_path(path)
        assert parse_claim_path(path) == names
    assert not any(
        map(is_claim_path, ("", ".", "a.", ".a", "a..b", "a b", '"', '""', 'a"b"', "a\n"))
    )


def test_a_key_set_of_a_configuration_is_not_endless() -> None:
    with pytest.raises(ValueError, match="at most 50 keys"):
        validate_key_set({"keys": [{"kty": "RSA"}] * 51})
