"""Required and exact claims."""

from typing import Any

import pytest

from authorizers.errors import RejectedCredential
from authorizers.jwt.claims import (
    validate_kind,
)
from authorizers.jwt.profiles import PROFILES, RFC_9068_ACCESS_TOKEN, Profile


def kind_code(claims: dict[str, Any], profile: Profile) -> str:
    with pytest.raises(RejectedCredential) as raised:
        validate_kind(claims, profile)
    return raised.value.code


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_each_required_claim_is_required_and_null_is_none(profile: Profile) -> None:
    sound: dict[str, Any] = dict.fromkeys([*profile.required, *profile.one_of], "x")
    sound |= dict(profile.exact)
    validate_kind(sound, profile)

    for name in profile.required:
        assert kind_code({**sound, name: None}, profile) == "claim_missing"
        assert kind_code({n: v for n, v in sound.items() if n != name}, profile) == "claim_missing"


@pytest.mark.parametrize(
    "profile", [p for p in PROFILES.values() if p.one_of], ids=lambda p: p.name
)
@pytest.mark.parametrize("value", [None, 1, True, [], ["x"], {}])
def test_one_of_several_claims_is_text_or_missing(profile: Profile, value: object) -> None:
    sound: dict[str, Any] = dict.fromkeys(profile.required, "x") | dict(profile.exact)

    code = kind_code({**sound, **dict.fromkeys(profile.one_of, value)}, profile)
    assert code in ("claim_missing", "claim_malformed")
    for name in profile.one_of:
        validate_kind({**sound, name: "x"}, profile)


@pytest.mark.parametrize("profile", [p for p in PROFILES.values() if p.exact], ids=lambda p: p.name)
@pytest.mark.parametrize("value", ["", "Access ", "refresh", True, 1, [], ["access"], {}, 0, False])
def test_an_exact_claim_is_compared_exactly(profile: Profile, value: object) -> None:
    sound: dict[str, Any] = dict.fromkeys(profile.required, "x") | dict(profile.exact)
    name, expected = profile.exact[0]

    assert kind_code({**sound, name: value}, profile) == "claim_mismatch"
    assert kind_code({**sound, name: expected.swapcase()}, profile) == "claim_mismatch"


@pytest.mark.parametrize(
    ("expected", "sent"), [(1, True), (0, False), (True, 1), (False, 0), (1, "1")]
)
def test_a_boolean_is_no_number_in_an_exact_claim(expected: object, sent: object) -> None:
    profile = RFC_9068_ACCESS_TOKEN._replace(required=(), exact=(("flag", expected),))

    validate_kind({"flag": expected}, profile)
    assert kind_code({"flag": sent}, profile) == "claim_mismatch"
    assert kind_code({}, profile) == "claim_mismatch"
