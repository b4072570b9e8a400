"""The environment variables of a deployed function: what stands in the reference, and no other."""

from typing import NamedTuple

PEPPER_VARIABLE = "AUTHORIZERS_PEPPER"


class Variable(NamedTuple):
    """One variable; `default` is what stands when it is unset or empty, `""` for nothing."""

    name: str
    meaning: str
    default: str = ""


DOCUMENT_VARIABLES = (
    Variable(
        "AUTHORIZERS_CONFIG",
        "Where the compiled document is: a path, relative to the function's package;"
        " `ssm:/name` for a parameter; `s3://bucket/key` for an object. A text that begins with"
        " `{` is the compiled document itself.",
        "authorizers.json",
    ),
    Variable(
        "AUTHORIZERS_CONFIG_TTL_SECONDS",
        "How long a document from `ssm:` or `s3:` is used before it is read again, 1 to 3600.",
        "300",
    ),
    Variable(
        PEPPER_VARIABLE,
        "The peppers themselves, as JSON, for a document whose `pepper` is `environment`. For local"
        " runs: an environment can be read by whoever may look at the function.",
    ),
)
SINGLE_ISSUER_VARIABLES = (
    Variable("AUTHORIZERS_ISSUER", "The issuer, an https address, exactly as in the `iss` claim."),
    Variable(
        "AUTHORIZERS_AUDIENCE",
        "The audiences that this API answers to, separated by commas. Required.",
    ),
    Variable(
        "AUTHORIZERS_ACCESS",
        "What a verified caller may do, in words: `any_route_when_authenticated`,"
        " `any_route_with_any_scope: orders:read orders:write` or"
        " `any_route_with_all_scopes: orders:read orders:write`. Required.",
    ),
    Variable("AUTHORIZERS_PROFILE", "The kind of token: the name of a profile. Required."),
    Variable(
        "AUTHORIZERS_ALGORITHMS",
        "The signature algorithms, separated by commas, such as `RS256,ES256`. Required.",
    ),
    Variable("AUTHORIZERS_JWKS_URI", "The key set's https address, instead of discovery."),
    Variable("AUTHORIZERS_JWKS", "A JWK Set in JSON, instead of discovery; public keys only."),
    Variable("AUTHORIZERS_LEEWAY_SECONDS", "Tolerated clock skew, 0 to 300 seconds.", "30"),
)
ANSWER_VARIABLES = (
    Variable(
        "AUTHORIZERS_HTTP_RESPONSES",
        "What an HTTP API with payload format 2.0 expects from this function: `simple` or `iam`."
        " The event does not say it; it must agree with the API's `EnableSimpleResponses`. With"
        " `simple`, an answer that depends on more than the identity sources is refused, because"
        " the gateway may cache it; `simple_uncached` promises a TTL of 0.",
    ),
    Variable(
        "AUTHORIZERS_UNAUTHORIZED",
        "How a bad credential is answered on REST and WebSocket APIs: `exception` raises exactly"
        " `Unauthorized` (401, and a function error in the metrics), `deny` returns an explicit"
        " Deny (403).",
        "exception",
    ),
    Variable(
        "AUTHORIZERS_REST_DENY",
        "What a policy for a REST API denies explicitly: `everything_else` than it grants, by"
        " `NotResource`; or the document's `listed_routes` that it does not grant, for readers of"
        " policies that do not know `NotResource`, such as the SAM CLI's local API. Where a"
        " route's pattern would take a granted one away, it is `everything_else` all the same.",
        "everything_else",
    ),
    Variable(
        "AUTHORIZERS_TOKEN_CACHE_SIZE",
        "How many verified tokens, or records of keys, are remembered while the function is warm,"
        " 0 to 100000; 0 turns the cache off.",
        "1024",
    ),
    Variable(
        "AUTHORIZERS_METRICS_NAMESPACE",
        "The CloudWatch namespace of the metrics.",
        "ApiGatewayAuthorizers",
    ),
)
VARIABLES = (*DOCUMENT_VARIABLES, *SINGLE_ISSUER_VARIABLES, *ANSWER_VARIABLES)
PREFIX = "AUTHORIZERS_"
DEFAULTS = {variable.name: variable.default for variable in VARIABLES}
