"""
Stage 5: grants → an IAM policy document that is right for every route, and its evaluation.

`table` works out, when a document is compiled, which routes each route's wildcard reaches;
`assembly` turns grants into a policy. `evaluate` reads any policy as IAM does, `explanation` says
why, and `combination` joins it with a resource policy; `reading` knows the parts of a statement.
"""
