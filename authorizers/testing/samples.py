"""The catalogue of sample events: what each one is, and what an authorizer must answer to it."""

from typing import Final

from authorizers.testing.certificate_samples import CERTIFICATE_SAMPLES
from authorizers.testing.combined_samples import COMBINED_SAMPLES
from authorizers.testing.key_samples import KEY_SAMPLES
from authorizers.testing.sample import Verdict
from authorizers.testing.token_samples import TOKEN_SAMPLES

__all__ = ["SAMPLES", "Verdict"]

SAMPLES: Final = (*TOKEN_SAMPLES, *KEY_SAMPLES, *CERTIFICATE_SAMPLES, *COMBINED_SAMPLES)
