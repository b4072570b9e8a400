"""Shipped to users for their own tests: an OIDC issuer, sample events, a clock that stands still."""

from authorizers.testing.clock import FrozenClock as FrozenClock
