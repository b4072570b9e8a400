"""
The configuration without a document: one issuer, and one sentence about what its callers may do.

It becomes the same compiled document as any other, with the one route `*`.
"""

from typing import Any

from authorizers.config.compiled import FORMAT, CompiledDocument
from authorizers.config.environment import Environment
from authorizers.config.key_set import parse_key_set
from authorizers.config.url import validate_issuer, validate_jwks_uri
from authorizers.config.vocabulary import (
    CUSTOM,
    MAX_LEEWAY_SECONDS,
    PROFILES,
    SCOPE_EXPECTED,
    is_scope,
    one_of,
    validate_algorithm,
)
from authorizers.model.route import ANY_ROUTE

SCHEME = "default"  # what the only scheme is called: in principal identifiers, logs and metrics
# What compiling the one route `*` gives, written down: a cold start need not load the compiler.
TABLE: dict[str, Any] = {"exact": True, "routes": [{"key": ANY_ROUTE, "allow": [ANY_ROUTE]}]}
_WHY = "with AUTHORIZERS_ISSUER"
_AUTHENTICATED = "any_route_when_authenticated"
_WITH_SCOPES = {
    "any_route_with_any_scope": "scopes_any",
    "any_route_with_all_scopes": "scopes_all",
}


def compile_single_issuer(environment: Environment) -> CompiledDocument:
    """
    Return the compiled document that the `AUTHORIZERS_ISSUER` family of variables stands for.

    Nothing that decides about security has a default here: the template gives them.

    Raises:
        ConfigurationError: every problem of the environment at once.
    """
    scheme = {
        "issuer": _issuer(environment),
        "audience": _words(environment, "AUTHORIZERS_AUDIENCE"),
        "profile": _profile(environment),
        "algorithms": _algorithms(environment),
        "keys": _keys(environment),
        "leeway_seconds": environment.whole_number(
            "AUTHORIZERS_LEEWAY_SECONDS", 0, MAX_LEEWAY_SECONDS
        ),
        "max_age_seconds": None,
        "principal_claim": "sub",
        "custom_profile": None,
    }
    routes = [{"key": ANY_ROUTE, "requirement": _access(environment)}]
    environment.raise_problems()
    return {
        "format": FORMAT,
        "schemes": {SCHEME: {"jwt": scheme}},
        "token_from": ["authorization"],
        "routes": routes,
        "table": TABLE,
        "context": {},
    }


def _issuer(environment: Environment) -> str:
    text = environment.required("AUTHORIZERS_ISSUER", "")
    try:
        validate_issuer(text)
    except ValueError as error:
        environment.add_problem("AUTHORIZERS_ISSUER", str(error))
    return text


def _words(environment: Environment, name: str) -> list[str]:
    text = environment.required(name, _WHY)
    words = [word.strip() for word in text.split(",")] if text else []
    if "" in words:
        environment.add_problem(name, "separate with single commas, and leave nothing empty")
    return list(dict.fromkeys(words))


def _profile(environment: Environment) -> str:
    text = environment.required("AUTHORIZERS_PROFILE", _WHY)
    if text == CUSTOM:
        environment.add_problem("AUTHORIZERS_PROFILE", "a custom profile needs a document")
    elif text and text not in PROFILES:
        known = one_of(name for name in PROFILES if name != CUSTOM)
        environment.add_problem("AUTHORIZERS_PROFILE", f"write one of {known}")
    return text


def _algorithms(environment: Environment) -> list[str]:
    names = _words(environment, "AUTHORIZERS_ALGORITHMS")
    for name in filter(None, names):
        try:
            validate_algorithm(name)
        except ValueError as error:
            environment.add_problem("AUTHORIZERS_ALGORITHMS", str(error))
            break
    return names


def _keys(environment: Environment) -> dict[str, Any]:
    jwks_uri = environment.given("AUTHORIZERS_JWKS_URI")
    jwks = environment.given("AUTHORIZERS_JWKS")
    if jwks_uri and jwks:
        environment.add_problem("AUTHORIZERS_JWKS", "cannot be set beside AUTHORIZERS_JWKS_URI")
    try:
        if jwks:
            return {"jwks": parse_key_set(jwks)}
    except ValueError as error:
        environment.add_problem("AUTHORIZERS_JWKS", str(error))
    try:
        if jwks_uri:
            validate_jwks_uri(jwks_uri)
    except ValueError as error:
        environment.add_problem("AUTHORIZERS_JWKS_URI", str(error))
    return {"jwks_uri": jwks_uri} if jwks_uri else {"discovery": True}


def _access(environment: Environment) -> list[Any]:
    text = environment.required("AUTHORIZERS_ACCESS", _WHY)
    words, separator, rest = text.partition(":")
    scopes = list(dict.fromkeys(rest.split()))
    if text == _AUTHENTICATED:
        return ["authenticated"]
    if words.rstrip() in _WITH_SCOPES and separator and scopes:
        if not all(map(is_scope, scopes)):
            environment.add_problem("AUTHORIZERS_ACCESS", SCOPE_EXPECTED)
        return [_WITH_SCOPES[words.rstrip()], scopes]
    if text:
        environment.add_problem(
            "AUTHORIZERS_ACCESS",
            f"write {_AUTHENTICATED}, or one of {one_of(_WITH_SCOPES)}"
            " followed by a colon and scopes separated by spaces",
        )
    return []
