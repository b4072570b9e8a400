"""Whether a function has the handler for all kinds of credentials of its document."""

from collections.abc import Iterator

from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.check.ours import HANDLER_KINDS, Ours
from authorizers.analysis.template.attachment import function_of


def handler_findings(document: CheckedDocument, api: Ours) -> Iterator[Finding]:
    """Yield the functions that take one kind of credentials, where the document has several."""
    for attachment in api.attachments if len(document.kinds) > 1 else ():
        function = function_of(attachment)
        handler = None if function is None else str(function.properties.get("Handler"))
        if function is not None and handler in HANDLER_KINDS:
            yield Finding(
                attachment.template.place(("Resources", function.name)),
                "handler-of-one-kind",
                f"{function.name}: {handler} takes documents of {HANDLER_KINDS[handler]} schemes"
                f" only, and this one has {' and '.join(document.kinds)}: every request would fail"
                " with 500: write authorizers.handlers.combined.handler",
            )
