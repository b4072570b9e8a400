"""
The condition operators that a hand-written policy may have, what each compares, and its opposite.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
ForAllValues and ForAnyValue are not among them: each key that API Gateway sets has one value.
"""

from typing import Literal

Kind = Literal["text", "arn", "address", "date", "number", "flag"]

# A missing key fulfils the operator on the right.
NEGATED: dict[str, str] = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "IpAddress": "NotIpAddress",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
}
POSITIVE = {negated: positive for positive, negated in NEGATED.items()}

# A missing key fulfils neither.
_LESS = {"LessThan": "GreaterThanEquals", "LessThanEquals": "GreaterThan"}
_COMPARED = {kind + one: kind + two for kind in ("Numeric", "Date") for one, two in _LESS.items()}
COMPARED: dict[str, str] = _COMPARED | {two: one for one, two in _COMPARED.items()}

_KINDS: dict[str, Kind] = {
    "String": "text",
    "Arn": "arn",
    "Ip": "address",
    "NotIp": "address",
    "Date": "date",
    "Numeric": "number",
    "Bool": "flag",
}
OPERATORS: dict[str, Kind] = {
    name: kind
    for name in (*NEGATED, *POSITIVE, *COMPARED, "Bool")
    for start, kind in _KINDS.items()
    if name.startswith(start)
}  # and Null, which compares nothing

WITH_WILDCARDS = frozenset(
    {"StringLike", "StringNotLike", "ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"}
)
ONE_VALUE = frozenset({*COMPARED, "Bool", "Null"})

KEYS: dict[str, Kind] = {
    "aws:SourceIp": "address",
    "aws:VpcSourceIp": "address",
    "aws:CurrentTime": "date",
    "aws:EpochTime": "number",
    "aws:SecureTransport": "flag",
    "aws:Referer": "text",
    "aws:UserAgent": "text",
    "aws:SourceVpc": "text",
    "aws:SourceVpce": "text",
    "aws:SourceArn": "arn",
}
"""
The keys that API Gateway sets without IAM authentication ("AWS condition keys that can be used in
API Gateway resource policies",
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html).
A key that is never there makes a condition that never holds, or always.
"""
