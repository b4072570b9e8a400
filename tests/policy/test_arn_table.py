"""
Which ARN a pattern names, written by hand from AWS's pages, for the product and the reference.

IAM is the IAM User Guide (https://docs.aws.amazon.com/IAM/latest/UserGuide/), APIGW the API Gateway
Developer Guide (https://docs.aws.amazon.com/apigateway/latest/developerguide/).
"""

from typing import Any

import pytest

from authorizers.policy.evaluate import evaluate
from tests.policy.reference.evaluator import decide

RESOURCE = "IAM/reference_policies_elements_resource.html"
VARIABLES = "IAM/reference_policies_variables.html"
ARNS = "APIGW/arn-format-reference.html"
INVOKE = "APIGW/api-gateway-control-access-using-iam-policies-to-invoke-api.html"
WEBSOCKET = "APIGW/apigateway-websocket-control-access-iam.html"
BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"
USER = "arn:aws:iam::123456789012:user"
API = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234"

TABLE = [
    # pattern, ARN, whether it is named, page
    (f"{USER}/Bob", f"{USER}/Bob", True, RESOURCE),
    (f"{USER}/Bob", f"{USER}/bob", False, RESOURCE),
    (f"{USER}/accounting/*", f"{USER}/accounting/Bob", True, RESOURCE),
    (f"{USER}/accounting/*", f"{USER}/accounting", False, RESOURCE),
    (f"{USER}/accounting/*", f"{USER}/accountings/Bob", False, RESOURCE),
    (f"{BUCKET}/*", f"{BUCKET}/a", True, RESOURCE),
    (f"{BUCKET}/*", f"{BUCKET}/a/b/c", True, RESOURCE),
    (f"{BUCKET}/*", BUCKET, False, RESOURCE),
    (f"{BUCKET}/*/test/*", f"{BUCKET}/1/test/object.jpg", True, RESOURCE),
    (f"{BUCKET}/*/test/*", f"{BUCKET}/1/2/test/object.jpg", True, RESOURCE),
    (f"{BUCKET}/*/test/*", f"{BUCKET}/1/2/test/3/object.jpg", True, RESOURCE),
    (f"{BUCKET}/*/test/*", f"{BUCKET}/1/2/3/test/4/object.jpg", True, RESOURCE),
    (f"{BUCKET}/*/test/*", f"{BUCKET}/1///test///object.jpg", True, RESOURCE),
    (f"{BUCKET}/*/test/*", f"{BUCKET}/1/test/.jpg", True, RESOURCE),
    (f"{BUCKET}/*/test/*", f"{BUCKET}//test/object.jpg", True, RESOURCE),
    (f"{BUCKET}/*/test/*", f"{BUCKET}/1/test/", True, RESOURCE),
    (f"{BUCKET}/*/test/*", f"{BUCKET}/1-test/object.jpg", False, RESOURCE),
    (f"{BUCKET}/*/test/*", f"{BUCKET}/test/object.jpg", False, RESOURCE),
    (f"{BUCKET}/*/test/*", f"{BUCKET}/1/2/test.jpg", False, RESOURCE),
    ("*", f"{API}/prod/GET/pets", True, RESOURCE),
    ("arn:aws:execute-api:*", f"{API}/prod/GET/pets", True, RESOURCE),
    ("arn:aws:execute-api:us-east-1:*", f"{API}/prod/GET/pets", True, RESOURCE),
    ("arn:aws:execute-api:us-*:abcdef1234/*", f"{API}/prod/GET/pets", True, RESOURCE),
    (
        "arn:aws:execute-api:us-*-1:123456789012:abcdef1234/*",
        f"{API}/prod/GET/pets",
        True,
        RESOURCE,
    ),
    ("arn:aws:execute-api:u*:12345678*012:abcdef1234/*", f"{API}/prod/GET/pets", True, RESOURCE),
    ("arn:aws:execute-api:us-*2:abcdef1234/*", f"{API}/prod/GET/pets", False, RESOURCE),
    (
        "arn:aws:execute-api:us-east-?:123456789012:abcdef1234/*",
        f"{API}/prod/GET/pets",
        True,
        RESOURCE,
    ),
    (
        "arn:aws:execute-api:us-east-1?123456789012:abcdef1234/*",
        f"{API}/prod/GET/pets",
        False,
        RESOURCE,
    ),
    ("arn:aws:execute-api:*:*:*", f"{API}/prod/GET/pets", True, INVOKE),
    ("arn:aws:execute-api:us-east-1:*:abcdef1234/*", f"{API}/prod/GET/pets", True, INVOKE),
    (f"{API}/test/*", f"{API}/test/GET/mydemoresource/x", True, INVOKE),
    (f"{API}/test/*", f"{API}/test2/GET/mydemoresource/x", False, INVOKE),
    (f"{API}/test/GET/mydemoresource/*", f"{API}/test/GET/mydemoresource/x", True, INVOKE),
    (f"{API}/test/GET/mydemoresource/*", f"{API}/test/POST/mydemoresource/x", False, INVOKE),
    (f"{API}/test/GET/pets/a1b2", f"{API}/test/GET/pets/a1b2", True, INVOKE),
    (f"{API}/test/GET/pets/{{petId}}", f"{API}/test/GET/pets/a1b2", False, INVOKE),
    (f"{API}/*/GET/pets", f"{API}/prod/POST/x/GET/pets", True, RESOURCE),
    (f"{API}/prod/GET/pets*", f"{API}/prod/GET/petstore", True, RESOURCE),
    (f"{API}/prod/GET/pets/*", f"{API}/prod/GET/pets", False, RESOURCE),
    (f"{API}/prod/GET/pets/?", f"{API}/prod/GET/pets/", False, RESOURCE),
    (f"{API}/prod/GET/pets/?", f"{API}/prod/GET/pets/1", True, RESOURCE),
    (f"{API}/prod/GET/pets/?", f"{API}/prod/GET/pets/12", False, RESOURCE),
    (f"{API}/prod/GET/pets?1", f"{API}/prod/GET/pets/1", True, RESOURCE),
    (f"{API}/prod/GET/*/x", f"{API}/prod/GET/a:b:c/x", True, ARNS),
    (f"{API}/prod/GET/a?b", f"{API}/prod/GET/a:b", True, ARNS),
    (f"{API}/prod/GET/", f"{API}/prod/GET/", True, ARNS),
    (f"{API}/prod/GET", f"{API}/prod/GET/", False, ARNS),
    (f"{API}/prod/GET/a.c", f"{API}/prod/GET/abc", False, RESOURCE),
    (f"{API}/prod/GET/[a]", f"{API}/prod/GET/a", False, RESOURCE),
    (f"{API}/prod/GET/a+", f"{API}/prod/GET/aa", False, RESOURCE),
    (f"{API}/prod/GET/(a)", f"{API}/prod/GET/(a)", True, RESOURCE),
    (f"{API}/prod/GET/a", f"{API}/prod/GET/a\n", False, RESOURCE),
    (f"{API}/prod/GET/*", f"{API}/prod/GET/a\nb", True, RESOURCE),
    (f"{API}/prod/$connect", f"{API}/prod/$connect", True, WEBSOCKET),
    (f"{API}/prod/$connect", f"{API}/prod/connect", False, WEBSOCKET),
    (f"{API}/*/$connect", f"{API}/prod/$connect", True, WEBSOCKET),
    (f"{API}/*/*/*", f"{API}/prod/$connect", False, ARNS),
    (f"{API}/$default/GET/a", f"{API}/$default/GET/a", True, ARNS),
    (f"{API}/prod/GET/${{*}}", f"{API}/prod/GET/*", True, VARIABLES),
    (f"{API}/prod/GET/${{*}}", f"{API}/prod/GET/a", False, VARIABLES),
    (f"{API}/prod/GET/${{?}}", f"{API}/prod/GET/a", False, VARIABLES),
    (f"{API}/prod/GET/${{$}}{{a}}", f"{API}/prod/GET/${{a}}", True, VARIABLES),
    (f"{API}/prod/GET/${{aws:username}}", f"{API}/prod/GET/alice", True, VARIABLES),
    (f"{API}/prod/GET/${{AWS:UserName}}/*", f"{API}/prod/GET/alice/x", True, VARIABLES),
    (f"{API}/prod/GET/${{aws:username}}", f"{API}/prod/GET/bob", False, VARIABLES),
    (f"{API}/prod/GET/${{aws:userid}}", f"{API}/prod/GET/", False, VARIABLES),
    (f"{API}/prod/GET/${{aws:userid, 'anonymous'}}", f"{API}/prod/GET/anonymous", True, VARIABLES),
    (f"{API}/prod/GET/${{aws:username, 'anonymous'}}", f"{API}/prod/GET/alice", True, VARIABLES),
    (f"{API}/prod/GET/${{x:wild}}", f"{API}/prod/GET/anything", False, VARIABLES),
    (f"{API}/prod/GET/${{x:wild}}", f"{API}/prod/GET/*", True, VARIABLES),
]
CONTEXT = {"aws:username": "alice", "x:wild": "*"}
CASES = [pytest.param(*case[:3], id=f"{n}-{case[3]}") for n, case in enumerate(TABLE)]


def decisions(element: str, pattern: str, arn: str) -> set[str]:
    """What both readers decide where `pattern` is all that a statement says."""
    statement = {"Effect": "Allow", "Action": "*", element: pattern}
    document: dict[str, Any] = {"Version": "2012-10-17", "Statement": [statement]}
    return {decide(document, arn, CONTEXT), evaluate(document, arn, CONTEXT).decision}


@pytest.mark.parametrize(("pattern", "arn", "named"), CASES)
def test_a_pattern_names_what_the_page_says(pattern: str, arn: str, named: bool) -> None:
    assert decisions("Resource", pattern, arn) == {"allow" if named else "implicit_deny"}
    assert decisions("NotResource", pattern, arn) == {"implicit_deny" if named else "allow"}
