"""
Authorizers in the `Auth` property of SAM's APIs.

Source: aws/serverless-application-model, versions/2016-10-31 documentation of `ApiAuth`,
`HttpApiAuth` and `WebSocketApiAuth`, and what its translator makes of them.
"""

from collections.abc import Callable, Iterator
from typing import Any

from authorizers.analysis.template.attachment import Attachment
from authorizers.analysis.template.template import Resource, Template
from authorizers.analysis.template.values import UNKNOWN, mapping

_SOURCES = {
    "Headers": "header.",
    "QueryStrings": "querystring.",
    "StageVariables": "stageVariables.",
    "Context": "context.",
}


def sam_attachments(template: Template, api: Resource) -> Iterator[Attachment]:
    """Yield the Lambda authorizers of an API that SAM makes."""
    if api.type == "AWS::Serverless::WebSocketApi":
        auth = mapping(api.properties.get("Auth"))
        if template.scalar(auth.get("AuthType")) == "CUSTOM":
            yield _websocket(template, api, auth)
        return
    build = _BUILD[api.type]
    for name, authorizer in _authorizers(api):
        yield build(template, api, name, authorizer)


def _authorizers(api: Resource) -> Iterator[tuple[str, dict[str, Any]]]:
    authorizers = mapping(mapping(api.properties.get("Auth")).get("Authorizers"))
    for name, authorizer in authorizers.items():
        if "FunctionArn" in mapping(authorizer):
            yield name, authorizer


def _loc(template: Template, api: Resource, name: str) -> tuple[str, ...]:
    if api.name in template.resources:
        return ("Resources", api.name, "Properties", "Auth", "Authorizers", name)
    kind = api.type.removeprefix("AWS::Serverless::")
    return ("Globals", kind, "Auth", "Authorizers", name)


def _rest(template: Template, api: Resource, name: str, authorizer: dict[str, Any]) -> Attachment:
    identity = mapping(authorizer.get("Identity"))
    is_token = template.scalar(authorizer.get("FunctionPayloadType")) in (None, "TOKEN")
    disabled = template.flag(authorizer.get("DisableFunctionDefaultPermissions"))
    return Attachment(
        template=template,
        api="rest",
        name=name,
        place=template.place(_loc(template, api, name)),
        function=authorizer["FunctionArn"],
        is_token=is_token,
        ttl_seconds=template.scalar(identity.get("ReauthorizeEvery")),
        identity_sources=_token_source(template, identity)
        if is_token
        else _identity_sources(identity),
        payload_format=None,
        simple_responses=None,
        makes_permission=disabled is not True or _has_role(template, authorizer),
    )


def _http(template: Template, api: Resource, name: str, authorizer: dict[str, Any]) -> Attachment:
    identity = mapping(authorizer.get("Identity"))
    enabled = template.flag(authorizer.get("EnableFunctionDefaultPermissions"))
    return Attachment(
        template=template,
        api="http",
        name=name,
        place=template.place(_loc(template, api, name)),
        function=authorizer["FunctionArn"],
        is_token=False,
        ttl_seconds=template.scalar(identity.get("ReauthorizeEvery")),
        identity_sources=_identity_sources(identity),
        payload_format=template.scalar(authorizer.get("AuthorizerPayloadFormatVersion")),
        simple_responses=template.flag(authorizer.get("EnableSimpleResponses")) or False,
        makes_permission=enabled in (True, UNKNOWN) or _has_role(template, authorizer),
    )


_Build = Callable[[Template, Resource, str, dict[str, Any]], Attachment]
_BUILD: dict[str, _Build] = {"AWS::Serverless::Api": _rest, "AWS::Serverless::HttpApi": _http}


def _websocket(template: Template, api: Resource, auth: dict[str, Any]) -> Attachment:
    ttl = auth.get("ReauthorizeEvery", auth.get("AuthorizerResultTtlInSeconds"))
    sources = auth.get("IdentitySource")
    return Attachment(
        template=template,
        api="websocket",
        name=str(template.scalar(auth.get("Name")) or api.name),
        place=template.place(("Resources", api.name, "Properties", "Auth")),
        function=auth.get("AuthArn"),
        is_token=False,
        ttl_seconds=template.scalar(ttl),
        identity_sources=tuple(map(str, sources)) if isinstance(sources, list) else (),
        payload_format=None,
        simple_responses=template.flag(auth.get("EnableSimpleResponses")),
        makes_permission=True,
    )


def _token_source(template: Template, identity: dict[str, Any]) -> tuple[str, ...]:
    return (f"header.{template.scalar(identity.get('Header')) or 'Authorization'}",)


def _identity_sources(identity: dict[str, Any]) -> tuple[str, ...]:
    named = ((prefix, identity.get(kind)) for kind, prefix in _SOURCES.items())
    return tuple(f"{p}{name}" for p, names in named if isinstance(names, list) for name in names)


def _has_role(template: Template, authorizer: dict[str, Any]) -> bool:
    return template.scalar(authorizer.get("FunctionInvokeRole")) not in (None, "", "NONE")
