"""What `cryptography` raises for octets that it refuses, as the one error that this package has."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import DuplicateExtension, InvalidVersion, UnsupportedGeneralNameType

from authorizers.errors import DependencyError
from authorizers.mtls import der

# What it raises when a certificate that it has parsed is asked for its extensions or its key.
FOREIGN: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    DuplicateExtension,
    InvalidVersion,
    UnsupportedGeneralNameType,
)


@contextmanager
def foreign_as_malformed() -> Iterator[None]:
    """
    Turn whatever is raised within into an error of ours.

    It parses in Rust, where a panic is raised as `PanicException`, which is no `Exception`.

    Raises:
        DependencyError: `crl_malformed`.
    """
    try:
        yield
    except DependencyError:
        raise
    except Exception as error:
        raise _refused() from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _refused() from None


def _refused() -> DependencyError:
    return der.malformed("a part of the list is not what RFC 5280 says it is")
