"""One file of the function's package, read again only when it looks different than before."""

import os

from authorizers.stores.aws import refuse_large
from authorizers.stores.local_file import file_errors, signature_of


class LocalBytes:
    """The file at `path`, which may have `max_bytes`."""

    __slots__ = ("_max_bytes", "_path", "place")

    def __init__(self, path: str, *, max_bytes: int) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self.place = f"file:{path}"

    def read(self, known_version: str | None = None) -> tuple[bytes, str | None] | None:
        """
        Return the file's bytes and what it looks like, or `None` if that is still `known_version`.

        Raises:
            DependencyError: `store_not_found`, `store_access_denied` or `store_unavailable`.
            ConfigurationError: the file is too large.
        """
        # open, because pathlib costs a cold start
        with file_errors(self.place), open(self._path, "rb") as file:  # noqa: PTH123
            version = repr(signature_of(os.fstat(file.fileno())))
            if version == known_version:
                return None
            data = file.read(self._max_bytes + 1)
        refuse_large(self.place, len(data), self._max_bytes)
        return data, version
