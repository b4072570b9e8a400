"""Stage 6: a policy or a decision → the answer in the form that this gateway expects, checked first."""
