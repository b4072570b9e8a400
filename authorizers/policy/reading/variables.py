"""
Policy variables: `${aws:username}`, `${aws:username, 'nobody'}`, and `${*}`, `${?}`, `${$}`.

Source: IAM User Guide, "IAM policy elements: Variables and tags"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html). Only a
document of version 2012-10-17 has them. A variable without a value and without a default makes its
text equal to nothing and like nothing.

Inferred: a value is literal text, so that a `*` in it, which may be of a caller's choosing, is
no wildcard; a default with a wildcard or a `$` is refused, because no page says what it means.
"""

import re

from authorizers.policy.reading.access_request import AccessRequest
from authorizers.policy.reading.refusal import not_understood

# A condition key: a prefix, a colon and a name, without the characters that have a meaning here.
_VARIABLE = re.compile(r"\$\{(?:([*?$])|([^\s${}',*?:]+:[^\s${}',*?]+)(?:, '([^'*?${}]*)')?)\}")
_VARIABLE_OR_COLON = re.compile(r"\$\{[^{}]*\}|:")
_PRIVATE_USE = range(0xE000, 0xF8FF)  # Unicode: characters that never have a meaning of their own


def as_text(template: str, request: AccessRequest, place: str) -> str | None:
    """
    Return `template` with every variable replaced; `None` if one has no value.

    Raises:
        ConfigurationError: what follows a `${` is no policy variable.
    """
    texts, values = _split(template, request, place)
    return None if None in values else _joined(texts, values)


def as_pattern(template: str, request: AccessRequest, place: str) -> tuple[str, str] | None:
    """
    Return the same as a pattern, and the two characters that are its wildcards: `*?`, or others
    where those are literal characters of a value.
    """
    texts, values = _split(template, request, place)
    if None in values:
        return None
    text, literal = _joined(texts, values), "".join(map(str, values))
    if "*" not in literal and "?" not in literal:
        return text, "*?"
    unused = (character for character in map(chr, _PRIVATE_USE) if character not in text)
    run, single = next(unused), next(unused)
    texts = [t.replace("*", run).replace("?", single) for t in texts]
    return _joined(texts, values), run + single


def split_at_colons(template: str) -> list[str]:
    """Split an ARN into its six components; fewer if it has fewer. Variables hold no boundary."""
    colons = [m.start() for m in _VARIABLE_OR_COLON.finditer(template) if m[0] == ":"][:5]
    starts = [0, *(colon + 1 for colon in colons)]
    return [template[i:j] for i, j in zip(starts, [*colons, len(template)], strict=True)]


def _joined(texts: list[str], values: list[str | None]) -> str:
    return texts[0] + "".join(f"{v}{t}" for v, t in zip(values, texts[1:], strict=True))


def _split(template: str, request: AccessRequest, place: str) -> tuple[list[str], list[str | None]]:
    """Return the texts around the variables, one more than there are, and the variables' values."""
    texts, values = [], []
    start = 0
    while (at := template.find("${", start)) >= 0:
        variable = _VARIABLE.match(template, at)
        if variable is None:
            raise not_understood(
                place, "what follows a ${ must be a condition key, as in ${aws:username}"
            )
        escaped, key, default = variable.groups()
        texts.append(template[start:at])
        values.append(escaped or request.value(key) or default)
        start = variable.end()
    return [*texts, template[start:]], values
