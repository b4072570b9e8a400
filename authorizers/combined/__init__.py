"""
Several kinds of credentials in one document: a certificate and a token, a certificate or a key.

Whatever a request presents must hold, whether or not a rule asks for it.
"""
