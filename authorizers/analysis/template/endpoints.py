"""
How an API is reached: its custom domains, with mutual TLS or without, and its own endpoint.

Sources: CloudFormation resource reference, `AWS::ApiGateway::{DomainName,BasePathMapping}` and
`AWS::ApiGatewayV2::{DomainName,ApiMapping}`; SAM's `Domain` of `AWS::Serverless::{Api,HttpApi}`;
"x-amazon-apigateway-endpoint-configuration object"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-endpoint-configuration.html).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from authorizers.analysis.template.definition import Read, definition_of
from authorizers.analysis.template.template import IMPLICIT, Place, Resource, Template
from authorizers.analysis.template.values import UNKNOWN, Unknown, mapping

_DOMAINS = ("AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName")
_MAPPINGS = {
    "AWS::ApiGateway::BasePathMapping": "RestApiId",
    "AWS::ApiGatewayV2::ApiMapping": "ApiId",
}
_CONFIGURATION = "x-amazon-apigateway-endpoint-configuration"


class Domain(NamedTuple):
    """
    A custom domain that leads to an API. `mutual_tls` is `UNKNOWN` where only CloudFormation can
    say it, or the domain is in another file.
    """

    place: Place
    mutual_tls: Any


class Endpoints(NamedTuple):
    """The custom domains of an API, and whether its own `execute-api` endpoint is `disabled`."""

    domains: tuple[Domain, ...]
    disabled: Any


def endpoints_of(template: Template, api: str, read: Read) -> Endpoints:
    """Return how the API of the name `api` is reached, as far as the template says it."""
    resource = template.resources.get(api) or _implicit(template, api)
    domains = tuple(_domains(template, api, resource))
    return Endpoints(domains, UNKNOWN if resource is None else _disabled(template, resource, read))


def _implicit(template: Template, name: str) -> Resource | None:
    known = (api for api in IMPLICIT.values() if api.name == name)
    return next((api._replace(properties=template.shared(api.type)) for api in known), None)


def _domains(template: Template, api: str, resource: Resource | None) -> Iterator[Domain]:
    own = mapping(resource.properties.get("Domain")) if resource else {}
    if own:
        place = template.place(("Resources", api, "Properties", "Domain"))
        yield Domain(place, _mutual_tls(template, own))
    for path in template.of_type(*_MAPPINGS):
        mapped = template.referenced(path.properties.get(_MAPPINGS[path.type]))
        if any(target.name == api for target in mapped):
            yield _mapped(template, path)


def _mapped(template: Template, path: Resource) -> Domain:
    value = path.properties.get("DomainName")
    plain = template.scalar(value)
    by_reference = [r for r in template.referenced(value) if r.type in _DOMAINS]
    by_name = [
        domain
        for domain in template.of_type(*_DOMAINS)
        if isinstance(plain, str) and template.scalar(domain.properties.get("DomainName")) == plain
    ]
    for domain in (*by_reference, *by_name):
        place = template.place(("Resources", domain.name))
        return Domain(place, _mutual_tls(template, domain.properties))
    return Domain(template.place(("Resources", path.name)), UNKNOWN)


def _mutual_tls(template: Template, properties: Any) -> Any:
    """Return whether a truststore is set; an empty one switches mutual TLS off."""
    value = properties.get("MutualTlsAuthentication")
    if "TruststoreUri" in mapping(value):
        return template.scalar(value["TruststoreUri"]) not in (None, "")
    plain = template.scalar(value)
    return UNKNOWN if isinstance(plain, Unknown) else False


def _disabled(template: Template, api: Resource, read: Read) -> Any:
    said = template.flag(api.properties.get("DisableExecuteApiEndpoint"))
    if said is not None:
        return said
    body = definition_of(template, api, read)
    if body.template is None:
        return UNKNOWN if body.unseen else False
    value: Any = body.template.root
    for step in body.loc:
        value = mapping(value).get(str(step))
    return in_definition(body.template, mapping(value))


def in_definition(template: Template, root: dict[str, Any]) -> Any:
    """Return whether an OpenAPI definition disables the endpoint; `False` where it says nothing."""
    listed = root.get("servers")
    servers = listed if isinstance(listed, list) else []
    for part in (root, *servers):
        said = mapping(mapping(part).get(_CONFIGURATION)).get("disableExecuteApiEndpoint")
        if said is not None:
            return template.flag(said)
    return False
