"""
The compiled route table of a document, which it carries to the policy stage.

This is where a document's rules and the policies that can express them meet.
"""

from collections.abc import Sequence
from typing import Any

from authorizers.errors import ConfigurationError, Problem
from authorizers.policy.table import InexactTable, Rules, compile_table
from authorizers.rules.implication import implies
from authorizers.rules.mentions import mentions


def compile_route_table(routes: Sequence[dict[str, Any]], *, inexact: bool) -> dict[str, Any]:
    """
    Return the table of compiled `routes`, opaque to everybody but the policy stage.

    Raises:
        ConfigurationError: `configuration_inexact`, no IAM policy can say exactly what these
            routes ask for; the problems' places are route keys.
    """
    requirements = [route["requirement"] for route in routes]
    rules = Rules(
        implies=lambda one, other: implies(requirements[one], requirements[other]),
        bound=lambda route: mentions(requirements[route], "path"),
        conditional=lambda route: mentions(requirements[route], "source_ip"),
    )
    try:
        return compile_table([route["key"] for route in routes], rules, inexact=inexact)
    except InexactTable as error:
        problems = (Problem(key, sentence) for key, sentence in error.problems)
        raise ConfigurationError(*problems, code="configuration_inexact") from error
