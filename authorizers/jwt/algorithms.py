"""
The signature algorithms that can be configured, and no other: asymmetric ones only.

Sources: RFC 7518 §3.1 (RS, PS, ES), RFC 8037 §3.1 (EdDSA), RFC 9864 §2.2 (Ed25519, Ed448).
`none` and HS* are no choice at all (RFC 8725 §3.1, §3.2).
"""

ALGORITHMS = (
    "RS256", "RS384", "RS512",
    "PS256", "PS384", "PS512",
    "ES256", "ES384", "ES512",
    "EdDSA", "Ed25519", "Ed448",
)  # fmt: skip
