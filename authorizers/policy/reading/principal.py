"""
Of whom a resource policy's statement speaks.

Source: IAM User Guide, "AWS JSON policy elements: Principal"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
Everyone is `"*"` or `{"AWS": "*"}`, the anonymous caller of a Lambda authorizer included.
Accounts, users and roles can be told apart only if the context has the caller's `aws:PrincipalArn`.
"""

import re
from collections.abc import Mapping
from typing import Any

from authorizers.policy.reading.access_request import AccessRequest
from authorizers.policy.reading.refusal import named, not_understood

_ACCOUNT = re.compile(r"([0-9]{12})|arn:aws[a-z-]*:iam::([0-9]{12}):root")
_IDENTITY = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:(?:user|role)/[^*?]+")


def names_the_caller(statement: Mapping[str, Any], request: AccessRequest, place: str) -> bool:
    """
    Return whether the statement speaks of the caller.

    Raises:
        ConfigurationError: a principal that is not understood, or none at all.
    """
    if ("Principal" in statement) == ("NotPrincipal" in statement):
        raise not_understood(place, "write a Principal: a resource policy needs one")
    element = "Principal" if "Principal" in statement else "NotPrincipal"
    principals = _principals(statement[element], f"{place}.{element}")
    if element == "Principal":
        named_so = [_is(p, request, f"{place}.{element}") for p in principals]
        return any(named_so)  # every one of them is read: none is hidden behind a `*`
    if principals != ["*"]:
        # "you must also specify the account ARN", and for a session the role's, says the page on
        # NotPrincipal: it is no plain complement, and services differ.
        raise not_understood(
            f"{place}.NotPrincipal", "write a Principal, and a Condition on aws:PrincipalArn"
        )
    return False


def _principals(value: object, place: str) -> list[str]:
    if isinstance(value, Mapping):
        if other := sorted(map(str, value.keys() - {"AWS"})):
            raise not_understood(place, f"principals of type {named(other[0])} are not understood")
        value = value.get("AWS", [])
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return value
        if isinstance(value, str):
            return [value]
    if value == "*":
        return ["*"]
    raise not_understood(place, 'write "*", or {"AWS": ["…"]}')


def _is(principal: str, request: AccessRequest, place: str) -> bool:
    if principal == "*":
        return True
    account = _ACCOUNT.fullmatch(principal)
    if account is None and not _IDENTITY.fullmatch(principal):
        raise not_understood(place, f"the principal {named(principal)} is not understood")
    caller = request.value("aws:PrincipalArn")
    if caller is None:
        raise not_understood(
            place, f"{named(principal)} needs the caller's aws:PrincipalArn in the context"
        )
    if account is None:
        return principal == caller
    return [account[1] or account[2]] == caller.split(":", 5)[4:5]
