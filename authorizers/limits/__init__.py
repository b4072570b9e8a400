"""How often a key may be used: buckets of tokens and quotas, by key and by route."""
