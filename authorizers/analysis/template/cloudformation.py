"""
Authorizers as resources of their own.

Sources: CloudFormation resource reference, `AWS::ApiGateway::Authorizer` and
`AWS::ApiGatewayV2::Authorizer`.
"""

from collections.abc import Iterator
from typing import Any

from authorizers.analysis.template.attachment import Attachment, listed_sources
from authorizers.analysis.template.template import Resource, Template


def cloudformation_attachments(template: Template) -> Iterator[tuple[Any, Attachment]]:
    """Yield the Lambda authorizers of both generations, each with the value that names its API."""
    for resource in template.of_type("AWS::ApiGateway::Authorizer"):
        if resource.properties.get("Type") in ("TOKEN", "REQUEST"):
            yield resource.properties.get("RestApiId"), _rest(template, resource)
    for resource in template.of_type("AWS::ApiGatewayV2::Authorizer"):
        if resource.properties.get("AuthorizerType") == "REQUEST":
            yield resource.properties.get("ApiId"), _v2(template, resource)


def _rest(template: Template, resource: Resource) -> Attachment:
    properties = resource.properties
    return Attachment(
        template=template,
        api="rest",
        name=resource.name,
        place=template.place(("Resources", resource.name)),
        function=properties.get("AuthorizerUri"),
        is_token=properties["Type"] == "TOKEN",
        ttl_seconds=template.scalar(properties.get("AuthorizerResultTtlInSeconds")),
        identity_sources=listed_sources(properties.get("IdentitySource")),
        payload_format=None,
        simple_responses=None,
        makes_permission="AuthorizerCredentials" in properties,
    )


def _v2(template: Template, resource: Resource) -> Attachment:
    properties = resource.properties
    identity = listed_sources(properties.get("IdentitySource"))
    return Attachment(
        template=template,
        api=_kind(template, properties.get("ApiId"), identity, properties),
        name=resource.name,
        place=template.place(("Resources", resource.name)),
        function=properties.get("AuthorizerUri"),
        is_token=False,
        ttl_seconds=template.scalar(properties.get("AuthorizerResultTtlInSeconds")),
        identity_sources=identity,
        payload_format=template.scalar(properties.get("AuthorizerPayloadFormatVersion")),
        simple_responses=template.flag(properties.get("EnableSimpleResponses")) or False,
        makes_permission="AuthorizerCredentialsArn" in properties,
    )


def _kind(template: Template, api: Any, identity: tuple[str, ...], properties: Any) -> str:
    for resource in template.referenced(api):
        if resource.type == "AWS::Serverless::HttpApi":
            return "http"
        if resource.type == "AWS::Serverless::WebSocketApi":
            return "websocket"
        protocol = template.scalar(resource.properties.get("ProtocolType"))
        if protocol in ("HTTP", "WEBSOCKET"):
            return str(protocol).lower()
    if any(source.startswith("route.") for source in identity):
        return "websocket"
    return "http" if "AuthorizerPayloadFormatVersion" in properties else "v2"
