"""
Whether API Gateway may replay a simple answer: it caches the boolean under the values of the
authorizer's identity sources, and gives it to every request that has the same ones.

So an answer is only right when these values say all that it depends on. The event carries them,
but not whether anything is cached: `simple_uncached` in the settings says that nothing is.
Source: "Caching authorizer responses", https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html

This finds a deployment that forgot an identity source. It is no defence against a caller who
puts the text of a route into a header that is one of them.
"""

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.credential import Credential
from authorizers.model.request import Request
from authorizers.rules.routing import RoutedTo, RouteTable, same_template
from authorizers.rules.rule_set import Granted


def check_keyed_by(credential: Credential, request: Request) -> None:
    """
    Check that the credential is in the identity sources, if there are any: else the answer to one
    caller is replayed to every other.

    Raises:
        ConfigurationError: `answer_not_cacheable`.
    """
    if request.identity_values and not credential.is_in(request.identity_values):
        raise ConfigurationError(
            Problem(
                "identity sources",
                "the credential is in none of them, so one caller's answer would be another's: add"
                " the header, or wherever it is sent",
            ),
            code="answer_not_cacheable",
        )


def check_replay(
    request: Request, routed: RoutedTo | None, granted: Granted, routing: RouteTable
) -> None:
    """
    Check that the identity sources' values determine the answer to `request`.

    Raises:
        ConfigurationError: `answer_not_cacheable`, with the identity sources to add.
    """
    if routed is None:
        return  # denied; a caller who reaches it by a coarser route of the API loses only that
    missing = []
    if not (routing.is_everything or _is_keyed_by_route(request, routed, granted, routing)):
        missing = _missing_of_the_request(request)
    if _is_conditional(routed, granted) and request.source_ip not in request.identity_values:
        missing.append("$context.identity.sourceIp")
    if missing:
        raise ConfigurationError(
            Problem(
                "identity sources",
                f"this answer depends on {', '.join(missing)}: add them to the authorizer's"
                " identity sources, or turn caching off and set"
                " AUTHORIZERS_HTTP_RESPONSES=simple_uncached",
            ),
            code="answer_not_cacheable",
        )


def _is_conditional(routed: RoutedTo, granted: Granted) -> bool:
    """Return whether the source address decides, on one of the routes that it may be."""
    if granted.networks is not None:
        return True
    other = routed.or_to is not None and _is_conditional(routed.or_to, granted)
    return other or routed.route in granted.conditional


def _missing_of_the_request(request: Request) -> list[str]:
    values, method = request.identity_values, request.arn.method or ""
    key = request.route_key or ""
    says_method = method in values or (key.startswith(f"{method} ") and key in values)
    missing = [] if says_method else ["$context.httpMethod"]
    return missing if values.intersection(request.paths) else [*missing, "$context.path"]


def _is_keyed_by_route(
    request: Request, routed: RoutedTo, granted: Granted, routing: RouteTable
) -> bool:
    """Return whether the route key is a key, and is decided as a whole: it is a route of ours."""
    if request.route_key not in request.identity_values:
        return False
    ours = routing.keys[routed.route]
    return (
        same_template(request.route_key or "", ours)
        and routing.is_alone(routed.route)
        and routed.route not in granted.bound
    )
