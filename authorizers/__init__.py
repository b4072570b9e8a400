"""
Lambda authorizers for Amazon API Gateway.

    from authorizers import Answers, build_authorizer, compile_document

    document = compile_document(Path("authorizers.yaml").read_bytes())
    authorizer = build_authorizer(document, answers=Answers("simple", "exception"))
    response = authorizer(event)

- `authorizers.authorizer`: the route of one request; start reading there.
- `authorizers.handlers`: the Lambda functions that are deployed.
- `authorizers.testing`: an issuer, events and a clock for your own tests.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from authorizers.authorizer import Answers as Answers
    from authorizers.authorizer import Authorizer as Authorizer
    from authorizers.authorizer import Unauthorized as Unauthorized
    from authorizers.builder.policy_builder import PolicyBuilder as PolicyBuilder
    from authorizers.compose.authorizer import build_authorizer as build_authorizer
    from authorizers.compose.configured import (
        authorizer_from_environment as authorizer_from_environment,
    )
    from authorizers.config.compile import compile_document as compile_document
    from authorizers.config.compiled import load_compiled_file as load_compiled_file
    from authorizers.errors import AuthorizersError as AuthorizersError
    from authorizers.errors import ConfigurationError as ConfigurationError
    from authorizers.errors import CredentialError as CredentialError
    from authorizers.errors import DependencyError as DependencyError
    from authorizers.errors import EventError as EventError
    from authorizers.policy.evaluate import evaluate as evaluate

__version__ = "0.1.0"

# Imported when first asked for: a function must not pay for what it does not use.
_HOMES = {
    "Answers": "authorizers.authorizer",
    "Authorizer": "authorizers.authorizer",
    "AuthorizersError": "authorizers.errors",
    "ConfigurationError": "authorizers.errors",
    "CredentialError": "authorizers.errors",
    "DependencyError": "authorizers.errors",
    "EventError": "authorizers.errors",
    "PolicyBuilder": "authorizers.builder.policy_builder",
    "Unauthorized": "authorizers.authorizer",
    "authorizer_from_environment": "authorizers.compose.configured",
    "build_authorizer": "authorizers.compose.authorizer",
    "compile_document": "authorizers.config.compile",
    "evaluate": "authorizers.policy.evaluate",
    "load_compiled_file": "authorizers.config.compiled",
}
__all__ = sorted([*_HOMES, "__version__"])  # noqa: PLE0605 sorted gives a list


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
