"""Everything that can be wrong with roles and bindings: where it is, and what is said about it."""

import pytest

from authorizers.config.compile import compile_document
from authorizers.errors import ConfigurationError

JWT = (
    "audience: [https://api.example.com], profile: rfc9068-access-token, algorithms: [RS256],"
    " keys: {discovery: true}"
)
ONE = (
    "version: 1\nauthenticate:\n"
    f"  staff: {{jwt: {{issuer: https://a.example/, groups_claim: groups, {JWT}}}}}\n"
)
TWO = f"{ONE}  partners: {{jwt: {{issuer: https://b.example/, {JWT}}}}}\n"
GET = "routes: {GET /: {role: reader}}\n"
ANYBODY = "routes: {GET /: {scheme: staff}}\n"
OWN = "roles: {reader: {requirement: {path: {id: claims.sub}}}}\n"
HELD = "roles: {reader: {requirement: {scheme: staff}}}\n"
TABLE = "bindings_table: {dynamodb: Bindings, life: 60s, subjects: [principals]}\n"
MARK = "«"


def found_in(text: str) -> list[tuple[str, str]]:
    """Return what is said, and the line with the place of it marked."""
    with pytest.raises(ConfigurationError) as caught:
        compile_document(text)
    return [(marked(text, p.place), p.message) for p in caught.value.problems]


def marked(text: str, place: str) -> str:
    line, _, column = place.partition(":")
    whole, at = text.split("\n")[int(line) - 1], int(column) - 1
    return f"{whole[:at]}{MARK}{whole[at:]}"


def test_the_base_of_these_tests_is_right() -> None:
    for head in (ONE, TWO):
        assert compile_document(head + HELD + GET)["routes"]


@pytest.mark.parametrize(
    ("rest", "at", "says"),
    [
        # names
        ("roles: {1st: {}}\n" + TABLE + ANYBODY, "«1st", "1st: a role's name is letters, digits"),
        ("roles: {}\n" + ANYBODY, "«roles: {}", "roles: must not be empty"),
        ("roles: [a]\n" + ANYBODY, "«roles: [a]", "roles: write a mapping"),
        (
            HELD + "routes: {GET /: {role: raeder}}\n",
            "role: «raeder",
            "role: no such role under roles; did you mean `reader`?",
        ),
        (
            "routes: {GET /: {any_of: [{role: x}, {scheme: staff}]}}\n",
            "role: «x",
            "role: no such role under roles: there is none",
        ),
        (
            "roles: {a: {requirement: {not: {role: b}}}}\nroutes: {GET /: {role: a}}\n",
            "role: «b",
            "role: no such role under roles: a",
        ),
        (HELD + "routes: {GET /: {role: [reader]}}\n", "«role: [reader]", "role: write text"),
        (HELD + "routes: {GET /: {roles: reader}}\n", "«roles: reader", "did you mean `role`?"),
        # roles
        (
            "roles: {reader: {routes: []}}\n" + TABLE + GET,
            "«routes: []",
            "routes: must not be empty: nothing means no",
        ),
        (
            "roles: {reader: {requirement: {}}}\n" + GET,
            "«requirement: {}",
            "requirement: an empty requirement is met by nobody",
        ),
        (
            "roles: {reader: {requires: {scheme: staff}}}\n" + TABLE + GET,
            "«requires",
            "`requires` is not known here",
        ),
        (
            "roles: {reader: {routes: [GET orders]}}\n" + TABLE,
            "[«GET orders]",
            "routes[0]: ",
        ),
        (
            "roles: {reader: {routes: [GET /, GET /]}}\n" + TABLE,
            "GET /, «GET /]",
            "routes[1]: stands here twice",
        ),
        (
            "roles: {reader: {routes: ['GET /{a}']}}\n"
            + TABLE
            + "routes: {'GET /{b}': {scheme: staff}}\n",
            "[«'GET /{a}']",
            "routes[0]: is the same route as GET /{b}: only the parameter's name differs",
        ),
        (
            "roles: {reader: {routes: ['*']}}\n" + TABLE + "routes: {GET /: {scheme: staff}}\n",
            "[«'*']",
            "routes[0]: stands for every route, and must be the only one",
        ),
        (
            "roles: {reader: {}}\n" + GET,
            "«reader: {}",
            "reader: nobody can hold this role: give it a requirement",
        ),
        (
            "roles: {reader: {routes: [GET /]}}\n",
            "«reader: ",
            "reader: nobody can hold this role",
        ),
        # circles
        (
            "roles: {reader: {requirement: {role: reader}}}\n" + GET,
            "«requirement",
            "roles mention one another in a circle: reader → reader",
        ),
        (
            "roles:\n  reader: {requirement: {role: b}}\n"
            "  b: {requirement: {all_of: [{scheme: staff}, {not: {role: c}}]}}\n"
            "  c: {requirement: {any_of: [{role: b}]}}\n" + GET,
            "  b: {«requirement",
            "roles mention one another in a circle: b → c → b",
        ),
        # paths
        (
            OWN + GET,
            "{role: «reader}",
            "role: reader binds id: the route has no such parameter; it has: none",
        ),
        (
            "roles: {reader: {routes: ['GET /{x}'], requirement: {path: {id: claims.sub}}}}\n",
            "[«'GET /{x}']",
            "routes[0]: reader binds id: the route has no such parameter; it has: x",
        ),
        (
            OWN.replace("}}}}", "}}}, b: {requirement: {role: reader}}}")
            + "routes: {'GET /{id+}': {role: b}}\n",
            "{role: «b}",
            "role: b binds id: takes several segments",
        ),
        (
            OWN + "routes: {'GET /{id}': {not: {role: reader}}}\n",
            "{role: «reader}",
            "role: reader binds a path: cannot stand under not",
        ),
        (
            OWN.replace("{path: {id: claims.sub}}", "{not: {path: {id: claims.sub}}}") + ANYBODY,
            "«path",
            "path: cannot stand under not",
        ),
        (
            "roles: {reader: {requirement: {scheme: satff}}}\n" + GET,
            "scheme: «satff",
            "scheme: no such scheme under authenticate; did you mean `staff`?",
        ),
        # bindings
        (HELD + "bindings: []\n" + GET, "«bindings: []", "bindings: must not be empty"),
        (
            HELD + "bindings: [{role: raeder, principals: ['staff|a']}]\n" + GET,
            "role: «raeder",
            "role: no such role under roles; did you mean `reader`?",
        ),
        (
            "bindings: [{role: reader, principals: ['staff|a']}]\n" + ANYBODY,
            "role: «reader",
            "role: no such role under roles: there is none",
        ),
        (
            HELD + "bindings: [{role: reader}]\n" + GET,
            "[«{role: reader}]",
            "bindings[0]: say who has the role: principals, groups, scopes, clients or",
        ),
        (
            HELD + "bindings: [{principals: ['staff|a']}]\n" + GET,
            "[«{principals",
            "bindings[0]: `role` is required",
        ),
        *(
            (
                HELD + f"bindings: [{{role: reader, {kind}: []}}]\n" + GET,
                f"«{kind}: []",
                f"{kind}: must not be empty: nothing means no",
            )
            for kind in ("principals", "groups", "scopes")
        ),
        (
            HELD + "bindings: [{role: reader, groups: ['']}]\n" + GET,
            "[«'']",
            "groups[0]: must not be empty",
        ),
        (
            HELD + "bindings: [{role: reader, scopes: [a b]}]\n" + GET,
            "[«a b]",
            "scopes[0]: a scope is one word",
        ),
        (
            HELD + "bindings: [{role: reader, principals: [alice]}]\n" + GET,
            "[«alice]",
            "principals[0]: write a principal as logs name it, SCHEME|SUBJECT",
        ),
        (
            HELD + "bindings: [{role: reader, principals: ['staff|']}]\n" + GET,
            "[«'staff|']",
            "principals[0]: write a principal as logs name it",
        ),
        (
            HELD + "bindings: [{role: reader, principals: ['stafff|alice']}]\n" + GET,
            "[«'stafff|alice']",
            "principals[0]: no such scheme under authenticate; did you mean `staff`?",
        ),
        (
            HELD + "bindings: [{role: reader, clients: [ci]}]\n" + GET,
            "«clients",
            "clients: needs client_claim in authenticate.staff.jwt",
        ),
        (
            HELD + "bindings: [{role: reader, scheme: stafff, groups: [ops]}]\n" + GET,
            "scheme: «stafff",
            "scheme: no such scheme under authenticate; did you mean `staff`?",
        ),
        (
            HELD + "bindings: [{role: reader, scheme: staff, principals: ['staff|a']}]\n" + GET,
            "«scheme: staff",
            "scheme: is for groups, scopes, clients; here is none of them",
        ),
        (
            HELD + "bindings: [{role: reader, certificates: [spiffe://a/b]}]\n" + GET,
            "«certificates",
            "certificates: no scheme of this document takes certificates",
        ),
        # the table
        (
            HELD + TABLE.replace(", life: 60s", "") + GET,
            "«bindings_table",
            "bindings_table: `life` is required",
        ),
        (
            HELD + TABLE.replace(", subjects: [principals]", "") + GET,
            "«bindings_table",
            "bindings_table: `subjects` is required",
        ),
        (
            HELD + TABLE.replace("dynamodb: Bindings, ", "") + GET,
            "«bindings_table",
            "bindings_table: `dynamodb` is required",
        ),
        (HELD + TABLE.replace("60s", "2h") + GET, "life: «2h", "life: write at most 1h"),
        (HELD + TABLE.replace("60s", "soon") + GET, "life: «soon", "life: write a duration"),
        (
            HELD + TABLE.replace("Bindings", "a/b") + GET,
            "dynamodb: «a/b",
            "dynamodb: write the table's name",
        ),
        (
            HELD + TABLE.replace("[principals]", "[]") + GET,
            "«subjects: []",
            "subjects: must not be empty",
        ),
        (
            HELD + TABLE.replace("[principals]", "[people]") + GET,
            "[«people]",
            "subjects[0]: write one of principals, groups, scopes or clients",
        ),
        (
            HELD + TABLE.replace("[principals]", "[principals, principals]") + GET,
            "principals, «principals]",
            "subjects[1]: stands here twice",
        ),
        (
            HELD + TABLE.replace("[principals]", "[groups, clients]") + GET,
            "groups, «clients]",
            "subjects[1]: needs client_claim in the jwt of a scheme",
        ),
        (
            TABLE + "routes: {GET /: {scheme: staff}}\n",
            "«bindings_table",
            "bindings_table: binds roles, and this document has none under roles",
        ),
    ],
)  # fmt: skip
def test_a_problem_is_said_once_at_its_place(rest: str, at: str, says: str) -> None:
    ((place, message),) = found_in(ONE + rest)
    assert at in place
    assert message.startswith(says) or says in message


@pytest.mark.parametrize("kind", ["groups", "scopes"])
def test_with_several_schemes_a_binding_says_whose_groups_it_means(kind: str) -> None:
    rest = f"bindings: [{{role: reader, {kind}: [ops]}}]\n"
    ((place, message),) = found_in(TWO + HELD + rest + GET)
    assert place.startswith("bindings: [«{role")
    assert message == f"bindings[0]: say whose {kind} these are: scheme: staff or partners"


def test_groups_of_a_scheme_that_has_none_are_refused() -> None:
    rest = "bindings: [{role: reader, scheme: partners, groups: [ops]}]\n"
    ((place, message),) = found_in(TWO + HELD + rest + GET)
    assert "«groups" in place
    assert message == "groups: needs groups_claim in authenticate.partners.jwt"


def test_everything_is_said_at_once() -> None:
    rest = """\
roles:
  reader: {routes: [GET /, GET /]}
  boss: {requirement: {role: bos}}
bindings:
  - {role: raeder, groups: []}
  - {role: reader, principals: [alice]}
routes:
  POST /: {role: writer}
"""
    places = [place.strip() for place, _ in found_in(ONE + rest)]
    assert places == [
        "reader: {routes: [GET /, «GET /]}",
        "boss: {requirement: {role: «bos}}",
        "- {role: «raeder, groups: []}",
        "- {role: raeder, «groups: []}",
        "- {role: reader, principals: [«alice]}",
        "POST /: {role: «writer}",
    ]


def test_a_document_without_any_route_is_refused() -> None:
    ((_, message),) = found_in(ONE + HELD)
    assert message == "`routes` is required, unless roles have routes"


def test_what_no_policy_can_say_of_a_roles_route_is_said_where_the_role_names_it() -> None:
    rest = """\
roles:
  own: {routes: ['GET /a/{x}/c'], requirement: {path: {x: claims.sub}}}
routes:
  GET /a/{x}: {scopes: {any_of: [a]}}
  GET /a/b: {scopes: {any_of: [b]}}
"""
    assert any("[«'GET /a/{x}/c']" in place for place, _ in found_in(ONE + rest))


def test_more_roles_than_anybody_keeps_apart_are_refused() -> None:
    roles = "".join(f"  r{i}: {{requirement: {{role: r{i + 1}}}}}\n" for i in range(5000))
    messages = [message for _, message in found_in(f"{ONE}roles:\n{roles}{GET}")]
    assert "roles: a document has at most 200 roles" in messages


@pytest.mark.parametrize(
    "value", ["1", "[[]]", "[{}]", "[1, {role: []}]", "{a: 1}", "{a: {b: [1]}}"]
)
@pytest.mark.parametrize("section", ["roles", "bindings", "bindings_table"])
def test_whatever_has_the_wrong_shape_is_refused_and_nothing_breaks(
    section: str, value: str
) -> None:
    assert found_in(f"{ONE}{section}: {value}\nroutes: {{GET /: {{role: a}}}}\n")


def test_no_problem_shows_a_value_of_the_document() -> None:
    secret = "hunter2"
    rest = f"bindings: [{{role: reader, principals: ['{secret}'], scopes: ['{secret} x']}}]\n"
    messages = [message for _, message in found_in(ONE + HELD + rest + GET)]
    assert len(messages) == 2
    assert not [message for message in messages if secret in message]
