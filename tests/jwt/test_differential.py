"""
Thousands of tokens, sound and unsound, judged by three verifiers: this one, PyJWT's, joserfc's.

Each is set up for the same issuer, audience, algorithm, required claims and leeway. Where they
differ, the difference must stand below with its reason; a reason that explains nothing must go.
"""

import json
import random
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc import jwt as jose
from joserfc.jwk import ECKey
from joserfc.jwt import JWTClaimsRegistry

from authorizers.errors import CredentialError
from authorizers.jwks.source import StaticKeys
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.claims import Expectation
from authorizers.jwt.profiles import RFC_9068_ACCESS_TOKEN
from authorizers.jwt.verifier import JwtVerifier
from authorizers.model.clock import SystemClock
from authorizers.model.credential import BearerToken
from authorizers.testing.signing_key import SigningKey

ISSUER, API, LEEWAY = "https://issuer.example", "https://api.example.com", 30
REQUIRED = RFC_9068_ACCESS_TOKEN.required
KEY, STRANGER = SigningKey.generate("ES256", "key-1"), SigningKey.generate("ES256", "key-1")
ACCEPTED = "accepted"
TOKENS = 5_000


def _authenticator() -> JwtAuthenticator:
    verifier = JwtVerifier(
        scheme="s",
        issuer=ISSUER,
        algorithms=["ES256"],
        expected=Expectation(RFC_9068_ACCESS_TOKEN, frozenset({API}), LEEWAY, None, "sub"),
        keys=StaticKeys({"keys": [KEY.jwk()]}, algorithms=["ES256"]),
    )
    return JwtAuthenticator([verifier], clock=SystemClock(), cache_size=0)


AUTHENTICATOR = _authenticator()
PUBLIC_KEY = KEY.private_key.public_key()
JOSE_KEY = ECKey.import_key(KEY.jwk())
JOSE_CLAIMS = JWTClaimsRegistry(
    leeway=LEEWAY,
    **{name: {"essential": True} for name in REQUIRED},  # type: ignore[arg-type]
)
JOSE_CLAIMS.options["iss"] = {"essential": True, "value": ISSUER}
JOSE_CLAIMS.options["aud"] = {"essential": True, "value": API}


def by_us(token: str) -> str:
    try:
        AUTHENTICATOR.authenticate(BearerToken(token))
    except CredentialError as error:
        return error.code
    return ACCEPTED


def by_pyjwt(token: str) -> str:
    try:
        pyjwt.decode(
            token,
            PUBLIC_KEY,
            algorithms=["ES256"],
            audience=API,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": list(REQUIRED)},
        )
    except Exception as error:  # noqa: BLE001 what it raises is what is compared
        return type(error).__name__
    return ACCEPTED


def by_joserfc(token: str) -> str:
    try:
        JOSE_CLAIMS.validate(jose.decode(token, JOSE_KEY, algorithms=["ES256"]).claims)
    except Exception as error:  # noqa: BLE001 what it raises is what is compared
        return type(error).__name__
    return ACCEPTED


# Tokens


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
    several = (tuple(chance.sample(names, chance.choice([2, 2, 3]))) for _ in range(TOKENS))
    for labels in [*((name,) for name in names), *several]:
        draft = Draft()
        for label in labels:
            MUTATIONS[label](draft)
        yield labels, draft.token()


# Differences


class Reason(NamedTuple):
    """Why tokens with a mutation named like `mutation` are refused by one side only."""

    libraries: tuple[str, ...]
    mutation: str
    refusal: str  # our code, or the name of the library's error
    why: str


BOTH, PYJWT, JOSERFC = ("pyjwt", "joserfc"), ("pyjwt",), ("joserfc",)

WE_REFUSE = (
    # The profile (RFC 9068): libraries leave that to their callers.
    Reason(BOTH, r"header typ: (JWT|absent|empty|logout)", "type_not_allowed",
           "RFC 9068 §4: the type must be at+jwt; any other is another kind of token"),
    Reason(PYJWT, r"header typ: (null|number)", "type_not_allowed", "RFC 7515 §4.1.9: text"),
    Reason(BOTH, r"claim cnf: .+", "proof_required",
           "RFC 7800 §3: it is bound to a key, and nobody has shown that key"),
    Reason(BOTH, r"claim scope: .+", "claim_malformed",
           "RFC 6749 §3.3: words with single spaces; the libraries do not look at scopes"),
    Reason(BOTH, r"claim sub: (control|long|escape)", "claim_malformed",
           "the subject becomes principalId and stands in logs: short and printable, or refused"),
    Reason(PYJWT, r"claim sub: empty", "claim_malformed", "an empty subject is nobody"),
    Reason(BOTH, r"claim client_id: .+", "claim_malformed",
           "RFC 8693 §4.3: text; the libraries do not know the claim"),
    # Numbers (RFC 7519 §2).
    Reason(PYJWT, r"claim exp: numeral", "claim_malformed", "digits in quotes are no number"),
    Reason(PYJWT, r"claim (iat|nbf): (true|false)", "claim_malformed", "a boolean is no number"),
    Reason(BOTH, r"claim exp: (huge|overlong)", "claim_malformed",
           "a token that outlives the year 9999 was made by mistake"),
    Reason(BOTH, r"claim \w+: (infinity|not a number)|claims json: NaN", "jwt_malformed",
           "RFC 8259 §6: NaN and Infinity are not JSON"),
    Reason(PYJWT, r"header json: NaN", "jwt_malformed", "the same, in the header"),
    # One text, one meaning (RFC 7519 §4 and §7.2, RFC 8725 §3.7).
    Reason(BOTH, r"claims json: repeated name.*", "jwt_malformed",
           "the last one wins there; another reader may take the first"),
    Reason(PYJWT, r"header json: repeated name.*", "jwt_malformed", "the same, in the header"),
    Reason(BOTH, r"(claims|header) json: (byte order mark|utf-16|utf-32 without mark)",
           "jwt_malformed", "UTF-8 without a mark is the only encoding"),
    Reason(BOTH, r"claims json: lone surrogate", "jwt_malformed",
           "it cannot be encoded, and would end in a crash when it is logged"),
    Reason(PYJWT, r"header json: lone surrogate", "jwt_malformed", "the same, in the header"),
    Reason(PYJWT, r"\w+ text: padding( doubled)?", "jwt_malformed",
           "RFC 7515 §2: no padding; PyJWT takes it for the sake of AWS load balancers"),
    # The header (RFC 7515 §4.1).
    Reason(BOTH, r"header kid: (unknown|path)", "key_not_found",
           "here the kid chooses the key; there the test has chosen it"),
    Reason(BOTH, r"header kid: empty", "jwt_malformed", "an empty name names nothing"),
    Reason(JOSERFC, r"header crit: empty", "header_not_supported", "RFC 7515 §4.1.11: not empty"),
    Reason(BOTH, r"header b64: true", "header_not_supported",
           "RFC 7797 §7: b64 is not for JWTs, whatever its value"),
    Reason(PYJWT, r"header b64: null", "header_not_supported", "the same"),
    Reason(PYJWT, r"header (enc|zip): .+", "header_not_supported",
           "parameters of encryption (RFC 7516 §4.1) on a signed token"),
)  # fmt: skip

THEY_REFUSE = (
    Reason(JOSERFC, r"header extra: .+|header json: 1e400", "UnsupportedHeaderError",
           "RFC 7515 §4: parameters that are not understood must be ignored"),
    Reason(JOSERFC, r"header (jwk|jku|x5c): (text|number)", "InvalidHeaderValueError",
           "keys and addresses in the header are not looked at, so their type does not matter"),
    Reason(JOSERFC, r"claim (jti|client_id): empty", "InvalidClaimError",
           "an empty text is text; nothing is decided by these claims"),
)  # fmt: skip


def explanation(library: str, labels: tuple[str, ...], ours: str, theirs: str) -> Reason | None:
    reasons, refusal = (WE_REFUSE, ours) if theirs == ACCEPTED else (THEY_REFUSE, theirs)
    for reason in reasons:
        named = any(re.fullmatch(reason.mutation, label) for label in labels)
        if named and library in reason.libraries and reason.refusal == refusal:
            return reason
    return None


@pytest.fixture(scope="module")
def verdicts() -> list[tuple[tuple[str, ...], str, dict[str, str]]]:
    """Each token's mutations, our verdict and theirs."""
    return [
        (labels, by_us(token), {"pyjwt": by_pyjwt(token), "joserfc": by_joserfc(token)})
        for labels, token in generated()
    ]


Verdicts = list[tuple[tuple[str, ...], str, dict[str, str]]]


def test_a_sound_token_is_accepted_by_all(verdicts: Verdicts) -> None:
    labels, ours, theirs = verdicts[0]

    assert (labels, ours) == ((), ACCEPTED)
    assert set(theirs.values()) == {ACCEPTED}


def test_both_verdicts_are_common_enough_to_compare(verdicts: Verdicts) -> None:
    accepted = sum(ours == ACCEPTED for _, ours, _ in verdicts)

    assert len(verdicts) > TOKENS
    assert len(verdicts) // 50 < accepted < len(verdicts) // 2


@pytest.mark.parametrize("library", BOTH)
def test_every_difference_has_its_reason(library: str, verdicts: Verdicts) -> None:
    unexplained = [
        f"{labels}: we say {ours}, they say {theirs[library]}"
        for labels, ours, theirs in verdicts
        if (ours == ACCEPTED) != (theirs[library] == ACCEPTED)
        and explanation(library, labels, ours, theirs[library]) is None
    ]

    assert not unexplained


@pytest.mark.parametrize("library", BOTH)
def test_every_reason_explains_a_difference(library: str, verdicts: Verdicts) -> None:
    used = {
        explanation(library, labels, ours, theirs[library])
        for labels, ours, theirs in verdicts
        if len(labels) == 1 and (ours == ACCEPTED) != (theirs[library] == ACCEPTED)
    }

    given = {reason for reason in (*WE_REFUSE, *THEY_REFUSE) if library in reason.libraries}
    assert given - used == set()


def test_nothing_that_both_libraries_refuse_is_accepted_here(verdicts: Verdicts) -> None:
    alone = [
        labels
        for labels, ours, theirs in verdicts
        if ours == ACCEPTED and ACCEPTED not in theirs.values()
    ]

    assert not alone


def test_no_reason_lets_a_signature_an_issuer_an_audience_or_an_expiry_pass(
    verdicts: Verdicts,
) -> None:
    """Where we are the ones who accept, it is never about what a verifier is for."""
    for labels, ours, theirs in verdicts:
        if ours == ACCEPTED:
            assert not {*theirs.values()} & {
                "InvalidSignatureError", "BadSignatureError", "ExpiredSignatureError",
                "ExpiredTokenError", "InvalidIssuerError", "InvalidAudienceError",
                "InvalidAlgorithmError", "UnsupportedAlgorithmError", "ImmatureSignatureError",
            }, labels  # fmt: skip


def test_every_refusal_of_ours_is_one_with_a_code(verdicts: Verdicts) -> None:
    codes = {ours for _, ours, _ in verdicts}

    assert codes == {
        ACCEPTED, "jwt_malformed", "issuer_not_trusted", "algorithm_not_allowed",
        "header_not_supported", "type_not_allowed", "key_not_found", "signature_invalid",
        "claim_missing", "claim_malformed", "proof_required", "token_expired",
        "token_not_yet_valid", "token_issued_in_the_future", "audience_mismatch",
    }  # fmt: skip
