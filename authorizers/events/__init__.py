"""
Stage 1: the Lambda event → one `Request`, whichever of the five kinds of event it is.

Source: API Gateway Developer Guide, "Input to an API Gateway Lambda authorizer" and "Control access
to HTTP APIs with AWS Lambda authorizers".
"""
