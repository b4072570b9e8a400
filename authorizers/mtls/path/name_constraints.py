"""
Which names an authority may certify (RFC 5280 §4.2.1.10), as far as `cryptography` is silent.

`cryptography` applies constraints to subject alternative names: DNS names, addresses, e-mail; where
a name of another kind meets a constraint of its kind, it refuses, as it does wherever directory
names are constrained critically. It does not look at the subject. Here is what is said about that:
its directory name, and the e-mail addresses in it.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from cryptography import x509

from authorizers.mtls.identity.distinguished_name import (
    DistinguishedName,
    FoldedName,
    is_within,
    read_name,
)

NOT_PERMITTED: Final = "name_not_permitted"
NOT_SUPPORTED: Final = "name_constraint_not_supported"

_Subtrees = Iterable[x509.GeneralName] | None


class Constraints(NamedTuple):
    """
    The constraints of one authority.

    `all_read` is False when something in them could not be read, or says more than is read here.
    `beyond_directory` says that names are constrained which are no directory names.
    """

    permitted: tuple[FoldedName, ...]
    excluded: tuple[FoldedName, ...]
    permitted_emails: tuple[str, ...]
    excluded_emails: tuple[str, ...]
    all_read: bool
    beyond_directory: bool

    @property
    def of_directory(self) -> bool:
        """Whether directory names are constrained."""
        return bool(self.permitted or self.excluded)

    def refusal(self, subject: DistinguishedName) -> str:
        """Return the code of why a certificate may not have this subject, or nothing."""
        if not self.all_read:
            return NOT_SUPPORTED
        return self._refuse_directory_name(subject) or self._refuse_emails(subject)

    def _refuse_directory_name(self, subject: DistinguishedName) -> str:
        if subject.is_empty or not self.of_directory:
            return ""
        if subject.text is None:  # it could be within, or not: readers differ
            return NOT_SUPPORTED
        name = subject.folded()
        inside = not self.permitted or any(is_within(name, base) for base in self.permitted)
        outside = not any(is_within(name, base) for base in self.excluded)
        return "" if inside and outside else NOT_PERMITTED

    def _refuse_emails(self, subject: DistinguishedName) -> str:
        if not (self.permitted_emails or self.excluded_emails):
            return ""
        for address in subject.emails():
            if address.count("@") != 1 or not address.isascii():
                return NOT_SUPPORTED
            inside = [is_email_within(address, it, exact=True) for it in self.permitted_emails]
            outside = [is_email_within(address, it, exact=False) for it in self.excluded_emails]
            if (inside and not any(inside)) or any(outside):
                return NOT_PERMITTED
        return ""


def read_constraints(certificate: x509.Certificate, extension: x509.NameConstraints) -> Constraints:
    """Return the constraints of an authority. May raise whatever `cryptography` raises."""
    permitted, excluded = extension.permitted_subtrees, extension.excluded_subtrees
    names = [read_name(name) for name in _of_kind(permitted, x509.DirectoryName)]
    others = [read_name(name) for name in _of_kind(excluded, x509.DirectoryName)]
    # What a reader leaves out (minimum, maximum) is missing when it writes what it has read.
    complete = extension.public_bytes() in certificate.tbs_certificate_bytes
    return Constraints(
        tuple([name.folded() for name in names]),
        tuple([name.folded() for name in others]),
        tuple(_of_kind(permitted, x509.RFC822Name)),
        tuple(_of_kind(excluded, x509.RFC822Name)),
        complete and all(name.text is not None for name in (*names, *others)),
        any(
            type(tree) is not x509.DirectoryName for tree in (*(permitted or ()), *(excluded or ()))
        ),
    )


def is_email_within(address: str, base: str, *, exact: bool) -> bool:
    """
    Return whether `address` is in the subtree `base`: a mailbox, a host, or with a leading dot a
    domain's hosts (RFC 5280 §4.2.1.10). Hosts have no case, mailboxes have one when `exact`.
    """
    local, _, host = address.rpartition("@")
    base_local, at, base_host = base.rpartition("@")
    host, base_host = host.lower(), base_host.lower()
    if at:
        same = local == base_local if exact else local.lower() == base_local.lower()
        return same and host == base_host
    return host.endswith(base_host) if base_host.startswith(".") else host == base_host


def _of_kind(subtrees: _Subtrees, kind: type[x509.GeneralName]) -> list[Any]:
    return [tree.value for tree in subtrees or () if type(tree) is kind]
