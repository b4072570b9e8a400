"""
What a SAM or CloudFormation template, or an OpenAPI file, says about APIs: routes and authorizers.
"""
