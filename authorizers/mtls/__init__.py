"""
Stage 3 for client certificates: the certificate of a TLS client → `Principal`, or why not.

API Gateway checks the chain, the dates and the algorithms against its truststore, and nothing
else; here is the rest. Start reading at `procedure`.
"""
