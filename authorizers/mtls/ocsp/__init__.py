"""
Asking the issuer of a certificate whether it is revoked: OCSP (RFC 6960), as a client.

Start reading at `response`, the check of an answer in numbered steps.
"""
