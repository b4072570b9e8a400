"""Stage 6: a policy or a decision → the answer that this gateway expects, checked first."""
