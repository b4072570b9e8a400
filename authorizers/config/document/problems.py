"""What pydantic found wrong, in sentences for the document's author: no value is shown."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from authorizers.config.document.root import TOKEN_SOURCE_EXPECTED, Document
from authorizers.config.document.text import KEY, DocumentText, Loc
from authorizers.config.document.words import MAX_NAME_CHARS, Part
from authorizers.errors import Problem

_EXPECTED = {
    "string_type": "write text, in quotes if it looks like something else",
    "string_too_short": "must not be empty",
    "bool_type": "write true",
    "int_type": "write a whole number",
    "list_type": "write a list",
    "dict_type": "write a mapping",
    "model_type": "write a mapping",
    "model_attributes_type": "write a mapping",
    "too_short": "must not be empty: nothing means no",
    "too_long": "has one entry; to join several, write all_of: [...] or any_of: [...]",
}


def problems_of(error: ValidationError, text: DocumentText) -> Iterator[Problem]:
    """Yield one problem for each of pydantic's errors."""
    for details in error.errors(include_url=False, include_input=False):
        loc = details["loc"]
        if details["type"] == "missing":
            yield problem_at(text, loc[:-1], f"`{loc[-1]}` is required")
        elif details["type"] == "extra_forbidden":
            yield problem_at(text, loc[:-1], _unknown(loc), place=text.place((*loc, KEY)))
        else:
            yield problem_at(text, loc, _sentence(details))


def problem_at(text: DocumentText, loc: Loc, sentence: str, *, place: str = "") -> Problem:
    """Return the problem of what stands at `loc`, called by its name in the document."""
    name = _name(loc)
    return Problem(place or text.place(loc), f"{name}: {sentence}" if name else sentence)


def _name(loc: Loc) -> str:
    """Return the last key of `loc` and the positions behind it: `algorithms[0]`."""
    name = ""
    for step in loc:
        if isinstance(step, int):
            name += f"[{step}]"
        elif step != KEY and not step.startswith("<"):  # nor one of our tags, as `<list>`
            name = step
    return name


def _sentence(details: ErrorDetails) -> str:
    context: dict[str, Any] = details.get("ctx", {})
    if details["type"] == "value_error":
        return str(context["error"])
    if details["type"] == "literal_error":
        return _one_of(str(context["expected"]))
    return _EXPECTED.get(details["type"], "is not what is expected here")


def _one_of(expected: str) -> str:
    """Return a sentence for pydantic's list of literals: `'a', 'b' or 'c'`."""
    if expected == "'authorization'":
        return TOKEN_SOURCE_EXPECTED
    return f"write {'one of ' if ',' in expected else ''}{expected.replace(chr(39), '')}"


def _unknown(loc: Loc) -> str:
    name, known = str(loc[-1]), _names_at(loc[:-1])
    shown = f"`{name}`" if name.isprintable() and len(name) <= MAX_NAME_CHARS else "this key"
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"known here: {', '.join(known)}"
    return f"{shown} is not known here; {hint}"


def _names_at(loc: Loc) -> list[str]:
    model: type[Part] = Document
    for step in loc:
        model = _models_by_name(model).get(str(step), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_by_name(model: type[Part]) -> dict[str, type[Part]]:
    pairs = ((f.alias or n, _model_in(f.annotation)) for n, f in model.model_fields.items())
    return {name: found for name, found in pairs if found is not None}


def _model_in(annotation: Any) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
