"""
Which ARNs a Resource names.

Documented (IAM User Guide, "IAM JSON policy elements: Resource",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html):
a wildcard stands for characters of its own segment, "the parts separated by colons"; a `*` in it
includes slashes; and a `*` that is the last character of a segment "can expand to match beyond
the colon boundaries". So `arn:aws:execute-api:*:abcdef1234/*` names APIs of every account,
and `arn:aws:execute-api:*` everything. Upper and lower case differ.

Inferred: the segments are the six of an ARN ("IAM ARNs",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html), so that a colon in a
request's path is an ordinary character there. A text that is no ARN names nothing. Both effects
are read alike: a `*` that can cross a colon crosses it, in an Allow as in a Deny.

The short form `execute-api:/stage/VERB/path` is a resource policy's; the gateway puts the API's
own ARN before it ("API Gateway resource policy examples",
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html).
"""

from collections.abc import Sequence

from authorizers.policy import glob
from authorizers.policy.reading.access_request import AccessRequest
from authorizers.policy.reading.refusal import not_understood

_SHORT_FORM = "execute-api:/"


def first_that_names(patterns: Sequence[str], request: AccessRequest, place: str) -> int | None:
    """
    Return which of `patterns` names the request's ARN first. Every one of them is read.

    Raises:
        ConfigurationError: a policy variable, or a short form, stands where it cannot.
    """
    texts, head = "".join(patterns), request.head
    if not head or (request.variables and "$" in texts and "${" in texts):
        elsewhere = list(patterns)
    else:
        elsewhere = [pattern for pattern in patterns if not pattern.startswith(head)]
    if elsewhere:
        return _index([_names(p, request, f"{place}[{i}]") for i, p in enumerate(patterns)], True)
    # The usual case: all are of the request's API, in so many words, and none can be refused.
    if "*" in texts or "?" in texts:
        return _first_of_this_api(patterns, request)
    return _index(patterns, request.arn)


def _index(items: Sequence[object], item: object) -> int | None:
    return items.index(item) if item in items else None


def _first_of_this_api(patterns: Sequence[str], request: AccessRequest) -> int | None:
    """
    Return the same for patterns that begin with the request's head, and so need no segments.

    Most are of another path, and what stands before or after their wildcards says so.
    """
    arn, resource, start = request.arn, request.resource, len(request.head)
    alike = [
        pattern
        for pattern in patterns
        if arn.startswith(pattern.partition("*")[0].partition("?")[0])
        and arn.endswith(pattern.rpartition("*")[2].rpartition("?")[2])
    ]
    naming = [pattern for pattern in alike if glob.matches(pattern[start:], resource)]
    return patterns.index(naming[0]) if naming else None


def _names(pattern: str, request: AccessRequest, place: str) -> bool:
    if pattern.startswith(_SHORT_FORM):
        pattern = _expanded(pattern, request, place)
    if request.variables and "${" in pattern:
        return _names_with_variables(pattern, request, place)
    return _matches(pattern, request)


def _expanded(short: str, request: AccessRequest, place: str) -> str:
    if not request.of_resource:
        raise not_understood(place, "the short form is for resource policies; write the whole ARN")
    api_id = request.resource.partition("/")[0]
    return f"{request.head}{api_id}/{short.removeprefix(_SHORT_FORM)}"


def _names_with_variables(pattern: str, request: AccessRequest, place: str) -> bool:
    """Variables stand "only in the resource portion of the ARN", after the fifth colon."""
    from authorizers.policy.reading import variables  # noqa: PLC0415 few policies have them

    *parts, last = pattern.split(":", 5)
    if len(parts) < 5 or "${" in "".join(parts):
        raise not_understood(place, "a policy variable can only stand after the fifth colon")
    before = pattern[: len(pattern) - len(last)]
    resolved = variables.as_pattern(last, request, place)
    if resolved is None:  # "the resource … will not match any resource"
        return False
    rest, wildcards = resolved
    before = before.translate(dict(zip(b"*?", wildcards, strict=True)))
    return _matches(before + rest, request, wildcards)


def _matches(pattern: str, request: AccessRequest, wildcards: str = "*?") -> bool:
    arn, run, single = request.arn, wildcards[0], wildcards[1]
    if run not in pattern and single not in pattern:
        return pattern == arn
    if not arn.endswith(pattern.rpartition(run)[2].rpartition(single)[2]):
        return False
    parts = pattern.split(":", 5)
    if len(parts) == len(request.segments) == 6:
        pairs = zip(parts, request.segments, strict=True)
        if all(glob.matches(part, segment, wildcards) for part, segment in pairs):
            return True
        # With five colons on both sides, or where no star can cross one, nothing else fits.
        if ":" not in request.resource or not any(part.endswith(run) for part in parts[:5]):
            return False
    # Colons are crossed by the stars that end a segment. The others stop at them, and `?` too.
    if not any(single in part or run in part[:-1] for part in parts[:5]):
        return glob.matches(pattern, arn, wildcards)
    fence = len(pattern) - len(parts[5]) if len(parts) == 6 else len(pattern)
    return glob.steps(pattern, arn, fence=fence, wildcards=wildcards)
