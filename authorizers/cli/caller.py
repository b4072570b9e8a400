"""Who asks, from a command's options. What is secret comes from files and the environment only."""

import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from authorizers.analysis.caller import (
    AssumedPrincipal,
    Caller,
    NamedKey,
    Presented,
)
from authorizers.api_key.format import ID_PATTERN
from authorizers.cli.console import fail
from authorizers.cli.document import ReadDocument, read_file
from authorizers.config.example_principal import example_principal
from authorizers.errors import CredentialError
from authorizers.model.credential import BearerToken, ClientCertificate, PresentedApiKey


class Given(NamedTuple):
    """The ways to say who asks, of which one is taken; a certificate may come with a credential."""

    token_file: Path | None
    token_env: str | None
    principal: str | None
    claims: str | None
    key_file: Path | None
    key_env: str | None
    key_id: str | None
    certificate: Path | None


def caller_of(given: Given, read: ReadDocument, scheme: str | None) -> Caller:
    """
    Return who asks.

    Raises:
        typer.Exit: 2, it was not said in exactly one way, or not rightly.
    """
    said = [name for name, value in given._asdict().items() if value is not None]
    ways = [name for name in said if name != "certificate"]
    if len(ways) > 1 or not said:
        raise fail(
            "say who asks in one way: --token-file, --token-env, --key-file, --key-env, --key-id,"
            " --claims or --principal (or --event for all); --certificate alone, or with one of the"
            " first five"
        )
    certificate = None if given.certificate is None else _certificate(given.certificate)
    if given.principal is None and given.claims is None:
        return _with_certificate(given, read, scheme, certificate)
    if certificate is not None:
        raise fail("what a certificate would prove stands in the claims: leave out --certificate")
    if given.principal is not None:
        return _named(given.principal, read)
    return _claimed(given.claims or "", read, scheme)


def _with_certificate(
    given: Given, read: ReadDocument, scheme: str | None, certificate: ClientCertificate | None
) -> Caller:
    if given.key_id is not None:
        return _key_of_id(given.key_id, scheme, read, certificate)
    return Presented(_credential(given), certificate)


def _credential(given: Given) -> BearerToken | PresentedApiKey | None:
    if given.token_file is not None:
        return _token(_from_file(given.token_file))
    if given.token_env is not None:
        return _token(_from_environment(given.token_env, "token"))
    if given.key_file is not None:
        return _key(_from_file(given.key_file))
    if given.key_env is not None:
        return _key(_from_environment(given.key_env, "key"))
    return None


def _token(text: str) -> BearerToken:
    """Take the token alone, or the whole value of an Authorization header."""
    first, _, rest = text.strip().partition(" ")
    token = rest.strip() if first.lower() == "bearer" else text.strip()
    if not token:
        raise fail("there is no token: the file or the variable is empty")
    return BearerToken(token)


def _key(text: str) -> PresentedApiKey:
    if not text.strip():
        raise fail("there is no key: the file or the variable is empty")
    return PresentedApiKey(text.strip())


def _key_of_id(
    text: str, scheme: str | None, read: ReadDocument, certificate: ClientCertificate | None
) -> NamedKey:
    if not re.fullmatch(ID_PATTERN, text):
        raise fail("--key-id: write the 12 letters and digits after the prefix, not the key itself")
    if scheme is not None and scheme not in read.document["schemes"]:
        raise fail(f"say whose key it is: --scheme {' or '.join(read.document['schemes'])}")
    return NamedKey(text, scheme, certificate)


def _from_file(path: Path) -> str:
    return read_file(path).decode("utf-8", "replace")


def _from_environment(name: str, what: str) -> str:
    if name not in os.environ:
        raise fail(f"no environment variable has the name that --{what}-env gives")
    return os.environ[name]


def _certificate(path: Path) -> ClientCertificate:
    """Take the file as API Gateway hands it over, but for white space around it."""
    text = _from_file(path).strip()
    if not text:
        raise fail("there is no certificate: the file is empty")
    return ClientCertificate(f"{text}\n")


def _named(name: str, read: ReadDocument) -> Caller:
    known = read.examples.principals
    if name not in known:
        names = f"; it has {', '.join(known)}" if known else ": it has none"
        raise fail(f"the document has no principal of this name{names}")
    return AssumedPrincipal(known[name], f"the document's principal {name}")


def _claimed(text: str, read: ReadDocument, scheme: str | None) -> Caller:
    schemes = read.document["schemes"]
    name = scheme or (next(iter(schemes)) if len(schemes) == 1 else "")
    if name not in schemes:
        raise fail(f"say whose claims they are: --scheme {' or '.join(schemes)}")
    try:
        principal = example_principal(name, schemes[name], _claims(text))
    except CredentialError as error:
        raise fail(f"{error.detail}; nobody can have such claims") from None
    return AssumedPrincipal(principal, "the claims were given")


def _claims(text: str) -> dict[str, Any]:
    data = text if text.lstrip().startswith("{") else read_file(Path(text))
    try:
        claims = json.loads(data)
    except (ValueError, RecursionError):
        raise fail("--claims: this is not JSON") from None
    if not isinstance(claims, dict):
        raise fail('--claims: write an object, such as {"sub": "alice"}')
    return claims
