"""
The five events that API Gateway sends to Lambda authorizers, for tests.

Each builder takes the parts of one client's call (`authorizers.testing.call.Call`) and returns
the event as the service really sends it: which members there are, which are `null` or left
out, and how headers are spelt differ from kind to kind.

    event = rest_request_event(token=token, method="GET", path="/users/42", stage="prod")

Sources: API Gateway Developer Guide, "Input to a Lambda authorizer", "Lambda authorizers for
HTTP APIs", "Lambda authorizers for WebSocket APIs"; where those samples are abridged or
contradict recorded events, the recorded events.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Unpack

from authorizers.model.request import EventKind
from authorizers.testing.call import Call, SentCall
from authorizers.testing.client_certificate import client_cert

Event = dict[str, Any]

_NULL_IDENTITY = (
    "accessKey",
    "accountId",
    "apiKey",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
)  # null unless IAM, Cognito or an API key took part


def rest_token_event(**call: Unpack[Call]) -> Event:
    """Return the event of a REST API's TOKEN authorizer: three members, whatever was sent."""
    sent = SentCall(**call)
    return {
        "type": "TOKEN",
        "methodArn": sent.arn,
        "authorizationToken": sent.authorization or sent.api_key or "",
    }


def rest_request_event(**call: Unpack[Call]) -> Event:
    """
    Return the event of a REST API's REQUEST authorizer.

    Header names are as the client spelt them (a regional endpoint). `path` begins with the
    base path of a custom domain, the ARN and `resource` do not.
    """
    sent = SentCall(**call)
    return {
        "type": "REQUEST",
        "methodArn": sent.arn,
        "resource": sent.resource,
        "path": sent.base_path + sent.path,
        "httpMethod": sent.method,
        **_single_and_multi("headers", "multiValueHeaders", sent.headers),
        **_single_and_multi("queryStringParameters", "multiValueQueryStringParameters", sent.query),
        "pathParameters": sent.path_parameters,
        "stageVariables": sent.stage_variables,
        "requestContext": {
            **_v1_context(sent),
            "resourceId": "a1b2c3",
            # A custom domain shows the base path instead of the stage.
            "path": (sent.base_path if sent.custom_domain else f"/{sent.api.stage}") + sent.path,
            "deploymentId": "d1e2f3",
            "extendedRequestId": "EXampleQGJjoEbrA=",
        },
    }


def http_1_event(**call: Unpack[Call]) -> Event:
    """
    Return the event of an HTTP API's authorizer with payload format version 1.0.

    `identitySource` and `authorizationToken` are the same text: the values of the configured
    identity sources, joined by a comma. Header names are in lower case.
    """
    sent = SentCall(**call)
    identity = None if sent.identity_source is None else ",".join(sent.identity_source)
    return {
        "version": "1.0",
        "type": "REQUEST",
        "methodArn": sent.arn,
        "identitySource": identity,
        "authorizationToken": identity,
        "resource": sent.resource,
        "path": sent.base_path + sent.path,
        "httpMethod": sent.method,
        **_single_and_multi("headers", "multiValueHeaders", sent.lower_case_headers),
        **_single_and_multi("queryStringParameters", "multiValueQueryStringParameters", sent.query),
        "pathParameters": sent.path_parameters,
        "stageVariables": sent.stage_variables,
        "requestContext": {
            **_v1_context(sent),
            "resourceId": f"{sent.method} {sent.resource}",  # the route key, as recorded
            "path": sent.base_path + sent.path,
            "extendedRequestId": sent.request_id,  # the same value on HTTP APIs
        },
    }


def http_2_event(**call: Unpack[Call]) -> Event:
    """
    Return the event of an HTTP API's authorizer with payload format version 2.0.

    Empty collections are left out, `identitySource` is `null` where none is configured,
    header names are in lower case, repeated headers are joined by a comma, and cookies have
    a member of their own. Behind a named stage `rawPath` begins with the stage.
    """
    sent = SentCall(**call)
    raw_path = _http_2_path(sent)
    route_key = "$default" if sent.resource == "$default" else f"{sent.method} {sent.resource}"
    headers = {name: ",".join(v) for name, v in sent.lower_case_headers.items() if name != "cookie"}
    identity = None if sent.identity_source is None else list(sent.identity_source)
    if identity and "identity_source" not in call and "authorization" in headers:
        identity.append(route_key)
    event: Event = {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": sent.arn,
        "identitySource": identity,
        "routeKey": route_key,
        "rawPath": raw_path,
        "rawQueryString": sent.raw_query,
        "headers": headers,
        "requestContext": {
            "accountId": sent.api.account,
            "apiId": sent.api.api_id,
            **_authentication(sent),
            "domainName": sent.domain,
            "domainPrefix": sent.domain.partition(".")[0],
            "http": {
                "method": sent.method,
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": sent.source_ip,
                "userAgent": sent.user_agent,
            },
            "requestId": sent.request_id,
            "routeKey": route_key,
            "stage": sent.api.stage,
            "time": sent.clf_time,
            "timeEpoch": sent.epoch_milliseconds,
        },
    }
    optional = {
        "cookies": sent.cookies,
        "queryStringParameters": {name: ",".join(v) for name, v in sent.query.items()},
        "pathParameters": sent.path_parameters,
        "stageVariables": sent.stage_variables,
    }
    return event | {name: value for name, value in optional.items() if value}


def websocket_event(**call: Unpack[Call]) -> Event:
    """
    Return the event of a WebSocket API's authorizer, which runs on `$connect` alone.

    It has no path, no method and no `accountId`; `method`, `path` and `resource` of the call
    have no effect.
    """
    sent = SentCall(**call)
    handshake = {
        "Connection": ["upgrade"],
        "content-length": ["0"],
        "Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25jZQ=="],  # the nonce of RFC 6455 §1.3
        "Sec-WebSocket-Version": ["13"],
        "Upgrade": ["websocket"],
    }
    return {
        "type": "REQUEST",
        "methodArn": f"{sent.api.arn}/$connect",
        **_single_and_multi("headers", "multiValueHeaders", handshake | sent.headers),
        **_single_and_multi("queryStringParameters", "multiValueQueryStringParameters", sent.query),
        "stageVariables": sent.stage_variables,
        "requestContext": {
            "routeKey": "$connect",
            "eventType": "CONNECT",
            "messageDirection": "IN",
            "connectionId": "ExampleConnId=",
            "connectedAt": sent.epoch_milliseconds,
            "extendedRequestId": sent.request_id,  # the same value on WebSocket APIs
            "requestId": sent.request_id,
            "requestTime": sent.clf_time,
            "requestTimeEpoch": sent.epoch_milliseconds,
            "identity": {"sourceIp": sent.source_ip},
            "domainName": sent.domain,
            "stage": sent.api.stage,
            "apiId": sent.api.api_id,
        },
    }


EVENT_BUILDERS: Final[Mapping[EventKind, Callable[..., Event]]] = {
    EventKind.REST_TOKEN: rest_token_event,
    EventKind.REST_REQUEST: rest_request_event,
    EventKind.HTTP_1: http_1_event,
    EventKind.HTTP_2: http_2_event,
    EventKind.WEBSOCKET: websocket_event,
}


def _single_and_multi(single: str, multi: str, values: Mapping[str, list[str]]) -> Event:
    """REST and WebSocket: the single-value map keeps the last value, the other one all."""
    return {
        single: {name: all_values[-1] for name, all_values in values.items()},
        multi: {name: list(all_values) for name, all_values in values.items()},
    }


def _v1_context(sent: SentCall) -> Event:
    return {
        "accountId": sent.api.account,
        "apiId": sent.api.api_id,
        "domainName": sent.domain,
        "domainPrefix": sent.domain.partition(".")[0],
        "httpMethod": sent.method,
        "identity": dict.fromkeys(_NULL_IDENTITY)
        | {"sourceIp": sent.source_ip, "userAgent": sent.user_agent}
        | _client_cert(sent),
        "protocol": "HTTP/1.1",
        "requestId": sent.request_id,
        "requestTime": sent.clf_time,
        "requestTimeEpoch": sent.epoch_milliseconds,
        "resourcePath": sent.resource,
        "stage": sent.api.stage,
    }


def _client_cert(sent: SentCall) -> Event:
    """Return the member `clientCert`, which is there with mutual TLS alone."""
    pem = sent.client_certificate
    return {} if pem is None else {"clientCert": client_cert(pem)}


def _authentication(sent: SentCall) -> Event:
    certificate = _client_cert(sent)
    return {"authentication": certificate} if certificate else {}


def _http_2_path(sent: SentCall) -> str:
    if sent.custom_domain:
        return sent.base_path + sent.path
    stage = "" if sent.api.stage == "$default" else f"/{sent.api.stage}"
    return stage + sent.path
