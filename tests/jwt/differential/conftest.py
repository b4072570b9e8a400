"""Thousands of tokens, each with the names of what is wrong with it, and the key that signed."""

import json
import random
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from authorizers.testing.signing_key import SigningKey

ISSUER, API = "https://issuer.example", "https://api.example.com"
KEY, STRANGER = SigningKey.generate("ES256", "key-1"), SigningKey.generate("ES256", "key-1")
SEVERAL = 5_000


@pytest.fixture(scope="package")
def key() -> SigningKey:
    """The issuer's key, of which the verifiers have the public half."""
    return KEY


@pytest.fixture(scope="package")
def tokens() -> list[tuple[tuple[str, ...], str]]:
    """The names of each token's mutations, and the token; the first has none."""
    return list(generated())


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def as_json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


class Draft:
    """A token in the making, in the order in which it is made; a mutation changes one step."""

    def __init__(self) -> None:
        now = int(time.time())
        self.header: dict[str, Any] = {"alg": "ES256", "typ": "at+jwt", "kid": "key-1"}
        self.claims: dict[str, Any] = {
            "iss": ISSUER, "sub": "alice", "aud": API, "client_id": "c", "jti": "j",
            "iat": now - 60, "exp": now + 3600, "scope": "read write",
        }  # fmt: skip
        self.encode_header: Callable[[Any], bytes] = as_json
        self.encode_claims: Callable[[Any], bytes] = as_json
        self.key = KEY
        self.sign: Callable[[bytes], bytes] = lambda signature: signature
        self.finish: Callable[[str], str] = lambda token: token

    def token(self) -> str:
        header, claims = self.encode_header(self.header), self.encode_claims(self.claims)
        signing_input = f"{b64(header)}.{b64(claims)}"
        signature = self.key._algorithm.sign(signing_input.encode(), self.key.private_key)
        return self.finish(f"{signing_input}.{b64(self.sign(signature))}")


Mutation = Callable[[Draft], None]
GONE = object()
NOW = int(time.time())


def put(part: str, name: str, value: object) -> Mutation:
    def mutate(draft: Draft) -> None:
        members = getattr(draft, part)
        if value is GONE:
            members.pop(name, None)
        else:
            members[name] = value

    return mutate


def step(name: str, change: object) -> Mutation:
    return lambda draft: setattr(draft, name, change)


def part_changed(index: int, change: Callable[[str], str]) -> Mutation:
    def finish(token: str) -> str:
        parts = token.split(".")
        parts[index] = change(parts[index])
        return ".".join(parts)

    return step("finish", finish)


VALUES: dict[str, Any] = {
    "absent": GONE, "null": None, "empty": "", "text": "text", "zero": 0, "one": 1, "minus": -1,
    "half": 1.5, "true": True, "false": False, "list": [], "texts": ["a", "b"], "mixed": ["a", 1],
    "object": {}, "numeral": "4102444800", "huge": 10**18, "overlong": 10**400,
    "past": NOW - 7200, "future": NOW + 7200, "past fraction": NOW - 7200.5,
    "future fraction": NOW + 7200.5, "infinity": float("inf"), "not a number": float("nan"),
}  # fmt: skip
CLAIMS = ["iss", "sub", "aud", "client_id", "jti", "iat", "exp", "nbf", "scope", "cnf", "extra"]
SPECIAL_CLAIMS: dict[str, dict[str, Any]] = {
    "iss": {"slash": f"{ISSUER}/", "prefix": ISSUER[:-1], "longer": f"{ISSUER}.evil.example",
            "case": ISSUER.upper(), "in a list": [ISSUER]},
    "aud": {"in a list": [API], "among others": ["x", API], "slash": f"{API}/", "prefix": API[:-1],
            "longer": f"{API}x", "case": API.upper(), "beside a number": [API, 1],
            "beside null": [API, None], "as a key": {API: 1}, "nested": [[API]]},
    "scope": {"two spaces": "a  b", "trailing space": "a ", "tab": "a\tb", "quote": 'a"'},
    "sub": {"control": "a\nb", "long": "a" * 256, "escape": "\x1b[2J"},
}  # fmt: skip
HEADERS: dict[str, dict[str, Any]] = {
    "alg": {"none": "none", "None": "None", "HS256": "HS256", "RS256": "RS256", "ES384": "ES384",
            "lower": "es256", "absent": GONE, "null": None, "number": 256, "list": ["ES256"]},
    "typ": {"JWT": "JWT", "absent": GONE, "null": None, "number": 1, "empty": "",
            "media type": "application/at+jwt", "upper": "AT+JWT", "logout": "logout+jwt"},
    "kid": {"absent": GONE, "null": None, "number": 1, "empty": "", "unknown": "key-2",
            "path": "../key-1", "list": ["key-1"]},
    "crit": {"empty": [], "exp": ["exp"], "unknown": ["x"], "text": "exp", "null": None,
             "b64": ["b64"]},
    "b64": {"true": True, "false": False, "null": None},
    "enc": {"A256GCM": "A256GCM"},
    "zip": {"DEF": "DEF"},
    "cty": {"JWT": "JWT"},
    "jwk": {"a key": STRANGER.jwk(), "text": "x"},
    "jku": {"address": "https://evil.example/jwks", "number": 1},
    "x5u": {"address": "https://evil.example/x5u"},
    "x5c": {"texts": ["AAAA"], "text": "AAAA"},
    "extra": {"text": "x", "object": {}},
}  # fmt: skip


def members(text: bytes) -> Callable[[Any], bytes]:
    """Write `text` before the members of the object."""
    return lambda value: b"{" + text + as_json(value)[1:]


def der(signature: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))


def other_bits(text: str) -> str:
    """Set a bit of the last character that decodes to nothing, if it has such bits."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text if len(text) % 4 == 0 else text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


def padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


JSONS: dict[str, Callable[[Any], bytes]] = {
    "repeated name": members(b'"more":1,"more":1,'),
    "repeated name, escaped": members(b'"more":1,"\\u006dore":2,'),
    "repeated name inside": members(b'"more":{"a":1,"a":2},'),
    "byte order mark": lambda value: b"\xef\xbb\xbf" + as_json(value),
    "utf-16": lambda value: as_json(value).decode().encode("utf-16"),
    "utf-32 without mark": lambda value: as_json(value).decode().encode("utf-32-le"),
    "latin-1": members(b'"more":"\xe9",'),
    "lone surrogate": members(b'"more":"\\ud800",'),
    "NaN": members(b'"more":NaN,'),
    "1e400": members(b'"more":1e400,'),
    "many digits": members(b'"more":' + b"9" * 5000 + b","),
    "white space": lambda value: b" \r\n\t" + as_json(value) + b"\n",
    "form feed": lambda value: b"\x0c" + as_json(value),
    "trailing text": lambda value: as_json(value) + b"x",
    "second object": lambda value: as_json(value) + b"{}",
    "trailing comma": lambda value: as_json(value)[:-1] + b",}",
    "in a list": lambda value: b"[" + as_json(value) + b"]",
    "in text": lambda value: as_json(as_json(value).decode()),
    "null": lambda _: b"null",
    "empty": lambda _: b"",
    "control character": members(b'"more":"\n",'),
    "nested deeply": members(b'"more":' + b"[" * 100_000 + b"]" * 100_000 + b","),
}
TEXTS: dict[str, Callable[[str], str]] = {
    "space": lambda text: f"{text} ", "newline": lambda text: f"{text}\n",
    "tab inside": lambda text: f"{text[:4]}\t{text[4:]}", "plus": lambda text: f"+{text[1:]}",
    "slash": lambda text: f"/{text[1:]}", "padding": padded, "padding doubled": lambda t: t + "==",
    "one padding too many": lambda text: padded(text) + "=", "other bits": other_bits,
    "one character less": lambda text: text[:-1], "one character more": lambda text: f"{text}A",
    "junk": lambda text: f"{text[:4]}!!!!{text[4:]}", "not ascii": lambda text: f"{text}\u00e9",
    "surrogate": lambda text: f"{text}\ud800", "empty": lambda _: "",
    "dot": lambda text: f"{text}.", "null character": lambda text: f"{text}\x00",
}  # fmt: skip
SIGNATURES: dict[str, Callable[[bytes], bytes]] = {
    "flipped": lambda s: bytes([s[0] ^ 1]) + s[1:], "short": lambda s: s[:-1],
    "long": lambda s: s + b"\0", "zero": lambda _: b"\0" * 64, "der": der,
    "r and s exchanged": lambda s: s[32:] + s[:32],
}  # fmt: skip
WHOLE: dict[str, Callable[[str], str]] = {
    "two parts": lambda token: token.rpartition(".")[0],
    "four parts": lambda token: f"{token}.AAAA",
    "five parts": lambda token: f"{token}.AAAA.AAAA",
    "parts exchanged": lambda token: ".".join(reversed(token.split("."))),
    "in quotes": lambda token: f'"{token}"',
    "with a scheme": lambda token: f"Bearer {token}",
}


def _mutations() -> Iterator[tuple[str, Mutation]]:
    for name in CLAIMS:
        for label, value in {**VALUES, **SPECIAL_CLAIMS.get(name, {})}.items():
            yield f"claim {name}: {label}", put("claims", name, value)
    for name, values in HEADERS.items():
        for label, value in values.items():
            yield f"header {name}: {label}", put("header", name, value)
    for label, encode in JSONS.items():
        yield f"claims json: {label}", step("encode_claims", encode)
        yield f"header json: {label}", step("encode_header", encode)
    for index, part in enumerate(["header", "claims", "signature"]):
        for label, change in TEXTS.items():
            yield f"{part} text: {label}", part_changed(index, change)
    for label, sign in SIGNATURES.items():
        yield f"signature: {label}", step("sign", sign)
    for label, whole in WHOLE.items():
        yield f"token: {label}", step("finish", whole)
    yield "signature: a stranger's", step("key", STRANGER)


MUTATIONS = dict(_mutations())


def generated() -> Iterator[tuple[tuple[str, ...], str]]:
    """Each mutation alone, then two and three together, the same ones in every run."""
    yield (), Draft().token()
    chance = random.Random(9068)  # noqa: S311 a test's choice, nobody's secret
    names = list(MUTATIONS)
    several = (tuple(chance.sample(names, chance.choice([2, 2, 3]))) for _ in range(SEVERAL))
    for labels in [*((name,) for name in names), *several]:
        draft = Draft()
        for label in labels:
            MUTATIONS[label](draft)
        yield labels, draft.token()
