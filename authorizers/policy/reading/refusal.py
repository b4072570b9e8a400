"""The one error of reading a policy: what is not understood is named, never guessed."""

from authorizers.errors import ConfigurationError, Problem


def not_understood(place: str, message: str) -> ConfigurationError:
    """Return the error `policy_not_understood` for `place`, such as `Statement[0].Action`."""
    return ConfigurationError(Problem(place, message), code="policy_not_understood")


def named(name: object, longest: int = 80) -> str:
    """Return a name out of a policy as it can stand in a sentence: short, in plain characters."""
    return ascii(str(name))[1:-1][:longest]
