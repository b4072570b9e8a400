"""
One sample event: what it is, and what an authorizer must answer to it.

A sample is a client's call in which `<good>`, `<expired key>`, `<good certificate>` … stand for
tokens, keys and certificates, which are made afresh each time the files are written
(`authorizers.testing.sample_events`).
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from authorizers.model.request import EventKind
from authorizers.testing.events import EVENT_BUILDERS, Event

_HTTP_KINDS = (EventKind.HTTP_1, EventKind.HTTP_2)
KINDS: Final = {
    "rest-token": EventKind.REST_TOKEN,
    "rest-request": EventKind.REST_REQUEST,
    "http-1": EventKind.HTTP_1,
    "http-2": EventKind.HTTP_2,
    "websocket": EventKind.WEBSOCKET,
}


# The functions, by their logical IDs in the SAM template.
JWT_FUNCTION: Final = "JwtAuthorizer"
API_KEY_FUNCTION: Final = "ApiKeyAuthorizer"
CERTIFICATE_FUNCTION: Final = "CertificateAuthorizer"
COMBINED_FUNCTION: Final = "CombinedAuthorizer"
HANDLERS: Final = {
    JWT_FUNCTION: "authorizers.handlers.jwt.handler",
    API_KEY_FUNCTION: "authorizers.handlers.api_key.handler",
    CERTIFICATE_FUNCTION: "authorizers.handlers.client_certificate.handler",
    COMBINED_FUNCTION: "authorizers.handlers.combined.handler",
}
_FUNCTIONS: Final = {  # what the names of samples for each but the first begin with
    "api-key-": API_KEY_FUNCTION,
    "certificate-": CERTIFICATE_FUNCTION,
    "combined-": COMBINED_FUNCTION,
}


class Verdict(StrEnum):
    """What is right for a sample, whichever kind of API asks."""

    ALLOW = "allow"
    INSUFFICIENT = "insufficient"  # authentic, but not entitled: 403
    BAD_CREDENTIAL = "bad credential"  # 401 where the kind of API can say it
    FAILURE = "failure"  # no decision could be made: 500


STATUS: Final = {"allow": 200, "deny": 403, "unauthorized": 401, "error": 500}


def expected_outcome(verdict: Verdict, kind: EventKind) -> str:
    """
    Return what a function does about an event of this kind.

    `allow` and `deny` are answers in the kind's own format, `unauthorized` is an error whose
    message is exactly that, `error` is any other one.
    """
    if verdict is Verdict.FAILURE:
        return "error"
    if verdict is Verdict.BAD_CREDENTIAL and kind not in _HTTP_KINDS:
        return "unauthorized"
    return "allow" if verdict is Verdict.ALLOW else "deny"


class Sample(NamedTuple):
    """
    One sample event. `reason` is the code of the decision in the function's log.

    `call` are the parts of the client's call (`authorizers.testing.call.Call`); `change` is
    applied to the event that was built from them.
    """

    name: str
    about: str
    verdict: Verdict
    reason: str
    call: Mapping[str, Any]
    change: Callable[[Event], Event] = lambda event: event

    @property
    def file(self) -> str:
        """The file's name in `events/`."""
        return f"{self.name}.json"

    @property
    def function(self) -> str:
        """The function that the event is for, by its logical ID."""
        return _FUNCTIONS.get(self._prefix, JWT_FUNCTION)

    @property
    def kind(self) -> EventKind:
        """The kind of event, which the file's name says."""
        name = self.name.removeprefix(self._prefix)
        return next(kind for prefix, kind in KINDS.items() if name.startswith(prefix))

    @property
    def _prefix(self) -> str:
        return next(filter(self.name.startswith, _FUNCTIONS), "")

    @property
    def outcome(self) -> str:
        """What the function does: see `expected_outcome`."""
        return expected_outcome(self.verdict, self.kind)

    @property
    def status(self) -> int:
        """The status that API Gateway answers the client with."""
        return STATUS[self.outcome]

    def event(self, credentials: Mapping[str, str]) -> Event:
        """Return the event, with `credentials` in their places."""
        return self.change(EVENT_BUILDERS[self.kind](**_filled(dict(self.call), credentials)))


def insufficient(name: str, about: str, **call: Any) -> Sample:
    """Return the sample of a caller who is known, and not entitled."""
    return Sample(name, about, Verdict.INSUFFICIENT, "not_granted", call)


def bad_credential(name: str, about: str, reason: str, **call: Any) -> Sample:
    """Return the sample of a caller who is refused for `reason`."""
    return Sample(name, about, Verdict.BAD_CREDENTIAL, reason, call)


def _filled(part: Any, credentials: Mapping[str, str]) -> Any:
    match part:
        case str():
            for name, credential in credentials.items():
                part = part.replace(f"<{name}>", credential)
            return part
        case dict():
            return {name: _filled(value, credentials) for name, value in part.items()}
        case list():
            return [_filled(value, credentials) for value in part]
    return part
