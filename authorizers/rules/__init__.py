"""
Stage 4: a principal → its grants over the whole API.

`requirement` decides what a principal satisfies, `rule_set` asks every route's requirement, and
`routing` finds the route that API Gateway chose for a request.
"""
