"""Bundles as people keep them, and what is wrong with some."""

import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519

from authorizers.errors import ConfigurationError
from authorizers.mtls.path.trust_bundle import (
    MAX_BUNDLE_BYTES,
    MAX_CERTIFICATES,
    parse_anchors,
    parse_trust_bundle,
)
from tests.mtls.authorities import ISSUING, ROOT

CLIENT = ISSUING.issue("orders")
DIRECTORY = x509.NameConstraints([x509.DirectoryName(ROOT.name)], None)
BODY = ROOT.pem.split("\n", 1)[1]


def problems_of(text: str | bytes, *, anchors: bool = False) -> list[str]:
    """Return what is said to be wrong."""
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ConfigurationError) as refused:
        (parse_anchors if anchors else parse_trust_bundle)(data, "partners.pem")
    assert refused.value.code == "trust_bundle_invalid"
    assert {problem.place for problem in refused.value.problems} == {"partners.pem"}
    return [problem.message for problem in refused.value.problems]


BUNDLES = {
    "plain": ROOT.pem + ISSUING.pem,
    "comments": f"# Root\n{ROOT.pem}\nsubject=CN=Issuing\n ---\n{ISSUING.pem}\n# End\n",
    "crlf": (ROOT.pem + ISSUING.pem).replace("\n", "\r\n"),
    "spaces_after_the_marks": (ROOT.pem + ISSUING.pem).replace("-----\n", "----- \n"),
    "no_last_newline": (ROOT.pem + ISSUING.pem).rstrip("\n"),
    "non_ascii_comment": f"Größe\n{ROOT.pem}{ISSUING.pem}",
}


@pytest.mark.parametrize("text", BUNDLES.values(), ids=BUNDLES)
def test_its_certificates_in_their_order(text: str) -> None:
    expected = (ROOT.certificate, ISSUING.certificate)
    assert parse_trust_bundle(text.encode(), "partners.pem") == expected
    assert parse_anchors(text.encode(), "partners.pem") == expected


WRONG = {
    "empty": ("", "there is no certificate"),
    "comment_alone": ("# soon", "there is no certificate"),
    "der": (b"\x30\x82\x01\x00", "there is no certificate"),
    "key": (ROOT.pem + CLIENT.key_pem.decode(), "block 2 is no certificate"),
    "crl": (ROOT.pem.replace("CERTIFICATE", "X509 CRL"), "block 1 is no certificate"),
    "twice": (ROOT.pem + ISSUING.pem + ROOT.pem, "certificate 3 stands there twice"),
    "not_base64": (ROOT.pem.replace("M", "!", 1), "certificate 1 cannot be read"),
    "cut_short": (ROOT.pem.replace(BODY[:64] + "\n", ""), "certificate 1 cannot be read"),
    "no_end": (ROOT.pem + ISSUING.pem.replace("-----END CERTIFICATE-----", ""), "has no end"),
    "end_missing_within": (
        ROOT.pem.replace("-----END CERTIFICATE-----\n", "") + ISSUING.pem,
        "has no end",
    ),
    "end_without_beginning": (BODY + ISSUING.pem, "has no end"),
    "two_on_one_line": (ROOT.pem.rstrip("\n") + ISSUING.pem, "has no end"),
    "too_large": (b" " * (MAX_BUNDLE_BYTES + 1), "1,000,000 bytes"),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_place(text: str | bytes, words: str) -> None:
    assert any(words in message for message in problems_of(text))


def test_too_many_certificates() -> None:
    block = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    messages = problems_of(block * (MAX_CERTIFICATES + 1))
    assert any("1,000 certificates" in message for message in messages)


BEGIN, END = "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"
UNENDED = {
    "same_label": BEGIN * 34_000,
    "other_labels": "".join(f"-----BEGIN {i}-----\n" for i in range(40_000)),
    "ends_before_beginnings": END * 17_000 + BEGIN * 17_000,
    "ends_of_another": (BEGIN + END.replace("CERT", "TREC")) * 17_000,
    "marks_within_a_label": "-----BEGIN " + "-----a" * 160_000,
}


@pytest.mark.parametrize("text", UNENDED.values(), ids=UNENDED)
def test_a_file_of_blocks_without_end_takes_no_longer_than_its_size(text: str) -> None:
    """Looking for the end of each beginning anew took minutes; once through takes 50 ms."""
    before = time.process_time()
    messages = problems_of(text)
    assert time.process_time() - before < 5
    assert any("has no end" in message for message in messages)


STRAY = {
    "beginning_of_another_kind": ("-----BEGIN X-----\n" + ROOT.pem, 0),
    "beginning_of_another_kind_within": (BEGIN + "-----BEGIN X-----\n" + ROOT.pem[28:], 1),
    "end_after": (ROOT.pem + END, 0),
    "end_of_another_kind_within": (BEGIN + "-----END X-----\n" + ROOT.pem[28:], 1),
}


@pytest.mark.parametrize(("text", "unread"), STRAY.values(), ids=STRAY)
def test_a_stray_mark_refuses_the_whole_file(text: str, unread: int) -> None:
    messages = problems_of(text)
    assert any("has no end" in message for message in messages)
    assert len(messages) == 1 + unread


def test_every_problem_is_said_at_once() -> None:
    key = CLIENT.key_pem.decode()
    assert len(problems_of(ROOT.pem + ROOT.pem + key + ROOT.pem.replace("M", "!", 1))) == 3


def test_no_problem_repeats_the_file() -> None:
    assert not any("SECRET" in message for message in problems_of("SECRET\n" + ROOT.pem * 2))


ANCHORS = {
    "client": (CLIENT.pem, "no authority"),
    "signs_nothing": (ROOT.subordinate("a", key_usage=("crl_sign",)).pem, "may not sign"),
    "critical_constraint_of_directory_names": (
        ROOT.subordinate("a", extensions=[(DIRECTORY, True)]).pem,
        "constrains names",
    ),
    "key_not_taken": (
        ROOT.subordinate("a", key=ed25519.Ed25519PrivateKey.generate()).pem,
        "key is too weak",
    ),
}


@pytest.mark.parametrize(("text", "words"), ANCHORS.values(), ids=ANCHORS)
def test_an_anchor_is_one_that_can_issue(text: str, words: str) -> None:
    (message,) = problems_of(text, anchors=True)
    assert message.startswith("certificate 1 cannot be an anchor")
    assert words in message
    assert parse_trust_bundle(text.encode(), "partners.pem")
