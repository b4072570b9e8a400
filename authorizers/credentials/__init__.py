"""Stage 2: a `Request` → the credential it carries, masked from here on."""
