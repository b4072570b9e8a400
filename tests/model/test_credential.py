"""A bearer token is shown by nothing but `reveal`."""

import copy
import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from authorizers.model.credential import BearerToken

SECRET = "sentinel.of-the.secret"

SHOWN: dict[str, Callable[[BearerToken], str]] = {
    "repr": repr,
    "str": str,
    "format": lambda token: f"{token}",
    "format with a conversion": lambda token: f"{token!r} {token!s} {token!a}",
    "percent": lambda token: "%s %r" % (token, token),  # noqa: UP031
    "str.format": "{0} {0!r}".format,
    "in a list": lambda token: str([token]),
    "in a dict": lambda token: str({"token": token}),
    "in an exception": lambda token: repr(ValueError(token)) + str(ValueError(token)),
    "pprint": pprint.pformat,
    "json with a default": lambda token: json.dumps({"token": token}, default=str),
    "logging": lambda token: logging.Formatter("%(message)s").format(
        logging.LogRecord("x", logging.INFO, "x", 1, "token %s", (token,), None)
    ),
    "dir": lambda token: str(dir(token)),
}


@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_no_way_of_printing_shows_a_token(shown: Callable[[BearerToken], str]) -> None:
    text = shown(BearerToken(SECRET))

    assert SECRET not in text
    assert "sentinel" not in text


REFUSED: dict[str, Callable[[BearerToken], Any]] = {
    "json": json.dumps,
    "format with a width": lambda token: f"{token:>80}",
    "vars": vars,
    "iteration": list,  # type: ignore[dict-item]
    "unpacking": lambda token: [*token],  # type: ignore[misc]
    "item": lambda token: token[0],  # type: ignore[index]
    "len": len,  # type: ignore[dict-item]
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": pickle.dumps,
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
def test_what_would_copy_a_token_out_is_refused(refused: Callable[[BearerToken], Any]) -> None:
    with pytest.raises(TypeError) as raised:
        refused(BearerToken(SECRET))

    assert "sentinel" not in str(raised.value)


def test_a_traceback_with_local_variables_does_not_show_a_token() -> None:
    token = BearerToken(SECRET)

    def fail(credential: BearerToken) -> None:
        raise ValueError(credential)

    try:
        fail(token)
    except ValueError as error:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert "sentinel" not in "".join(shown.format())


def test_the_verifier_gets_the_text_as_it_was_sent() -> None:
    assert BearerToken(SECRET).reveal() == SECRET


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_no_protocol_pickles_a_token(protocol: int) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(BearerToken(SECRET), protocol)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.b.c", "a.b.d"), ("a", "a "), ("a", "A"), ("\u00e9", "e\u0301"), ("\ud800", "\udfff")],
)
def test_tokens_that_differ_at_all_have_different_digests(one: str, other: str) -> None:
    assert BearerToken(one).digest != BearerToken(other).digest


def test_one_text_has_one_digest() -> None:
    assert BearerToken("a.b.c").digest == BearerToken("a.b.c").digest


def test_a_token_has_no_place_for_more() -> None:
    with pytest.raises(AttributeError):
        BearerToken("a").anything = 1  # type: ignore[attr-defined]
