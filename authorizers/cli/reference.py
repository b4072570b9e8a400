"""`authorizers reference`: the configuration reference, written from the code."""

import typer

from authorizers.api_key.format import MAX_PREFIX_CHARS
from authorizers.cli.compile import STANDARD_PARAMETER_BYTES
from authorizers.cli.markdown import fields_table, table, variables_table
from authorizers.config.compiled import MAX_COMPILED_BYTES
from authorizers.config.document import (
    api_key,
    certificate_match,
    client_certificate,
    examples,
    jwt,
    limits,
    requirement,
    revocation,
    role_agreement,
    roles,
    root,
    scheme,
    text,
    words,
)
from authorizers.config.roles import MAX_ROLE_BYTES
from authorizers.config.settings import MAX_CONFIG_TTL_SECONDS
from authorizers.config.source import DEFAULT_STALE_LIMIT_SECONDS, RETRY_SECONDS
from authorizers.config.variables import (
    ANSWER_VARIABLES,
    DOCUMENT_VARIABLES,
    SINGLE_ISSUER_VARIABLES,
)
from authorizers.config.vocabulary import MAX_LEEWAY_SECONDS
from authorizers.jwt.algorithms import ALGORITHMS
from authorizers.jwt.profiles import ABSENT, PROFILES, Profile
from authorizers.stores import ssm

_SECTIONS: tuple[tuple[type[words.Part], str], ...] = (
    (root.Document, "Document"),
    (scheme.Scheme, "Scheme"),
    (jwt.Jwt, "jwt"),
    (jwt.AnyAudience, "Any audience"),
    (jwt.Keys, "keys"),
    (jwt.CustomProfile, "custom_profile"),
    (root.NamedTokenSource, "Token source"),
    (api_key.ApiKey, "api_key"),
    (api_key.KeyRecordPlace, "keys of api_key"),
    (limits.Limits, "limits"),
    (limits.Plan, "Plan"),
    (limits.Limit, "Limit"),
    (api_key.KeySource, "Key source"),
    (client_certificate.ClientCertificate, "client_certificate"),
    (revocation.NoRevocation, "No revocation"),
    (revocation.Revocation, "revocation"),
    (revocation.KeptCrl, "Kept list"),
    (revocation.Hosts, "Hosts"),
    (requirement.Requirement, "Requirement"),
    (requirement.Scopes, "Scopes"),
    (requirement.ClaimTest, "Claim test"),
    (certificate_match.CertificateMatch, "certificate"),
    (roles.Role, "Role"),
    (roles.Binding, "Binding"),
    (roles.BindingsTable, "Table of bindings"),
    (examples.ExamplePrincipal, "Principal to try"),
    (examples.ExampleCertificate, "Certificate to try"),
    (examples.Expectation, "Expectation"),
)


def reference() -> None:
    """
    Print the configuration reference in Markdown: every key, every variable,
    every limit.

    Examples:

      authorizers reference > docs/configuration.md

      authorizers reference | less
    """
    typer.echo(render_reference(), nl=False)


def render_reference() -> str:
    """Return the reference as it is published in `docs/configuration.md`."""
    headings = {model.__name__: heading for model, heading in _SECTIONS}
    models = (
        f"### {heading}\n\n{_paragraph(model.__doc__)}\n\n{fields_table(model, headings)}"
        for model, heading in _SECTIONS
    )
    parts = [
        _INTRODUCTION,
        *models,
        "### Spelling",
        table(("What", "How it is written"), _SPELLING),
    ]
    parts += [_SPELLING_NOTES, _PROFILES_INTRODUCTION, _profiles()]
    parts += [_limits(), _ENVIRONMENT, variables_table(DOCUMENT_VARIABLES), _STORES]
    parts += [_SINGLE_ISSUER, variables_table(SINGLE_ISSUER_VARIABLES)]
    parts += [_BOTH, variables_table(ANSWER_VARIABLES), _POWERTOOLS]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _paragraph(docstring: str | None) -> str:
    return " ".join((docstring or "").split())


def _profiles() -> str:
    return table(
        ("Profile", "`typ`", "Claims that must be there", "Audience in", "Scopes in", "Source"),
        (_profile_row(profile) for profile in PROFILES.values()),
    )


def _profile_row(profile: Profile) -> tuple[str, ...]:
    types = ", ".join(f"`{t}`" if t != ABSENT else "absent" for t in sorted(profile.types))
    claims = [f"`{claim}`" for claim in profile.required]
    claims += [f"`{claim}` = `{value}`" for claim, value in profile.exact]
    if profile.one_of:
        claims.append(f"one of {' and '.join(f'`{claim}`' for claim in profile.one_of)}")
    scopes = ", ".join(f"`{claim}`" for claim in profile.scope_claims)
    audience = f"`{profile.audience_claim}`"
    return f"`{profile.name}`", types, ", ".join(claims), audience, scopes, profile.source


def _limits() -> str:
    rows = (
        ("the document", f"{text.MAX_DOCUMENT_CHARS:,} characters, {text.MAX_VALUES:,} values"),
        ("values inside one another", f"{text.MAX_DEPTH} deep"),
        ("the compiled document", f"{MAX_COMPILED_BYTES:,} bytes"),
        ("the name of a scheme, of a role, in the context", f"{words.MAX_NAME_CHARS} characters"),
        ("`leeway`", f"{MAX_LEEWAY_SECONDS} seconds"),
        ("`life` of a table of bindings", f"{roles.MAX_LIFE_SECONDS:,} seconds"),
        ("`life` of `api_key`", f"{api_key.MAX_LIFE_SECONDS:,} seconds"),
        ("`miss_life` of `api_key`", f"{api_key.MAX_MISS_LIFE_SECONDS} seconds"),
        (
            "`refresh` of `client_certificate`",
            f"{client_certificate.MAX_REFRESH_SECONDS:,} seconds",
        ),
        (
            "authorities in a certificate's path, its anchor among them",
            f"{client_certificate.MAX_INTERMEDIATES + 1}: what API Gateway takes",
        ),
        ("`rate`", f"{limits.MAX_RATE_PER_SECOND:,} a second: what DynamoDB takes of one item"),
        ("`burst`", f"{limits.MAX_BURST:,}"),
        ("`quota`", f"{limits.MAX_QUOTA:,}"),
        ("roles", f"{role_agreement.MAX_ROLES}"),
        (
            "what a role demands, compiled: it is repeated in each of its routes",
            f"{MAX_ROLE_BYTES:,} bytes",
        ),
    )
    return f"### Limits\n\n{table(('What', 'At most'), rows)}"


_INTRODUCTION = """
<!-- Written by `authorizers reference`; do not edit. -->

# Configuration

A function is configured by a **document**, which says who may call what, and by **environment
variables**, which say where the document is and how the function answers. An API with one issuer
and one rule for all routes needs no document: see [One issuer, no
document](#one-issuer-no-document).

The document is YAML for people. `authorizers compile authorizers.yaml` checks it, prints
everything that is wrong with its line and column, and writes `authorizers.json`, which is what
functions read; they never read YAML. Examples with every feature, for
[tokens](examples/authorizers.yaml), for [API keys](examples/api-keys.yaml), for [client
certificates](examples/certificates.yaml) and for [several kinds in one
document](examples/combined.yaml), and a [JSON Schema](document.schema.json) for editors are beside
this page. To let an editor complete and explain keys, begin a document with

    # yaml-language-server: $schema=<where document.schema.json is>

What decides about security has no default and must be written down. Nothing means no: an empty
list is an error, and a route that is not named is granted to nobody.

## The document
"""

_SPELLING = (
    (
        "route",
        (
            "`GET /orders/{order_id}`: the method or `ANY`, one space, and the path as API Gateway"
            " has it. `{name}` stands for one segment, `{name+}`, as the last one, for the rest."
            " Also `$connect`, `$default`, and `*`, alone, for every route."
        ),
    ),
    (
        "scope",
        (
            'One word of printable ASCII without `"` and `\\`, compared whole and with case'
            " (RFC 6749 §3.3)."
        ),
    ),
    (
        "claim path",
        (
            "Names joined by dots: `realm_access.roles`. A name with other characters than letters,"
            " digits, `_` and `-` stands in double quotes, which YAML wants inside single ones:"
            " `'\"cognito:groups\"'`."
        ),
    ),
    ("claim in `path` and `context`", "`claims.` and a claim path: `claims.sub`."),
    ("duration", "Whole seconds, or a number with `s`, `m`, `h` or `d`: `30s`, `12h`."),
    ("rate", "A whole number and `/s`, `/m` or `/h`: `5/s`, `100/m`."),
    (
        "quota",
        (
            "A whole number and `/day`, `/week` or `/month`: `1000/day`. Days are those of UTC, and"
            " a week begins on Monday."
        ),
    ),
    (
        "prefix of keys",
        (
            "Small letters and digits, joined by single `_`, a letter first, at most"
            f" {MAX_PREFIX_CHARS} characters: `orders_live`."
        ),
    ),
    (
        "place of a file",
        (
            "`file:PATH`, relative to the function's package, or `s3://bucket/key`, which is read"
            " again when its ETag has changed."
        ),
    ),
    (
        "distinguished name",
        (
            "As RFC 4514 writes it, the most specific part first, without spaces after commas:"
            " `CN=billing,O=Example,C=DE`."
        ),
    ),
    ("fingerprint, serial number", "Hexadecimal, in quotes; colons and case do not matter."),
    ("network", "CIDR notation of IPv4 or IPv6, without host bits: `10.0.0.0/8`."),
    (
        "context name",
        f"Letters, digits and `_`; not {', '.join(f'`{n}`' for n in sorted(words.TAKEN_NAMES))}.",
    ),
    (
        "text",
        (
            "`no`, `on` and `1:30` are text, as in YAML 1.2. A key stands once. Tags and merge keys"
            " are not taken; anchors and aliases are."
        ),
    ),
)

_SPELLING_NOTES = f"""
A `path` requirement that is met becomes part of the policy only if the claim's value is plain
text: a value with `* ? $ {{ }} : /` and the like grants nothing.

Algorithms: {", ".join(f"`{name}`" for name in ALGORITHMS)}.
Unsigned tokens and shared secrets (`none`, `HS256` …) are never accepted. `EdDSA` stands for both
Ed25519 and Ed448.
"""

_PROFILES_INTRODUCTION = """
### Profiles

A profile says what a token of a certain kind looks like, so that a token of another kind of the
same issuer does not open the API (RFC 8725 §3.12). `custom` takes its rules from
`custom_profile`.
"""

_ENVIRONMENT = """
## Environment variables

An empty variable counts as unset. A variable that begins with `AUTHORIZERS_` and is not listed
here is refused, and all problems are reported at once, without values.

### Where the document is
"""

_STORES = f"""
- **A file of the package** is read once, at the cold start.
- **A parameter** (`ssm:/name`) may be a `String` or a `SecureString`, and must hold the compiled
  JSON, not YAML. A standard parameter holds {STANDARD_PARAMETER_BYTES:,} bytes; for more, up to
  {ssm.MAX_BYTES:,}, choose the Advanced tier, or Intelligent-Tiering, which chooses it when
  needed. The function needs `ssm:GetParameter`, and `kms:Decrypt` for a key of your own.
- **The document itself**, a text that begins with `{{`, is for local runs and small documents: all
  variables of a function together hold 4 KB.
- **An object** (`s3://bucket/key`) is read again only when its ETag has changed. The function
  needs `s3:GetObject`; with `s3:ListBucket` a missing object is told from a forbidden one.

A document from a store is used for `AUTHORIZERS_CONFIG_TTL_SECONDS`, at most
{MAX_CONFIG_TTL_SECONDS:,}, and is then read again. If that fails, or what is read is no compiled
document, the last good one stays in use for at most {DEFAULT_STALE_LIMIT_SECONDS:,} seconds
more, with an attempt every {RETRY_SECONDS} seconds; then every request fails with 500
(`configuration_unavailable`) until a good document can be read. A document that has not changed
costs nothing: keys and verified tokens are kept.
"""

_SINGLE_ISSUER = """
### One issuer, no document

Set instead of a document; `AUTHORIZERS_CONFIG` must then be unset. What is required here has no
default in the code; the SAM template gives defaults to the profile and the algorithms.
"""

_BOTH = """
### How the function answers
"""

_POWERTOOLS = """
Logs and metrics also follow the variables of Powertools for AWS Lambda, such as
`POWERTOOLS_SERVICE_NAME` and `POWERTOOLS_LOG_LEVEL`.
"""
