"""
APIs whose routes and authorizers are CloudFormation resources of their own.

Sources: CloudFormation resource reference, `AWS::ApiGateway::{RestApi,Resource,Method}` and
`AWS::ApiGatewayV2::{Api,Route}`.
"""

from collections.abc import Iterator
from typing import Any

from authorizers.analysis.template.api import BY_HEADER, Api, ApiRoute, selected_keys
from authorizers.analysis.template.attachment import Attachment
from authorizers.analysis.template.cloudformation import cloudformation_attachments
from authorizers.analysis.template.definition import Body, Read, definition_of
from authorizers.analysis.template.openapi import (
    OpenApiRoutes,
    openapi_attachments,
    openapi_routes,
    route_key,
)
from authorizers.analysis.template.template import Place, Resource, Template
from authorizers.analysis.template.values import UNKNOWN, Unknown

_UNSEEN_PATH = "the path or the method of some routes cannot be seen"
_KINDS = {"AWS::ApiGateway::RestApi": "rest", "AWS::Serverless::Api": "rest"}


def cloudformation_apis(template: Template, read: Read) -> Iterator[Api]:
    """Yield every API that the template's own resources make, or add something to."""
    found = _Found(template)
    for api in template.of_type("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"):
        found.add_api(api)
    for value, attachment in cloudformation_attachments(template):
        found.attachments.setdefault(found.name(value, attachment.place), []).append(attachment)
    for method in template.of_type("AWS::ApiGateway::Method"):
        found.add_method(method)
    for route in template.of_type("AWS::ApiGatewayV2::Route"):
        found.add_route(route)
    for name, place in found.places.items():
        yield found.api(name, place, read)


class _Found:
    """What was found of each API, by its name."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self.places: dict[str, Place] = {}
        self.routes: dict[str, list[ApiRoute]] = {}
        self.attachments: dict[str, list[Attachment]] = {}
        self._unseen: set[str] = set()

    def name(self, value: Any, place: Place) -> str:
        """Return the name of the API that `value` refers to; `place` if it is not in the file."""
        referenced = (resource.name for resource in self._template.referenced(value))
        name = next(referenced, value if isinstance(value, str) else repr(value))
        self.places.setdefault(name, place)
        return name

    def add_api(self, api: Resource) -> None:
        place = self._template.place(("Resources", api.name))
        self.places[api.name] = place
        if "Target" in api.properties:  # quick create: a route that asks nobody
            key = self._template.scalar(api.properties.get("RouteKey")) or "$default"
            if isinstance(key, str):
                self.routes.setdefault(api.name, []).append(ApiRoute(key, place))
            else:
                self._unseen.add(api.name)

    def add_method(self, method: Resource) -> None:
        properties = method.properties
        place = self._template.place(("Resources", method.name))
        name = self.name(properties.get("RestApiId"), place)
        path = self._path(properties.get("ResourceId"), frozenset())
        verb = self._template.scalar(properties.get("HttpMethod"))
        if path is None or not isinstance(verb, str):
            self._unseen.add(name)
            return
        self._add(name, route_key(verb, path or "/"), place, properties)

    def add_route(self, route: Resource) -> None:
        place = self._template.place(("Resources", route.name))
        name = self.name(route.properties.get("ApiId"), place)
        key = self._template.scalar(route.properties.get("RouteKey"))
        if isinstance(key, str):
            self._add(name, key, place, route.properties)
        else:
            self._unseen.add(name)

    def _add(self, name: str, key: str, place: Place, properties: Any) -> None:
        scopes = properties.get("AuthorizationScopes")
        route = ApiRoute(
            key,
            place,
            self._authorizer(properties),
            tuple(map(str, scopes)) if isinstance(scopes, list) else (),
            needs_usage_key=self._template.flag(properties.get("ApiKeyRequired")) or False,
        )
        self.routes.setdefault(name, []).append(route)

    def _authorizer(self, properties: Any) -> str | Unknown | None:
        kind = self._template.scalar(properties.get("AuthorizationType"))
        if kind in (None, "NONE"):
            return None
        referenced = self._template.referenced(properties.get("AuthorizerId"))
        elsewhere = UNKNOWN if kind == "CUSTOM" or isinstance(kind, Unknown) else str(kind)
        return next((resource.name for resource in referenced), elsewhere)

    def _path(self, value: Any, seen: frozenset[str]) -> str | None:
        """Return the path of a resource, empty for the root, or None where it cannot be seen."""
        for resource in self._template.referenced(value):
            if resource.type in _KINDS:
                return ""  # its RootResourceId
            part = self._template.scalar(resource.properties.get("PathPart"))
            if resource.type != "AWS::ApiGateway::Resource" or resource.name in seen:
                return None
            parent = self._path(resource.properties.get("ParentId"), seen | {resource.name})
            return None if parent is None or not isinstance(part, str) else f"{parent}/{part}"
        return None

    def api(self, name: str, place: Place, read: Read) -> Api:
        resource = self._template.resources.get(name)
        attachments = self.attachments.get(name, [])
        kind = self._kind(resource, attachments)
        body = definition_of(self._template, resource, read) if resource else Body()
        found = OpenApiRoutes((), None)
        if body.template is not None:
            attachments = [*attachments, *openapi_attachments(body.template, body.loc, kind)]
            found = openapi_routes(body.template, body.loc)
        routes = (*self.routes.get(name, ()), *found.routes)
        if kind == "websocket":  # authorizers are asked at $connect only
            routes = tuple(route for route in routes if route.key == "$connect")
        unseen = body.unseen or (_UNSEEN_PATH if name in self._unseen else None)
        return Api(
            name,
            kind,
            place,
            routes,
            tuple(attachments),
            unseen=unseen,
            ignored_security=found.ignored_security,
            usage_keys_from=self._keys_from(resource, kind, body, found),
        )

    def _keys_from(
        self, resource: Resource | None, kind: str, body: Body, found: OpenApiRoutes
    ) -> Any:
        if resource is None:
            return UNKNOWN
        if kind != "rest":
            return selected_keys(self._template, resource)
        said = self._template.scalar(resource.properties.get("ApiKeySourceType"))
        return said or found.usage_keys_from or (UNKNOWN if body.unseen else BY_HEADER)

    def _kind(self, resource: Resource | None, attachments: list[Attachment]) -> str:
        if resource is not None and resource.type in _KINDS:
            return "rest"
        protocol = resource and self._template.scalar(resource.properties.get("ProtocolType"))
        if protocol in ("HTTP", "WEBSOCKET"):
            return str(protocol).lower()
        return attachments[0].api if attachments else "v2"
