"""A document as far as it can be understood: all of it, or its routes alone, or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from authorizers.analysis.check.finding import Finding
from authorizers.analysis.check.routing import Routing
from authorizers.analysis.template.template import Place, place_in
from authorizers.analysis.template.values import mapping
from authorizers.compose.combined import kinds_of
from authorizers.compose.way import schemes_of
from authorizers.config.compile import compile_document
from authorizers.config.compiled import CompiledDocument
from authorizers.config.document.role_agreement import declared_routes
from authorizers.config.document.text import DocumentText, parse_document_text
from authorizers.errors import ConfigurationError
from authorizers.model.route import parse_route
from authorizers.rules.satisfiable import satisfiable


class Rule(NamedTuple):
    """A route that the document names, and its requirement if the document compiles."""

    key: str
    requirement: Sequence[Any] | None


class CheckedDocument:
    """
    The document in `data`, whose name is `file`. `compiled` is None where it does not compile;
    its `rules` are then those whose keys can be understood.
    """

    def __init__(self, data: bytes, file: str) -> None:
        self.file, self.data = file, data
        self.problems: tuple[Finding, ...] = ()
        self.compiled: CompiledDocument | None = None
        self._text: DocumentText | None = None
        try:
            self._text = parse_document_text(data)
            self.compiled = compile_document(data)
        except ConfigurationError as error:
            self.problems = tuple(
                Finding(place_in(file, problem.place), "document-problem", problem.message)
                for problem in error.problems
            )
        root = mapping(self._text.value) if self._text else {}
        self._declared = declared_routes(root)
        self.rules = tuple(self._rules())
        self.routing = Routing([rule.key for rule in self.rules])

    def _rules(self) -> Iterator[Rule]:
        if self.compiled is not None:
            for route in self.compiled["routes"]:
                yield Rule(route["key"], route["requirement"])
            return
        for key in self._declared:
            if _is_route(key):
                yield Rule(key, None)

    def may_meet(self, *requirements: Sequence[Any], lacking: Sequence[Sequence[Any]] = ()) -> bool:
        """
        Return whether some caller may meet all `requirements` and none of `lacking`. Every caller
        is of one of the document's schemes. False is certain.
        """
        schemes = [_presented(n, s) for n, s in (self.compiled or {}).get("schemes", {}).items()]
        anybody = [["any_of", schemes]] if schemes else []
        return satisfiable([*anybody, *requirements], lacking)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of credentials that it is for; none if it does not compile."""
        return () if self.compiled is None else kinds_of(self.compiled)

    @property
    def key_schemes(self) -> Mapping[str, Mapping[str, Any]]:
        """The schemes of API keys, in their compiled form."""
        return {} if self.compiled is None else schemes_of(self.compiled, "api_key")

    @property
    def certificate_schemes(self) -> Mapping[str, Mapping[str, Any]]:
        """The schemes of client certificates, in their compiled form."""
        return {} if self.compiled is None else schemes_of(self.compiled, "client_certificate")

    @property
    def takes_certificates_alone(self) -> bool:
        """Whether some rule may be met by a caller who presents a certificate and nothing else."""
        return any(
            rule.requirement is not None and self.may_meet(["scheme", name], rule.requirement)
            for name in self.certificate_schemes
            for rule in self.rules
        )

    @property
    def has_limits(self) -> bool:
        """Whether requests are to be metered."""
        return any(scheme["limits"] is not None for scheme in self.key_schemes.values())

    def place(self, *loc: str | int) -> Place:
        """Return the place of what stands at `loc`."""
        return place_in(self.file, self._text.place(loc) if self._text else "1:1")

    def place_of(self, key: str) -> Place:
        """Return the place of the rule `key`, under `routes` or in a role."""
        return self.place(*self._declared.get(key, ("routes", key)))


def _presented(name: str, scheme: Mapping[str, Any]) -> Sequence[Any]:
    """Return what holds of a caller whom the scheme says who is."""
    if "client_certificate" in scheme:
        return ["all_of", [["scheme", name], ["certificate_scheme", name]]]
    return ["scheme", name]


def _is_route(key: str) -> bool:
    try:
        parse_route(key)
    except ValueError:
        return False
    return True
