"""What a function accepts as a compiled document."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.config.compiled import (
    MAX_COMPILED_BYTES,
    load_compiled_file,
    parse_compiled,
)
from authorizers.errors import ConfigurationError

JWT = {
    "issuer": "https://login.example.com/",
    "audience": ["a"],
    "profile": "auth0",
    "algorithms": ["RS256"],
    "keys": {"discovery": True},
    "leeway_seconds": 30,
}
DOCUMENT = {
    "format": 2,
    "schemes": {"staff": {"jwt": JWT}},
    "token_from": ["authorization"],
    "routes": [{"key": "GET /", "requirement": ["authenticated"]}],
    "table": {},
    "context": {},
}


def problem(data: bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse_compiled(data, "the place")
    (found,) = caught.value.problems
    assert found.place == "the place"
    return found.message


def changed(**members: Any) -> bytes:
    return json.dumps(DOCUMENT | members).encode()


def test_a_whole_document_is_taken() -> None:
    assert parse_compiled(json.dumps(DOCUMENT).encode(), "here") == DOCUMENT


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no compiled document"),
        (b"version: 1\nroutes: {}\n", "authorizers compile"),
        (b"[]", "no compiled document"),
        (b"null", "no compiled document"),
        (b"{}", "no compiled document"),
        (b"\xff\xfe", "no compiled document"),
        (b"\xef\xbb\xbf{}", "no compiled document"),
        (b"[" * 100_000, "no compiled document"),
        (json.dumps(DOCUMENT).encode()[:-10], "no compiled document"),
        (changed(format="1"), "no compiled document"),
        (changed(format=True), "no compiled document"),
        (changed(format=1), "another format than 2"),
        (changed(format=2, context=float("nan")), "no compiled document"),
        (changed(schemes=[]), "no proper member schemes"),
        (changed(schemes={}), "not whole"),
        (changed(schemes={"a": None}), "scheme that is not whole"),
        (changed(schemes={"a": {"jwt": {}}}), "scheme that is not whole"),
        (changed(schemes={"a": {"jwt": JWT | {"audience": []}}}), "scheme that is not whole"),
        (changed(token_from=[]), "no proper member token_from"),
        (changed(routes=[]), "route that is not whole"),
        (changed(routes=["GET /"]), "route that is not whole"),
        (changed(routes=[{"key": "GET /", "requirement": []}]), "route that is not whole"),
        (changed(routes=[{"key": 1, "requirement": ["authenticated"]}]), "route that is not whole"),
        (changed(context=None), "no proper member context"),
        (json.dumps({k: v for k, v in DOCUMENT.items() if k != "table"}).encode(), "not whole"),
        (b" " * (MAX_COMPILED_BYTES + 1), "larger than"),
    ],
)
def test_anything_else_is_refused(data: bytes, message: str) -> None:
    assert message in problem(data)


def test_the_text_of_a_wrong_document_is_not_shown() -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_compiled(b'{"format": 2, "secret": "hunter2", ', "here")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@given(
    st.binary()
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_no_bytes_raise_anything_but_a_configuration_error(data: bytes) -> None:
    with pytest.raises(ConfigurationError):
        parse_compiled(data, "here")


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "authorizers.json"
    file.write_text(json.dumps(DOCUMENT))
    assert load_compiled_file(str(file)) == DOCUMENT


def test_a_file_that_is_not_there_names_its_path_and_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.json.*AUTHORIZERS_CONFIG"):
        load_compiled_file(str(tmp_path / "none.json"))


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        load_compiled_file(str(tmp_path))


def test_a_path_that_cannot_be_one_is_no_document() -> None:
    with pytest.raises(ConfigurationError):
        load_compiled_file("a\x00b")
