"""
Keeping certificate revocation lists where authorizers read them.

`run` reads the document that the authorizers read too, `keeper` keeps one list after the other:
fetched, checked, and only then put in the place of the last good one.
"""
