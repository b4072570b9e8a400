"""
How one statement of a policy document is read: which request it speaks of, and what is refused.

`statement` goes through the elements; `arn_pattern`, `variables`, `principal` and `condition` know
one of them each; `operators` and `values` are the condition operators and what they compare.
"""
