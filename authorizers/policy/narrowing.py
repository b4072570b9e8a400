"""A policy for callers from some networks only, whatever it grants."""

from authorizers.model.grant import Networks
from authorizers.model.policy import PolicyDocument, Statement
from authorizers.policy.document import document, statement

_KEY = "aws:SourceIp"


def narrowed(policy: PolicyDocument, networks: Networks, stage_arn: str) -> PolicyDocument:
    """
    Return `policy` for callers from `networks`, which are not empty, and for nobody else.

    One Deny of the whole stage is enough; each Allow says it as well, for readers of policies
    that do not know Deny. Where the gateway knows no source address the Deny applies.
    """
    inside = {"IpAddress": {_KEY: list(networks)}}
    deny = statement("Deny", [f"{stage_arn}/*"], {"NotIpAddress": {_KEY: list(networks)}})
    return document([*(_within(s, inside) for s in policy["Statement"]), deny])


def _within(made: Statement, condition: dict[str, dict[str, list[str]]]) -> Statement:
    if made["Effect"] == "Deny" or "Condition" in made:
        return made
    return {**made, "Condition": condition}
