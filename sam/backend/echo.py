"""Backend of the example APIs: answers with what API Gateway and the authorizer passed on."""

import json


def handler(event: dict[str, object], _context: object) -> dict[str, object]:
    """Echo the route and the authorizer's context, for all three kinds of API."""
    request_context = event["requestContext"]
    assert isinstance(request_context, dict)  # noqa: S101 - API Gateway always sends it
    echo = {
        "route": request_context.get("routeKey") or request_context.get("resourcePath"),
        "authorizer": request_context.get("authorizer"),
    }
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"},
        "body": json.dumps(echo),
    }
