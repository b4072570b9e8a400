"""
What a deployed function is told by its environment.

In: a mapping of environment variables. Out: `Settings`, checked as a whole.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, cast

from authorizers.config.compiled import CompiledDocument
from authorizers.config.environment import Environment
from authorizers.config.location import DocumentLocation, parse_location
from authorizers.config.variables import PEPPER_VARIABLE

MAX_CONFIG_TTL_SECONDS = 3600
MAX_TOKEN_CACHE_SIZE = 100_000
MAX_NAMESPACE_CHARS = 255  # CloudWatch API reference, PutMetricData, Namespace
# Without an issuer these would be read by nobody. Profile, algorithms and leeway are left
# out: the template gives them defaults, so they are set beside a document as well.
_NEED_ISSUER = (
    "AUTHORIZERS_AUDIENCE",
    "AUTHORIZERS_ACCESS",
    "AUTHORIZERS_JWKS_URI",
    "AUTHORIZERS_JWKS",
)


class Settings(NamedTuple):
    """
    The settings of one function.

    Exactly one of `location` (where the compiled document is) and `document` (the compiled
    document itself, when the environment names an issuer instead) is set. `pepper` is a secret,
    the peppers themselves as JSON: neither it nor a document is in the `repr`.
    """

    location: DocumentLocation | None
    document: CompiledDocument | None
    config_ttl_seconds: int
    http_responses: Literal["simple", "simple_uncached", "iam"] | None
    unauthorized: Literal["exception", "deny"]
    rest_deny: Literal["everything_else", "listed_routes"]
    token_cache_size: int
    metrics_namespace: str
    pepper: str | None = None

    def __repr__(self) -> str:
        shown = self._asdict() | {
            "document": self.document and "…",
            "pepper": self.pepper and "…",
        }
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


def load_settings(variables: Mapping[str, str]) -> Settings:
    """
    Read the settings from `variables`, usually `os.environ`.

    Raises:
        ConfigurationError: every problem at once, each naming its variable, never its value.
    """
    environment = Environment(variables)
    _refuse_unknown(environment)
    http_responses = environment.choice(
        "AUTHORIZERS_HTTP_RESPONSES", ("simple", "simple_uncached", "iam")
    )
    unauthorized = environment.choice("AUTHORIZERS_UNAUTHORIZED", ("exception", "deny"))
    rest_deny = environment.choice("AUTHORIZERS_REST_DENY", ("everything_else", "listed_routes"))
    cache_size = environment.whole_number("AUTHORIZERS_TOKEN_CACHE_SIZE", 0, MAX_TOKEN_CACHE_SIZE)
    ttl = environment.whole_number("AUTHORIZERS_CONFIG_TTL_SECONDS", 1, MAX_CONFIG_TTL_SECONDS)
    namespace = _namespace(environment)
    location = _location(environment, variables.get("LAMBDA_TASK_ROOT") or ".")
    document = None if location else _document(environment)
    pepper = _pepper(environment)
    environment.raise_problems()
    return Settings(
        location,
        document,
        ttl,
        cast("Literal['simple', 'simple_uncached', 'iam'] | None", http_responses),
        cast("Literal['exception', 'deny']", unauthorized),
        cast("Literal['everything_else', 'listed_routes']", rest_deny),
        cache_size,
        namespace,
        pepper,
    )


def _location(environment: Environment, task_root: str) -> DocumentLocation | None:
    """Return where the document is, or `None` when an issuer stands in the environment."""
    if environment.given("AUTHORIZERS_ISSUER"):
        if environment.given("AUTHORIZERS_CONFIG"):
            environment.add_problem(
                "AUTHORIZERS_CONFIG", "cannot be set beside AUTHORIZERS_ISSUER: choose one"
            )
        return None
    for name in filter(environment.given, _NEED_ISSUER):
        environment.add_problem(
            name, "is only read with AUTHORIZERS_ISSUER; a document says this itself"
        )
    try:
        return parse_location(environment.text("AUTHORIZERS_CONFIG") or "", task_root)
    except ValueError as error:
        environment.add_problem("AUTHORIZERS_CONFIG", str(error))
        return DocumentLocation("file", "")


def _document(environment: Environment) -> CompiledDocument:
    # Imported here: a function with a document needs none of it.
    from authorizers.config.single_issuer import compile_single_issuer  # noqa: PLC0415

    return compile_single_issuer(environment)


def _pepper(environment: Environment) -> str | None:
    """Return the peppers as they were written; only a document can ask for them."""
    text = environment.text(PEPPER_VARIABLE)
    if text is not None and environment.given("AUTHORIZERS_ISSUER"):
        environment.add_problem(PEPPER_VARIABLE, "is only read for a document with API keys")
    return text


def _namespace(environment: Environment) -> str:
    name = "AUTHORIZERS_METRICS_NAMESPACE"
    text = environment.text(name) or ""
    if not (text.isascii() and text.isprintable() and len(text) <= MAX_NAMESPACE_CHARS):
        environment.add_problem(name, "write at most 255 printable ASCII characters")
    return text


def _refuse_unknown(environment: Environment) -> None:
    for name in environment.unknown_names():
        environment.add_problem(name, "no setting has this name; look for a spelling mistake")
