"""The example document that is packaged with the demonstration."""

from importlib.resources import files

import pytest

from authorizers.config.compile import compile_document
from authorizers.demo.story import EXAMPLE_ISSUER, example_document
from authorizers.errors import ConfigurationError


def packaged() -> str:
    return files("authorizers.demo").joinpath("document.yaml").read_text()


def test_it_compiles_as_it_stands() -> None:
    scheme = compile_document(packaged())["schemes"]["staff"]["jwt"]

    assert scheme["issuer"] == EXAMPLE_ISSUER
    assert scheme["keys"] == {"discovery": True}


def test_it_has_a_rule_of_every_common_sort() -> None:
    requirements = str(compile_document(packaged())["routes"])

    for word in ("scopes_any", "scopes_all", "path", "claim", "source_ip", "scheme", "$connect"):
        assert word in requirements


def test_the_demonstration_puts_an_issuer_of_this_machine_in_and_says_so() -> None:
    scheme = compile_document(example_document("http://127.0.0.1:8080"))["schemes"]["staff"]["jwt"]

    assert scheme["issuer"] == "http://127.0.0.1:8080"
    assert "this machine" in scheme["keys"]["insecure_loopback_http"]


def test_an_issuer_over_http_elsewhere_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        compile_document(example_document("http://login.example.com"))
