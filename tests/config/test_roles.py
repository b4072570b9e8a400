"""What roles and bindings compile to: who has a role is spelled out where the role is required."""

import json
from typing import Any

import pytest

from authorizers.config.compile import compile_document, render_compiled
from authorizers.config.compiled import parse_compiled
from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from authorizers.rules.requirement import load_requirement

HEAD = """\
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
      groups_claim: groups
      client_claim: client_id
"""
PARTNERS = """\
  partners:
    jwt:
      issuer: https://partners.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
      groups_claim: '"cognito:groups"'
"""
TABLE = "bindings_table: {dynamodb: Bindings, life: 60s, subjects: [principals, groups]}\n"
READ = ["scopes_any", ["r"]]


def compiled(rest: str, *, head: str = HEAD) -> dict[str, list[Any]]:
    """Return the requirement of each route, by its key."""
    document = compile_document(head + rest)
    return {route["key"]: route["requirement"] for route in document["routes"]}


def holders(binding: str, *, head: str = HEAD) -> Any:
    """Return what the role `x` demands that only `binding` gives."""
    rest = f"roles: {{x: {{}}}}\nbindings: [{{role: x, {binding}}}]\nroutes: {{GET /: {{role: x}}}}"
    return compiled(rest, head=head)["GET /"]


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        ("principals: ['staff|alice']", ["principal", ["staff|alice"]]),
        ("principals: ['staff|a', 'staff|b|c']", ["principal", ["staff|a", "staff|b|c"]]),
        ("principals: ['staff|a', 'staff|a']", ["principal", ["staff|a"]]),
        ("groups: [ops]", ["claim", "groups", "contains", "ops"]),
        ("scopes: [r, w]", ["scopes_any", ["r", "w"]]),
        ("clients: [ci]", ["claim", "client_id", "equals", "ci"]),
        ("clients: [ci, ci]", ["claim", "client_id", "equals", "ci"]),
        ("clients: [ci, cd]", ["claim", "client_id", "any_of", ["ci", "cd"]]),
        (
            "groups: [ops, dev]",
            [
                "any_of",
                [["claim", "groups", "contains", "ops"], ["claim", "groups", "contains", "dev"]],
            ],
        ),
        (
            "principals: ['staff|alice'], scopes: [r]",
            ["any_of", [["principal", ["staff|alice"]], ["scopes_any", ["r"]]]],
        ),
        ("scheme: staff, groups: [ops]", ["claim", "groups", "contains", "ops"]),
    ],
)
def test_a_binding_is_spelled_out(binding: str, expected: list[Any]) -> None:
    assert holders(binding) == expected


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        (
            "scheme: partners, groups: [ops]",
            ["all_of", [["scheme", "partners"], ["claim", '"cognito:groups"', "contains", "ops"]]],
        ),
        ("scheme: staff, scopes: [r]", ["all_of", [["scheme", "staff"], ["scopes_any", ["r"]]]]),
        (
            "scheme: staff, clients: [ci]",
            ["all_of", [["scheme", "staff"], ["claim", "client_id", "equals", "ci"]]],
        ),
        ("principals: ['partners|x', 'staff|x']", ["principal", ["partners|x", "staff|x"]]),
    ],
)
def test_with_several_schemes_a_group_is_one_schemes_group(
    binding: str, expected: list[Any]
) -> None:
    assert holders(binding, head=HEAD + PARTNERS) == expected


def test_another_schemes_caller_with_the_same_words_does_not_hold_the_role() -> None:
    binding = "scheme: staff, groups: [ops], scopes: [r], clients: [ci]"
    requirement = load_requirement(holders(binding, head=HEAD + PARTNERS))
    claims = {"groups": ["ops"], "cognito:groups": ["ops"], "client_id": "ci"}
    partner = Principal("partners|x", "partners", "https://p", frozenset({"r"}), claims)
    assert not requirement(partner)
    assert requirement(partner._replace(scheme="staff", principal_id="staff|x"))


def test_several_bindings_of_a_role_are_one_list() -> None:
    rest = """\
roles: {x: {}}
bindings:
  - {role: x, principals: ['staff|a']}
  - {role: x, principals: ['staff|b'], scopes: [r]}
  - {role: x, scopes: [w, r]}
routes: {GET /: {role: x}}
"""
    expected = ["any_of", [["principal", ["staff|a", "staff|b"]], ["scopes_any", ["r", "w"]]]]
    assert compiled(rest)["GET /"] == expected


def test_a_requirement_with_a_name_is_the_requirement() -> None:
    rest = "roles: {x: {requirement: {scopes: {any_of: [r]}}}}\nroutes: {GET /: {role: x}}"
    assert compiled(rest)["GET /"] == READ


def test_a_requirement_and_a_binding_are_two_ways() -> None:
    rest = """\
roles: {x: {requirement: {scopes: {any_of: [r]}}}}
bindings: [{role: x, principals: ['staff|a']}]
routes: {GET /: {not: {role: x}}}
"""
    assert compiled(rest)["GET /"] == ["not", ["any_of", [READ, ["principal", ["staff|a"]]]]]


def test_a_role_may_mention_roles() -> None:
    rest = """\
roles:
  b: {requirement: {all_of: [{role: a}, {scheme: staff}]}}
  a: {requirement: {scopes: {any_of: [r]}}}
  c: {requirement: {any_of: [{role: a}, {role: b}, {role: a}]}}
routes: {GET /: {role: b}, GET /c: {role: c}}
"""
    b = ["all_of", [READ, ["scheme", "staff"]]]
    assert compiled(rest) == {"GET /": b, "GET /c": ["any_of", [READ, b]]}


def test_routes_of_a_role_are_granted_beside_what_routes_says() -> None:
    rest = """\
roles:
  reader: {routes: [GET /orders, 'GET /orders/{id}'], requirement: {scopes: {any_of: [r]}}}
  admin: {routes: [DELETE /orders, GET /orders]}
bindings: [{role: admin, principals: ['staff|root']}]
routes:
  GET /orders: {path_free: {}}
  POST /orders: {scopes: {any_of: [w]}}
""".replace("path_free: {}", "claim: {level: {equals: 1}}")
    root = ["principal", ["staff|root"]]
    assert compiled(rest) == {
        "GET /orders": ["any_of", [["claim", "level", "equals", 1], READ, root]],
        "POST /orders": ["scopes_any", ["w"]],
        "GET /orders/{id}": READ,
        "DELETE /orders": root,
    }


def test_a_document_of_roles_and_bindings_needs_no_routes() -> None:
    rest = """\
roles: {reader: {routes: [GET /orders]}}
bindings: [{role: reader, groups: [ops]}]
"""
    assert compiled(rest) == {"GET /orders": ["claim", "groups", "contains", "ops"]}


def test_every_route_may_be_a_roles() -> None:
    rest = "roles: {x: {routes: ['*'], requirement: {scopes: {any_of: [r]}}}}"
    assert compiled(rest) == {"*": READ}


def test_a_roles_path_is_bound_in_the_routes_that_have_the_parameter() -> None:
    rest = """\
roles: {owner: {routes: ['GET /users/{id}'], requirement: {path: {id: claims.sub}}}}
routes: {'PUT /users/{id}': {all_of: [{role: owner}, {scopes: {any_of: [r]}}]}}
"""
    own = ["path", {"id": "sub"}]
    assert compiled(rest) == {
        "GET /users/{id}": own,
        "PUT /users/{id}": ["all_of", [own, READ]],
    }


def test_true_and_one_are_two_ways() -> None:
    rest = """\
roles: {x: {requirement: {any_of: [{claim: {a: {equals: 1}}}, {claim: {a: {equals: true}}}]}}}
routes: {GET /: {role: x}}
"""
    assert len(compiled(rest)["GET /"][1]) == 2


def test_without_a_table_nothing_is_looked_up() -> None:
    document = compile_document(
        HEAD + "roles: {x: {routes: [GET /]}}\nbindings: [{role: x, scopes: [r]}]"
    )
    assert "bindings" not in document
    assert '"role"' not in render_compiled(document).decode()


def test_with_a_table_every_role_may_be_bound_there_too() -> None:
    rest = f"""\
roles:
  x: {{routes: [GET /]}}
  y: {{requirement: {{all_of: [{{role: x}}, {{scopes: {{any_of: [r]}}}}]}}}}
bindings: [{{role: x, scopes: [r]}}]
routes: {{GET /y: {{role: y}}}}
{TABLE}"""
    x = ["any_of", [READ, ["role", ["x"]]]]
    assert compiled(rest) == {
        "GET /": x,
        "GET /y": ["any_of", [["all_of", [x, READ]], ["role", ["y"]]]],
    }


def test_a_table_alone_may_bind_a_role() -> None:
    assert compiled(f"roles: {{x: {{routes: [GET /]}}}}\n{TABLE}") == {"GET /": ["role", ["x"]]}


def test_the_table_is_what_functions_need_to_know_of_it() -> None:
    rest = f"roles: {{x: {{routes: [GET /]}}, a: {{}}}}\n{TABLE}"
    document = compile_document(HEAD + PARTNERS + rest)
    assert document["bindings"] == {
        "dynamodb": "Bindings",
        "life_seconds": 60,
        "roles": ["a", "x"],
        "kinds": ["principal", "group"],
        "claims": {"staff": {"group": "groups"}, "partners": {"group": '"cognito:groups"'}},
    }
    assert parse_compiled(render_compiled(document), "here") == document


def test_what_is_not_looked_up_is_not_said() -> None:
    table = "bindings_table: {dynamodb: Bindings, life: 0, subjects: [scopes, clients]}\n"
    document = compile_document(f"{HEAD}{PARTNERS}roles: {{x: {{routes: [GET /]}}}}\n{table}")
    assert document["bindings"]["kinds"] == ["scope", "client"]
    assert document["bindings"]["claims"] == {"staff": {"client": "client_id"}}
    assert document["bindings"]["life_seconds"] == 0


WHOLE = {"dynamodb": "B", "life_seconds": 1, "roles": ["x"], "kinds": ["principal"], "claims": {}}


@pytest.mark.parametrize(
    "bindings",
    [
        None, [], {}, "Bindings", *({**WHOLE, name: None} for name in WHOLE),
        *({k: v for k, v in WHOLE.items() if k != name} for name in WHOLE),
        {**WHOLE, "life_seconds": "60"}, {**WHOLE, "life_seconds": 1.5},
        {**WHOLE, "life_seconds": True}, {**WHOLE, "life_seconds": -1}, {**WHOLE, "kinds": []},
    ],
    ids=repr,
)  # fmt: skip
def test_bindings_that_are_not_whole_are_refused_by_functions(bindings: Any) -> None:
    document = compile_document(f"{HEAD}roles: {{x: {{routes: [GET /]}}}}\n{TABLE}")
    text = json.dumps({**document, "bindings": bindings}).encode()
    with pytest.raises(ConfigurationError, match="bindings that are not whole"):
        parse_compiled(text, "here")


def test_equal_roles_are_the_same_text_in_every_route() -> None:
    """So that what loads the document can load each requirement once."""
    routes = ", ".join(f"GET /r{i}" for i in range(20))
    rest = f"roles: {{x: {{routes: [{routes}]}}}}\nbindings: [{{role: x, groups: [a, b, c]}}]"
    requirements = compiled(rest).values()
    assert len(requirements) == 20
    assert len({json.dumps(requirement) for requirement in requirements}) == 1


def test_a_role_that_is_larger_than_a_route_should_carry_is_refused_at_its_place() -> None:
    people = ", ".join(f"'staff|{'x' * 40}{i}'" for i in range(400))
    rest = f"roles:\n  x: {{routes: [GET /]}}\nbindings: [{{role: x, principals: [{people}]}}]"
    with pytest.raises(ConfigurationError, match="more than 16384 bytes") as caught:
        compile_document(HEAD + rest)
    (problem,) = caught.value.problems
    assert problem.place == "13:3"
    assert problem.message.startswith("x: ")


def test_roles_that_double_one_another_are_refused_and_not_spelled_out() -> None:
    chain = "".join(
        f"  r{i}: {{requirement: {{all_of: [{{role: r{i + 1}}}, {{not: {{role: r{i + 1}}}}}]}}}}\n"
        for i in range(60)
    )
    rest = (
        f"roles:\n{chain}  r60: {{requirement: {{scheme: staff}}}}\nroutes: {{GET /: {{role: r0}}}}"
    )
    with pytest.raises(ConfigurationError, match="more than 16384 bytes"):
        compile_document(HEAD + rest)
