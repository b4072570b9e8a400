"""
Certificate policies (RFC 5280 §4.2.1.4, §6.1), read so that a path is rather refused than misread.

Where a scheme names policies, one of them must stand in the leaf, word for word, and every
authority below the anchor must allow it by name or by anyPolicy; so must the anchor if it speaks of
policies at all. A mapping of policies is refused, and so is anyPolicy where somebody inhibits it: a
half of RFC 5280's policy tree would be worse than none.

Where a scheme names none, policies decide nothing, unless an authority requires an explicit one:
that is refused too. `cryptography` verifies no path with a critical one of these extensions, and
RFC 5280 wants policyConstraints and inhibitAnyPolicy critical.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

ANY_POLICY: Final = "2.5.29.32.0"


class Policies(NamedTuple):
    """What one certificate says about policies: `named` is None where it does not speak of them."""

    named: frozenset[str] | None
    requires_explicit: bool
    inhibits_any: bool
    maps: bool


def read_policies(extensions: Iterable[x509.Extension[Any]]) -> Policies:
    """Return what a certificate says about policies. May raise what `cryptography` raises."""
    named, explicit, inhibits, maps = None, False, False, False
    for value in [extension.value for extension in extensions]:
        if isinstance(value, x509.CertificatePolicies):
            named = frozenset([one.policy_identifier.dotted_string for one in value])
        elif isinstance(value, x509.PolicyConstraints):
            explicit = explicit or value.require_explicit_policy is not None
        elif isinstance(value, x509.InhibitAnyPolicy):
            inhibits = True
        elif value.oid == ExtensionOID.POLICY_MAPPINGS:
            maps = True
    return Policies(named, explicit, inhibits, maps)


def refuse_policies(
    leaf: frozenset[str], authorities: Sequence[Policies], wanted: frozenset[str]
) -> str:
    """
    Return the code of why the path, from the policies that the `leaf` names to those of the anchor,
    is not for one of those `wanted`, or nothing.
    """
    if not wanted:
        explicit = any(one.requires_explicit for one in authorities)
        return "policy_constraint_not_supported" if explicit else ""
    usable = leaf & wanted
    relied_on_any = False
    for index, one in enumerate(authorities):
        is_anchor = index == len(authorities) - 1
        if one.named is None:
            usable = usable if is_anchor else frozenset()
        elif ANY_POLICY in one.named:
            relied_on_any = relied_on_any or not usable & one.named
        else:
            usable &= one.named
    if not usable:
        return "policy_missing"
    inhibited = relied_on_any and any(one.inhibits_any for one in authorities)
    maps = any(one.maps for one in authorities)
    return "policy_constraint_not_supported" if inhibited or maps else ""
