"""A document's routes, compiled once: what each pattern reaches, and what cuts it off again."""
