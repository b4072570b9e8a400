"""
APIs that SAM makes: from events of functions, or from an OpenAPI definition.

Source: aws/serverless-application-model, versions/2016-10-31, and its translator: an event without
an API belongs to the implicit one, to which `Globals` apply; an HTTP API's event without path and
method is `$default`; with a definition, events add no routes unless `MergeDefinitions` is true;
`DefaultAuthorizer` goes to whatever names none, but for preflights.
"""

from collections.abc import Iterator
from typing import Any

from authorizers.analysis.template.api import BY_HEADER, Api, ApiRoute, selected_keys
from authorizers.analysis.template.definition import Read, definition_of
from authorizers.analysis.template.openapi import openapi_attachments, openapi_routes, route_key
from authorizers.analysis.template.sam import sam_attachments
from authorizers.analysis.template.template import IMPLICIT, Resource, Template
from authorizers.analysis.template.values import UNKNOWN, Unknown, mapping
from authorizers.config.document.text import Loc

_EVENT_SOURCES = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
_UNSEEN_EVENTS = "the path or the method of some events cannot be seen"
_KIND = {"AWS::Serverless::Api": "rest", "AWS::Serverless::HttpApi": "http"}
Event = tuple[str, Loc, dict[str, Any]]  # the API's name, where the event stands, its properties


def sam_apis(template: Template, read: Read) -> Iterator[Api]:
    """Yield every API that SAM makes of `template`."""
    events = list(_events(template))
    apis = [*template.of_type(*_KIND), *_implicit(template, {name for name, _, __ in events})]
    for api in apis:
        yield _api(template, read, api, [e for e in events if e[0] == api.name])
    for api in template.of_type("AWS::Serverless::WebSocketApi"):
        yield _websocket_api(template, api)


def _implicit(template: Template, named: set[str]) -> Iterator[Resource]:
    for api in IMPLICIT.values():
        if api.name in named and api.name not in template.resources:
            yield api._replace(properties=template.shared(api.type))


def _events(template: Template) -> Iterator[Event]:
    for source in template.of_type(*_EVENT_SOURCES):
        for name, event in mapping(source.properties.get("Events")).items():
            kind = mapping(event).get("Type")
            if kind in ("Api", "HttpApi"):
                properties = mapping(mapping(event).get("Properties"))
                api = properties.get("RestApiId" if kind == "Api" else "ApiId")
                loc = ("Resources", source.name, "Properties", "Events", name)
                yield _named(template, api, IMPLICIT[kind].name), loc, properties


def _named(template: Template, value: Any, implicit: str) -> str:
    if value is None:
        return implicit
    return next((api.name for api in template.referenced(value)), str(template.scalar(value)))


def _api(template: Template, read: Read, api: Resource, events: list[Event]) -> Api:
    auth = _Auth(template, api)
    body = definition_of(template, api, read)
    attachments = list(sam_attachments(template, api))
    routes: list[ApiRoute] = []
    ignored, keys_from = None, template.scalar(api.properties.get("ApiKeySourceType"))
    if body.template is not None:
        attachments += openapi_attachments(body.template, body.loc, _KIND[api.type])
        found = openapi_routes(body.template, body.loc, sam=True)
        routes += [auth.completed(route) for route in found.routes]
        ignored = None if auth.default is not None else found.ignored_security
        keys_from = keys_from or found.usage_keys_from
    unseen = body.unseen
    if body.template is None or template.flag(api.properties.get("MergeDefinitions")) is True:
        of_events = [auth.route(loc, properties) for _, loc, properties in events]
        routes += [route for route in of_events if route is not None]
        unseen = unseen or (_UNSEEN_EVENTS if None in of_events else None)
    place = template.place(("Resources", api.name))
    return Api(
        api.name,
        _KIND[api.type],
        place,
        tuple(routes),
        tuple(attachments),
        unseen=unseen,
        ignored_security=ignored,
        usage_keys_from=keys_from or (UNKNOWN if body.unseen else BY_HEADER),
    )


class _Auth:
    """Which authorizer a route of a SAM API asks, and whether for a key: its own, or by default."""

    def __init__(self, template: Template, api: Resource) -> None:
        auth = mapping(api.properties.get("Auth"))
        self._template = template
        default = template.scalar(auth.get("DefaultAuthorizer"))
        self.default = None if default == "NONE" else _name(default)
        on_preflight = template.flag(auth.get("AddDefaultAuthorizerToCorsPreflight"))
        self._spares_options = api.type == "AWS::Serverless::HttpApi" or on_preflight is False
        self._is_http = api.type == "AWS::Serverless::HttpApi"
        self._needs_key = template.flag(auth.get("ApiKeyRequired")) or False
        on_preflight = template.flag(auth.get("AddApiKeyRequiredToCorsPreflight"))
        self._spares_options_keys = on_preflight is False

    def completed(self, route: ApiRoute) -> ApiRoute:
        """Return `route` with what the API has by default, where it has nothing of its own."""
        needs_key = route.needs_usage_key or self._key_for(route.key)
        route = route._replace(needs_usage_key=needs_key)
        if route.authorizer is not None:
            own = route.authorizer
            return route._replace(authorizer=None if own == "NONE" else own)
        return route._replace(authorizer=self._default_for(route.key))

    def route(self, loc: Loc, properties: dict[str, Any]) -> ApiRoute | None:
        """Return the route of an event, or None where its path or its method cannot be seen."""
        path, method = (self._template.scalar(properties.get(n)) for n in ("Path", "Method"))
        if self._is_http and path is None and method is None:
            path, method = "$default", "ANY"
        if not isinstance(path, str) or not isinstance(method, str):
            return None
        key = route_key(method, path)
        auth = mapping(properties.get("Auth"))
        own = self._template.scalar(auth.get("Authorizer"))
        scopes = auth.get("AuthorizationScopes")
        needs_key = self._template.flag(auth.get("ApiKeyRequired"))
        return ApiRoute(
            key,
            self._template.place(loc),
            self._default_for(key) if own is None else None if own == "NONE" else _name(own),
            tuple(map(str, scopes)) if isinstance(scopes, list) else (),
            needs_usage_key=self._key_for(key) if needs_key is None else needs_key,
        )

    def _key_for(self, key: str) -> Any:
        spared = self._spares_options_keys and key.startswith("OPTIONS ")
        return False if spared else self._needs_key

    def _default_for(self, key: str) -> str | Unknown | None:
        return None if self._spares_options and key.startswith("OPTIONS ") else self.default


def _name(value: Any) -> str | Unknown | None:
    return UNKNOWN if isinstance(value, Unknown) else None if value is None else str(value)


def _websocket_api(template: Template, api: Resource) -> Api:
    attachments = tuple(sam_attachments(template, api))
    loc = ("Resources", api.name, "Properties", "Routes", "$connect")
    kind = template.scalar(mapping(api.properties.get("Auth")).get("AuthType"))
    name = attachments[0].name if attachments else None if kind in (None, "NONE") else _name(kind)
    connect = mapping(mapping(api.properties.get("Routes")).get("$connect"))
    needs_key = template.flag(connect.get("ApiKeyRequired")) or False
    routes = (ApiRoute("$connect", template.place(loc), name, needs_usage_key=needs_key),)
    return Api(
        api.name,
        "websocket",
        template.place(loc[:2]),
        routes,
        attachments,
        usage_keys_from=selected_keys(template, api),
    )
