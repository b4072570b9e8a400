"""One API as a template or an OpenAPI file describes it: its routes, and who is asked at each."""

from typing import Any, NamedTuple

from authorizers.analysis.template.attachment import Attachment
from authorizers.analysis.template.endpoints import Endpoints
from authorizers.analysis.template.template import Place, Resource, Template
from authorizers.analysis.template.values import UNKNOWN, Unknown

BY_HEADER, BY_AUTHORIZER = "HEADER", "AUTHORIZER"


class ApiRoute(NamedTuple):
    """
    One route. `key` is written as documents write it: `GET /orders/{order_id}`, `$default`.

    `authorizer` is the name of the authorizer that is asked, `None` where nobody is, and `UNKNOWN`
    where that cannot be seen. `scopes` are those that an OpenAPI file asks for. With
    `needs_usage_key`, API Gateway asks for a key of one of its own usage plans as well.
    """

    key: str
    place: Place
    authorizer: str | Unknown | None = None
    scopes: tuple[str, ...] = ()
    needs_usage_key: bool | Unknown = False


class Api(NamedTuple):
    """
    One API, by its logical ID or its file's name.

    `unseen` says why some of its routes may not be among `routes`, and where; `planned` that its
    file names no authorizer of API Gateway at all, so that its routes only say what is wanted.
    `usage_keys_from` is where API Gateway takes the keys of its usage plans: `BY_HEADER`,
    `BY_AUTHORIZER`, or `UNKNOWN`. `endpoints` is None where its file cannot say how it is reached.
    """

    name: str
    kind: str  # rest, http, websocket, or v2 where the kind cannot be seen
    place: Place
    routes: tuple[ApiRoute, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    unseen: str | None = None
    planned: bool = False
    ignored_security: Place | None = None  # OpenAPI's security at the root, which is not applied
    usage_keys_from: Any = UNKNOWN
    endpoints: Endpoints | None = None


def selected_keys(template: Template, websocket_api: Resource) -> Any:
    """
    Return where a WebSocket API takes the keys of its usage plans.

    Source: API Gateway Developer Guide, "WebSocket selection expressions"
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html).
    """
    expression = template.scalar(websocket_api.properties.get("ApiKeySelectionExpression"))
    by_authorizer = expression == "$context.authorizer.usageIdentifierKey"
    if isinstance(expression, Unknown):
        return UNKNOWN
    return BY_AUTHORIZER if by_authorizer else BY_HEADER
