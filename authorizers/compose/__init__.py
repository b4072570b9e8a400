"""
Puts an authorizer together: a compiled document and settings in, `Authorizer` out.

The only package that knows both the stages and the adapters.
"""
