"""Route tables that overlap on purpose, their rules, and who asks what of them."""

import itertools
from typing import Any, NamedTuple

from hypothesis import strategies as st

from authorizers.model.principal import Principal

PARTS = ["a", "b", "a-b", "{p}", "{q}"]
VALUES = ["a", "b", "c", "xyz"]  # of parameters: some spell a literal of the table, some are claims
SCOPES = ["s", "t", "u"]
NETWORKS = [["10.0.0.0/8"], ["10.1.0.0/16", "2001:db8::/32"], ["192.0.2.0/24"]]
ADDRESSES = ["10.1.2.3", "10.2.2.3", "192.0.2.1", "198.51.100.7", "2001:db8::1", "2001:db9::1"]
HOSTILE = ["%2F", ";x", "..", ".", "*", "?", "é", "a b", "${p}", "$default", "%61", "a%2Fb", "A"]
STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"


class Question(NamedTuple):
    """A request: `method` on `path`, which has no leading slash, from `source_ip`."""

    method: str
    path: str
    source_ip: str

    @property
    def arn(self) -> str:
        return f"{STAGE}/{self.method}/{self.path}"

    @property
    def context(self) -> dict[str, str]:
        return {"aws:SourceIp": self.source_ip}


def shape(key: str) -> tuple[str, ...]:
    """What a gateway sees of a route: the names of its parameters are nothing to it."""
    return tuple(
        "{+}" if p.endswith("+}") else "{}" if p.startswith("{") else p for p in key.split("/")
    )


def has_own_names(key: str) -> bool:
    names = [part for part in key.split("/") if part.startswith("{")]
    return len(names) == len(set(names))


def keys() -> st.SearchStrategy[str]:
    paths = st.builds(
        lambda method, parts, tail: f"{method} /" + "/".join([*parts, *tail]),
        st.sampled_from(["GET", "GET", "GET", "POST", "ANY"]),
        st.lists(st.sampled_from(PARTS), max_size=3),
        st.sampled_from([[], [], [], ["{z+}"]]),
    ).filter(has_own_names)
    return st.one_of(paths, paths, paths, paths, paths, st.sampled_from(["$default", "$connect"]))


def of_principals() -> st.SearchStrategy[Any]:
    """Requirements that only the principal decides."""
    return st.one_of(
        st.sampled_from(SCOPES).map(lambda scope: ["scopes_any", [scope]]),
        st.sampled_from(SCOPES).map(lambda scope: ["scopes_any", [scope]]),
        st.lists(st.sampled_from(SCOPES), min_size=1, max_size=2).map(lambda s: ["scopes_all", s]),
        st.just(["authenticated"]),
        st.sampled_from(["staff", "partners"]).map(lambda name: ["scheme", name]),
        st.sampled_from(["devices", "robots"]).map(lambda name: ["certificate_scheme", name]),
        st.sampled_from(["gold", 1, True]).map(lambda v: ["claim", "tier", "equals", v]),
        st.just(["claim", "realm.roles", "contains", "admin"]),
        st.just(["claim", "tier", "any_of", ["gold", 1]]),
        st.just(["principal", ["staff|a", "partners|b"]]),
        st.sampled_from([["reader"], ["reader", "writer"]]).map(lambda roles: ["role", roles]),
    )


@st.composite
def requirements(draw: st.DrawFn, key: str, *, partial: bool) -> Any:
    """A requirement on `key`; a `partial` one may depend on the request's path and address."""
    leaves = [of_principals(), of_principals()]
    names = [p[1:-1] for p in key.split("/") if p.startswith("{") and not p.endswith("+}")]
    if partial:
        network = st.sampled_from(NETWORKS).map(lambda networks: ["source_ip", networks])
        leaves += [network, network.map(lambda one: ["not", one])]
    if partial and names:
        bound = st.dictionaries(
            st.sampled_from(names), st.sampled_from(["sub", "org.name"]), min_size=1
        )
        leaves += [bound.map(lambda b: ["path", b])] * 2
    leaf = st.one_of([*leaves, of_principals().map(lambda one: ["not", one])])
    if draw(st.integers(0, 3)):
        return draw(leaf)
    kind = draw(st.sampled_from(["all_of", "any_of"]))
    return [kind, draw(st.lists(leaf, min_size=1, max_size=3))]


@st.composite
def tables(draw: st.DrawFn, *, partial: bool = True, max_size: int = 5) -> dict[str, Any]:
    """
    Route keys and their requirements.

    Some routes share a requirement, as in real documents, or most tables would be refused.
    """
    chosen = draw(st.lists(keys(), min_size=1, max_size=max_size, unique_by=shape))
    shared = draw(of_principals())
    return {
        key: shared if draw(st.integers(0, 4)) == 0 else draw(requirements(key, partial=partial))
        for key in chosen
    }


def principals() -> st.SearchStrategy[Principal]:
    return st.builds(
        lambda scheme, scopes, sub, org, tier, groups, roles, shown: Principal(
            f"{scheme}|{sub}",
            scheme,
            "https://issuer.example",
            frozenset(scopes),
            {"sub": sub, "org": {"name": org}, "tier": tier, "realm": {"roles": groups}},
            roles=frozenset(roles),
            certificate_scheme=shown,
        ),
        st.sampled_from(["staff", "partners"]),
        st.sets(st.sampled_from(SCOPES)),
        st.sampled_from(["a", "b", "c", "xyz", "*", "a/b", "", "..", 7, None]),
        st.sampled_from(["a", "xyz", "?", "${p}", True]),
        st.sampled_from(["gold", 1, True, ["gold"]]),
        st.sampled_from([["admin"], ["user"], "admin"]),
        st.sets(st.sampled_from(["reader", "writer"])),
        st.sampled_from([None, "devices", "robots"]),
    )


@st.composite
def questions(draw: st.DrawFn, table: dict[str, Any], *, count: int = 30) -> list[Question]:
    """Requests near the table's routes; some are spelled with intent."""
    near = sorted({path for key in table for path in paths_of(key)})
    methods = st.sampled_from(["GET", "GET", "POST", "PUT"])
    asked = st.builds(Question, methods, near_or_hostile(near), st.sampled_from(ADDRESSES))
    return draw(st.lists(asked, min_size=count, max_size=count))


def paths_of(key: str) -> list[str]:
    """Return concrete paths of a route, one more segment than it has, and one less."""
    if not key.partition(" /")[2]:
        return ["", "a", "c/xyz"]
    choices = [
        ["c", "a/b", "xyz/c/a"] if p.endswith("+}") else VALUES if p.startswith("{") else [p]
        for p in key.partition(" /")[2].split("/")
    ]
    paths = ["/".join(values) for values in itertools.product(*choices)]
    return [*paths, paths[0] + "/c", paths[-1] + "/a", paths[-1].rpartition("/")[0]]


def near_or_hostile(near: list[str]) -> st.SearchStrategy[str]:
    plain = st.sampled_from(near)

    def replaced(path: str, place: int, text: str) -> str:
        parts = path.split("/")
        parts[place % len(parts)] = text
        return "/".join(parts)

    return st.one_of(
        plain,
        plain,
        st.builds(replaced, plain, st.integers(0, 3), st.sampled_from([*HOSTILE, ""])),
        st.builds(lambda path, more: path + more, plain, st.sampled_from(["/", "//", ";x", "%2F"])),
        st.builds(lambda more, path: more + path, st.sampled_from(["/", "//", "./"]), plain),
    )
