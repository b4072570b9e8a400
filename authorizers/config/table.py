"""
The compiled route table of a document, which it carries to the policy stage.

This is where a document's rules and the policies that can express them meet.
"""

from collections.abc import Sequence
from typing import Any

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.route import parse_route
from authorizers.policy.table import InexactTable, Rules, compile_table
from authorizers.rules.forms import (
    Forms,
    binds_behind_an_open_one,
    forms_of,
    is_open,
    is_tangled,
)
from authorizers.rules.implication import implies, without_paths


def compile_route_table(routes: Sequence[dict[str, Any]], *, inexact: bool) -> dict[str, Any]:
    """
    Return the table of compiled `routes`, opaque to everybody but the policy stage.

    Raises:
        ConfigurationError: `configuration_inexact`, no IAM policy can say exactly what these
            routes ask for; the problems' places are route keys.
    """
    rules = _rules(routes)
    try:
        return compile_table([route["key"] for route in routes], rules, inexact=inexact)
    except InexactTable as error:
        problems = (Problem(key, sentence) for key, sentence in error.problems)
        raise ConfigurationError(*problems, code="configuration_inexact") from error


def _rules(routes: Sequence[dict[str, Any]]) -> Rules:
    requirements = [route["requirement"] for route in routes]
    forms = [_forms(route) for route in routes]
    parsed = [parse_route(route["key"]) for route in routes]
    parameters = [frozenset(route.parameters) for route in parsed]
    whole = [without_paths(requirement) for requirement in requirements]

    def open_implies(one: int, other: int) -> bool:
        partly_bound = any(form.bound and form.bound < parameters[one] for form in forms[one])
        return implies(requirements[one] if partly_bound else whole[one], whole[other])

    return Rules(
        implies=lambda one, other: implies(requirements[one], whole[other]),
        open_implies=open_implies,
        open=lambda route: is_open(forms[route], parameters[route]),
        bound=lambda route: any(form.bound for form in forms[route]),
        conditional=lambda route: any(form.networks for form in forms[route]),
        tangled=lambda route: (
            is_tangled(forms[route])
            or binds_behind_an_open_one(forms[route], parsed[route].segments)
        ),
    )


def _forms(route: dict[str, Any]) -> Forms:
    try:
        return forms_of(route["requirement"])
    except ValueError as error:
        problem = Problem(route["key"], f"{error}; write fewer alternatives")
        raise ConfigurationError(problem, code="configuration_inexact") from None
