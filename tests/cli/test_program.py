"""The program as a whole: help, version, completion, and what happens without its extra."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from authorizers import __version__
from authorizers.cli.app import app

COMMANDS = (
    "compile",
    "check",
    "bindings",
    "schema",
    "reference",
    "explain",
    "matrix",
    "canary",
    "keys",
    "truststore",
    "certificate",
    "crl",
)
PROGRAM = (sys.executable, "-m", "authorizers.cli")


def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100", **environment},
    )


def test_the_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"authorizers {__version__}\n")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_of_every_command_has_examples(command: str, option: str) -> None:
    result = CliRunner().invoke(app, [command, option])
    assert result.exit_code == 0
    assert "Examples:" in result.stdout
    assert f"authorizers {command}" in result.stdout


@pytest.mark.parametrize(
    "words", [("truststore", "check"), ("certificate", "inspect"), ("crl", "check")], ids=" ".join
)
def test_the_help_of_a_command_in_a_group_has_examples_and_exit_codes(
    words: tuple[str, str],
) -> None:
    result = CliRunner().invoke(app, [*words, "--help"])
    assert result.exit_code == 0
    assert f"authorizers {' '.join(words)}" in result.stdout
    assert "Exit codes: 0" in result.stdout


def test_the_help_lists_the_commands_and_the_exit_codes() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert all(command in result.stdout for command in COMMANDS)
    assert "Exit codes: 0 all is well, 1 problems were found, 2 called wrongly" in result.stdout


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["--no-such-option"]])
def test_calling_it_wrongly_exits_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_made(shell: str) -> None:
    result = call("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert result.returncode == 0
    assert "_AUTHORIZERS_COMPLETE" in result.stdout


def test_completion_names_the_commands() -> None:
    result = call(
        _AUTHORIZERS_COMPLETE="complete_bash", COMP_WORDS="authorizers co", COMP_CWORD="1"
    )
    assert result.stdout.split() == ["compile"]


def test_a_real_process_says_where_a_document_is_wrong_and_exits_with_1(tmp_path: Path) -> None:
    document = tmp_path / "authorizers.yaml"
    document.write_text("version: 2\n")
    result = call("compile", str(document))
    assert result.returncode == 1
    assert f"{document}:1:10: version: write 1" in result.stderr.splitlines()
    assert "Traceback" not in result.stderr


def test_no_colours_reach_what_is_no_terminal(tmp_path: Path) -> None:
    result = call("compile", str(tmp_path / "none.yaml"))
    assert "\x1b" not in result.stdout + result.stderr


def test_no_colour_is_left_out_of_a_terminal_when_asked() -> None:
    program = (
        "from authorizers.cli.console import say\nsay(('error: ', 'bold red'), 'x [y]', error=True)"
    )

    def printed(**environment: str) -> str:
        result = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "FORCE_COLOR": "1", "TERM": "xterm", **environment},
        )
        return result.stderr

    assert "\x1b[1;31m" in printed()
    assert "\x1b[1;31m" not in printed(NO_COLOR="1")
    assert "x [y]" in printed(NO_COLOR="1")


@pytest.mark.parametrize("missing", ["typer", "rich", "yaml", "pydantic"])
def test_without_the_extra_one_line_says_how_to_install_it(missing: str) -> None:
    program = (
        f"import sys; sys.modules[{missing!r}] = None\nfrom authorizers.cli import main\nmain()"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert result.stderr == "the command line needs: pip install 'apigw-authorizers[cli]'\n"


def test_another_missing_module_is_not_hidden() -> None:
    program = (
        "import sys; sys.modules['authorizers.config.compile'] = None\n"
        "from authorizers.cli import main\nmain()"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "ModuleNotFoundError" in result.stderr
