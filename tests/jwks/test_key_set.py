"""A set skips what it cannot use, is bad when nothing is left, and chooses exactly one key."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import DependencyError, UntrustedCredential
from authorizers.jwks.document import MAX_DOCUMENT_BYTES
from authorizers.jwks.key_set import MAX_KEYS, KeySet, parse_key_set
from authorizers.testing.signing_key import SigningKey

ALLOWED = frozenset({"RS256", "ES256", "ES384", "EdDSA", "Ed25519", "Ed448"})
EC = SigningKey.generate("ES256", "ec")
OTHER = SigningKey.generate("ES256", "other")


def key_set(*jwks: Any) -> KeySet:
    return parse_key_set(json.dumps({"keys": jwks}).encode(), ALLOWED)


def refusal(keys: KeySet, key_id: str | None, algorithm: str = "ES256") -> str:
    with pytest.raises(UntrustedCredential) as raised:
        keys.select(key_id, algorithm)
    return raised.value.code


def why_bad(document: object) -> str:
    with pytest.raises(DependencyError) as raised:
        parse_key_set(document, ALLOWED)
    assert raised.value.code == "keys_unavailable"
    return raised.value.detail


def test_a_key_is_found_by_kid_and_algorithm() -> None:
    keys = key_set(EC.jwk(), OTHER.jwk())
    assert keys.select("other", "ES256").key_id == "other"


@pytest.mark.parametrize(
    "key_id",
    ["", "EC", "ec ", " ec", "ec\n", "ec\x00", "e", "\uff45c", "../ec", "\ud800", "x" * 9999],
)
def test_a_kid_is_compared_exactly(key_id: str) -> None:
    assert refusal(key_set(EC.jwk(), OTHER.jwk()), key_id) == "key_not_found"


@pytest.mark.parametrize("pair", [("\u00e9", "e\u0301"), ("\ufb01", "fi"), ("K", "\u212a")])
def test_a_kid_is_not_normalised(pair: tuple[str, str]) -> None:
    """Equal after Unicode normalisation is not equal."""
    published, asked = pair
    assert refusal(key_set(EC.jwk(kid=published)), asked) == "key_not_found"


@pytest.mark.parametrize("algorithm", ["ES384", "RS256", "none", "HS256", "es256", "", "EdDSA"])
def test_a_key_is_not_found_for_another_algorithm(algorithm: str) -> None:
    assert refusal(key_set(EC.jwk()), "ec", algorithm) == "key_not_found"
    assert refusal(key_set(EC.jwk()), None, algorithm) == "key_not_found"


def test_two_different_keys_with_one_kid_are_ambiguous() -> None:
    keys = key_set(EC.jwk(), OTHER.jwk(kid="ec"))
    assert refusal(keys, "ec") == "key_ambiguous"


def test_two_keys_with_one_kid_for_different_algorithms_are_told_apart() -> None:
    keys = key_set(EC.jwk(), SigningKey.generate("Ed25519", "ec").jwk())
    assert keys.select("ec", "ES256").algorithm == "ES256"
    assert keys.select("ec", "EdDSA").algorithm == "Ed25519"


def test_the_same_key_twice_is_one_key() -> None:
    keys = key_set(EC.jwk(), EC.jwk(x5t="differs"))
    assert keys.select("ec", "ES256").key_id == "ec"
    assert len(keys.keys) == 1


def test_without_kid_the_only_key_that_fits_is_taken() -> None:
    """OpenID Connect Core §10.1: a kid is needed when the set has several keys."""
    keys = key_set(EC.jwk(), SigningKey.generate("Ed25519").jwk())
    assert keys.select(None, "ES256").key_id == "ec"


def test_without_kid_two_keys_that_fit_are_ambiguous() -> None:
    assert refusal(key_set(EC.jwk(), OTHER.jwk()), None) == "key_ambiguous"


def test_a_key_without_kid_is_found_only_without_kid() -> None:
    jwk = EC.jwk()
    del jwk["kid"]
    keys = key_set(jwk)
    assert keys.select(None, "ES256").key_id is None
    assert refusal(keys, "") == "key_not_found"
    assert refusal(keys, "None") == "key_not_found"


def test_each_allowed_name_of_an_algorithm_finds_the_key() -> None:
    keys = key_set(SigningKey.generate("Ed25519", "ed").jwk())
    assert keys.select("ed", "EdDSA") is keys.select("ed", "Ed25519")
    assert refusal(keys, "ed", "Ed448") == "key_not_found"


def test_a_name_that_is_not_allowed_finds_no_key() -> None:
    document = {"keys": [SigningKey.generate("Ed25519", "ed").jwk()]}
    keys = parse_key_set(document, frozenset({"EdDSA"}))
    assert keys.select("ed", "EdDSA").algorithm == "Ed25519"
    assert refusal(keys, "ed", "Ed25519") == "key_not_found"


def test_eddsa_without_kid_is_ambiguous_when_both_curves_are_published() -> None:
    keys = key_set(SigningKey.generate("Ed25519").jwk(), SigningKey.generate("Ed448").jwk())
    assert refusal(keys, None, "EdDSA") == "key_ambiguous"
    assert keys.select(None, "Ed448").algorithm == "Ed448"


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "junk",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "RSA", "n": 5, "e": []},
        {"kty": "RSA", "alg": "RS256", "n": "!", "e": "AQAB"},
        {"kty": ["EC"]},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "X25519", "x": "AA"},
        {"kty": "EC", "crv": nested(200)},
        EC.jwk(use="enc"),
        EC.jwk(d="AA"),
        None,
        [],
        "key",
        0,
    ],
    ids=lambda junk: repr(junk)[:24],
)
def test_a_key_that_cannot_be_used_does_not_spoil_the_others(junk: object) -> None:
    keys = key_set(junk, EC.jwk(kid="good"), junk)
    assert keys.select("good", "ES256").key_id == "good"
    assert sum(keys.skipped.values()) == 2


def test_skipped_keys_are_counted_by_reason_without_their_content() -> None:
    keys = key_set(EC.jwk(), EC.jwk(use="<script>"), EC.jwk(use="enc"), {"kty": "oct", "k": "s3"})
    assert keys.skipped == {"its use is not sig": 2, "it is symmetric or private": 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b'"keys"',
        b"{}",
        b'{"keys": null}',
        b'{"keys": {}}',
        b'{"keys": "x"}',
        b'{"keys": [],}',
        b'{"keys": []} x',
        b"<!doctype html><title>Sign in</title>",
        b'\xef\xbb\xbf{"keys": []}',
        '{"keys": []}'.encode("utf-16"),
        b'{"keys": [{"kid": "\xff"}]}',
        b'{"keys": [NaN]}',
        b'{"keys": [-Infinity]}',
        b'{"keys": ' + b"[" * 100_000,
        b'{"Keys": []}',
    ],
    ids=lambda body: repr(body)[:24],
)
def test_what_is_no_key_set_is_bad(body: bytes) -> None:
    assert "key set" in why_bad(body)


@pytest.mark.parametrize("document", [None, [], "keys", 7, {}, {"keys": ()}, {1: 2}])
def test_parsed_json_that_is_no_key_set_is_bad(document: object) -> None:
    assert "key set" in why_bad(document)


def test_a_repeated_member_name_is_refused_at_any_depth() -> None:
    """RFC 7517 §4: another reader might take the other value."""
    good = json.dumps(EC.jwk())
    assert why_bad(f'{{"keys": [], "keys": [{good}]}}'.encode())
    assert why_bad(f'{{"keys": [{good[:-1]}, "kid": "other"}}]}}'.encode())


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_takes_for_json_spoils_a_good_set(constant: str) -> None:
    good = json.dumps({"keys": [EC.jwk()], "x": 0})
    assert "JSON" in why_bad(good.replace('"x": 0', f'"x": {constant}').encode())


def test_a_set_without_a_usable_key_is_bad_and_says_why() -> None:
    assert why_bad(b'{"keys": []}').endswith("it is empty")
    assert "its use is not sig" in why_bad({"keys": [EC.jwk(use="enc")]})


def test_a_set_that_is_too_large_is_bad_before_it_is_parsed() -> None:
    document = json.dumps({"keys": [EC.jwk()]}).encode()
    assert len(parse_key_set(document.ljust(MAX_DOCUMENT_BYTES), ALLOWED).keys) == 1
    assert "larger" in why_bad(document.ljust(MAX_DOCUMENT_BYTES + 1))


def test_a_set_of_too_many_keys_is_bad() -> None:
    jwks = [EC.jwk(kid=str(n)) for n in range(MAX_KEYS + 1)]
    assert len(key_set(*jwks[1:]).keys) == MAX_KEYS
    assert str(MAX_KEYS) in why_bad({"keys": jwks})


def test_a_number_of_any_length_in_a_key_spoils_nothing() -> None:
    """Python refuses to read an integer of more than 4,300 digits."""
    body = json.dumps({"keys": [EC.jwk()]}).replace("{", '{"size": ' + "9" * 5000 + ", ", 1)
    assert len(parse_key_set(body.encode(), ALLOWED).keys) == 1


def test_a_key_of_the_previous_set_is_not_parsed_again() -> None:
    before = key_set(EC.jwk())
    after = parse_key_set({"keys": [EC.jwk(x5c=["new"]), OTHER.jwk()]}, ALLOWED, before)
    assert after.select("ec", "ES256") is before.select("ec", "ES256")


def test_another_key_under_the_same_kid_is_another_key() -> None:
    before = key_set(EC.jwk())
    after = parse_key_set({"keys": [OTHER.jwk(kid="ec")]}, ALLOWED, before)
    assert after.select("ec", "ES256") is not before.select("ec", "ES256")


@given(st.binary())
def test_no_bytes_make_a_set_raise_another_error(body: bytes) -> None:
    assert why_bad(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["keys", "kty", "n", "e", "kid"]), inner)
        ),
    )
)
def test_no_json_makes_a_set_raise_another_error(document: object) -> None:
    assert why_bad(document)
    assert why_bad(json.dumps({"keys": [document]}).encode())
