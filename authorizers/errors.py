"""
Everything that can go wrong, in families named after who must act.

    AuthorizersError                the root; every error has a stable `code`
    ├── CredentialError             the CALLER must act       → 401 where the gateway can say it
    │   ├── MissingCredential       nothing was presented
    │   ├── MalformedCredential     not what its specification says it is
    │   ├── UntrustedCredential     cannot be tied to a key or issuer that is trusted
    │   └── RejectedCredential      authentic, but not acceptable here and now
    ├── ConfigurationError          the DEPLOYER must act     → 500, raised at import where possible
    ├── EventError                  not an authorizer event   → 500
    └── DependencyError             an OPERATOR must act      → 500, never 401 and never Allow

Being denied is no error: it is a policy (docs/decisions/0001). No message carries text of the
caller: messages are written into logs, and what a caller sends is the caller's to choose.
"""

from typing import Final, NamedTuple


class AuthorizersError(Exception):
    """
    Root of all errors that this package raises on purpose.

    `code` is stable: it stands in logs, metrics and alarms, and it is part of the public contract.
    `detail` is for people, in lower case, without text of the caller.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: Final = code
        self.detail: Final = detail


class CredentialError(AuthorizersError):
    """
    The caller's credential is missing, malformed, untrusted or rejected.

    `scheme` names the scheme of the document that looked at it, once that is known.
    """

    def __init__(self, code: str, detail: str, *, scheme: str | None = None) -> None:
        super().__init__(code, detail)
        self.scheme = scheme


class MissingCredential(CredentialError):
    """No credential was presented where one is looked for."""


class MalformedCredential(CredentialError):
    """The credential is not what its specification says it is."""


class UntrustedCredential(CredentialError):
    """The credential cannot be tied to a trusted issuer, key or algorithm."""


class RejectedCredential(CredentialError):
    """The credential is authentic, but expired, for another audience, or of another kind."""


class Problem(NamedTuple):
    """One thing wrong with a configuration: where it stands, and what to write instead."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class ConfigurationError(AuthorizersError):
    """
    The deployer must act. Carries every problem that was found, not only the first.

    No problem's text holds a configured secret, only names and places.
    """

    def __init__(self, *problems: Problem, code: str = "configuration_invalid") -> None:
        super().__init__(code, "; ".join(str(problem) for problem in problems))
        self.problems: Final = problems


class EventError(AuthorizersError):
    """The event is not one that API Gateway sends to a Lambda authorizer."""


class DependencyError(AuthorizersError):
    """Something this decision depends on is unavailable. Never a reason to allow, nor a 401."""
