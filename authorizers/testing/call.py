"""One HTTP call of a client to an API, in the terms that all five events are made from."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypedDict, Unpack
from urllib.parse import urlencode

from authorizers.model.arn import ApiStage

Values = Mapping[str, str | Sequence[str]]

API_KEY_HEADER: Final = "x-api-key"  # where documents look for keys, unless they say otherwise

_HEADERS_OF_THE_GATEWAY = {
    "Host": "{host}",
    "User-Agent": "{user_agent}",
    "X-Amzn-Trace-Id": "Root=1-6774f380-0123456789abcdef01234567",
    "X-Forwarded-For": "{source_ip}",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
}


class Call(TypedDict, total=False):
    """
    What a client sends and which API it reaches. Every part has a default; name what matters.

    `path` is as on the request line, percent-encoded, without the stage; `resource` is the
    route's path (`/users/{user_id}`; as long as it is not given, the same as `path`).
    `token` is sent as `Authorization: Bearer <token>`, `authorization` as the whole header, and
    `api_key` as `x-api-key`. `client_certificate` is the PEM text of the TLS client's certificate;
    TOKEN authorizers and WebSocket APIs never see it.
    `headers` and `query` map a name to one value or to several, in the order sent; names of
    headers are kept as the client spelt them where the kind of API keeps them.
    `identity_source` are the values of an HTTP API's identity sources, by default as the templates
    have them: the `Authorization` header if there is one, with format 2.0 also the route key; or
    else `x-api-key` alone; or else `None` (none configured).
    `base_path` and `domain` are those of a custom domain's mapping.
    """

    method: str
    path: str
    resource: str
    token: str
    authorization: str
    api_key: str
    client_certificate: str
    headers: Values
    query: Values
    cookies: Sequence[str]
    identity_source: Sequence[str] | None
    stage: str
    stage_variables: Mapping[str, str]
    api_id: str
    account: str
    region: str
    partition: str
    domain: str
    base_path: str
    source_ip: str
    user_agent: str
    request_id: str
    time: float


class SentCall:
    """A `Call` with its defaults filled in, and what API Gateway derives from it."""

    def __init__(self, **call: Unpack[Call]) -> None:
        self.method = call.get("method", "GET")
        self.path = call.get("path", "/orders")
        self.resource = call.get("resource", self.path)
        self.query = dict(_multi(call.get("query", {})))
        self.cookies = list(call.get("cookies", ()))
        self.stage_variables = dict(call.get("stage_variables", {}))
        self.base_path = call.get("base_path", "")
        self.source_ip = call.get("source_ip", "203.0.113.10")  # RFC 5737, documentation
        self.user_agent = call.get("user_agent", "curl/8.12.1")
        self.request_id = call.get("request_id", "0f3b2c6e-5d7a-4a55-9a55-0d6a2e0a1f9b")
        self.time = call.get("time", 1_735_689_600.0)
        self.api = ApiStage(
            call.get("partition", "aws"),
            call.get("region", "eu-west-1"),
            call.get("account", "123456789012"),
            call.get("api_id", "abcdef1234"),
            call.get("stage", "prod"),
        )
        self.custom_domain = "domain" in call
        self.domain = call.get("domain", self._default_domain)
        self.authorization = _authorization(call)
        self.api_key = call.get("api_key")
        self.client_certificate = call.get("client_certificate")
        self.headers = dict(self._headers(call))
        self.identity_source = call.get("identity_source", self._default_identity_source)

    @property
    def arn(self) -> str:
        """The ARN of the request: real method and path, never the route's template."""
        return f"{self.api.arn}/{self.method}/{self.path.removeprefix('/')}"

    @property
    def path_parameters(self) -> dict[str, str]:
        """
        The values in `path` of the parameters in `resource`, as encoded as the path is.

        Raises:
            ValueError: The path has fewer segments than the resource.
        """
        names, values = self.resource.strip("/").split("/"), self.path.strip("/").split("/")
        if len(values) < len(names):
            raise ValueError(f"the path {self.path!r} does not fit the resource {self.resource!r}")
        found = {}
        for position, name in enumerate(names):
            if name.endswith("+}"):
                found[name[1:-2]] = "/".join(values[position:])
            elif name.startswith("{"):
                found[name[1:-1]] = values[position]
        return found

    @property
    def raw_query(self) -> str:
        """The query string, without its question mark."""
        return urlencode(self.query, doseq=True)

    @property
    def lower_case_headers(self) -> dict[str, list[str]]:
        """All values of each header, in whichever spelling they were sent."""
        merged: dict[str, list[str]] = {}
        for name, values in self.headers.items():
            merged.setdefault(name.lower(), []).extend(values)
        return merged

    @property
    def clf_time(self) -> str:
        """The time of the call in Common Log Format, as `requestTime` has it."""
        return datetime.fromtimestamp(self.time, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")

    @property
    def epoch_milliseconds(self) -> int:
        """The time of the call as `requestTimeEpoch` has it."""
        return int(self.time * 1000)

    @property
    def _default_domain(self) -> str:
        suffix = "amazonaws.com.cn" if self.api.partition == "aws-cn" else "amazonaws.com"
        return f"{self.api.api_id}.execute-api.{self.api.region}.{suffix}"

    @property
    def _default_identity_source(self) -> list[str] | None:
        headers = self.lower_case_headers
        values = headers.get("authorization") or headers.get(API_KEY_HEADER)
        return [",".join(values)] if values else None

    def _headers(self, call: Call) -> Iterator[tuple[str, list[str]]]:
        for name, template in _HEADERS_OF_THE_GATEWAY.items():
            yield (
                name,
                [
                    template.format(
                        host=self.domain, user_agent=self.user_agent, source_ip=self.source_ip
                    )
                ],
            )
        if self.authorization is not None:
            yield "Authorization", [self.authorization]
        if self.api_key is not None:
            yield API_KEY_HEADER, [self.api_key]
        if self.cookies:
            yield "Cookie", ["; ".join(self.cookies)]
        yield from _multi(call.get("headers", {}))


def _authorization(call: Call) -> str | None:
    if "authorization" in call:
        return call["authorization"]
    return f"Bearer {call['token']}" if "token" in call else None


def _multi(values: Values) -> Iterator[tuple[str, list[str]]]:
    for name, value in values.items():
        yield name, [value] if isinstance(value, str) else list(value)
