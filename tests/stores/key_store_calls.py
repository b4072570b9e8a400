"""Everything that can be asked of a store of keys, and how it says that it cannot."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.api_key.store import KeyRegistry
from authorizers.errors import DependencyError
from tests.stores.key_records import a_full_record, assert_tells_no_secret

FOUND = "000000000001"


def calls(registry: KeyRegistry) -> dict[str, Callable[[], Any]]:
    """Return every call of `registry`: about the key 1, and to add the key 2."""
    return {
        "find": lambda: registry.find(FOUND),
        "all": lambda: list(registry.all()),
        "replace": lambda: registry.replace(a_full_record()),
        "add": lambda: registry.add(a_full_record(2)),
        "add_all": lambda: registry.add_all([a_full_record(2)]),
    }


def refusal(call: Callable[[], Any]) -> DependencyError:
    """Return the error that `call` raises, which tells nothing that it should not."""
    with pytest.raises(DependencyError) as caught:
        call()
    assert "own words" not in str(caught.value)
    assert_tells_no_secret(caught.value)
    return caught.value


def code_of(call: Callable[[], Any]) -> str:
    """Return the code of the error that `call` raises."""
    return refusal(call).code
