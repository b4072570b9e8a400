"""What bindings and the table of bindings must agree on with the rest of a document."""

from collections.abc import Iterator
from typing import Any

from authorizers.config.certificate_facts import identity
from authorizers.config.document.client_certificate import IDENTITIES
from authorizers.config.document.plain import listed, mapping, no_such, of_kind, texts
from authorizers.config.document.requirement_agreement import Finding, Names, Place
from authorizers.config.document.text import KEY

_CLAIMS = {"groups": "groups_claim", "clients": "client_claim"}  # where a scheme says who is what
_OF_ONE_SCHEME = ("groups", "scopes", "clients")
_OF_NO_KEY = "API keys have no {}: write principals or scopes, or the role into a key's record"
_OF_NO_CERTIFICATE = "client certificates have no {}: write certificates or principals"


def binding_disagreements(root: dict[str, Any], names: Names) -> Iterator[Finding]:
    """Yield where what binds the roles of `root`, a document, does not fit."""
    for i, binding in enumerate(listed(root.get("bindings"))):
        yield from _binding(("bindings", i), mapping(binding), names)
    if "bindings_table" in root:
        yield from _table(mapping(root["bindings_table"]), names)


def _binding(place: Place, binding: dict[str, Any], names: Names) -> Iterator[Finding]:
    role = binding.get("role")
    if isinstance(role, str) and role not in names.roles:
        yield (*place, "role"), no_such("role under roles", role, names.roles)
    yield from _scheme_of(place, binding, names)
    for i, principal in enumerate(texts(binding.get("principals"))):
        scheme = principal.partition("|")[0]
        if "|" in principal and scheme not in names.schemes:
            sentence = no_such("scheme under authenticate", scheme, names.schemes)
            yield (*place, "principals", i), sentence
        elif problem := _of_caller(principal, names.schemes):
            yield (*place, "principals", i), problem
    if "certificates" in binding:
        yield from _certificates_of(place, binding, names.schemes)


def _certificates_of(
    place: Place, binding: dict[str, Any], schemes: dict[str, Any]
) -> Iterator[Finding]:
    """Yield what is wrong with the certificates of a binding, and with whose they are."""
    taken = list(of_kind(schemes, "client_certificate"))
    if not taken:
        yield (*place, "certificates", KEY), "no scheme of this document takes certificates"
    elif len(taken) > 1 and binding.get("scheme") not in taken:
        sentence = f"say whose certificates these are: scheme: {' or '.join(taken)}"
        yield (*place, "certificates", KEY), sentence
    else:
        scheme = binding["scheme"] if binding.get("scheme") in taken else taken[0]
        for i, identity in enumerate(texts(binding["certificates"])):
            if problem := _of_caller(f"{scheme}|{identity}", schemes):
                yield (*place, "certificates", i), problem


def _of_caller(principal_id: str, schemes: dict[str, Any]) -> str:
    """Return why no caller of a scheme of certificates has this identifier."""
    name, _, text = principal_id.partition("|")
    kind = of_kind(schemes, "client_certificate").get(name, {}).get("identity")
    try:
        written = identity(kind, text) if kind in IDENTITIES else text
    except ValueError as error:
        return f"no certificate of {name} has this identity: {error}"
    return "" if written == text else f"write it as certificates do: {written}"


def _scheme_of(place: Place, binding: dict[str, Any], names: Names) -> Iterator[Finding]:
    scheme, kinds = binding.get("scheme"), [kind for kind in _OF_ONE_SCHEME if kind in binding]
    if isinstance(scheme, str) and scheme not in names.schemes:
        yield (*place, "scheme"), no_such("scheme under authenticate", scheme, names.schemes)
        return
    of_certificates = isinstance(scheme, str) and _takes_certificates(names.schemes[scheme])
    if scheme is not None and not kinds and not (of_certificates and "certificates" in binding):
        yield (*place, "scheme", KEY), f"is for {', '.join(_OF_ONE_SCHEME)}; here is none of them"
    if scheme is None and kinds and len(names.schemes) > 1:
        yield place, f"say whose {kinds[0]} these are: scheme: {' or '.join(names.schemes)}"
        return
    of = scheme or next(iter(names.schemes), None)
    if not isinstance(of, str):
        return
    for kind in kinds:
        claim = _CLAIMS.get(kind)
        if _takes_certificates(names.schemes[of]):
            yield (*place, kind, KEY), _OF_NO_CERTIFICATE.format(kind)
        elif claim and not _has_claim(names.schemes[of], claim):
            needed = f"needs {claim} in authenticate.{of}.jwt"
            sentence = _OF_NO_KEY.format(kind) if _takes_keys(names.schemes[of]) else needed
            yield (*place, kind, KEY), sentence


def _has_claim(scheme: Any, name: str) -> bool:
    return name in mapping(mapping(scheme).get("jwt"))


def _takes_keys(scheme: Any) -> bool:
    return "api_key" in mapping(scheme)


def _takes_certificates(scheme: Any) -> bool:
    return "client_certificate" in mapping(scheme)


def _table(table: dict[str, Any], names: Names) -> Iterator[Finding]:
    if not names.roles:
        yield ("bindings_table", KEY), "binds roles, and this document has none under roles"
    subjects = listed(table.get("subjects"))
    for i, kind in enumerate(subjects):
        if kind in subjects[:i]:
            yield ("bindings_table", "subjects", i), "stands here twice"
        if sentence := _of_table(kind, names.schemes) if isinstance(kind, str) else "":
            yield ("bindings_table", "subjects", i), sentence


def _of_table(kind: str, schemes: dict[str, Any]) -> str:
    """Return why no caller of the document has what a table binds roles to."""
    keys, certificates = of_kind(schemes, "api_key"), of_kind(schemes, "client_certificate")
    claim = _CLAIMS.get(kind)
    if claim and any(_has_claim(scheme, claim) for scheme in schemes.values()):
        return ""
    if claim and len(keys) + len(certificates) < len(schemes):
        return f"needs {claim} in the jwt of a scheme"
    if claim and keys:
        return _OF_NO_KEY.format(kind)
    of_all = kind in _OF_ONE_SCHEME and bool(certificates) and len(certificates) == len(schemes)
    return _OF_NO_CERTIFICATE.format(kind) if of_all else ""
