"""The document in force, read once for each run."""

from authorizers.compose.configured import fixed_document, open_document
from authorizers.config.compiled import CompiledDocument, parse_compiled
from authorizers.config.location import DocumentLocation
from authorizers.errors import ConfigurationError, Problem


def read_document(location: DocumentLocation | None) -> CompiledDocument:
    """
    Read the compiled document at `location`.

    Raises:
        ConfigurationError: there is none, or it is wrong.
        DependencyError: its store cannot be read.
    """
    if location is None:
        hint = "must name a document: only a document has lists that can be kept"
        raise ConfigurationError(Problem("AUTHORIZERS_CONFIG", hint))
    if location.kind not in ("ssm", "s3"):
        return fixed_document(location)
    answer = open_document(location).read(None)
    assert answer is not None  # noqa: S101 no version was known
    return parse_compiled(answer[0], str(location))
