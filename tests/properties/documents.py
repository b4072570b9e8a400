"""Policy documents, ARNs and contexts that often meet, and sometimes are no documents at all."""

from typing import Any

from hypothesis import strategies as st

from tests.properties.tables import HOSTILE, STAGE

OTHER = "arn:aws-cn:execute-api:cn-north-1:210987654321:zyxwvu9876/test"
TAILS = [
    "GET/",
    "GET/a",
    "GET/a/b",
    "GET/a:b",
    "POST/a/b/",
    "GET//a",
    "$connect",
    "$default",
    "GET/a\n",
]

arns = st.one_of(
    st.builds("{}/{}".format, st.sampled_from([STAGE, STAGE, OTHER]), st.sampled_from(TAILS)),
    st.builds("{}/GET/a/{}".format, st.just(STAGE), st.sampled_from(HOSTILE)),
)


@st.composite
def resources(draw: st.DrawFn, arn: str, *, variables: bool) -> str:
    """A resource near `arn`: some of its text is made wild, or a variable, or is not its text."""
    if draw(st.integers(0, 9)) == 0:
        return draw(
            st.sampled_from(
                ["*", "", "arn:aws:execute-api:*", "arn:*", "arn:aws:execute-api:*:*:*"]
            )
        )
    text = arn
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.sampled_from(["*", "*", "?", "??", "a"])) + text[end:]
    if variables and text.count(":") >= 5 and draw(st.integers(0, 3)) == 0:
        text += draw(st.sampled_from(VARIABLES))
    return text


VARIABLES = [
    "${aws:username}",
    "${AWS:UserName}",
    "${aws:PrincipalTag/team}",
    "${*}",
    "${?}",
    "${$}",
    "${aws:nothing}",
    "${aws:nothing, 'a'}",
    "${aws:nothing, '*'}",
    "${aws:username, 'x'}",
    "*${aws:username}",
]

BROKEN: list[dict[str, Any]] = [
    {"Effect": "allow"},
    {"Effect": None},
    {"Effect": ["Allow"]},
    {"Action": 5, "NotAction": "*"},
    {"Action": "*", "NotAction": "*"},
    {"Resource": "*", "NotResource": "*"},
    {"Resources": ["*"]},
    {"Conditions": {}},
    {"Condition": []},
    {"Condition": {"IpAddress": ["10.0.0.0/8"]}},
    {"Condition": {"StringEqual": {"aws:username": "a"}}},
    {"Condition": {"ForSomeValues:StringEquals": {"aws:username": "a"}}},
    {"Condition": {"NullIfExists": {"aws:username": "true"}}},
    {"Condition": {"Null": {"aws:username": "maybe"}}},
    {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/33"}}},
    {"Condition": {"NotIpAddressIfExists": {"aws:SourceIp": "everywhere"}}},
    {"Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "ten"}}},
    {"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-02-30"}}},
    {"Condition": {"Bool": {"aws:SecureTransport": "yes"}}},
    {"Condition": {"BinaryEquals": {"x:binary": "?"}}},
    {"Condition": {"ArnLike": {"aws:SourceArn": "no arn"}}},
    {"Condition": {"StringEquals": {"aws:username": None}}},
    {"Condition": {"StringEquals": {"aws:username": {"a": "b"}}}},
    {"Condition": {"StringLike": {"aws:username": "${aws:username"}}},
    {"Condition": {"StringLike": {"aws:username": "${}"}}},
    {"Resource": f"{STAGE}/GET/${{aws:username", "NotResource": None},
    {"Resource": "arn:${aws:username}:execute-api:*:*:*", "NotResource": None},
    {"Resource": 5, "NotResource": None},
    {"Resource": [["*"]], "NotResource": None},
]  # what has no meaning, wherever it stands; None takes an element away


def broken(statement: dict[str, Any], fault: dict[str, Any]) -> dict[str, Any]:
    changed = statement | fault
    gone = {element for element, value in fault.items() if value is None and element != "Effect"}
    return {element: value for element, value in changed.items() if element not in gone}


def condition_values() -> dict[str, tuple[list[Any], list[str]]]:
    """For each family of operators what documents and requests say of it."""
    texts = [
        "a",
        "A",
        "ab",
        "straße",
        "STRASSE",
        "",
        "a*",
        "${aws:username}",
        "${*}",
        "${aws:nothing}",
        "?b",
    ]
    arn_texts = [
        f"{STAGE}/GET/a",
        f"{STAGE}/*",
        "arn:*:*:*:*:*",
        "arn:aws:*:*:*:${aws:username}",
        f"{OTHER}/GET/?",
    ]
    return {
        "String": (texts, ["a", "A", "ab", "aab", "STRASSE", "straße", "a*", "alice", "*"]),
        "Numeric": (
            ["1", "1.0", "-2", "10", 3, 2.5, "+4", "0.10"],
            ["1", "1.00", "3", "9", "10.5", "-2", "0.1", "x"],
        ),
        "Date": (
            [
                "2026-01-01",
                "2026-01-01T00:00Z",
                "2026-01-01T01:30:00+01:30",
                "1767225600",
                "2025-12-31T23:59:59.5Z",
            ],
            ["2026-01-01T00:00:00Z", "2026-01-02", "1767225599", "1767225600", "x"],
        ),
        "Bool": (["true", "false", True, False], ["true", "false", "x"]),
        "Binary": (["QQ==", "QUI=", ""], ["QQ==", "QUI=", "x"]),
        "Ip": (
            ["10.0.0.0/8", "10.1.2.3", "10.1.2.3/16", "2001:DB8::/32", "::/0", "0.0.0.0/0"],
            ["10.1.2.3", "10.2.0.0", "2001:db8::1", "2002::1", "x", ""],
        ),
        "Arn": (
            arn_texts,
            [f"{STAGE}/GET/a", f"{STAGE}/GET/alice", f"{OTHER}/GET/a", "arn:aws", "alice"],
        ),
    }


FAMILIES = condition_values()
KEYS = {
    "String": "aws:PrincipalTag/team",
    "Numeric": "aws:MultiFactorAuthAge",
    "Date": "aws:CurrentTime",
    "Bool": "aws:SecureTransport",
    "Binary": "x:binary",
    "Ip": "aws:SourceIp",
    "Arn": "aws:SourceArn",
}
ORDERS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
OPERATORS = {
    "String": [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ],
    "Numeric": [f"Numeric{k}" for k in ORDERS],
    "Date": [f"Date{k}" for k in ORDERS],
    "Bool": ["Bool"],
    "Binary": ["BinaryEquals"],
    "Ip": ["IpAddress", "NotIpAddress"],
    "Arn": [f"Arn{k}" for k in ("Equals", "NotEquals", "Like", "NotLike")],
}


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(draw(st.integers(0, 2))):
        family = draw(st.sampled_from(sorted(FAMILIES)))
        key = KEYS[family]
        if draw(st.integers(0, 7)) == 0:
            found.setdefault("Null", {})[key] = draw(
                st.sampled_from(["true", "false", True, ["false"]])
            )
            continue
        name = draw(st.sampled_from(OPERATORS[family]))
        name = draw(st.sampled_from(["", "", "", "ForAllValues:", "ForAnyValue:"])) + name
        name += draw(st.sampled_from(["", "", "IfExists"]))
        values = st.sampled_from(FAMILIES[family][0])
        wanted = draw(st.one_of(values, st.lists(values, min_size=1, max_size=3)))
        found.setdefault(name, {})[draw(st.sampled_from([key, key.upper()]))] = wanted
    return found


@st.composite
def statements(draw: st.DrawFn, arn: str, *, variables: bool = True) -> dict[str, Any]:
    actions = st.sampled_from(
        [
            "execute-api:Invoke",
            "execute-api:*",
            "*",
            "EXECUTE-API:invoke",
            "execute-api:Inv?ke",
            "lambda:*",
            "execute-api:Manage*",
        ]
    )
    resource = resources(arn, variables=variables)

    def one_or_many(one: st.SearchStrategy[str]) -> Any:
        return draw(st.one_of(one, st.lists(one, min_size=1, max_size=3)))

    found = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "Action", "NotAction"])): one_or_many(actions),
        draw(st.sampled_from(["Resource", "Resource", "NotResource"])): one_or_many(resource),
    }
    return found | ({"Condition": draw(conditions())} if draw(st.booleans()) else {})


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for family, (_, values) in sorted(FAMILIES.items()):
        given = st.sampled_from(values)
        kind = draw(st.integers(0, 5))
        if kind:
            key = draw(st.sampled_from([KEYS[family], KEYS[family].lower()]))
            found[key] = draw(given) if kind > 1 else draw(st.lists(given, max_size=3))
    if draw(st.booleans()):
        found["aws:username"] = draw(st.sampled_from(["alice", "a", "*", "a/b"]))
    return found


def documents(many: list[dict[str, Any]], version: str | None = "2012-10-17") -> dict[str, Any]:
    return ({"Version": version} if version else {}) | {"Statement": many}
