"""
Routes and authorizers of an OpenAPI 3 or Swagger 2 definition with API Gateway's extensions.

Sources: API Gateway Developer Guide, "OpenAPI extensions for API Gateway"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html);
"Amazon API Gateway important notes": security at the root is not used, only an operation's own.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from authorizers.analysis.template.api import BY_HEADER, Api, ApiRoute
from authorizers.analysis.template.attachment import Attachment, listed_sources
from authorizers.analysis.template.template import Place, Template
from authorizers.analysis.template.values import UNKNOWN, Unknown, mapping
from authorizers.config.document.text import KEY, Loc

_ANY = "x-amazon-apigateway-any-method"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_AUTHTYPE = "x-amazon-apigateway-authtype"
_KEY_SOURCE = "x-amazon-apigateway-api-key-source"
_METHODS = ("delete", "get", "head", "options", "patch", "post", "put", _ANY)


class OpenApiRoutes(NamedTuple):
    """A definition's routes, where it asks for security that is not applied, and its key source."""

    routes: tuple[ApiRoute, ...]
    ignored_security: Place | None
    usage_keys_from: Any = None


def route_key(method: str, path: str) -> str:
    """Return the key of a route as documents write it."""
    if path in ("$default", "/$default"):
        return "$default"
    method = "ANY" if method.lower() in ("any", "*", _ANY) else method.upper()
    return f"{method} {path}"


def read_openapi(template: Template) -> Api:
    """Return the API that an OpenAPI file of its own describes."""
    kind = _kind(template.root)
    attachments = tuple(openapi_attachments(template, (), kind))
    planned = not any(map(_is_of_aws, _schemes(template.root).values()))
    found = _Reader(template, (), planned=planned).read()
    return Api(
        template.file,
        kind,
        template.place(()),
        found.routes,
        attachments,
        planned=planned,
        ignored_security=found.ignored_security,
        usage_keys_from=found.usage_keys_from or BY_HEADER,
    )


def openapi_routes(template: Template, loc: Loc, *, sam: bool = False) -> OpenApiRoutes:
    """
    Return the routes of the definition at `loc` in `template`.

    With `sam` it is one that SAM completes: its authorizers may be declared outside it, and
    `NONE` is the name for none.
    """
    return _Reader(template, loc, sam=sam).read()


def _at(template: Template, loc: Loc) -> dict[str, Any]:
    value: Any = template.root
    for step in loc:
        value = mapping(value).get(str(step))
    return mapping(value)


def _schemes(root: dict[str, Any]) -> dict[str, Any]:
    components = mapping(mapping(root.get("components")).get("securitySchemes"))
    return {**mapping(root.get("securityDefinitions")), **components}


def _is_of_aws(scheme: Any) -> bool:
    return not mapping(scheme).keys().isdisjoint((_AUTHORIZER, _AUTHTYPE))


def _kind(root: dict[str, Any]) -> str:
    """Return the kind of API, as far as the authorizers and paths of a definition give it away."""
    if "swagger" in root:
        return "rest"
    authorizers = [mapping(mapping(s).get(_AUTHORIZER)) for s in _schemes(root).values()]
    http = ("authorizerPayloadFormatVersion", "enableSimpleResponses")
    if "/$default" in mapping(root.get("paths")) or any(
        a.get("type") == "jwt" or not a.keys().isdisjoint(http) for a in authorizers
    ):
        return "http"
    sources = [str(a.get("identitySource", "")) for a in authorizers]
    if any("$request." in source for source in sources):
        return "http"
    rest = ("token", "cognito_user_pools")
    if any("method." in s for s in sources) or any(a.get("type") in rest for a in authorizers):
        return "rest"
    return "v2"


class _Reader:
    """Reads the paths of one definition."""

    def __init__(
        self, template: Template, loc: Loc, *, planned: bool = False, sam: bool = False
    ) -> None:
        self._template, self._loc, self._planned = template, tuple(loc), planned
        self._root = _at(template, loc)
        self._schemes = _schemes(self._root)
        self._ignored = False
        self._sam = sam

    def read(self) -> OpenApiRoutes:
        routes = tuple(self._routes())
        place = self._template.place((*self._loc, "security", KEY)) if self._ignored else None
        return OpenApiRoutes(routes, place, self._template.scalar(self._root.get(_KEY_SOURCE)))

    def _routes(self) -> Iterator[ApiRoute]:
        for path, operations in mapping(self._root.get("paths")).items():
            for method in mapping(operations):
                if method.lower() in _METHODS:
                    yield self._route(path, method, mapping(operations[method]))

    def _route(self, path: str, method: str, operation: dict[str, Any]) -> ApiRoute:
        place = self._template.place((*self._loc, "paths", path, method))
        scopes = tuple(dict.fromkeys(self._scopes(operation)))
        return ApiRoute(
            route_key(method, path),
            place,
            self._authorizer(operation),
            scopes,
            needs_usage_key=not self._planned and self._needs_usage_key(operation),
        )

    def _needs_usage_key(self, operation: dict[str, Any]) -> bool:
        """Return whether the gateway asks for a key of its own, beside any authorizer."""
        security = operation.get("security")
        listed = security if isinstance(security, list) else []
        names = {name for requirement in listed for name in mapping(requirement)}
        return any(map(self._is_usage_key, names))

    def _is_usage_key(self, name: str) -> bool:
        if name not in self._schemes:
            return self._sam and name == "api_key"
        scheme = mapping(self._schemes[name])
        is_key = scheme.get("type") == "apiKey" and not _is_of_aws(scheme)
        return is_key and str(scheme.get("name")).lower() == "x-api-key"

    def _security(self, operation: dict[str, Any]) -> Any:
        if "security" in operation:
            return operation["security"]
        return self._root.get("security") if self._planned else None

    def _scopes(self, operation: dict[str, Any]) -> Iterator[str]:
        security = self._security(operation)
        for requirement in security if isinstance(security, list) else ():
            for scopes in mapping(requirement).values():
                yield from map(str, scopes if isinstance(scopes, list) else ())

    def _authorizer(self, operation: dict[str, Any]) -> str | Unknown | None:
        security = self._security(operation)
        if security is None:
            self._ignored |= bool(self._root.get("security")) and not self._planned
            return UNKNOWN if self._planned else self._iam(operation)
        if not isinstance(security, list):
            return UNKNOWN
        names = [name for requirement in security for name in mapping(requirement)]
        if self._planned:
            return names[0] if names else None
        known = (name for name in names if _is_of_aws(self._schemes.get(name)))
        return next(known, self._of_sam(names))

    def _of_sam(self, names: list[str]) -> str | None:
        """Return the authorizer of a SAM API that is declared outside the definition."""
        if not self._sam:
            return None
        outside = (name for name in names if name not in self._schemes and name != "api_key")
        return next(outside, None)

    @staticmethod
    def _iam(operation: dict[str, Any]) -> str | None:
        kind = mapping(operation.get("x-amazon-apigateway-auth")).get("type")
        return str(kind) if kind not in (None, "NONE") else None


def openapi_attachments(template: Template, loc: Loc, kind: str) -> Iterator[Attachment]:
    """Yield the Lambda authorizers of the definition at `loc`, for an API of `kind`."""
    for path in (("securityDefinitions",), ("components", "securitySchemes")):
        for name, scheme in _at(template, (*loc, *path)).items():
            authorizer = mapping(mapping(scheme).get(_AUTHORIZER))
            if authorizer.get("type") in ("token", "request"):
                place = template.place((*loc, *path, name))
                made = _attachment(template, kind, name, place, authorizer)
                header = f"header.{template.scalar(scheme.get('name'))}"
                yield made._replace(identity_sources=(header,)) if made.is_token else made


def _attachment(
    template: Template, kind: str, name: str, place: Place, authorizer: dict[str, Any]
) -> Attachment:
    simple = template.flag(authorizer.get("enableSimpleResponses"))
    return Attachment(
        template=template,
        api=kind,
        name=name,
        place=place,
        function=authorizer.get("authorizerUri"),
        is_token=authorizer["type"] == "token",
        ttl_seconds=template.scalar(authorizer.get("authorizerResultTtlInSeconds")),
        identity_sources=listed_sources(authorizer.get("identitySource")),
        payload_format=template.scalar(authorizer.get("authorizerPayloadFormatVersion")),
        simple_responses=None if kind == "rest" else simple or False,
        makes_permission="authorizerCredentials" in authorizer,
    )
