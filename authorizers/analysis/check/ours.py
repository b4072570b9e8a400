"""
The part of an API that a document is for: the routes at which the document's authorizer is asked.

An authorizer is taken for the document's own unless it is visibly another function: one in the
same template, with none of this package's variables and without one of its handlers, or with the
handler for a kind of credentials that the document does not have.
"""

from collections.abc import Collection
from typing import get_args

from authorizers.analysis.check.routing import Routing
from authorizers.analysis.template.api import Api, ApiRoute
from authorizers.analysis.template.attachment import Attachment, environment_of, function_of
from authorizers.analysis.template.values import Unknown
from authorizers.compose.way import Kind
from authorizers.model.route import parse_route

_PREFIX, _HANDLERS = "AUTHORIZERS_", "authorizers."
HANDLER_KINDS = {f"authorizers.handlers.{kind}.handler": kind for kind in get_args(Kind)}


class Ours:
    """
    One API, and its `asking` routes, which ask an authorizer of the document; `others` do not.
    Routes that no document can name are in `unnameable` alone.
    """

    def __init__(
        self, api: Api, authorizers: Collection[str] = (), kinds: Collection[str] = ()
    ) -> None:
        """`kinds` are those of the document's schemes, none where they are not known."""
        self.api, self.name = api, api.name
        self.attachments = [a for a in api.attachments if is_ours(a, authorizers, kinds)]
        self._names = {attachment.name for attachment in self.attachments}
        self.unnameable = [route for route in api.routes if not _is_nameable(route.key)]
        nameable = [route for route in api.routes if _is_nameable(route.key)]
        self.asking = [route for route in nameable if self.is_asked(route)]
        self.others = [route for route in nameable if not self.is_asked(route)]
        self._all = (*self.asking, *self.others)
        self._routing = Routing([route.key for route in self._all])

    def is_asked(self, route: ApiRoute) -> bool:
        """Return whether the route asks an authorizer of the document, or may do so."""
        if self.api.planned:
            return route.authorizer is not None
        if isinstance(route.authorizer, Unknown):
            return bool(self._names) or not self.api.attachments
        return route.authorizer in self._names

    def asks(self, method: str, path: str) -> bool:
        """Return whether the API may ask an authorizer of the document about a request."""
        answering = self._routing.answering(method, path)
        return any(i < len(self.asking) for i in answering)


def is_ours(
    attachment: Attachment, authorizers: Collection[str] = (), kinds: Collection[str] = ()
) -> bool:
    """Return whether the authorizer is one of `authorizers`; if none are named, may be ours."""
    if authorizers:
        return attachment.name in authorizers
    function = function_of(attachment)
    if function is None:
        return True
    handler = str(function.properties.get("Handler", _HANDLERS))
    if kinds and HANDLER_KINDS.get(handler, next(iter(kinds))) not in kinds:
        return False
    has_variables = any(name.startswith(_PREFIX) for name in environment_of(function))
    return has_variables or handler.startswith(_HANDLERS)


def _is_nameable(key: str) -> bool:
    try:
        parse_route(key)
    except ValueError:
        return False
    return True
