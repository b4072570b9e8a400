"""What `authorizers check` looks for: one module for each kind of finding."""
