"""
The parts of a policy document as they are written down: statements, and the resources of a path.

Source: IAM User Guide, "Grammar of the IAM JSON policy language"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from authorizers.model.arn import METHODS
from authorizers.model.policy import Effect, PolicyDocument, Statement

INVOKE: Final = "execute-api:Invoke"
EVERY_METHOD = frozenset(METHODS)

# Every method, and paths of which nobody can say whose they are.
ENDS_IN_TWO_SLASHES: Final = "*/*//"

_GET_AND_PUT = frozenset({"GET", "PUT"})


def document(statements: list[Statement]) -> PolicyDocument:
    """Return the document of these statements."""
    return {"Version": "2012-10-17", "Statement": statements}


def statement(
    effect: Effect,
    resources: list[str],
    condition: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    *,
    outside: bool = False,
) -> Statement:
    """
    Return a statement about calls of `resources`, or, `outside`, of everything but them.

    The condition is copied: a document shares nothing with what it was made of.
    """
    made: Statement = {"Effect": effect, "Action": INVOKE}
    if outside:
        made["NotResource"] = resources
    else:
        made["Resource"] = resources
    if condition is not None:
        made["Condition"] = {
            operator: {key: list(values) for key, values in keys.items()}
            for operator, keys in condition.items()
        }
    return made


@lru_cache(maxsize=len(METHODS) ** 2 * 3)  # more than the 127 sets there are
def method_patterns(methods: frozenset[str]) -> tuple[str, ...]:
    """
    Return the fewest patterns that, before a path, stand for `methods` and for nothing else.

    Only GET and PUT can share one. `?` is any character, `/` included: `????` stands for HEAD and
    POST, and for `GET/` as well, so that `????/orders` would open `GET //orders`. No method has
    fewer than three letters, so three characters before a slash are always a whole method.
    """
    if methods >= _GET_AND_PUT:
        return ("??T", *sorted(methods - _GET_AND_PUT))
    return tuple(sorted(methods))
