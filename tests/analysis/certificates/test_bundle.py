"""Blocks of PEM files, and what stands around them."""

import pytest

from authorizers.analysis.certificates.bundle import Block, Outside, read_bundle

ONE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def test_blocks_have_their_lines() -> None:
    first, second = read_bundle(ONE + "\n\n" + ONE.replace("CERTIFICATE", "X"))
    assert first == Block("CERTIFICATE", ONE, 1)
    assert isinstance(second, Block)
    assert (second.label, second.line) == ("X", 6)


def test_text_is_told_once_for_each_gap() -> None:
    found = read_bundle(f"one\n\ntwo\n{ONE}three\n")
    assert [f for f in found if isinstance(f, Outside)] == [Outside(1, False), Outside(7, False)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("-----BEGIN CERTIFICATE-----\nAAAA\n", [1]),
        ("AAAA\n-----END CERTIFICATE-----\n", [2]),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END X-----\n", [1]),
        (f"-----BEGIN CERTIFICATE-----\n{ONE}", [1]),
        (f"{ONE}-----BEGIN X-----\n-----BEGIN X-----\n", [4, 5]),
    ],
    ids=["without end", "without beginning", "two labels", "in another", "begun twice"],
)
def test_half_a_block_is_an_edge(text: str, lines: list[int]) -> None:
    assert [f.line for f in read_bundle(text) if isinstance(f, Outside) and f.edge] == lines


def test_a_carriage_return_is_no_part_of_a_label() -> None:
    (block,) = read_bundle(ONE.replace("\n", "\r\n"))
    assert isinstance(block, Block)


@pytest.mark.parametrize("line", ["-----BEGIN X-----\n", "-----END X-----\n", "-----BEGIN "])
def test_a_file_of_edges_takes_no_longer_than_its_size(line: str) -> None:
    assert len(read_bundle(line * 20_000)) <= 20_000
