"""The catalogue of sample events: what each one is, and what an authorizer must answer to it."""

from typing import Final

from authorizers.testing.key_samples import KEY_SAMPLES
from authorizers.testing.sample import STATUS, Sample, Verdict, expected_outcome
from authorizers.testing.token_samples import TOKEN_SAMPLES

__all__ = ["SAMPLES", "STATUS", "Sample", "Verdict", "expected_outcome"]

SAMPLES: Final = (*TOKEN_SAMPLES, *KEY_SAMPLES)
