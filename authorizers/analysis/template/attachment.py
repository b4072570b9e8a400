"""One Lambda authorizer as a template attaches it to an API, whichever way it is written."""

from typing import Any, NamedTuple

from authorizers.analysis.template.template import Place, Resource, Template
from authorizers.analysis.template.values import Unknown, mapping

_FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")
_REST_TTL_SECONDS = 300  # what REST APIs take where nothing is written


class Attachment(NamedTuple):
    """
    One authorizer of one API.

    A value is `UNKNOWN` where only CloudFormation can say it, and `None` where nothing is
    written. `makes_permission` says that the way it is attached lets the API call the function:
    SAM adds a permission, or a role is given.
    """

    template: Template
    api: str  # rest, http, websocket, or v2 where the kind of API cannot be seen
    name: str
    place: Place
    function: Any  # the value that names the function
    is_token: bool
    ttl_seconds: Any
    identity_sources: tuple[str, ...]
    payload_format: Any
    simple_responses: Any
    makes_permission: bool

    @property
    def seconds(self) -> int | None:
        """The TTL, if it is written and can be seen as a number."""
        ttl = self.ttl_seconds
        if isinstance(ttl, bool | Unknown) or not str(ttl).isdecimal():
            return None
        return int(str(ttl)[:9])

    @property
    def may_be_http(self) -> bool:
        """Whether it is an HTTP API's, or that of an API whose kind cannot be seen."""
        return self.api in ("http", "v2")

    @property
    def cached_seconds(self) -> int:
        """How long answers are kept, as far as that can be seen; 0 where nothing is kept."""
        if self.api == "websocket":
            return 0
        if self.api == "rest" and self.ttl_seconds is None:
            return _REST_TTL_SECONDS
        return self.seconds or 0

    @property
    def may_be_cached(self) -> bool:
        """Whether answers are kept, or perhaps: an HTTP API's TTL may be left unsaid."""
        unsaid = self.ttl_seconds is None and bool(self.identity_sources)
        return self.cached_seconds > 0 or (self.may_be_http and unsaid)


def listed_sources(value: Any) -> tuple[str, ...]:
    """Return identity sources that are written as one text, with commas, or as a list."""
    texts = value if isinstance(value, list) else str(value or "").split(",")
    return tuple(stripped for text in texts if (stripped := str(text).strip()))


def function_of(attachment: Attachment) -> Resource | None:
    """Return the function, if it is in this template, itself or through an alias."""
    template = attachment.template
    for resource in template.referenced(attachment.function):
        if resource.type in _FUNCTIONS:
            return resource
        aliased = template.referenced(resource.properties.get("FunctionName"))
        if resource.type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
            return next((target for target in aliased if target.type in _FUNCTIONS), None)
    return None


def environment_of(function: Resource) -> dict[str, Any]:
    """Return the function's environment variables."""
    return mapping(mapping(function.properties.get("Environment")).get("Variables"))


def may_be_called(template: Template, function: Resource) -> bool:
    """Return whether some `AWS::Lambda::Permission` lets API Gateway call `function`."""
    return any(
        _is_gateway(template.scalar(permission.properties.get("Principal")))
        and function in _targets(template, permission.properties.get("FunctionName"))
        for permission in template.of_type("AWS::Lambda::Permission")
    )


def _is_gateway(principal: Any) -> bool:
    return isinstance(principal, Unknown) or str(principal).startswith("apigateway.")


def _targets(template: Template, value: Any) -> list[Resource]:
    named = list(template.referenced(value))
    aliased = [t for r in named for t in template.referenced(r.properties.get("FunctionName"))]
    return named + aliased
