"""The scheduled Lambda function that keeps lists: `authorizers.handlers.crl_keeper.handler`."""

import os
from collections import Counter

from authorizers.keeping.run import keep_lists
from authorizers.model.clock import SystemClock


def handler(_event: object, _context: object) -> dict[str, int]:
    """Refresh every list, and return how many were `replaced`, `unchanged` and `failed`."""
    outcomes = keep_lists(os.environ, SystemClock().wall())
    return dict(Counter(outcome.result for outcome in outcomes))
