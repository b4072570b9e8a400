"""
Certificate revocation lists (RFC 5280 §5): bytes → `Crl` → the status of a certificate (§6.3).

`source` is the procedure and the place to start; `crl` is one list; `entries` is its index, which
answers in microseconds however long the list is.
"""
