"""
Thousands of tokens, sound and unsound, judged by three verifiers: this one, PyJWT's, joserfc's.

Each is set up for the same issuer, audience, algorithm, required claims and leeway. Where they
differ, the difference must stand below with its reason; a reason that explains nothing must go.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import jwt as pyjwt
import pytest
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
ACCEPTED = "accepted"

Verdicts = list[tuple[tuple[str, ...], str, dict[str, str]]]
Verifier = Callable[[str], str]


def our_verifier(key: SigningKey) -> Verifier:
    keys = StaticKeys({"keys": [key.jwk()]}, algorithms=["ES256"])
    expected = Expectation(RFC_9068_ACCESS_TOKEN, frozenset({API}), LEEWAY, None, "sub")
    verifier = JwtVerifier(
        scheme="s", issuer=ISSUER, algorithms=["ES256"], expected=expected, keys=keys
    )
    authenticator = JwtAuthenticator([verifier], clock=SystemClock(), cache_size=0)

    def verify(token: str) -> str:
        try:
            authenticator.authenticate(BearerToken(token))
        except CredentialError as error:
            return error.code
        return ACCEPTED

    return verify


def pyjwts_verifier(key: SigningKey) -> Verifier:
    public_key = key.private_key.public_key()

    def verify(token: str) -> str:
        try:
            pyjwt.decode(
                token,
                public_key,
                algorithms=["ES256"],
                audience=API,
                issuer=ISSUER,
                leeway=LEEWAY,
                options={"require": list(REQUIRED)},
            )
        except Exception as error:  # noqa: BLE001 what it raises is what is compared
            return type(error).__name__
        return ACCEPTED

    return verify


def joserfcs_verifier(key: SigningKey) -> Verifier:
    public_key = ECKey.import_key(key.jwk())
    claims = JWTClaimsRegistry(leeway=LEEWAY)
    claims.options = {name: {"essential": True} for name in REQUIRED}
    claims.options["iss"] = {"essential": True, "value": ISSUER}
    claims.options["aud"] = {"essential": True, "value": API}

    def verify(token: str) -> str:
        try:
            claims.validate(jose.decode(token, public_key, algorithms=["ES256"]).claims)
        except Exception as error:  # noqa: BLE001 what it raises is what is compared
            return type(error).__name__
        return ACCEPTED

    return verify


@pytest.fixture(scope="module")
def verdicts(key: SigningKey, tokens: list[tuple[tuple[str, ...], str]]) -> Verdicts:
    """Each token's mutations, our verdict and theirs."""
    ours, pyjwts, joserfcs = our_verifier(key), pyjwts_verifier(key), joserfcs_verifier(key)
    return [
        (labels, ours(token), {"pyjwt": pyjwts(token), "joserfc": joserfcs(token)})
        for labels, token in tokens
    ]


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


def test_a_sound_token_is_accepted_by_all(verdicts: Verdicts) -> None:
    labels, ours, theirs = verdicts[0]

    assert (labels, ours) == ((), ACCEPTED)
    assert set(theirs.values()) == {ACCEPTED}


def test_both_verdicts_are_common_enough_to_compare(verdicts: Verdicts) -> None:
    accepted = sum(ours == ACCEPTED for _, ours, _ in verdicts)

    assert len(verdicts) > 5_000
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
