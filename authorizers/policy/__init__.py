"""
Stage 5: grants → an IAM policy document that is right for every route, and its evaluation.

`table` knows, for each route, which others its wildcard reaches; `assembly` turns grants into a
document; `evaluate` reads any document as IAM does.
"""
