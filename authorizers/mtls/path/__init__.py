"""Whether a leaf leads to an anchor: trust, authorities, paths, and what they allow (step 6)."""
