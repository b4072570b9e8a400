"""Whom a certificate names: its names, read so that each says one thing only (step 8)."""
