"""
One JSON line a decision, metrics in the same line, and an operator's log beside it.

Powertools for AWS Lambda defines the shape of both: its Logger's keys and CloudWatch's embedded
metric format. `docs/decisions/0005` says why the decision line is written directly.
"""
