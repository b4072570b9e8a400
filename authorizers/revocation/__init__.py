"""Where revocation is asked for: lists that are kept, distribution points, responders."""
