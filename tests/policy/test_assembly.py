"""The document of one principal: right for every route, and explicit about everything else."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.model.arn import METHODS
from authorizers.model.grant import Grant
from authorizers.model.principal import Principal
from authorizers.policy.assembly import PolicyAssembler
from authorizers.policy.evaluate import evaluate

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
EVERYBODY = ["authenticated"]
OWNER = ["path", {"id": "sub"}]
OFFICE = ["source_ip", ["10.0.0.0/8"]]

Caller = Callable[..., Principal]
Api = Callable[..., Any]


def scope(*names: str) -> list[Any]:
    return ["scopes_any", list(names)]


def resources(policy: Any, effect: str, element: str = "Resource") -> list[str]:
    return [
        resource.removeprefix(f"{STAGE}/")
        for statement in policy["Statement"]
        if statement["Effect"] == effect
        for resource in statement.get(element, [])
    ]


def test_what_was_asked_for_is_not_asked(api: Api, caller: Caller) -> None:
    """The builder is told grants and a stage; nothing about the request can be in the document."""
    orders = api({"GET /orders": scope("r"), "POST /orders": scope("w"), "GET /users/{id}": OWNER})
    both = orders.policy(caller("r", "w", sub="alice"))
    assert resources(both, "Allow") == ["GET/orders", "POST/orders", "GET/users/alice"]


def test_no_grant_is_one_explicit_deny(api: Api, caller: Caller) -> None:
    deny = {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": [f"{STAGE}/*"]}
    for rest in (True, False):
        policy = api({"GET /orders": scope("r")}).policy(caller("w"), rest=rest)
        assert policy == {"Version": "2012-10-17", "Statement": [deny]}


def test_the_rest_is_denied_by_name_of_what_is_granted(api: Api, caller: Caller) -> None:
    policy = api({"GET /a": scope("r"), "GET /b": scope("w")}).policy(caller("r"))
    assert policy["Statement"][-1] == {
        "Effect": "Deny",
        "Action": "execute-api:Invoke",
        "NotResource": [f"{STAGE}/GET/a"],
    }


@pytest.mark.parametrize("rest", [True, False])
def test_the_allow_names_what_is_granted_whatever_a_reader_makes_of_the_deny(
    api: Api, caller: Caller, rest: bool
) -> None:
    policy = api({"GET /a": scope("r"), "GET /b": scope("w")}).policy(caller("r"), rest=rest)
    assert resources(policy, "Allow") == ["GET/a"]


@pytest.mark.parametrize(
    "request_",
    [
        "GET /b",
        "GET /secret",
        "POST /a",
        "GET /",
        "GET /a/",
        "GET //a",
        "GET /a/b",
        "GET /users/1/orders",
        "GET /users/",
        "GET /users//",
        "GET /users/1/",
        "GET /users//x",
        "GET /%61",
        "GET /A",
        "GET /a%2Fb",
        "GET /a;x",
        "GET /*",
        "GET /users",
    ],
)
def test_on_rest_whatever_is_not_granted_is_denied_explicitly(
    api: Api, caller: Caller, request_: str
) -> None:
    """A resource policy's Allow overrules an authorizer's silence, never its Deny."""
    some = api({"GET /a": scope("r"), "GET /b": scope("w"), "GET /users/{id}": scope("r")})
    assert some.decisions(caller("r"), request_)[1] == "explicit_deny"


def test_outside_its_networks_a_grant_is_denied_explicitly(api: Api, caller: Caller) -> None:
    office = api({"GET /a": OFFICE})
    assert office.decisions(caller(), "GET /a", "10.1.1.1") == (True, "allow")
    assert office.decisions(caller(), "GET /a", "192.0.2.1") == (False, "explicit_deny")
    assert office.decisions(caller(), "GET /a", "2001:db8::1") == (False, "explicit_deny")
    assert office.decisions(caller(), "GET /a", None) == (False, "explicit_deny")
    assert office.decisions(caller(), "GET /a", "192.0.2.1", rest=False)[1] == "explicit_deny"


@pytest.mark.parametrize("wide", ["$default", "ANY /{proxy+}", "GET /{name}", "GET /{proxy+}"])
def test_a_wide_grant_does_not_open_a_route_that_is_for_some_networks(
    api: Api, caller: Caller, wide: str
) -> None:
    """The narrow Allow is redundant beside the wide one; its Deny outside the networks is not."""
    office = api({"GET /admin": OFFICE, wide: EVERYBODY})
    assert office.decisions(caller(), "GET /admin", "192.0.2.1") == (False, "explicit_deny")
    assert office.decisions(caller(), "GET /admin", "10.1.1.1") == (True, "allow")
    assert office.decisions(caller(), "GET /other", "192.0.2.1") == (True, "allow")


@pytest.mark.parametrize("odd", ["GET /admin/"])
def test_a_slash_more_does_not_lead_around_a_condition(api: Api, caller: Caller, odd: str) -> None:
    office = api({"GET /admin": OFFICE, "ANY /{proxy+}": EVERYBODY})
    assert office.decisions(caller(), odd, "192.0.2.1") == (False, "explicit_deny")


@pytest.mark.parametrize("odd", ["GET /admin/"])
def test_a_slash_more_does_not_lead_around_a_missing_grant(
    api: Api, caller: Caller, odd: str
) -> None:
    staff = api({"GET /admin": scope("admin"), "ANY /{proxy+}": EVERYBODY})
    assert staff.decisions(caller(), odd) == (False, "explicit_deny")
    assert staff.decisions(caller("admin"), odd) == (True, "allow")


@pytest.mark.parametrize(
    "path", ["//admin", "//admin/", "//admin/x", "///admin", "//", "///", "//x", "//x//y", "/x/y//"]
)
def test_a_slash_too_many_at_an_end_is_granted_to_nobody(
    api: Api, caller: Caller, path: str
) -> None:
    """Nobody can say to which route gateways send such a path."""
    keys = ("GET /", "ANY /admin", "ANY /admin/{rest+}", "GET /{a}/x", "ANY /{proxy+}", "$default")
    everything = api(dict.fromkeys(keys, EVERYBODY))
    assert everything.decisions(caller(), f"GET {path}") == (None, "explicit_deny")
    assert everything.decisions(caller(), f"DELETE {path}") == (None, "explicit_deny")


@pytest.mark.parametrize(
    "path", ["/users/1/orders", "/users//x", "/users/1/", "/users/1//", "/users//"]
)
def test_a_parameter_does_not_hold_a_slash(api: Api, caller: Caller, path: str) -> None:
    """`?*` of `/users/{id}` reaches them all; they are the default route's."""
    users = api({"GET /users/{id}": EVERYBODY, "$default": scope("all")})
    assert users.decisions(caller(), "GET /users/1") == (True, "allow")
    allowed, policy = users.decisions(caller(), f"GET {path}")
    assert (bool(allowed), policy) == (False, "explicit_deny")


def test_an_empty_segment_is_not_a_parameter(api: Api, caller: Caller) -> None:
    some = api({"GET /{id}/a": EVERYBODY, "$default": scope("all")})
    assert some.decisions(caller(), "GET /b//a") == (False, "explicit_deny")
    assert some.decisions(caller(), "GET //a") == (None, "explicit_deny")


@pytest.mark.parametrize("path", ["/a/b", "/a/b/c/d", "/a/b//c", "/a//b", "/a/b/"])
def test_a_greedy_route_behind_a_parameter_keeps_its_depth(
    api: Api, caller: Caller, path: str
) -> None:
    tenant = api({"ANY /{tenant}/{proxy+}": EVERYBODY})
    assert tenant.decisions(caller(), f"GET {path}") == (True, "allow")


def test_a_bound_route_is_for_its_owner_alone(api: Api, caller: Caller) -> None:
    users = api({"GET /users/{id}": OWNER, "GET /users/{id}/orders": OWNER})
    alice = caller(sub="alice")
    assert users.decisions(alice, "GET /users/alice") == (True, "allow")
    assert users.decisions(alice, "GET /users/alice/orders") == (True, "allow")
    for other in ("bob", "alice2", "ALICE", "alice/", "alice/x", "alic%65", "*", "?lice", ""):
        assert users.decisions(alice, f"GET /users/{other}")[1] == "explicit_deny", other


def test_a_claim_that_spells_another_route_opens_nothing(api: Api, caller: Caller) -> None:
    """Whoever is called `me` gets `/users/me` only by that route's own requirement."""
    users = api({"GET /users/{id}": OWNER, "GET /users/me": scope("me")})
    policy = users.policy(caller(sub="me"))
    assert resources(policy, "Allow") == []
    assert resources(users.policy(caller("me", sub="me")), "Allow") == ["GET/users/me"]


def test_a_parameter_that_the_route_has_not_binds_nothing_open(api: Api) -> None:
    """A binding that cannot be written would leave the whole route; it leaves nothing."""
    assembler = api({"GET /users/{id}": OWNER}).assembler
    grants = [Grant(0, (("other", "alice"),))]
    policy = assembler.assemble(grants, STAGE, websocket=False, deny_the_rest=True)
    assert resources(policy, "Allow") == []


def test_a_resource_that_a_wider_one_names_is_not_written(api: Api, caller: Caller) -> None:
    some = api({"ANY /{proxy+}": EVERYBODY, "GET /a": EVERYBODY, "GET /a/{id}": EVERYBODY})
    assert set(resources(some.policy(caller()), "Allow")) == {"*/?*"}


def test_every_method_is_a_star_only_where_no_declared_route_ends_alike(
    api: Api, caller: Caller
) -> None:
    """`*/pets` would also match `GET/x/pets`: that is denied again, or the star is not written."""
    alone = api({"ANY /pets": EVERYBODY}).policy(caller())
    assert set(resources(alone, "Allow")) == {"*/pets"}
    assert "*/*/pets" in resources(alone, "Deny")
    beside = api({"ANY /pets": EVERYBODY, "GET /x/pets": ["scopes_any", ["x"]]}).policy(caller())
    assert not any(resource.startswith("*") for resource in resources(beside, "Allow"))


def test_get_and_put_of_one_path_share_a_word(api: Api, caller: Caller) -> None:
    some = api({f"{method} /pets": EVERYBODY for method in ("GET", "PUT", "POST")})
    assert set(resources(some.policy(caller()), "Allow")) == {"??T/pets", "POST/pets"}


def test_a_method_of_its_own_is_taken_from_any(api: Api, caller: Caller) -> None:
    pets = api({"ANY /pets/{id}": scope("all"), "GET /pets/{id}": scope("r")})
    assert pets.decisions(caller("all"), "GET /pets/1") == (False, "explicit_deny")
    assert pets.decisions(caller("all"), "PUT /pets/1") == (True, "allow")
    assert pets.decisions(caller("r"), "GET /pets/1") == (True, "allow")
    assert pets.decisions(caller("r"), "PUT /pets/1") == (False, "explicit_deny")


def test_a_websocket_document_speaks_of_connect_alone(api: Api, caller: Caller) -> None:
    both = api({"$connect": EVERYBODY, "GET /a": EVERYBODY})
    assert resources(both.policy(caller(), websocket=True, rest=False), "Allow") == ["$connect"]
    assert resources(both.policy(caller()), "Allow") == ["GET/a"]


def test_a_websocket_document_without_connect_denies(api: Api, caller: Caller) -> None:
    policy = api({"GET /a": EVERYBODY}).policy(caller(), websocket=True, rest=False)
    assert resources(policy, "Allow") == []
    assert evaluate(policy, f"{STAGE}/$connect").decision == "explicit_deny"


@pytest.mark.parametrize("websocket", [True, False])
def test_the_route_of_all_routes_is_the_whole_stage(
    api: Api, caller: Caller, websocket: bool
) -> None:
    policy = api({"*": EVERYBODY}).policy(caller(), websocket=websocket, rest=False)
    assert resources(policy, "Allow") == ["*"]


def test_the_default_route_is_every_path_and_its_own_key(api: Api, caller: Caller) -> None:
    """HTTP APIs write the ARN of `$default` with a method and a path, or with the key."""
    policy = api({"$default": EVERYBODY}).policy(caller(), rest=False)
    for arn in (f"{STAGE}/GET/", f"{STAGE}/PATCH/a/b//c", f"{STAGE}/$default"):
        assert evaluate(policy, arn).decision == "allow"
    assert evaluate(policy, f"{STAGE}/$connect").decision == "implicit_deny"


def test_the_default_route_does_not_open_its_neighbours(api: Api, caller: Caller) -> None:
    some = api({"$default": EVERYBODY, "POST /orders": scope("w")})
    assert some.decisions(caller(), "POST /orders") == (False, "explicit_deny")
    assert some.decisions(caller(), "GET /orders") == (True, "allow")


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
def test_the_partition_is_the_requests_own(api: Api, caller: Caller, partition: str) -> None:
    stage = f"arn:{partition}:execute-api:us-gov-west-1:123456789012:abcdef1234/$default"
    policy = api({"GET /a": EVERYBODY, "GET /u/{id}": EVERYBODY}).policy(caller(), stage=stage)
    for statement in policy["Statement"]:
        for resource in statement.get("Resource") or statement["NotResource"]:
            assert resource.startswith(f"{stage}/")


def test_another_stage_and_another_api_are_not_named(api: Api, caller: Caller) -> None:
    policy = api({"*": EVERYBODY}).policy(caller(), rest=False)
    for other in (f"{STAGE}2/GET/a", STAGE.replace("abcdef1234", "zbcdef1234") + "/GET/a"):
        assert evaluate(policy, other).decision == "implicit_deny"


def test_a_claim_that_spells_another_route_takes_nothing(api: Api, caller: Caller) -> None:
    """The condition on one's own path is not one on the route that has the path's name."""
    own = ["all_of", [OWNER, OFFICE]]
    users = api({"GET /users/{id}": own, "GET /users/me": EVERYBODY})
    assert users.decisions(caller(sub="me"), "GET /users/me", "192.0.2.1") == (True, "allow")
    assert users.decisions(caller(sub="al"), "GET /users/al", "192.0.2.1")[1] == "explicit_deny"


def test_an_own_tree_does_not_open_a_sibling_of_one_segment(api: Api, caller: Caller) -> None:
    """`/{id}/{x}` takes the single segments from the greedy route, but not from its own pattern."""
    own = api(
        {"GET /{id}/{rest+}": OWNER, "GET /{id}/{x}": ["all_of", [OWNER, scope("x")]]},
        inexact=True,
    )
    assert own.decisions(caller(sub="alice"), "GET /alice/1")[0] is False
    assert own.decisions(caller(sub="alice"), "GET /alice/1")[1] == "explicit_deny"


def test_any_of_which_its_siblings_leave_nothing_grants_nothing(api: Api, caller: Caller) -> None:
    own = {f"{method} /u/{{id}}": ["never"] for method in METHODS}
    dead = api({**own, "ANY /u/{id}": OWNER})
    assert dead.decisions(caller(sub="alice"), "GET /u/alice") == (False, "explicit_deny")


def test_an_own_path_is_not_taken_by_a_greedy_route_that_yields_to_it(
    api: Api, caller: Caller
) -> None:
    users = api({"GET /users/{id}": OWNER, "GET /users/{proxy+}": scope("admin")})
    assert users.decisions(caller(sub="alice"), "GET /users/alice") == (True, "allow")
    assert users.decisions(caller(sub="alice"), "GET /users/bob") == (False, "explicit_deny")


def test_a_condition_holds_for_the_odd_paths_that_a_sibling_left(api: Api, caller: Caller) -> None:
    """`c/` is the greedy route's, or the sibling's without the slash."""
    some = api({"ANY /{p}": EVERYBODY, "GET /{rest+}": OFFICE})
    assert some.decisions(caller(), "GET /c/", "192.0.2.1") == (False, "explicit_deny")
    assert some.decisions(caller(), "GET /c/", "10.0.0.1")[0] is True


@pytest.mark.parametrize("path", ["/b", "/b/", "//b"])
def test_with_listed_routes_a_condition_is_an_explicit_deny_in_every_spelling(
    api: Api, caller: Caller, path: str
) -> None:
    listed = api({"GET /b": OFFICE, "GET /{p}/{z+}": EVERYBODY}, rest_deny="listed_routes")
    assert listed.decisions(caller(), f"GET {path}", "192.0.2.1")[1] == "explicit_deny"


BROKEN: dict[str, Any] = {
    "text for a list": {"allow": "*"},
    "text for a Deny": {"beyond": [{"deny": "GET/a", "deeper": []}]},
    "numbers for texts": {"guard": [1]},
    "a route that is not there": {"cuts": [{"route": 7, "deny": ["GET/a"], "via": []}]},
    "a route counted from the end": {"within": [-1]},
    "a Deny by what is not there": {"cuts": [{"route": 0, "deny": ["GET/a"], "via": [3]}]},
    "a cut without its Deny": {"cuts": [{"route": 0, "via": []}]},
    "nothing where a list belongs": {"beyond": [None]},
    "no list of methods": {"methods": "GET"},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_row_is_refused_and_never_read_otherwise(broken: dict[str, Any]) -> None:
    row = {"key": "GET /a", "allow": ["GET/a"], **broken}
    assembler = PolicyAssembler({"exact": True, "routes": [row]})
    with pytest.raises(ConfigurationError, match="compile the document again"):
        assembler.assemble([Grant(0)], STAGE, websocket=False, deny_the_rest=True)


def test_a_grant_of_a_route_that_the_table_lacks_is_refused() -> None:
    assembler = PolicyAssembler({"exact": True, "routes": []})
    with pytest.raises(ConfigurationError, match="compile the document again"):
        assembler.assemble([Grant(0)], STAGE, websocket=False, deny_the_rest=True)
