"""The principalId: text that names the caller, and can stand in a log."""

from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.responses.principal_id import check_principal_id


@pytest.mark.parametrize("name", ["a", "staff|alice", "ümit", "a" * 256, "user@example.com"])
def test_a_name_is_taken(name: str) -> None:
    check_principal_id(name)


@pytest.mark.parametrize("name", ["", "a" * 257, "a\n", "\x1b[31m", "\ud800", None, 7, b"a", ["a"]])
def test_what_names_nobody_is_refused(name: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        check_principal_id(name)
    assert raised.value.code == "principal_id_invalid"
