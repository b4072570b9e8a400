"""Where the keys of one scheme are: what they begin with, their records, and their peppers."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from authorizers.api_key.pepper import Peppers, parse_peppers
from authorizers.api_key.record import load_record
from authorizers.api_key.store import KeyRegistry
from authorizers.config.compiled import CompiledDocument
from authorizers.config.document.api_key import ApiKey
from authorizers.config.document.plain import no_such
from authorizers.config.variables import PEPPER_VARIABLE
from authorizers.errors import ConfigurationError, Problem
from authorizers.stores.dynamodb_key_registry import DynamoDbKeyRegistry
from authorizers.stores.keys_in_file import KeysInFile
from authorizers.stores.keys_in_memory import KeysInMemory
from authorizers.stores.peppers import pepper_reader

STORE_EXPECTED = "write dynamodb:TABLE or file:PATH"
DOCUMENT = "document"  # a store that is still to be written: its records are pasted
_KINDS = ("dynamodb", "file")


class KeyPlace(NamedTuple):
    """
    The keys of one scheme. `keys` and `pepper` are as in the compiled document; relative paths
    are below `folder`. `life_seconds` is how long a function uses a record that it has read;
    None: no document says so.
    """

    prefix: str
    keys: Mapping[str, Any]
    pepper: Mapping[str, str] | None
    folder: Path = Path()
    life_seconds: int | None = None

    @property
    def embedded(self) -> bool:
        """Whether the records stand in the document itself, where no command changes them."""
        return "records" in self.keys

    def registry(self) -> KeyRegistry:
        """
        Open the records.

        Raises:
            ConfigurationError: boto3 is missing.
            DependencyError: they cannot be read.
        """
        if "dynamodb" in self.keys:
            return DynamoDbKeyRegistry(self.keys["dynamodb"])
        if "file" in self.keys:
            return KeysInFile(str(self.folder / self.keys["file"]))
        place = "the document"
        return KeysInMemory([load_record(record, place) for record in self.keys["records"]], place)

    def peppers(self) -> Peppers:
        """
        Read the peppers.

        Raises:
            ConfigurationError: none are named, or `pepper_invalid`.
            DependencyError: the store's.
        """
        if self.pepper is None:
            raise ConfigurationError(Problem("pepper", "say where the pepper is"))
        place, data = read_pepper(self.pepper, self.folder)
        return parse_peppers(data, place)


def read_pepper(pepper: Mapping[str, str], folder: Path = Path()) -> tuple[str, bytes | str]:
    """
    Return what messages call the place of `pepper`, as in the compiled document, and its JSON.

    Raises:
        ConfigurationError: it is not there, or boto3 is missing.
        DependencyError: the store's.
    """
    read, place = pepper_reader(pepper, os.environ.get(PEPPER_VARIABLE), str(folder))
    return place, read()


def place_in(document: CompiledDocument, scheme: str | None, folder: Path) -> tuple[str, KeyPlace]:
    """
    Return the scheme that is meant, the only one if none is named, and where its keys are.

    Raises:
        ConfigurationError: there is no such scheme.
    """
    schemes = {n: s["api_key"] for n, s in document["schemes"].items() if "api_key" in s}
    if scheme is None and len(schemes) == 1:
        (scheme,) = schemes
    if scheme is None or scheme not in schemes:
        asked = "api_key scheme in the document"
        message = f"say which: {', '.join(schemes)}" if scheme is None and schemes else ""
        raise ConfigurationError(
            Problem("scheme", message or no_such(asked, scheme or "", schemes))
        )
    said = schemes[scheme]
    pepper, life = said["pepper"], said["life_seconds"]
    return scheme, KeyPlace(said["prefix"], said["keys"], pepper, folder, life)


def place_of(store: str, prefix: str | None, pepper: str | None) -> KeyPlace:
    """
    Return the place that is written out: `dynamodb:ApiKeys`, `orders_live`, `ssm:/pepper`. The
    store `document` is empty, and embedded.

    Raises:
        ConfigurationError: every problem; their places are `store`, `prefix` and `pepper`.
    """
    kind, _, name = ("file:unsaid" if store == DOCUMENT else store).partition(":")
    keys = {kind: name} if kind in _KINDS else {}
    said = {
        "prefix": "unsaid" if prefix is None else prefix,
        "pepper": "environment" if pepper is None else pepper,
        "keys": keys,
    }
    try:
        checked = ApiKey.model_validate(said)
    except ValidationError as error:
        raise ConfigurationError(*map(_problem, error.errors(include_input=False))) from None
    where = None if pepper is None else checked.pepper._asdict()
    where_keys = (
        {"records": ()} if store == DOCUMENT else checked.keys.model_dump(exclude_none=True)
    )
    return KeyPlace(prefix or "", where_keys, where)


def pepper_place(text: str) -> Mapping[str, str]:
    """
    Return the place that `text` names, such as `ssm:/pepper`, as in the compiled document.

    Raises:
        ConfigurationError: it names none.
    """
    where = place_of("file:unsaid", None, text).pepper
    assert where is not None  # noqa: S101 - it was said
    return where


def _problem(details: Any) -> Problem:
    name, *below = details["loc"]
    said = details.get("ctx", {}).get("error")
    if name == "keys":  # below them stands what is wrong with a table's name
        return Problem("store", str(said) if below and said else STORE_EXPECTED)
    return Problem(str(name), str(said or "is not what is expected here"))
