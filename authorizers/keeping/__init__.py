"""Keeping certificate revocation lists where authorizers read them."""
