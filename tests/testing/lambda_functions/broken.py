"""A function whose import fails."""

raise RuntimeError("no configuration")
