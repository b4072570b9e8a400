"""
Stage 3 for JWTs: a `BearerToken` → a `Principal`, or a `CredentialError`.

`compact` parses, `header` and `claims` validate, `verifier` joins them in numbered steps for one
issuer, `authenticator` chooses the issuer and remembers verified tokens.
"""
