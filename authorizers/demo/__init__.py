"""`authorizers demo`: the shipped function in AWS's own runtime client, on this machine."""
