"""
Distinguished names: which of them say one thing only, and when two are the same.

The text of RFC 4514 forgets how a value was encoded, and keeps control characters as they are. So
only those names count as clean whose values are strings of three kinds, in which a character is
what it seems (RFC 5280 §4.1.2.4), and printable: of those, different names have different texts.
"""

import unicodedata
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cryptography import x509
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    Attribute = x509.NameAttribute[Any]

# TeletexString, BMPString and UniversalString are read differently by different readers.
_CLEAN_KINDS: Final = frozenset({"UTF8String", "PrintableString", "IA5String"})
MAX_COMMON_NAME_CHARS: Final = 64  # ub-common-name, RFC 5280 appendix A.1

FoldedName = tuple[frozenset[tuple[str, str]], ...]


class DistinguishedName(NamedTuple):
    """
    A name. `text` (RFC 4514) is None unless the name is clean. `common_name` is None unless there
    is exactly one, alone in its RDN, and nothing in it can be read in two ways: two names, or
    `CN=a+CN=admin`, have made people into others.
    """

    name: x509.Name
    text: str | None
    common_name: str | None

    @property
    def is_empty(self) -> bool:
        """Whether it names nothing (RFC 5280 §4.1.2.6)."""
        return not self.name.rdns

    def emails(self) -> list[str]:
        """Return the addresses in it, clean or not."""
        found = self.name.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)
        return [str(attribute.value) for attribute in found]

    def folded(self) -> FoldedName:
        """Return its RDNs, most general first, so that equal is the same (RFC 5280 §7.1)."""
        return tuple(
            [
                frozenset([(one.oid.dotted_string, _fold(one.value)) for one in rdn])
                for rdn in self.name.rdns
            ]
        )


def read_name(name: x509.Name) -> DistinguishedName:
    """Return what `name` says. May raise whatever `cryptography` raises."""
    clean, common_names = True, []
    for rdn in name.rdns:
        for attribute in rdn:
            clean = clean and _is_clean(attribute)
            if attribute.oid == NameOID.COMMON_NAME:
                common_names.append(attribute if len(rdn) == 1 else None)
    only = common_names[0] if len(common_names) == 1 else None
    text = name.rfc4514_string() if clean else None
    return DistinguishedName(name, text, None if only is None else _clean_common_name(only))


def is_within(name: FoldedName, base: FoldedName) -> bool:
    """Return whether the name stands below `base` or is it (RFC 5280 §4.2.1.10)."""
    return name[: len(base)] == base


def _fold(value: str | bytes) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def _is_clean(attribute: "Attribute") -> bool:
    value = attribute.value
    return isinstance(value, str) and value.isprintable() and _kind(attribute) in _CLEAN_KINDS


def _clean_common_name(attribute: "Attribute") -> str | None:
    value = attribute.value
    fits = (
        _is_clean(attribute)
        and _kind(attribute) != "IA5String"
        and 0 < len(value) <= MAX_COMMON_NAME_CHARS
        and value == value.strip()
    )
    return str(value) if fits else None


def _kind(attribute: "Attribute") -> str:
    # NOTE: `cryptography` keeps the kind of string to itself; tests say if it ever moves.
    return attribute._type.name
