"""`python -m authorizers.cli`, the same as `authorizers`."""

from authorizers.cli import main

main()
