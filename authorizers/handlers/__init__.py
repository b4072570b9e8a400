"""Lambda entry points. What is wrong with the configuration fails the function's start."""
