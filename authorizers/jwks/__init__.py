"""The keys of an issuer: parsed, chosen, fetched and kept. Start at `source.py`."""
