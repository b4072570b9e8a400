"""A run of the function: the environment and the time in, one line a list out."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from authorizers.audit.log import StandardOutput, Stream
from authorizers.config.compiled import CompiledDocument
from authorizers.config.settings import load_settings
from authorizers.errors import ConfigurationError, DependencyError, Problem
from authorizers.keeping.document import read_document
from authorizers.keeping.keeper import Keeper
from authorizers.keeping.kept_list import KeptList, lists_of
from authorizers.keeping.outcome import Outcome, render_outcome
from authorizers.keeping.published import fetch_published
from authorizers.keeping.scheme_trust import read_trust
from authorizers.mtls.crl.crl import MAX_BYTES
from authorizers.mtls.path.trust import Trust
from authorizers.stores.aws import operator_config
from authorizers.stores.s3_writer import WritableS3Object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ATTEMPTS = 4  # nobody waits for it


def keep_lists(
    variables: Mapping[str, str],
    now: float,
    *,
    fetch: Callable[[str], bytes] = fetch_published,
    client: "S3Client | None" = None,
    stream: Stream | None = None,
) -> list[Outcome]:
    """
    Keep all lists of the document that `variables` name, as of `now` in seconds since 1970, and
    write a line for each.

    All are tried whatever becomes of one. A list that fails is told by its line and its metrics;
    the run fails only where nothing was done at all, so that nobody is called for what the next
    run may put right, and somebody is when it cannot.

    Raises:
        ConfigurationError: the environment or the document is wrong, or has no list to keep.
        DependencyError: the document cannot be read, or `crls_not_refreshed`: every list failed.
    """
    settings = load_settings(variables)
    document = read_document(settings.location)
    lists = lists_of(document)
    if not lists:
        hint = "has no list with a url and kept_in: there is nothing to keep"
        raise ConfigurationError(Problem("document", hint))
    task_root = variables.get("LAMBDA_TASK_ROOT") or "."
    keeper = _keeper(document, fetch, client or _client(), task_root)
    service = variables.get("POWERTOOLS_SERVICE_NAME") or "crl-keeper"
    stream, outcomes = stream or StandardOutput(), []
    for kept_list in lists:
        outcome = keeper.keep(kept_list, now)
        outcomes.append(outcome)
        namespace = settings.metrics_namespace
        line = render_outcome(outcome, namespace=namespace, service=service, now=now)
        stream.write(line + "\n")
        stream.flush()
    if all(outcome.result == "failed" for outcome in outcomes):
        raise DependencyError("crls_not_refreshed", "not one of the lists could be refreshed")
    return outcomes


def _keeper(
    document: CompiledDocument, fetch: Callable[[str], bytes], client: "S3Client", task_root: str
) -> Keeper:
    def place(kept_list: KeptList) -> WritableS3Object:
        return WritableS3Object(kept_list.bucket, kept_list.key, client, max_bytes=MAX_BYTES)

    def trust(scheme: str) -> Trust:
        return read_trust(document["schemes"][scheme]["client_certificate"], client, task_root)

    return Keeper(fetch, place, trust)


def _client() -> "S3Client":
    """Return a client that is patient: lists are large."""
    import boto3  # noqa: PLC0415 the runtime's, and not needed to import this

    client: S3Client = boto3.client("s3", config=operator_config(_ATTEMPTS))
    return client
