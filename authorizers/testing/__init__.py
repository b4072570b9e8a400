"""Shipped to users for their own tests: an OIDC issuer, sample events, a frozen clock."""

from authorizers.testing.clock import FrozenClock as FrozenClock
