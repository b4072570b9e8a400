"""The document in force, read once for each run."""

from authorizers.config.compiled import CompiledDocument, load_compiled_file, parse_compiled
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
    if location.kind == "file":
        return load_compiled_file(location.name)
    if location.kind == "inline":
        return parse_compiled(location.name.encode(), "AUTHORIZERS_CONFIG")
    return parse_compiled(_stored(location), str(location))


def _stored(location: DocumentLocation) -> bytes:
    if location.kind == "ssm":
        from authorizers.stores.ssm import SsmParameter  # noqa: PLC0415 paid by whoever uses it

        answer = SsmParameter(location.name).read()
    else:
        from authorizers.stores.s3 import S3Object  # noqa: PLC0415 paid by whoever uses it

        answer = S3Object(location.bucket, location.name).read()
    assert answer is not None  # noqa: S101 no version was known
    return answer[0]
