"""Keys that are written down: what is wrong with them is the deployer's to mend, at once."""

import json
from pathlib import Path

import pytest

from authorizers.errors import ConfigurationError, UntrustedCredential
from authorizers.jwks.source import StaticKeys
from authorizers.model.key import KeySource
from authorizers.testing.clock import FrozenClock
from authorizers.testing.signing_key import SigningKey

EC = SigningKey.generate("ES256", "ec")


def problem(jwks: object, place: str = "keys") -> str:
    with pytest.raises(ConfigurationError) as raised:
        StaticKeys(jwks, algorithms=["ES256"], place=place)
    assert [p.place for p in raised.value.problems] == [place]
    return raised.value.problems[0].message


def test_inline_keys_are_found_and_never_die(clock: FrozenClock) -> None:
    keys: KeySource = StaticKeys({"keys": [EC.jwk()]}, algorithms=["ES256"])
    key = keys.find("ec", "ES256")
    clock.advance(10**9)
    assert key.usable(clock)
    assert keys.find("ec", "ES256") is key


@pytest.mark.parametrize(
    ("key_id", "algorithm"), [("other", "ES256"), ("ec", "RS256"), ("", "ES256")]
)
def test_a_key_that_is_not_there_is_not_found(key_id: str, algorithm: str) -> None:
    keys = StaticKeys({"keys": [EC.jwk()]}, algorithms=["ES256"])
    with pytest.raises(UntrustedCredential) as raised:
        keys.find(key_id, algorithm)
    assert raised.value.code == "key_not_found"
    assert key_id == "" or key_id not in str(raised.value)


@pytest.mark.parametrize("kind", [str, Path])
def test_keys_are_read_from_a_file_once(tmp_path: Path, kind: type[str] | type[Path]) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [EC.jwk(), EC.jwk(use="enc")]}))
    keys = StaticKeys.from_file(kind(path), algorithms=["ES256"])
    path.unlink()
    assert keys.find("ec", "ES256").key_id == "ec"
    assert keys.skipped == {"its use is not sig": 1}


@pytest.mark.parametrize("name", ["missing.json", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_a_problem_of_the_configuration(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        StaticKeys.from_file(tmp_path / name, algorithms=["ES256"], place="schemes.a.jwt.keys")
    assert raised.value.problems[0].place == "schemes.a.jwt.keys"


@pytest.mark.parametrize(
    "jwks",
    [None, [], {}, b"", b"{", {"keys": []}, {"keys": [EC.jwk(use="enc")]}, b" " * 600_000],
    ids=lambda jwks: repr(jwks)[:24],
)
def test_no_usable_key_is_a_problem_of_the_configuration(jwks: object) -> None:
    assert "key set" in problem(jwks, "schemes.staff.jwt.keys.jwks")


def test_a_private_key_is_refused_without_being_shown() -> None:
    message = problem({"keys": [EC.jwk(d="c2VjcmV0")]})
    assert "private" in message
    assert "c2VjcmV0" not in message


def test_an_ambiguous_algorithm_says_what_to_write(rsa_key: SigningKey) -> None:
    jwk = rsa_key.jwk()
    del jwk["alg"]
    with pytest.raises(ConfigurationError, match="name one algorithm"):
        StaticKeys({"keys": [jwk]}, algorithms=["RS256", "PS256"])


def test_no_algorithm_is_a_problem_of_the_configuration() -> None:
    with pytest.raises(ConfigurationError):
        StaticKeys({"keys": [EC.jwk()]}, algorithms=[])
