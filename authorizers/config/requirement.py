"""A requirement of the document → its compiled form, which `rules.requirement` loads."""

from collections.abc import Callable, Collection
from typing import Any

from authorizers.config.certificate_matchers import any_match
from authorizers.config.document.certificate_match import CertificateMatch
from authorizers.config.document.requirement import Requirement

Compiled = list[Any]


def compile_requirement(
    requirement: Requirement, role: Callable[[str], Compiled], certificates: Collection[str] = ()
) -> Compiled:
    """
    Return the nested list for a requirement, of which exactly one field is set.

    `role` returns what a role demands: roles compile away. `certificates` are the schemes that
    verify client certificates.
    """
    (name,) = requirement.model_fields_set
    value: Any = getattr(requirement, name)
    if name == "role":
        return role(value)
    if name in ("all_of", "any_of"):
        return [name, [compile_requirement(part, role, certificates) for part in value]]
    if name == "not_":
        return ["not", compile_requirement(value, role, certificates)]
    if name == "scopes":
        return ["scopes_any", value.any_of] if value.any_of else ["scopes_all", value.all_of]
    if name == "claim":
        return _claim(value)
    if name == "certificate":
        return _certificate(value)
    if name == "scheme" and value in certificates:
        return ["certificate_scheme", value]
    if name == "nobody":
        return ["never"]
    return [name] if name == "authenticated" else [name, value]


def _certificate(match: CertificateMatch) -> Compiled:
    (name,) = match.model_fields_set
    tests: Any = getattr(match, name)  # each text became a test when it was validated
    return any_match(tests if isinstance(tests[0], list) else [tests])


def _claim(claim: dict[str, Any]) -> Compiled:
    ((path, test),) = claim.items()
    (operator,) = test.model_fields_set
    return ["claim", path, operator, getattr(test, operator)]


def any_of(ways: list[Compiled]) -> Compiled:
    """Return the requirement that is met in any of `ways`, each of them once."""
    flat = [part for way in ways for part in (way[1] if way[0] == "any_of" else [way])]
    once = list({repr(part): part for part in flat}.values())  # to Python `true` equals 1
    return once[0] if len(once) == 1 else ["any_of", once]
