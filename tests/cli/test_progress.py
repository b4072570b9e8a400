"""How far a command is: a bar on a terminal, lines elsewhere."""

import pytest

from authorizers.cli.progress import progress


def shown(capsys: pytest.CaptureFixture[str], total: int, step: int, *, bar: bool) -> str:
    with progress("keys", total, bar=bar) as told:
        for done in range(0, total + 1, step):
            told(done)
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.mark.parametrize("bar", [True, False], ids=["piped", "no-progress"])
def test_lines_are_few_and_say_the_whole(capsys: pytest.CaptureFixture[str], bar: bool) -> None:
    lines = shown(capsys, 100_000, 500, bar=bar).splitlines()
    assert (lines[0], lines[-1]) == ("0 of 100,000 keys", "100,000 of 100,000 keys")
    assert len(lines) == 21


def test_nothing_to_do_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, 0, 1, bar=True) == "0 of 0 keys\n"


def test_a_terminal_gets_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = shown(capsys, 1_000, 500, bar=True)
    assert "1000/1000" in text
    assert "━" in text
    assert "of 1,000 keys" not in text


def test_a_terminal_gets_lines_when_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "1,000 of 1,000 keys" in shown(capsys, 1_000, 500, bar=False)
