"""The nouns of a request's route: frozen values without I/O. Imports nothing but `errors`."""
