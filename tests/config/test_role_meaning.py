"""For any roles and bindings: who may use a route is who the words of the document say."""

import json
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from authorizers.config.compile import compile_document
from authorizers.model.principal import Principal
from authorizers.rules.rule_set import RuleSet

SCHEMES = ("staff", "partners")
JWT: dict[str, Any] = {
    "audience": ["a"],
    "profile": "rfc9068-access-token",
    "algorithms": ["RS256"],
    "keys": {"discovery": True},
    "groups_claim": "groups",
    "client_claim": "client_id",
}
NAMES = ("r0", "r1", "r2", "r3")
ROUTES = ("GET /a", "POST /a", "GET /b")
words = st.sampled_from(["x", "y"])
lists = st.lists(words, min_size=1, max_size=2)
principal_ids = st.sampled_from([f"{scheme}|{name}" for scheme in SCHEMES for name in "xy"])


def requirements(roles: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    simple: list[st.SearchStrategy[dict[str, Any]]] = [
        st.sampled_from(SCHEMES).map(lambda scheme: {"scheme": scheme}),
        lists.map(lambda scopes: {"scopes": {"any_of": scopes}}),
    ]
    if roles:
        simple.append(st.sampled_from(roles).map(lambda role: {"role": role}))
    return st.recursive(
        st.one_of(simple),
        lambda inner: (
            st.builds(
                lambda kind, parts: {kind: parts},
                st.sampled_from(["all_of", "any_of"]),
                st.lists(inner, min_size=1, max_size=2),
            )
            | inner.map(lambda part: {"not": part})
        ),
        max_leaves=3,
    )


@st.composite
def documents(draw: Any) -> dict[str, Any]:
    roles: dict[str, Any] = {}
    for i, name in enumerate(NAMES):  # a role mentions later ones only: no circles
        role = {
            "routes": draw(st.lists(st.sampled_from(ROUTES), unique=True, max_size=2)),
            "requirement": draw(st.none() | requirements(list(NAMES[i + 1 :]))),
        }
        roles[name] = {key: value for key, value in role.items() if value}
    holders = {"groups": lists, "scopes": lists, "clients": lists}
    bindings = []
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=4)):
        binding = draw(st.fixed_dictionaries({}, optional=holders))
        if binding:
            binding["scheme"] = draw(st.sampled_from(SCHEMES))
        else:
            binding["principals"] = draw(st.lists(principal_ids, min_size=1, max_size=2))
        bindings.append({"role": name, **binding})
    routes = draw(st.dictionaries(st.sampled_from(ROUTES), requirements(list(NAMES)), min_size=1))
    document = {"roles": roles, "routes": routes}
    return document | ({"bindings": bindings} if bindings else {})


CALLERS = [
    Principal(
        f"{scheme}|{subject}", scheme, "i", frozenset(scopes),
        {"groups": list(groups), "client_id": client}, roles=frozenset(roles),
    )
    for scheme, subject, scopes, groups, client, roles in product(
        SCHEMES, "xy", ("", "x"), ("", "y"), "xy", ((), ("r0",), ("r1", "r2"))
    )
]  # fmt: skip


def meets(document: dict[str, Any], requirement: dict[str, Any], who: Principal) -> bool:
    """The requirement's meaning, read off its words."""
    ((kind, said),) = requirement.items()
    if kind == "role":
        return holds(document, said, who)
    if kind == "scheme":
        return bool(who.scheme == said)
    if kind == "scopes":
        return not who.scopes.isdisjoint(said["any_of"])
    if kind == "not":
        return not meets(document, said, who)
    parts = [meets(document, part, who) for part in said]
    return all(parts) if kind == "all_of" else any(parts)


def holds(document: dict[str, Any], name: str, who: Principal) -> bool:
    """Whether a caller has a role, by its requirement, a binding or the table."""
    requirement = document["roles"][name].get("requirement")
    return (
        ("bindings_table" in document and name in who.roles)
        or (requirement is not None and meets(document, requirement, who))
        or any(b["role"] == name and _bound(b, who) for b in document.get("bindings", ()))
    )


def _bound(binding: dict[str, Any], who: Principal) -> bool:
    if who.principal_id in binding.get("principals", ()):
        return True
    return binding.get("scheme") == who.scheme and (
        who.claims["client_id"] in binding.get("clients", ())
        or not set(who.claims["groups"]).isdisjoint(binding.get("groups", ()))
        or not who.scopes.isdisjoint(binding.get("scopes", ()))
    )


TABLE = {"dynamodb": "Bindings", "life": 60, "subjects": ["principals"]}


@given(documents(), st.booleans())
def test_who_may_use_a_route_is_who_the_document_says(
    document: dict[str, Any], with_table: bool
) -> None:
    document = document | {"bindings_table": TABLE} if with_table else _held(document)
    schemes = {name: {"jwt": {**JWT, "issuer": f"https://{name}.example"}} for name in SCHEMES}
    text = json.dumps({"version": 1, "authenticate": schemes, **document})
    rules = RuleSet(compile_document(text)["routes"])
    for who in CALLERS:
        granted = {rules.routing.keys[grant.route] for grant in rules.grants(who)}
        assert granted == {key for key in ROUTES if _may(document, key, who)}


def _held(document: dict[str, Any]) -> dict[str, Any]:
    """Let somebody hold each role, because a document where nobody can is refused."""
    bound = {binding["role"] for binding in document.get("bindings", ())}
    by_scope = {"requirement": {"scopes": {"any_of": ["x"]}}}
    roles = {n: r if n in bound else by_scope | r for n, r in document["roles"].items()}
    return document | {"roles": roles}


def _may(document: dict[str, Any], key: str, who: Principal) -> bool:
    required = document["routes"].get(key)
    return (required is not None and meets(document, required, who)) or any(
        key in role.get("routes", ()) and holds(document, name, who)
        for name, role in document["roles"].items()
    )
