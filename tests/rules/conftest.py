"""A principal in few words."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.model.principal import Principal


@pytest.fixture(scope="session")
def caller() -> Callable[..., Principal]:
    def make(*scopes: str, scheme: str = "staff", **claims: Any) -> Principal:
        return Principal(f"{scheme}|alice", scheme, "https://i.example", frozenset(scopes), claims)

    return make
