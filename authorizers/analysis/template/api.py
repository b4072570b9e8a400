"""One API as a template or an OpenAPI file describes it: its routes, and who is asked at each."""

from typing import NamedTuple

from authorizers.analysis.template.attachment import Attachment
from authorizers.analysis.template.template import Place
from authorizers.analysis.template.values import Unknown


class ApiRoute(NamedTuple):
    """
    One route. `key` is written as documents write it: `GET /orders/{order_id}`, `$default`.

    `authorizer` is the name of the authorizer that is asked, `None` where nobody is, and `UNKNOWN`
    where that cannot be seen. `scopes` are those that an OpenAPI file asks for.
    """

    key: str
    place: Place
    authorizer: str | Unknown | None = None
    scopes: tuple[str, ...] = ()


class Api(NamedTuple):
    """
    One API, by its logical ID or its file's name.

    `unseen` says why some of its routes may not be among `routes`, and where; `planned` that its
    file names no authorizer of API Gateway at all, so that its routes only say what is wanted.
    """

    name: str
    kind: str  # rest, http, websocket, or v2 where the kind cannot be seen
    place: Place
    routes: tuple[ApiRoute, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    unseen: str | None = None
    planned: bool = False
    ignored_security: Place | None = None  # OpenAPI's security at the root, which is not applied
